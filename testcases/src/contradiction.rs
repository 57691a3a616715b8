//! What a run found although the declaration says that there is none: a condition that does not hold,
//! a table without rows, a provision that does not apply. Applicability is provisional.

use ixit::Support;
use ixit::TableContent;
use probes::EvidenceRef;
use probes::probe::http_login::LoginBehaviour;
use probes::probe::identify::{LoginOffer, ServiceIdentity};
use probes::probe::tcp_sweep::PortInventory;
use probes::probe::udp_services::{UdpInventory, UdpState};

use crate::catalogue::Provision;
use crate::condition;
use crate::facts::{Facts, Recorded};
use crate::reason::Reason;

/// Something found that must not be there by the declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Contradiction {
    /// `applicability-contradicted`, with what was claimed and what was found.
    pub reason: Reason,
    /// Where it was found.
    pub evidence: Vec<EvidenceRef>,
}

/// What contradicts that a provision is left out: because a condition does not hold, or because the
/// supplier calls it not applicable. A plain "not supported" cannot be contradicted by a finding.
pub fn of_provision(
    facts: &Facts<'_>,
    provision: &Provision,
    support: Option<Support>,
) -> Option<Contradiction> {
    let called_not_applicable = support == Some(Support::NotApplicable);
    let by_condition = provision
        .conditions
        .iter()
        .filter(|id| match condition::derive(facts.declaration, **id).holds {
            Some(holds) => !holds,
            None => called_not_applicable,
        })
        .find_map(|id| of_condition(facts, *id));
    by_condition.or_else(|| {
        let units = facts.catalogue.units.iter().filter(|unit| unit.provision() == provision.id);
        let mut tables = units.filter_map(|unit| unit.for_each.as_deref()?.strip_prefix("table:"));
        called_not_applicable.then(|| tables.find_map(|table| of_empty_table(facts, table)))?
    })
}

/// What contradicts that condition `id` does not hold. Only what no declared row explains counts.
pub fn of_condition(facts: &Facts<'_>, id: u8) -> Option<Contradiction> {
    let declared = |id| condition::derive(facts.declaration, id).holds;
    let claim = format!("condition {id}");
    let password = |login: &LoginOffer| login.password;
    match id {
        1 if declared(1) != Some(true) => login_found(facts, &claim, password),
        2 | 8 if declared(1) == Some(false) => login_found(facts, &claim, password),
        2 => common_password_accepted(facts, &claim),
        // A form on a page is made for people, whatever the declared passwords are for.
        8 => login_found(facts, &claim, |login| login.password && login.kind == "html-form"),
        _ => None,
    }
}

/// What contradicts that a table has no rows; `None` also for a table that has some.
pub fn of_empty_table(facts: &Facts<'_>, table: &str) -> Option<Contradiction> {
    let Some(TableContent::Empty(reason)) = facts.declaration.ixit.tables.get(table) else { return None };
    let claim = format!("declaration:{}#empty.{table}", reason.at.file);
    match table {
        "auth_mech" => login_found(facts, &claim, |login| {
            login.password || matches!(login.kind.as_str(), "ssh-publickey" | "http-bearer")
        }),
        "com_mech" | "intf" | "soft_serv" => service_found(facts, &claim),
        "net_sec_impl" => secured_service_found(facts, &claim),
        _ => None,
    }
}

fn contradiction(claim: &str, found: String, evidence: EvidenceRef) -> Contradiction {
    Contradiction {
        reason: Reason::new("applicability-contradicted").with("claim", claim).with("found", found),
        evidence: vec![evidence],
    }
}

fn login_found(
    facts: &Facts<'_>,
    claim: &str,
    counts: impl Fn(&LoginOffer) -> bool,
) -> Option<Contradiction> {
    facts.results::<ServiceIdentity>("identify").into_iter().find_map(|(recorded, service)| {
        let login = service.logins.iter().find(|login| counts(login))?;
        let place = format!("tcp/{}", service.port);
        Some(contradiction(claim, format!("{} at {place}", login.kind), recorded.at(place)))
    })
}

fn common_password_accepted(facts: &Facts<'_>, claim: &str) -> Option<Contradiction> {
    facts.results::<LoginBehaviour>("http-login").into_iter().find_map(|(recorded, login)| {
        let (credentials, _) = login.common_accepted.first()?;
        Some(contradiction(claim, format!("{credentials} accepted by {}", login.row), recorded.at("")))
    })
}

fn service_found(facts: &Facts<'_>, claim: &str) -> Option<Contradiction> {
    let found = |recorded: &Recorded, place: String| contradiction(claim, place.clone(), recorded.at(place));
    let tcp = || {
        facts.results::<PortInventory>("tcp-sweep").into_iter().find_map(|(recorded, inventory)| {
            Some(found(recorded, format!("tcp/{}", inventory.open.first()?)))
        })
    };
    let udp = || {
        facts.results::<UdpInventory>("udp-services").into_iter().find_map(|(recorded, inventory)| {
            let service = inventory.services.iter().find(|service| service.state == UdpState::Answered)?;
            Some(found(recorded, format!("udp/{}", service.port)))
        })
    };
    tcp().or_else(udp)
}

fn secured_service_found(facts: &Facts<'_>, claim: &str) -> Option<Contradiction> {
    facts.results::<ServiceIdentity>("identify").into_iter().find_map(|(recorded, service)| {
        let place = format!("tcp/{}", service.port);
        let secured = service.tls || service.application == "ssh";
        secured.then(|| {
            let what = if service.tls { "TLS" } else { "SSH" };
            contradiction(claim, format!("{what} at {place}"), recorded.at(place))
        })
    })
}

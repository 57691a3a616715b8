//! Ways to log in that were found on the network, set against those that are declared, and what became
//! of common credentials that were tried.

use ixit::companion::{FactorKind, LoginKind, Transport};
use ixit::{Blame, Declaration, Row};
use probes::probe::http_login::LoginBehaviour;
use probes::probe::identify::LoginOffer;

use crate::facts::{Facts, Recorded};
use crate::inventory::Inventory;
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::verdict::Verdict;

/// A way to log in that was found at an open port.
pub struct FoundLogin<'a> {
    /// Item: `tcp/2323`, `udp/161`.
    pub item: String,
    /// Transport.
    pub transport: Transport,
    /// Port.
    pub port: u16,
    /// The offer as seen.
    pub offer: LoginOffer,
    /// Observation that shows it.
    pub recorded: &'a Recorded,
}

/// Whether a found login is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribution {
    /// By these rows of `auth_mech`.
    Declared(Vec<String>),
    /// Perhaps by these rows: they do not say where they are reached.
    Perhaps(Vec<String>),
    /// Perhaps by these rows: they are reached there, but do not say that the login is of this kind.
    KindNotSaid(Vec<String>),
    /// By none.
    Undeclared,
}

/// Every authentication mechanism that showed itself in an inventory. A service that lets anybody in is
/// none.
pub fn found<'a>(inventory: &Inventory<'a>) -> Vec<FoundLogin<'a>> {
    let mut found = Vec::new();
    for port in &inventory.ports {
        let Some((recorded, identity)) = &port.identity else { continue };
        for offer in identity.logins.iter().filter(|offer| authenticates(offer)) {
            found.push(FoundLogin {
                item: port.item(),
                transport: Transport::Tcp,
                port: port.port,
                offer: offer.clone(),
                recorded,
            });
        }
    }
    for asked in inventory.services.iter().filter(|asked| asked.answered() && asked.service.service == "snmp")
    {
        found.push(FoundLogin {
            item: asked.item(),
            transport: Transport::Udp,
            port: asked.service.port,
            offer: LoginOffer::certain("snmp-community", true, "answer to an SNMP question"),
            recorded: asked.seen,
        });
    }
    found
}

fn authenticates(offer: &LoginOffer) -> bool {
    match offer.kind.as_str() {
        "telnet-shell" => false,
        kind if kind.ends_with("-anonymous") => false,
        "mqtt" | "html-form" => offer.password,
        _ => true,
    }
}

impl FoundLogin<'_> {
    /// In one line.
    pub fn line(&self) -> String {
        let unsure = if self.offer.certain { "" } else { "; whether it takes a password was not seen" };
        format!("{} at {} ({}{unsure})", self.offer.kind, self.item, self.offer.seen)
    }

    /// Which rows declare it. Rows that only `draft` wrote do not count. At the port of a declared web login
    /// a login of another kind is another one; a row that names the port and no kind explains a form or a
    /// token, which is what web pages ask for where nothing else is said.
    pub fn attribution(&self, declaration: &Declaration) -> Attribution {
        let rows: Vec<&Row> = declaration
            .ixit
            .rows("auth_mech")
            .iter()
            .filter(|row| !row.observed_only && self.kind_fits(row))
            .collect();
        let ids = |wanted: &dyn Fn(&Row) -> bool| -> Vec<String> {
            rows.iter().filter(|row| wanted(row)).map(|row| row.id.clone()).collect()
        };
        let here = ids(&|row| self.reached_at(row) && self.declared_kind(row) == Some(true));
        if !here.is_empty() {
            return Attribution::Declared(here);
        }
        let unsaid = ids(&|row| self.reached_at(row) && self.declared_kind(row).is_none());
        if !unsaid.is_empty() {
            return Attribution::KindNotSaid(unsaid);
        }
        let anywhere = ids(&|row| {
            let companions = &row.companions;
            companions.endpoint.is_empty()
                && companions.login.is_none()
                && companions.gatt.is_empty()
                && companions.pairing.is_none()
                && companions.network_addressable.as_ref().is_none_or(|addressable| addressable.value)
        });
        if anywhere.is_empty() { Attribution::Undeclared } else { Attribution::Perhaps(anywhere) }
    }

    /// Whether the row declares a login of the kind found; `None` if it does not say.
    fn declared_kind(&self, row: &Row) -> Option<bool> {
        use LoginKind::{Basic, Bearer, Digest, Form};
        let login = row.companions.login.as_ref().map(|login| &login.value);
        let declared = login.map(|login| login.kind);
        match (self.offer.kind.as_str(), declared) {
            ("http-basic", declared) => declared.map(|kind| kind == Basic),
            ("http-digest", declared) => declared.map(|kind| kind == Digest),
            // Behind a form there may be a token, and a page with a form may be the face of a token.
            ("html-form" | "http-bearer", Some(kind)) => Some(matches!(kind, Form | Bearer)),
            ("html-form" | "http-bearer" | "http-unknown", _) => Some(true),
            // A login of the protocol itself.
            ("ssh", Some(kind)) => Some(kind == LoginKind::Ssh),
            ("telnet-login", Some(kind)) => Some(kind == LoginKind::Telnet),
            ("ftp", Some(kind)) => Some(kind == LoginKind::Ftp),
            ("rtsp-basic" | "rtsp-digest", Some(kind)) => Some(kind == LoginKind::Rtsp),
            ("mqtt", Some(kind)) => Some(kind == LoginKind::Mqtt),
            // A login over HTTP is none in another protocol.
            _ => Some(login.is_none_or(|login| login.port != self.port)),
        }
    }

    fn kind_fits(&self, row: &Row) -> bool {
        !self.offer.password
            || !self.offer.certain
            || row
                .companions
                .factor
                .as_ref()
                .is_none_or(|factor| matches!(factor.value.kind, FactorKind::Password | FactorKind::Pin))
    }

    fn reached_at(&self, row: &Row) -> bool {
        let endpoint = row.companions.endpoint.iter().any(|endpoint| {
            endpoint.value.host.is_none()
                && endpoint.value.transport == self.transport
                && endpoint.value.port == self.port
        });
        let login = self.transport == Transport::Tcp
            && row.companions.login.as_ref().is_some_and(|login| login.value.port == self.port);
        endpoint || login
    }

    /// FAIL: found, but no row declares it.
    pub fn undeclared(&self, inventory: &Inventory<'_>, code: &str) -> ItemResult {
        let result = ItemResult::machine(
            &self.item,
            Verdict::Fail,
            RestsOn::Observed,
            Reason::new(code)
                .with("item", &self.item)
                .with("kind", &self.offer.kind)
                .with("seen", &self.offer.seen)
                .expected_by("declaration:ixit.toml#auth_mech"),
        )
        .blame(Blame::DeviceOrDocumentation)
        .evidence(self.recorded.at(&self.item))
        .effort(&self.recorded.observation.effort);
        inventory.place(result)
    }
}

/// Common credentials that were tried at a declared login.
pub struct CommonTrial<'a> {
    /// Row of the login.
    pub row: String,
    /// The observation.
    pub recorded: &'a Recorded,
    behaviour: LoginBehaviour,
}

/// How every login behaved that a probe drove, over HTTP and other protocols.
pub fn behaviours<'a>(facts: &Facts<'a>) -> Vec<(&'a Recorded, LoginBehaviour)> {
    let mut all = facts.results::<LoginBehaviour>("http-login");
    all.extend(facts.results::<LoginBehaviour>("network-login"));
    all.extend(facts.results::<LoginBehaviour>("found-login"));
    all
}

/// Every trial of common credentials, in order.
pub fn common_credentials<'a>(facts: &Facts<'a>) -> Vec<CommonTrial<'a>> {
    behaviours(facts)
        .into_iter()
        .filter(|(_, behaviour)| behaviour.common_tried > 0)
        .map(|(recorded, behaviour)| CommonTrial { row: behaviour.row.clone(), recorded, behaviour })
        .collect()
}

impl CommonTrial<'_> {
    /// FAIL where a common credential was let in. Being let in means nothing where the page opens
    /// without a login.
    pub fn accepted(&self) -> Option<ItemResult> {
        let (user, length) = self.behaviour.common_accepted.first()?;
        if self.behaviour.negative_control.result != "rejected" {
            return None;
        }
        Some(
            ItemResult::machine(
                &self.row,
                Verdict::Fail,
                RestsOn::Observed,
                Reason::new("common-credential-accepted")
                    .with("row", &self.row)
                    .with("user", user)
                    .with("length", length)
                    .with("tried", self.behaviour.common_tried)
                    .expected_by("criterion"),
            )
            .blame(Blame::Device)
            .evidence(self.recorded.at("common_accepted"))
            .effort(&self.recorded.observation.effort)
            .seen_in(self.recorded.state(), self.recorded.sample()),
        )
    }

    /// As shown to a person.
    pub fn shown(&self) -> Shown {
        Shown {
            label: format!("observed.{}", self.recorded.observation.probe),
            text: format!(
                "{} common credentials tried, {} accepted; access without login: {}",
                self.behaviour.common_tried,
                self.behaviour.common_accepted.len(),
                self.behaviour.negative_control.result
            ),
            source: Some(self.recorded.reference.clone()),
        }
    }
}

/// Questions and failures together: what failed is not asked as well.
pub fn merged(questions: Vec<ItemResult>, failed: Vec<ItemResult>) -> Vec<ItemResult> {
    let mut results: Vec<ItemResult> = questions
        .into_iter()
        .filter(|question| question.item == "-" || failed.iter().all(|fail| fail.item != question.item))
        .collect();
    results.extend(failed);
    results
}

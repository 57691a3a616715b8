//! What went in the clear: planted personal data, secrets, and whole conversations that are declared inside TLS. The
//! part of captures in 5.5-1, 5.5-6, 5.5-7, 5.8-1 and 5.8-2.
//!
//! A capture can only speak against a device here: what is encrypted holds nothing that could be found, so that good
//! TLS beside it heals nothing, and a capture without a finding adds nothing to what the handshakes show.

use ixit::{Blame, Row};
use probes::capture::{Certainty, ClearText, Flow};

use super::{Captures, Destination, Mechanisms};
use crate::catalogue::Unit;
use crate::cryptography_seen::cryptography_agrees_with_the_declaration;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::mechanism::guarantees_confidentiality;
use crate::reason::Reason;
use crate::tls_comparison::DeclaredTls;
use crate::verdict::Verdict;

/// Protocols that begin in the clear by their standard and turn to TLS on the way.
const BEGIN_IN_THE_CLEAR: &[&str] = &["smtp", "imap", "pop3", "ftp", "xmpp", "ldap"];

/// What the units read that protect a kind of data on its way (5.5-6, 5.5-7, 5.8-1, 5.8-2).
pub const WHAT_IT_READS: &[&str] = &[
    "tcp-sweep",
    "identify",
    "tls-server",
    "tls-client",
    "traffic",
    "interruption",
    "ble-access",
    "ble-pairing",
];

/// What a unit protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// What any mechanism that claims confidentiality carries.
    Mechanisms,
    /// Critical security parameters.
    Secrets,
    /// The same over mechanisms that can be reached from outside.
    SecretsRemotely,
    /// Personal data.
    PersonalData,
    /// Sensitive personal data on their way to associated services.
    SensitiveData,
}

impl Concern {
    /// That of a unit, by the rows that it selects.
    pub fn of(unit: &Unit) -> Self {
        match unit.select.as_deref() {
            Some("carries-critical-parameter") => Self::Secrets,
            Some("carries-critical-parameter-remotely") => Self::SecretsRemotely,
            Some("carries-personal-data") => Self::PersonalData,
            Some("carries-sensitive-data-to-service") => Self::SensitiveData,
            _ => Self::Mechanisms,
        }
    }
}

/// The cryptography that was seen in handshakes, and what captures hold in the clear.
pub fn cryptography_and_clear_text(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = cryptography_agrees_with_the_declaration(facts, unit);
    results.extend(clear_text(facts, unit));
    results
}

/// What speaks against the device, each thing once.
fn clear_text(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let captures = Captures::of(facts);
    let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
    let concern = Concern::of(unit);
    let mut results: Vec<ItemResult> = Vec::new();
    let mut add = |result: ItemResult| {
        let same = |known: &ItemResult| {
            (&known.item, &known.reason.code, known.reason.args.get("what"), &known.sample)
                == (&result.item, &result.reason.code, result.reason.args.get("what"), &result.sample)
        };
        if !results.iter().any(same) {
            results.push(result);
        }
    };
    for (place, capture) in captures.all.iter().enumerate() {
        let seen = |flow: usize| -> Option<Way<'_, '_, '_>> {
            let flow = capture.facts.flows.get(flow)?;
            let names = captures.names(place, flow);
            let row = mechanisms.row(flow, &names);
            Some(Way { destination: Destination { capture, flow, names }, row })
        };
        for found in &capture.facts.found {
            let Some(way) = seen(found.flow) else { continue };
            let direction = direction(found.from_device);
            if let Some(code) = concern.code_of_needle(facts, &found.key, way.row) {
                let what = format!("{} as {}", found.key, found.encoding);
                add(way.result(code, &what, direction, found.frame));
            }
        }
        for clear in &capture.facts.clear {
            let Some(way) = seen(clear.flow) else { continue };
            if clear.certainty == Certainty::Certain && is_secret(clear) && concern.minds_secret(way.row) {
                let what = format!("{} in {}", clear.what, clear.place);
                add(way.result("secret-in-clear", &what, direction(clear.from_device), clear.frame));
            }
        }
        let selected = facts.selected(unit);
        for flow in 0..capture.facts.flows.len() {
            let Some(way) = seen(flow) else { continue };
            let Some(row) = way.row.filter(|row| plain_where_tls_is_declared(way.destination.flow, row))
            else {
                continue;
            };
            if selected.items.iter().any(|item| item.row.id == row.id) {
                let flow = way.destination.flow;
                let what = flow.application.as_deref().unwrap_or("unknown protocol").to_owned();
                add(way.result("clear-where-tls-declared", &what, direction(true), flow.frame));
            }
        }
    }
    results
}

impl Concern {
    fn code_of_needle(self, facts: &Facts<'_>, key: &str, row: Option<&Row>) -> Option<&'static str> {
        if key.starts_with("credential:") || key.starts_with("label:") {
            return self.minds_secret(row).then_some("secret-in-clear");
        }
        let (table, planted) = facts.row(key)?;
        if table == "sec_param" {
            return self.minds_secret(row).then_some("secret-in-clear");
        }
        if table != "pers_data" {
            return None;
        }
        let to_a_service = row.is_some_and(|row| {
            row.companions.associated_service.as_ref().is_some_and(|service| service.value)
        });
        let minded = match self {
            Self::PersonalData => true,
            Self::SensitiveData => planted.flag("sensitive") == Some(true) && to_a_service,
            Self::Mechanisms => row.is_some_and(guarantees_confidentiality),
            Self::Secrets | Self::SecretsRemotely => false,
        };
        minded.then_some("planted-data-in-clear")
    }

    fn minds_secret(self, row: Option<&Row>) -> bool {
        match self {
            Self::Secrets => true,
            Self::SecretsRemotely => row.is_some_and(|row| {
                row.companions.remotely_accessible.as_ref().is_some_and(|remote| remote.value)
            }),
            Self::Mechanisms => row.is_some_and(guarantees_confidentiality),
            Self::PersonalData | Self::SensitiveData => false,
        }
    }
}

/// A flow with the row that declares it.
struct Way<'c, 'a, 'd> {
    destination: Destination<'c, 'a>,
    row: Option<&'d Row>,
}

impl Way<'_, '_, '_> {
    fn result(&self, code: &str, what: &str, direction: &str, frame: u64) -> ItemResult {
        let place = self.destination.item();
        let item = self.row.map_or_else(|| place.clone(), |row| row.id.clone());
        let source = self
            .row
            .map_or_else(|| "criterion".to_owned(), |row| row.reference("com_mech", "cryptographic_details"));
        let reason = Reason::new(code)
            .with("what", what)
            .with("direction", direction)
            .with("place", place)
            .with("row", self.row.map_or("no row", |row| row.id.as_str()))
            .with("frame", frame)
            .expected_by(source);
        let result =
            ItemResult::machine(&item, Verdict::Fail, RestsOn::Observed, reason).blame(Blame::Device);
        self.destination.capture.place(result, Some(frame))
    }
}

fn direction(from_device: bool) -> &'static str {
    if from_device { "from the device" } else { "to the device" }
}

fn is_secret(clear: &ClearText) -> bool {
    matches!(clear.what.as_str(), "password" | "token" | "community")
}

/// Payload of the device in the clear where the row knows TLS alone.
fn plain_where_tls_is_declared(flow: &Flow, row: &Row) -> bool {
    let begins_in_the_clear =
        flow.application.as_deref().is_some_and(|name| BEGIN_IN_THE_CLEAR.contains(&name));
    flow.clear && flow.sent > 0 && !begins_in_the_clear && DeclaredTls::of(row).is_some()
}

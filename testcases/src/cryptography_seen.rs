//! Whether the cryptography that communication mechanisms really use is the declared one: the functional
//! unit of 5.5-1, which 5.5-6, 5.5-7, 5.8-1 and 5.8-2 apply to fewer mechanisms.
//!
//! What the device serves is asked of it, what it does as a TLS client is seen by playing its peers. Protocols
//! without a probe are left to a person.

mod as_client;
mod whom_it_believes;

use ixit::companion::{Role, Transport};
use ixit::{Blame, Row};
use probes::EvidenceRef;
use probes::probe::tls_server::TlsFacts;

use crate::assessor::empty_selection;
use crate::assisted;
use crate::bluetooth::access;
use crate::bluetooth::pairing::protection;
use crate::catalogue::Unit;
use crate::certificate_dates::{self, Validity};
use crate::crypto;
use crate::declared_cryptography;
use crate::facts::{Facts, Recorded};
use crate::inventory::{self, Inventory, PortState};
use crate::judge::{ItemResult, RestsOn};
use crate::prompt::Shown;
use crate::reason::Reason;
use crate::selection::Item;
use crate::tls_comparison::DeclaredTls;
use crate::traffic_seen::Concern;
use crate::verdict::Verdict;

pub use as_client::{AsClient, PeerCheck, PeerStanding, peers, strangers_refused, verdict_as_client};

/// Compares every selected mechanism: a difference fails, what was seen whole and agrees passes, what cannot be
/// seen is asked.
pub fn cryptography_agrees_with_the_declaration(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let inventories = inventory::inventories(facts, &inventory::required_states(facts, unit));
    selected.items.iter().flat_map(|item| mechanism(facts, unit, item, &inventories)).collect()
}

fn mechanism(
    facts: &Facts<'_>,
    unit: &Unit,
    item: &Item<'_>,
    inventories: &[Inventory<'_>],
) -> Vec<ItemResult> {
    if let Some(results) = over_bluetooth(facts, unit, item) {
        return results;
    }
    let served = served_with_tls(item.row);
    let called = verdict_as_client(facts, item.row);
    let observed = served.is_some() || called.is_some();
    let mut look = Comparison {
        facts,
        row: item.row,
        results: Vec::new(),
        agreeing: Vec::new(),
        lines: Vec::new(),
        open: false,
        evidence: Vec::new(),
    };
    for inventory in inventories {
        if let Some((declared, ports)) = &served {
            for port in ports {
                look.endpoint(inventory, *port, declared);
            }
        }
    }
    let minimum = unit.minimum_effort.as_ref().filter(|minimum| minimum.probe == "tls-client");
    look.client(called.unwrap_or_default(), minimum.map_or(0, |minimum| minimum.completed));
    if !look.results.is_empty() {
        return look.results;
    }
    // A row that could not be classified may not belong here at all: a person sees to it.
    if observed && !look.open && !look.agreeing.is_empty() && !item.unclassified {
        return look.agreeing;
    }
    let mut shown = assisted::companions(item, &["crypto"]);
    if !observed {
        look.lines.push(
            "Not observed: no TLS that the device serves, or speaks to a peer with a name, is declared"
                .to_owned(),
        );
        look.open = true;
    }
    shown.extend(look.lines.into_iter().map(|text| Shown {
        label: "observed".to_owned(),
        text,
        source: None,
    }));
    let prejudgement = (!look.open).then_some(Verdict::Pass);
    let mut result = assisted::ask_about(facts, unit, item, shown, prejudgement);
    result.evidence.extend(look.evidence);
    vec![result]
}

/// A mechanism over Bluetooth LE: how the device pairs, and what it lets go over a link without encryption.
fn over_bluetooth(facts: &Facts<'_>, unit: &Unit, item: &Item<'_>) -> Option<Vec<ItemResult>> {
    if item.unclassified || !item.row.companions.endpoint.is_empty() {
        return None;
    }
    let mut results = protection::as_declared(facts, item, protection::Concern::Cryptography);
    results.extend(access::confidential(facts, item, Concern::of(unit)).unwrap_or_default());
    (!results.is_empty()).then_some(results)
}

/// TLS that the device serves by its declaration, and the TCP ports at which it does.
fn served_with_tls(row: &Row) -> Option<(DeclaredTls, Vec<u16>)> {
    if row.companions.role.as_ref().is_some_and(|role| role.value == Role::Client) {
        return None;
    }
    let declared = DeclaredTls::of(row)?;
    let ports: Vec<u16> = row
        .companions
        .endpoint
        .iter()
        .map(|endpoint| &endpoint.value)
        .filter(|endpoint| endpoint.transport == Transport::Tcp && endpoint.host.is_none())
        .map(|endpoint| endpoint.port)
        .collect();
    (!ports.is_empty()).then_some((declared, ports))
}

/// The offer in one line: versions with their suites, key and dates of the certificate.
fn line(seen: &TlsFacts) -> String {
    let versions = seen.all_versions().filter(|(_, version)| version.offered == Some(true));
    let mut parts: Vec<String> =
        versions.map(|(name, version)| format!("{name}: {}", version.suites.join(" "))).collect();
    if let Some(leaf) = seen.chain.first() {
        let bits = leaf.key_bits.map(|bits| format!("-{bits}")).unwrap_or_default();
        parts.push(format!("certificate {}{bits}, {}", leaf.key_type, certificate_dates::line(leaf)));
    }
    parts.join("; ")
}

/// A certificate that is for none of the names that the bench gives the device.
fn not_for_this_host(seen: &TlsFacts) -> Option<Reason> {
    let leaf = seen.chain.first()?;
    if seen.names.is_empty() || seen.names.iter().any(|name| name.matches) {
        return None;
    }
    let names: Vec<&str> = seen.names.iter().map(|name| name.name.as_str()).collect();
    let found = if leaf.names.is_empty() { leaf.subject.clone() } else { leaf.names.join(", ") };
    Some(Reason::new("certificate-for-another-host").with("names", names.join(", ")).with("found", found))
}

struct Comparison<'f, 'a> {
    facts: &'f Facts<'a>,
    row: &'f Row,
    /// Failures, and what was not observed.
    results: Vec<ItemResult>,
    /// What was seen whole and is as declared.
    agreeing: Vec<ItemResult>,
    /// What was seen, for a person.
    lines: Vec<String>,
    /// Something could not be compared.
    open: bool,
    evidence: Vec<EvidenceRef>,
}

impl Comparison<'_, '_> {
    fn endpoint(&mut self, inventory: &Inventory<'_>, port: u16, declared: &DeclaredTls) {
        let place = format!("tcp/{port}");
        let observed: Vec<(&Recorded, TlsFacts)> = self
            .facts
            .results::<TlsFacts>("tls-server")
            .into_iter()
            .filter(|(recorded, seen)| {
                recorded.state() == Some(inventory.state)
                    && Some(recorded.sample()) == inventory.sample
                    && seen.port == port
            })
            .collect();
        if observed.is_empty() {
            self.unobserved(inventory, port, &place);
        }
        for (recorded, seen) in observed {
            if seen.speaks_tls {
                self.compare(inventory, recorded, &seen, &place, declared);
            } else if recorded.complete() {
                self.fail(
                    inventory,
                    recorded,
                    &place,
                    Reason::new("no-tls-where-declared").with("found", "no TLS"),
                    Blame::Device,
                );
            } else {
                self.not_observed(inventory, Some(recorded), &place);
            }
        }
    }

    fn compare(
        &mut self,
        inventory: &Inventory<'_>,
        recorded: &Recorded,
        seen: &TlsFacts,
        place: &str,
        declared: &DeclaredTls,
    ) {
        let mut comparison = declared.compare(seen);
        if declared.suites.is_empty() {
            comparison.unclear.push("no closed list of suites is declared".to_owned());
        }
        let leaf = seen.chain.first();
        let validity = leaf.map_or(Validity::Unknown, |leaf| certificate_dates::on(leaf, self.facts.date));
        if validity == Validity::Unknown {
            comparison.unclear.push("dates of the certificate".to_owned());
        }
        if !comparison.differences.is_empty() {
            let reason = Reason::new("crypto-differs-from-declaration")
                .with("port", seen.port)
                .with("declared", declared.line())
                .with("differences", comparison.differences.join(", "));
            self.fail(inventory, recorded, place, reason, Blame::DeviceOrDocumentation);
        }
        if let Some(leaf) = leaf.filter(|_| validity == Validity::NotValid) {
            let reason = Reason::new("certificate-not-valid")
                .with("found", certificate_dates::line(leaf))
                .with("date", self.facts.date);
            self.fail(inventory, recorded, place, reason, Blame::Device);
        }
        if !comparison.broken.is_empty() {
            let reason = Reason::new("broken-cryptography-offered")
                .with("broken", crypto::lines(&comparison.broken))
                .with("date", crypto::deny_list_date());
            self.fail(inventory, recorded, place, reason, Blame::DeviceOrDocumentation);
        }
        if let Some(reason) = not_for_this_host(seen) {
            self.fail(inventory, recorded, place, reason, Blame::Device);
        }
        if let Some(trust) = seen.trust.as_ref().filter(|trust| !trust.trusted) {
            let reason = Reason::new("certificate-not-trusted")
                .with("anchors", trust.anchors)
                .with("problem", trust.problem.as_deref().unwrap_or("no way to an anchor"));
            self.fail(inventory, recorded, place, reason, Blame::Device);
        }
        if !recorded.complete() {
            self.not_observed(inventory, Some(recorded), place);
        }
        self.evidence.push(recorded.at(place));
        self.open |= !comparison.unclear.is_empty();
        self.agrees(inventory, recorded, seen, place, declared);
        let state = inventory.state.as_str();
        self.lines.push(format!("{place} in state {state}: {}", line(seen)));
        let short = declared_cryptography::short_of_best_practice(self.facts, seen).into_iter();
        self.lines.extend(short.map(|line| format!("{place} in state {state}, by the policy {line}")));
        let unclear = comparison.unclear.into_iter();
        self.lines.extend(unclear.map(|line| format!("{place} in state {state}, not settled: {line}")));
    }

    /// Counts where nothing else stands against it.
    fn agrees(
        &mut self,
        inventory: &Inventory<'_>,
        recorded: &Recorded,
        seen: &TlsFacts,
        place: &str,
        declared: &DeclaredTls,
    ) {
        let reason = Reason::new("cryptography-as-declared")
            .with("row", &self.row.id)
            .with("place", place)
            .with("declared", declared.line())
            .with("seen", line(seen))
            .expected_by(self.row.reference("com_mech", "crypto"));
        let result = ItemResult::machine(&self.row.id, Verdict::Pass, RestsOn::Observed, reason)
            .evidence(recorded.at(place))
            .effort(&recorded.observation.effort);
        self.agreeing.push(inventory.place(result));
    }

    /// Takes up what was seen of the device as a client; with fewer connections than `minimum` nothing passes.
    fn client(&mut self, called: AsClient, minimum: u64) {
        for mut result in called.results {
            let completed = result.effort.as_ref().map_or(0, |effort| effort.completed);
            if result.verdict == Verdict::Pass && completed < minimum {
                result.verdict = Verdict::Inconclusive;
                result.blame = Some(Blame::Lab);
                result.reason =
                    Reason::new("effort-too-small").with("minimum", minimum).with("completed", completed);
            }
            if result.verdict == Verdict::Pass {
                self.evidence.extend(result.evidence.iter().cloned());
                self.agreeing.push(result);
            } else {
                self.results.push(result);
            }
        }
        self.open |= !called.open.is_empty();
        for (line, evidence) in called.open {
            self.lines.push(line);
            self.evidence.push(evidence);
        }
    }

    /// No observation of TLS: the port is closed, it speaks something else, or nobody asked.
    fn unobserved(&mut self, inventory: &Inventory<'_>, port: u16, place: &str) {
        match inventory.tcp(port) {
            PortState::Closed => {
                let state = inventory.state.as_str();
                self.lines.push(format!("{place} in state {state}: closed, nothing to compare"));
                self.open = true;
                self.evidence.extend(inventory.evidence_of_tcp(port));
            }
            PortState::Open => {
                let identity = inventory.open_port(port).and_then(|open| open.identity.as_ref());
                match identity {
                    Some((recorded, identity))
                        if recorded.complete() && !identity.tls && identity.application != "unknown" =>
                    {
                        let found = format!("{} without TLS", identity.application);
                        let reason = Reason::new("no-tls-where-declared").with("found", found);
                        self.fail(inventory, recorded, place, reason, Blame::Device);
                    }
                    _ => self.not_observed(inventory, None, place),
                }
            }
            PortState::Unknown => self.not_observed(inventory, None, place),
        }
    }

    fn fail(
        &mut self,
        inventory: &Inventory<'_>,
        recorded: &Recorded,
        place: &str,
        reason: Reason,
        blame: Blame,
    ) {
        let reason = reason
            .with("row", &self.row.id)
            .with("place", place)
            .expected_by(self.row.reference("com_mech", "crypto"));
        let result = ItemResult::machine(&self.row.id, Verdict::Fail, RestsOn::Observed, reason)
            .blame(blame)
            .evidence(recorded.at(place))
            .effort(&recorded.observation.effort);
        self.results.push(inventory.place(result));
    }

    fn not_observed(&mut self, inventory: &Inventory<'_>, recorded: Option<&Recorded>, place: &str) {
        let probe = format!("tls-server {place}");
        let reason = match recorded.map(|recorded| &recorded.observation) {
            None => Reason::new("observation-missing").with("probe", probe),
            Some(observation) => Reason::new("observation-incomplete")
                .with("probe", probe)
                .with("trouble", observation.trouble.as_deref().unwrap_or("no reason given")),
        };
        let mut result = ItemResult::machine(&self.row.id, Verdict::Inconclusive, RestsOn::Observed, reason)
            .blame(Blame::Lab);
        if let Some(recorded) = recorded {
            result = result.evidence(recorded.at(place)).effort(&recorded.observation.effort);
        }
        self.results.push(inventory.place(result));
    }
}

#[cfg(test)]
mod tests;

//! Whom the device calls, set against whom the declaration says that it calls.

use ixit::Blame;
use probes::capture::{Flow, Transport};

use super::{Capture, Captures, Mechanisms, Standing};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// Name of the result on captures where nothing speaks against the device.
const ITEM: &str = "traffic";

/// Whom a flow goes to.
#[derive(Clone, Debug)]
pub struct Destination<'c, 'a> {
    /// The capture.
    pub capture: &'c Capture<'a>,
    /// The flow.
    pub flow: &'c Flow,
    /// Names of the peer.
    pub names: Vec<String>,
}

impl Destination<'_, '_> {
    /// `cloud.example:8883/tcp`, the address where there is no name.
    pub fn item(&self) -> String {
        let host = match (self.names.first(), self.flow.peer) {
            (Some(name), _) => name.clone(),
            (None, Some(peer)) => peer.to_string(),
            (None, None) => "link".to_owned(),
        };
        match self.flow.transport {
            Transport::Tcp => format!("{host}:{}/tcp", self.flow.port),
            Transport::Udp => format!("{host}:{}/udp", self.flow.port),
            Transport::Icmp => format!("{host}/icmp"),
            Transport::Other => format!("{host}/protocol {}", self.flow.port),
            Transport::Link => {
                format!("{host}/{}", self.flow.application.as_deref().unwrap_or("unknown protocol"))
            }
        }
    }

    /// What goes there, in one line.
    pub fn description(&self) -> String {
        let address = self.flow.peer.map_or_else(|| "no address".to_owned(), |peer| peer.to_string());
        let application = self.flow.application.as_deref().unwrap_or("a protocol that was not recognized");
        format!(
            "{address}, {application}, {} connections, {} octets sent, {} received",
            self.flow.connections, self.flow.sent, self.flow.received
        )
    }
}

/// Every flow of a sample with what the declaration says of it, in order.
pub fn standings<'c, 'a, 'd>(
    captures: &'c Captures<'a>,
    sample: Option<&str>,
    mechanisms: &Mechanisms<'d>,
) -> Vec<(Destination<'c, 'a>, Standing<'d>)> {
    captures
        .of_sample(sample)
        .flat_map(|(place, capture)| capture.facts.flows.iter().map(move |flow| (place, capture, flow)))
        .map(|(place, capture, flow)| {
            let names = captures.names(place, flow);
            let mut standing = mechanisms.standing(flow, &names);
            if matches!(standing, Standing::OriginUnknown) {
                // Its name was asked for before anybody listened; what led to the address at another time may serve.
                let names = captures.names_at_any_time(place, flow);
                standing = mechanisms.row(flow, &names).map_or(standing, Standing::Declared);
            }
            (Destination { capture, flow, names }, standing)
        })
        .collect()
}

/// Destinations of a sample that no row declares, each once, at its first sight.
pub fn undeclared<'c, 'a>(
    captures: &'c Captures<'a>,
    sample: Option<&str>,
    mechanisms: &Mechanisms<'_>,
) -> Vec<Destination<'c, 'a>> {
    let mut found: Vec<Destination<'c, 'a>> = Vec::new();
    for (destination, standing) in standings(captures, sample, mechanisms) {
        let known = || found.iter().any(|known| known.item() == destination.item());
        if matches!(standing, Standing::Undeclared) && !known() {
            found.push(destination);
        }
    }
    found
}

/// 5.5-5-2 b as far as captures go: whom the device calls, and by which protocol, is declared. One result a sample
/// where nothing speaks against it.
pub fn only_declared_destinations(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
    judged(facts, unit, &mechanisms, "only-declared-destinations", &finding)
}

/// Judges every flow of every sample with `finding`: what it finds, what the captures lack, and a PASS with the code
/// `passed` for each sample where there is neither.
pub fn judged(
    facts: &Facts<'_>,
    unit: &Unit,
    mechanisms: &Mechanisms<'_>,
    passed: &str,
    finding: &dyn Fn(&Destination<'_, '_>, Standing<'_>, &Mechanisms<'_>) -> Option<ItemResult>,
) -> Vec<ItemResult> {
    let captures = Captures::of(facts);
    let mut results = Vec::new();
    for sample in captures.samples(facts) {
        let seen = standings(&captures, sample, mechanisms);
        let mut here: Vec<ItemResult> = Vec::new();
        for (destination, standing) in &seen {
            let Some(result) = finding(destination, *standing, mechanisms) else { continue };
            let told = |known: &ItemResult| {
                (&known.item, known.verdict, &known.reason.code)
                    == (&result.item, result.verdict, &result.reason.code)
            };
            if !here.iter().any(told) {
                here.push(result);
            }
        }
        if let Some(shortfall) = captures.shortfall(facts, unit, sample) {
            let mut result = shortfall.result(ITEM);
            result.sample = sample.map(str::to_owned);
            here.push(result);
        } else if here.is_empty() {
            here.push(proof(&captures, &seen, sample, mechanisms, passed));
        }
        results.extend(here);
    }
    results
}

/// What speaks against a flow: nothing where it is declared, or is not the device's to declare.
pub(crate) fn finding(
    destination: &Destination<'_, '_>,
    standing: Standing<'_>,
    mechanisms: &Mechanisms<'_>,
) -> Option<ItemResult> {
    let item = destination.item();
    let reason = |code: &str| {
        Reason::new(code)
            .with("item", &item)
            .with("found", destination.description())
            .with("frame", destination.flow.frame)
            .with("declared", mechanisms.line())
            .with("table", mechanisms.table())
            .expected_by(mechanisms.source())
    };
    let (verdict, blame, reason) = match standing {
        Standing::Declared(_) | Standing::OfTheNetwork | Standing::Called | Standing::Ended => return None,
        Standing::Undeclared if mechanisms.in_prose_only() => {
            (Verdict::Inconclusive, Blame::Documentation, reason("destination-perhaps-in-prose"))
        }
        Standing::Undeclared => {
            (Verdict::Fail, Blame::DeviceOrDocumentation, reason("undeclared-destination"))
        }
        Standing::WithoutName(row) => {
            (Verdict::Inconclusive, Blame::Lab, reason("destination-without-name").with("row", &row.id))
        }
        Standing::OriginUnknown => (Verdict::Inconclusive, Blame::Lab, reason("flow-of-unknown-origin")),
        Standing::NotComparable => {
            (Verdict::Inconclusive, Blame::Documentation, reason("protocol-not-comparable"))
        }
    };
    let result = ItemResult::machine(&item, verdict, RestsOn::Observed, reason).blame(blame);
    Some(destination.capture.place(result, Some(destination.flow.frame)))
}

fn proof(
    captures: &Captures<'_>,
    seen: &[(Destination<'_, '_>, Standing<'_>)],
    sample: Option<&str>,
    mechanisms: &Mechanisms<'_>,
    passed: &str,
) -> ItemResult {
    let mut found: Vec<String> = Vec::new();
    for (destination, standing) in seen {
        let item = destination.item();
        if matches!(standing, Standing::Declared(_)) && !found.contains(&item) {
            found.push(item);
        }
    }
    let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
    let effort = captures.effort(sample);
    let reason = Reason::new(passed)
        .with("found", found)
        .with("declared", mechanisms.line())
        .with("captures", effort.attempted)
        .with("seconds", format!("{:.1}", effort.seconds))
        .expected_by(mechanisms.source());
    let mut result = ItemResult::machine(ITEM, Verdict::Pass, RestsOn::Observed, reason);
    result.sample = sample.map(str::to_owned);
    result.evidence = captures.evidence(sample);
    result.effort = Some(effort);
    result
}

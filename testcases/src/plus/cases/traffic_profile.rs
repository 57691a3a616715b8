//! What a capture sees of communication fits what is declared, and the supplier's MUD file where there is one.

use std::collections::BTreeSet;

use ixit::Blame;
use ixit::declaration::is_placeholder;
use ixit::mud::{Mud, Side};
use probes::capture::{Flow, Initiator, Transport};
use probes::probe::mud_file::MudFileSeen;

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::plus::{PlusCase, data_of};
use crate::reason::Reason;
use crate::traffic_seen::mud_rules::{Said, caller, said};
use crate::traffic_seen::{
    Captures, Destination, Mechanisms, Standing, finding, is_of_the_network, standings,
};
use crate::verdict::Verdict;

/// The case.
pub static CASE: PlusCase =
    PlusCase { id: ID, needs: &["traffic", "mud-file"], machine_can: &[Verdict::Pass, Verdict::Fail], judge };

const ID: &str = "plus-traffic-profile";
/// Name of the result on captures where nothing speaks against the device.
const ITEM: &str = "traffic";
/// Rules that nothing exercised, listed at most.
const LISTED_AT_MOST: usize = 100;
/// Findings on a MUD file that leave open what its rules are.
const UNREAD: &[&str] = &["mud-not-understood", "mud-bad-value", "mud-dangling-list"];

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let minimum = data_of(ID).and_then(|data| data.minimum_capture).unwrap_or_default();
    let captures = Captures::of(facts);
    let profile = Profile {
        called: Mechanisms::of(facts.declaration, "com_mech"),
        served: Mechanisms::of_tables(facts.declaration, &["com_mech", "soft_serv"]),
        file: File::of(facts),
    };
    let mut exercised = BTreeSet::new();
    let mut results: Vec<ItemResult> = profile.file.unread().into_iter().collect();
    for sample in captures.samples(facts) {
        let seen = standings(&captures, sample, &profile.called);
        let mut here: Vec<ItemResult> = Vec::new();
        for (destination, standing) in &seen {
            for result in profile.judge(destination, *standing, &mut exercised) {
                let told = |known: &ItemResult| {
                    (&known.item, &known.reason.code) == (&result.item, &result.reason.code)
                };
                if !here.iter().any(told) {
                    here.push(result);
                }
            }
        }
        if let Some(shortfall) = captures.shortfall_below(facts, minimum, sample) {
            let mut result = shortfall.result(ITEM);
            result.sample = sample.map(str::to_owned);
            here.push(result);
        } else if here.is_empty() && profile.file.unread().is_none() {
            here.push(profile.proof(&captures, &seen, sample));
        }
        results.extend(here);
    }
    results.extend(profile.file.not_exercised(&exercised));
    results
}

/// The supplier's MUD file.
enum File<'a> {
    /// None is declared.
    None,
    /// It is declared, and what its rules are is not known.
    Unread(Box<ItemResult>),
    /// As read.
    Read { mud: Mud, path: String, recorded: &'a Recorded },
}

impl<'a> File<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let named = facts.declaration.ics.dut.mud.as_ref();
        let Some(named) = named.filter(|path| !is_placeholder(&path.value)) else { return Self::None };
        let path = format!("documents/{}", named.value);
        let unread = |why: &str, recorded: Option<&Recorded>, blame: Blame| {
            let reason = Reason::new("plus-mud-unread").with("file", &path).with("why", why);
            let reason = reason.expected_by(format!("declaration:{}#dut.mud", named.at.file));
            let mut result = ItemResult::machine(&path, Verdict::Inconclusive, RestsOn::Document, reason)
                .declared(format!("declaration:{}#dut.mud", named.at.file))
                .blame(blame);
            result.evidence.extend(recorded.map(|recorded| recorded.at("")));
            Self::Unread(Box::new(result))
        };
        let Some(recorded) = facts.observed("mud-file").last() else {
            return unread("nobody read it", None, Blame::Lab);
        };
        let text = recorded.observation.read::<MudFileSeen>().and_then(|seen| seen.text);
        let Some(text) = text else {
            let why = recorded.observation.trouble.as_deref().unwrap_or("it is no text");
            return unread(why, Some(recorded), Blame::Documentation);
        };
        let (mud, findings) = Mud::from_bytes(&path, text.as_bytes());
        // A rule that was misread is left out, so that nothing could be said of what it allows.
        let fault = findings.iter().find(|finding| UNREAD.contains(&finding.code.as_str()));
        match (mud, fault) {
            (Some(mud), None) => Self::Read { mud, path, recorded },
            (_, Some(fault)) => unread(&fault.message, Some(recorded), Blame::Documentation),
            (None, None) => unread("it is no MUD file", Some(recorded), Blame::Documentation),
        }
    }

    fn unread(&self) -> Option<ItemResult> {
        match self {
            Self::Unread(result) => Some((**result).clone()),
            Self::None | Self::Read { .. } => None,
        }
    }

    /// Rules of the file that nothing in the captures needed, each name once. They are told, and judged by nobody:
    /// an update or a reset may need them later.
    fn not_exercised(&self, exercised: &BTreeSet<String>) -> Vec<ItemResult> {
        let Self::Read { mud, path, recorded } = self else { return Vec::new() };
        let accepted = mud.rules.iter().filter(|rule| rule.accept);
        let names: BTreeSet<&str> =
            accepted.map(|rule| rule.name.as_str()).filter(|name| !exercised.contains(*name)).collect();
        let told = |name: &str| {
            let reason = Reason::new("plus-mud-rule-not-exercised").with("rule", name).with("file", path);
            ItemResult::machine(name, Verdict::NotApplicable, RestsOn::Document, reason)
                .evidence(recorded.at(format!("rule {name}")))
        };
        names.into_iter().take(LISTED_AT_MOST).map(told).collect()
    }
}

/// What the captures are held against.
struct Profile<'d, 'a> {
    /// Whom the device calls.
    called: Mechanisms<'d>,
    /// Where it is called.
    served: Mechanisms<'d>,
    /// The MUD file.
    file: File<'a>,
}

impl Profile<'_, '_> {
    /// What speaks against a flow.
    fn judge(
        &self,
        destination: &Destination<'_, '_>,
        standing: Standing<'_>,
        exercised: &mut BTreeSet<String>,
    ) -> Vec<ItemResult> {
        let mut results = Vec::new();
        if let Some(mut result) = finding(destination, standing, &self.called) {
            if result.verdict == Verdict::Fail {
                result.reason.code = "plus-undeclared-destination".to_owned();
            }
            results.push(result);
        }
        let answered = is_answered(destination.flow);
        if answered && !self.served.serves(destination.flow) {
            results.push(self.undeclared_port(destination));
        }
        let concerns_the_file = match standing {
            Standing::Declared(row) => !is_given_by_the_network(row, destination.flow),
            Standing::Undeclared => true,
            Standing::Called => answered,
            Standing::OfTheNetwork
            | Standing::OriginUnknown
            | Standing::Ended
            | Standing::NotComparable
            | Standing::WithoutName(_) => false,
        };
        if concerns_the_file {
            results.extend(self.by_the_file(destination, exercised));
        }
        results
    }

    fn undeclared_port(&self, destination: &Destination<'_, '_>) -> ItemResult {
        let flow = destination.flow;
        let transport = if flow.transport == Transport::Tcp { "tcp" } else { "udp" };
        let port = format!("{transport}/{}", flow.port);
        let reason = Reason::new("plus-undeclared-port-answers")
            .with("port", &port)
            .with("found", destination.description())
            .with("frame", flow.frame)
            .expected_by(self.served.source());
        let result = ItemResult::machine(&port, Verdict::Fail, RestsOn::Observed, reason)
            .blame(Blame::DeviceOrDocumentation);
        destination.capture.place(result, Some(flow.frame))
    }

    /// What the MUD file says of a flow: first of what the caller sends, then of the answers.
    fn by_the_file(
        &self,
        destination: &Destination<'_, '_>,
        exercised: &mut BTreeSet<String>,
    ) -> Option<ItemResult> {
        let File::Read { mud, path, recorded } = &self.file else { return None };
        let flow = destination.flow;
        let caller = caller(flow)?;
        let callee = if caller == Side::Device { Side::Peer } else { Side::Device };
        let answers = if caller == Side::Device { flow.received > 0 } else { flow.sent > 0 };
        let answers = answers || flow.transport == Transport::Tcp && flow.established > 0;
        let mut allows = |sender: Side| {
            let said = said(mud, flow, &destination.names, sender);
            if let Said::Allowed(rule) = said {
                exercised.insert(mud.rules[rule].name.clone());
            }
            said
        };
        let back = if answers { allows(callee) } else { Said::Allowed(0) };
        let (verdict, code, blame, rule) = match (allows(caller), back) {
            (Said::Denied, _) => (Verdict::Fail, "plus-mud-not-allowed", Blame::DeviceOrDocumentation, None),
            (Said::Unclear(rule), _) | (Said::Allowed(_), Said::Unclear(rule)) => {
                (Verdict::Inconclusive, "plus-mud-peer-unclear", Blame::Lab, Some(rule))
            }
            (Said::Allowed(_), Said::Denied) => {
                (Verdict::Inconclusive, "plus-mud-answers-not-allowed", Blame::Documentation, None)
            }
            (Said::Allowed(_), Said::Allowed(_)) => return None,
        };
        let item = destination.item();
        let reason = Reason::new(code)
            .with("item", &item)
            .with("file", path)
            .with("rule", rule.map_or("", |rule| mud.rules[rule].name.as_str()))
            .with("found", destination.description())
            .with("frame", flow.frame)
            .expected_by(path);
        let result = ItemResult::machine(&item, verdict, RestsOn::Observed, reason).blame(blame);
        Some(destination.capture.place(result, Some(flow.frame)).evidence(recorded.at("")))
    }

    fn proof(
        &self,
        captures: &Captures<'_>,
        seen: &[(Destination<'_, '_>, Standing<'_>)],
        sample: Option<&str>,
    ) -> ItemResult {
        let declared = seen.iter().filter(|(_, standing)| matches!(standing, Standing::Declared(_)));
        let found: BTreeSet<String> = declared.map(|(destination, _)| destination.item()).collect();
        let found: Vec<String> = found.into_iter().collect();
        let effort = captures.effort(sample);
        let (code, file) = match &self.file {
            File::Read { path, .. } => ("plus-traffic-fits-declaration-and-mud", path.as_str()),
            _ => ("plus-traffic-fits-declaration", ""),
        };
        let reason = Reason::new(code)
            .with("found", found.join(", "))
            .with("declared", self.called.line())
            .with("file", file)
            .with("captures", effort.attempted)
            .with("seconds", format!("{:.1}", effort.seconds))
            .expected_by(self.called.source());
        let mut result = ItemResult::machine(ITEM, Verdict::Pass, RestsOn::Observed, reason);
        result.sample = sample.map(str::to_owned);
        result.evidence = captures.evidence(sample);
        if let File::Read { recorded, .. } = &self.file {
            result.evidence.push(recorded.at(""));
        }
        result.effort = Some(effort);
        result
    }
}

/// Whether another called the device, and it answered.
fn is_answered(flow: &Flow) -> bool {
    flow.initiator == Initiator::Peer
        && match flow.transport {
            Transport::Tcp => flow.established > 0,
            Transport::Udp => flow.sent > 0 && !is_of_the_network(flow),
            Transport::Icmp | Transport::Link | Transport::Other => false,
        }
}

/// Whether the row leaves the peer to the network, as for addresses, names and time: a MUD file needs no rule for it.
fn is_given_by_the_network(row: &ixit::Row, flow: &Flow) -> bool {
    let mut endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
    is_of_the_network(flow)
        || endpoints.any(|endpoint| endpoint.host.as_deref() == Some("*") && endpoint.port == flow.port)
}

#[cfg(test)]
#[path = "../traffic_profile_tests.rs"]
mod tests;

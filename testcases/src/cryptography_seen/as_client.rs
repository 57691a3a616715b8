//! What a device does as a TLS client, set against what the row declares: what it offers to its real peer,
//! and whether it turns strangers away.

use ixit::companion::{Role, Transport};
use ixit::{Blame, Declaration, Row};
use probes::EvidenceRef;
use probes::probe::tls_client::{ClientFacts, PlayedPeer, Trial};
use probes::world::ending::Ending;

use super::whom_it_believes::{
    accepted, claim, faults, lent_authority_refused, not_played, trusts_first_met,
};
use crate::facts::{Facts, Recorded};
use crate::inventory;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::state::DutState;
use crate::tls_comparison::DeclaredTls;
use crate::verdict::Verdict;

/// Name of the probe.
const PROBE: &str = "tls-client";

/// What the machine makes of a row as a TLS client.
#[derive(Clone, Debug, Default)]
pub struct AsClient {
    /// One result for each peer and sample that the machine could decide, and for each that was not observed.
    pub results: Vec<ItemResult>,
    /// What was seen and only a person can settle: line for the person, evidence.
    pub open: Vec<(String, EvidenceRef)>,
}

/// How the device took strangers in place of one of its peers.
#[derive(Clone, Debug)]
pub struct PeerCheck<'a> {
    /// The observation, of one sample.
    pub recorded: &'a Recorded,
    /// What it shows.
    pub standing: PeerStanding,
}

/// Whether a device knows its peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerStanding {
    /// It worked with the real peer, and ended the connection to every stranger, the kinds of which are named.
    StrangersRefused(Vec<&'static str>),
    /// It took these strangers for its peer.
    StrangersAccepted(Vec<&'static str>),
    /// It took these strangers for its peer, and trust in whoever is met first is declared.
    FirstMetTrusted(Vec<&'static str>),
    /// It spoke without TLS, from the start or after a handshake that failed.
    Plain,
    /// Not shown, and why.
    NotShown(String),
}

/// Peers of a row that the bench can play: name and TCP port of each TLS endpoint that the device calls.
pub fn peers(row: &Row) -> Vec<(&str, u16)> {
    let serves = row.companions.role.as_ref().is_some_and(|role| role.value == Role::Server);
    if serves || DeclaredTls::of(row).is_none() {
        return Vec::new();
    }
    let endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
    endpoints
        .filter(|endpoint| endpoint.transport == Transport::Tcp)
        .filter_map(|endpoint| Some((endpoint.host.as_deref()?, endpoint.port)))
        .collect()
}

/// The verdicts of the machine on one row as a TLS client, from the observations of normal use.
/// `None` if the row declares no TLS to a peer with a name.
pub fn verdict_as_client(facts: &Facts<'_>, row: &Row) -> Option<AsClient> {
    let declared = DeclaredTls::of(row)?;
    let peers = peers(row);
    if peers.is_empty() {
        return None;
    }
    let mut made = AsClient::default();
    for (host, port) in peers {
        for sample in samples(facts) {
            let place = format!("{host}:{port}");
            let seen: Vec<(&Recorded, ClientFacts)> = facts
                .results::<ClientFacts>(PROBE)
                .into_iter()
                .filter(|(recorded, seen)| {
                    seen.host == host && seen.port == port && sample.is_none_or(|id| recorded.sample() == id)
                })
                .collect();
            if seen.is_empty() {
                let reason = Reason::new("observation-missing").with("probe", format!("{PROBE} {place}"));
                let result = ItemResult::machine(&row.id, Verdict::Inconclusive, RestsOn::Observed, reason)
                    .blame(Blame::Lab);
                made.results.push(match sample {
                    Some(sample) => result.seen_in(Some(DutState::Initialized), sample),
                    None => result,
                });
            }
            for (recorded, seen) in seen {
                let declaration = facts.declaration;
                Look { declaration, row, declared: &declared, place: &place, recorded, seen: &seen }
                    .decide(&mut made);
            }
        }
    }
    Some(made)
}

/// How the device took strangers in place of the peer of this name: one entry an observation, none where
/// nobody looked.
pub fn strangers_refused<'a>(facts: &Facts<'a>, host: &str) -> Vec<PeerCheck<'a>> {
    let calls = |row: &&Row| {
        row.companions.endpoint.iter().any(|endpoint| endpoint.value.host.as_deref() == Some(host))
    };
    let first_met = facts.declaration.ixit.rows("com_mech").iter().filter(calls).any(trusts_first_met);
    let seen = facts.results::<ClientFacts>(PROBE).into_iter();
    seen.filter(|(_, seen)| seen.host == host)
        .map(|(recorded, seen)| {
            let standing = match standing(recorded, &seen) {
                PeerStanding::StrangersAccepted(peers) if first_met => PeerStanding::FirstMetTrusted(peers),
                standing => standing,
            };
            PeerCheck { recorded, standing }
        })
        .collect()
}

fn standing(recorded: &Recorded, seen: &ClientFacts) -> PeerStanding {
    let accepted = accepted(seen);
    if speaks_plainly(seen) || seen.trials.iter().any(|trial| trial.ending == Ending::Plain) {
        return PeerStanding::Plain;
    }
    if !accepted.is_empty() {
        return PeerStanding::StrangersAccepted(accepted.into_iter().map(PlayedPeer::as_str).collect());
    }
    let refused = |peer| seen.trials.iter().any(|trial| trial.peer == peer && trial.ending.refused());
    let worked = seen.relay.as_ref().is_some_and(|relay| relay.ending == Ending::ApplicationData);
    if worked && refused(PlayedPeer::SelfSigned) && refused(PlayedPeer::UnknownAuthority) {
        let refused = seen.trials.iter().filter(|trial| trial.peer.stranger() && trial.ending.refused());
        return PeerStanding::StrangersRefused(refused.map(|trial| trial.peer.as_str()).collect());
    }
    PeerStanding::NotShown(why_not_shown(recorded, seen))
}

fn why_not_shown(recorded: &Recorded, seen: &ClientFacts) -> String {
    if let Some(relay) = seen.relay.as_ref().filter(|relay| relay.ending != Ending::ApplicationData) {
        let detail = relay.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("the connection to the real peer: {}{detail}", relay.ending.as_str());
    }
    recorded.observation.trouble.clone().unwrap_or_else(|| "no reason given".to_owned())
}

/// Strangers that were not played, in one line.
fn left_out(peers: &[&str]) -> String {
    if peers.is_empty() { "-".to_owned() } else { peers.join(", ") }
}

/// Plain to the real peer. Plain later on, after TLS at first, is falling back to it.
fn speaks_plainly(seen: &ClientFacts) -> bool {
    seen.relay.as_ref().is_some_and(|relay| relay.ending == Ending::Plain)
}

/// Samples that were visited; `None` where nothing was observed at all.
fn samples<'a>(facts: &Facts<'a>) -> Vec<Option<&'a str>> {
    let searched = inventory::inventories(facts, &[DutState::Initialized]);
    let mut samples: Vec<Option<&str>> = searched.into_iter().map(|inventory| inventory.sample).collect();
    samples.extend(facts.observed(PROBE).map(|recorded| Some(recorded.sample())));
    samples.sort_unstable();
    samples.dedup();
    if samples.len() > 1 {
        samples.retain(Option::is_some);
    }
    samples
}

/// One observation of one peer.
struct Look<'l> {
    declaration: &'l Declaration,
    row: &'l Row,
    declared: &'l DeclaredTls,
    place: &'l str,
    recorded: &'l Recorded,
    seen: &'l ClientFacts,
}

impl Look<'_> {
    fn decide(&self, made: &mut AsClient) {
        let before = made.results.len();
        self.failures(made);
        if made.results.len() > before {
            return;
        }
        let standing = standing(self.recorded, self.seen);
        if let PeerStanding::StrangersAccepted(peers) = &standing {
            // Nothing that is declared says that it has to know its peer, or trust in the first one is declared.
            let first = if trusts_first_met(self.row) { ", as it trusts whoever it met first" } else { "" };
            let line = format!("{}: takes strangers for its peer ({}){first}", self.place, peers.join(", "));
            made.open.push((line, self.recorded.at(self.place)));
            return;
        }
        let control = |trial: &Trial| trial.peer == PlayedPeer::LentAuthority;
        let weak = |trial: &&Trial| !trial.peer.stranger() && !control(trial) && !trial.ending.refused();
        let all_clear = self.recorded.complete() && !self.seen.trials.iter().any(|trial| weak(&trial));
        match standing {
            PeerStanding::StrangersRefused(_) if all_clear && lent_authority_refused(self.seen) => {
                let control = self.seen.trials.iter().find(|trial| control(trial));
                let said = control.map_or("not tried", |trial| trial.ending.as_str());
                let reason = self.reason("lent-authority-not-taken").with("said", said);
                made.results.push(self.result(Verdict::Inconclusive, reason).blame(Blame::Lab));
            }
            PeerStanding::StrangersRefused(refused) if all_clear => {
                if trusts_first_met(self.row) {
                    let line = format!(
                        "{}: {}; trusts whoever it met first by its declaration, and refused strangers later on ({})",
                        self.place,
                        self.offer(),
                        refused.join(", ")
                    );
                    made.open.push((line, self.recorded.at(self.place)));
                    return;
                }
                if self.declared.suites.is_empty() {
                    let line = format!(
                        "{}: {}; strangers refused ({}). Not settled: no closed list of suites is declared",
                        self.place,
                        self.offer(),
                        refused.join(", ")
                    );
                    made.open.push((line, self.recorded.at(self.place)));
                    return;
                }
                let reason = self
                    .reason("client-cryptography-as-declared")
                    .with("declared", self.declared.line())
                    .with("seen", self.offer())
                    .with("refused", refused.join(", "))
                    .with("left", left_out(&not_played(self.seen)));
                made.results.push(self.result(Verdict::Pass, reason));
            }
            _ => {
                let no_connection =
                    self.seen.relay.as_ref().is_some_and(|relay| relay.ending == Ending::NoConnection);
                let reason = if no_connection {
                    self.reason("device-made-no-connection")
                } else {
                    Reason::new("observation-incomplete")
                        .with("probe", format!("{PROBE} {}", self.place))
                        .with("trouble", self.trouble())
                };
                made.results.push(self.result(Verdict::Inconclusive, reason).blame(Blame::Lab));
            }
        }
    }

    fn failures(&self, made: &mut AsClient) {
        if speaks_plainly(self.seen) {
            let reason = self.reason("no-tls-where-declared").with("found", "plain text from the device");
            made.results.push(self.result(Verdict::Fail, reason).blame(Blame::Device));
            return;
        }
        let differences = self.differences();
        if !differences.is_empty() {
            let reason = self
                .reason("client-crypto-differs-from-declaration")
                .with("declared", self.declared.line())
                .with("differences", differences.join(", "));
            made.results.push(self.result(Verdict::Fail, reason).blame(Blame::DeviceOrDocumentation));
        }
        let falls_back = |trial: &Trial| trial.ending == Ending::Plain;
        if self.seen.trials.iter().any(falls_back) {
            let reason = self.reason("falls-back-to-plain");
            made.results.push(self.result(Verdict::Fail, reason).blame(Blame::Device));
        }
        let claim = claim(self.declaration, self.row).filter(|_| !trusts_first_met(self.row));
        if let (PeerStanding::StrangersAccepted(_), Some(claim)) = (standing(self.recorded, self.seen), claim)
        {
            for (code, peers) in faults(&accepted(self.seen)) {
                let peers: Vec<&str> = peers.into_iter().map(PlayedPeer::as_str).collect();
                let reason = self.reason(code).with("peers", peers.join(", ")).with("claim", &claim);
                made.results.push(self.result(Verdict::Fail, reason).blame(Blame::Device));
            }
        }
    }

    /// What the device offers, lets be chosen, or takes, and the row does not declare.
    fn differences(&self) -> Vec<String> {
        let mut differences = Vec::new();
        let mut add = |difference: String| {
            if !differences.contains(&difference) {
                differences.push(difference);
            }
        };
        if let Some(relay) = &self.seen.relay {
            for version in relay.versions.iter().chain(&relay.chosen_version) {
                if !self.declared.versions.contains(version) {
                    add(format!("TLS {version}"));
                }
            }
            if !self.declared.suites.is_empty() {
                for suite in relay.suites.iter().chain(&relay.chosen_suite) {
                    if !self.declared.suites.contains(&suite.to_uppercase()) {
                        add(suite.clone());
                    }
                }
            }
        }
        for trial in self.seen.trials.iter().filter(|trial| trial.ending == Ending::WentOn) {
            match trial.peer {
                PlayedPeer::Tls11 => add("goes on with TLS 1.1".to_owned()),
                PlayedPeer::Tls10 => add("goes on with TLS 1.0".to_owned()),
                PlayedPeer::NullSuite => add("goes on with a suite without encryption".to_owned()),
                PlayedPeer::AnonymousSuite => add("goes on with a suite without authentication".to_owned()),
                PlayedPeer::ExportSuite => add("goes on with a suite weakened for export".to_owned()),
                PlayedPeer::Rc4Suite => add("goes on with a suite on RC4".to_owned()),
                _ => {}
            }
        }
        differences
    }

    /// The offer in one line.
    fn offer(&self) -> String {
        let Some(relay) = &self.seen.relay else { return "nothing".to_owned() };
        let chosen = match (&relay.chosen_version, &relay.chosen_suite) {
            (Some(version), Some(suite)) => format!(", TLS {version} with {suite} chosen"),
            _ => String::new(),
        };
        format!("TLS {} with {} suites offered{chosen}", relay.versions.join(", "), relay.suites.len())
    }

    fn trouble(&self) -> String {
        match standing(self.recorded, self.seen) {
            PeerStanding::NotShown(why) => why,
            _ => self.recorded.observation.trouble.clone().unwrap_or_else(|| "no reason given".to_owned()),
        }
    }

    fn reason(&self, code: &str) -> Reason {
        Reason::new(code)
            .with("row", &self.row.id)
            .with("place", self.place)
            .expected_by(self.row.reference("com_mech", "crypto"))
    }

    fn result(&self, verdict: Verdict, reason: Reason) -> ItemResult {
        ItemResult::machine(&self.row.id, verdict, RestsOn::Observed, reason)
            .seen_in(self.recorded.state(), self.recorded.sample())
            .evidence(self.recorded.at(self.place))
            .effort(&self.recorded.observation.effort)
    }
}

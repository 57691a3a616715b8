//! A certificate outside its dates, of an authority that the device trusts: whoever does not look at dates, or has no
//! clock, takes it. Where the device asks the network for the time, it is told a false one, at which such a certificate
//! would be valid: whoever believes everybody who tells the time takes it then.

use probes::capture::{Initiator, Transport};
use probes::probe::false_time::FalseTimeFacts;
use probes::probe::tls_client::{ClientFacts, PlayedPeer, Trial};
use probes::world::ending::Ending;
use probes::{EvidenceRef, Outcome};

use crate::Facts;
use crate::facts::Recorded;
use crate::judge::{ItemResult, RestsOn};
use crate::observing::false_time::asked_for_the_time;
use crate::plus::{self, PlusCase};
use crate::reason::Reason;
use crate::traffic_seen::Captures;
use crate::verdict::Verdict;
use ixit::Blame;

/// The case.
pub static CASE: PlusCase = PlusCase {
    id: "plus-clock-attack",
    needs: &["tls-client", "false-time", "traffic"],
    machine_can: &[Verdict::Pass, Verdict::Fail],
    judge,
};

/// Peers whose certificates are wrong in their dates alone, at the true time.
const OUTSIDE: [PlayedPeer; 2] = [PlayedPeer::Expired, PlayedPeer::NotYetValid];
/// UDP port of NTP and SNTP.
const NTP: u16 = 123;

fn judge(facts: &Facts<'_>) -> Vec<ItemResult> {
    let seen: Vec<(&Recorded, ClientFacts)> = facts.results("tls-client");
    if seen.is_empty() {
        let reason = Reason::new("plus-no-dates-met");
        let result = ItemResult::machine("-", Verdict::Inconclusive, RestsOn::Observed, reason);
        return vec![result.blame(Blame::Lab)];
    }
    let asking = Asking::of(facts);
    let under_false_time: Vec<(&Recorded, FalseTimeFacts)> = facts.results("false-time");
    let of_peer = |(recorded, seen): (&Recorded, ClientFacts)| {
        let same_place = |(other, told): &&(&Recorded, FalseTimeFacts)| {
            (&told.row, &told.host, told.port) == (&seen.row, &seen.host, seen.port)
                && other.sample() == recorded.sample()
        };
        let under_false_time = under_false_time.iter().rev().find(same_place);
        Met { recorded, seen: &seen, under_false_time, asking: &asking }.judge()
    };
    seen.into_iter().map(of_peer).collect()
}

/// Whom the device asks for the time.
struct Asking {
    /// Hosts that the supplier declares.
    declared: Vec<String>,
    /// A question that a capture holds, and whom it went to.
    heard: Option<(EvidenceRef, String)>,
    /// Captures that were looked at.
    captures: usize,
}

impl Asking {
    fn of(facts: &Facts<'_>) -> Self {
        let captures = Captures::of(facts);
        let heard = captures.all.iter().find_map(|capture| {
            let asks = |flow: &&probes::capture::Flow| {
                let to_ntp = flow.transport == Transport::Udp && flow.port == NTP;
                flow.initiator == Initiator::Device && (to_ntp || flow.application.as_deref() == Some("ntp"))
            };
            let flow = capture.facts.flows.iter().find(asks)?;
            let address = flow.peer.map(|peer| peer.to_string()).unwrap_or_default();
            Some((capture.at(Some(flow.frame)), flow.name.clone().unwrap_or(address)))
        });
        let hosts = asked_for_the_time(facts.declaration).filter_map(|endpoint| endpoint.host.clone());
        Self { declared: hosts.collect(), heard, captures: captures.all.len() }
    }
}

/// A peer of the device, and how it took those that were played in its place.
struct Met<'a> {
    recorded: &'a Recorded,
    seen: &'a ClientFacts,
    under_false_time: Option<&'a (&'a Recorded, FalseTimeFacts)>,
    asking: &'a Asking,
}

fn ending(trials: &[Trial], peer: PlayedPeer) -> Option<Ending> {
    trials.iter().find(|trial| trial.peer == peer).map(|trial| trial.ending)
}

fn took(trials: &[Trial], peer: PlayedPeer) -> bool {
    matches!(ending(trials, peer), Some(Ending::ApplicationData | Ending::WentOn))
}

impl Met<'_> {
    fn judge(&self) -> ItemResult {
        let of_dates = self.of_dates();
        match of_dates {
            Some(result) if result.verdict == Verdict::Fail => result,
            of_dates => self.taken_under_false_time().or(of_dates).unwrap_or_else(|| self.of_false_time()),
        }
    }

    fn result(&self, verdict: Verdict, reason: Reason, at: &str) -> ItemResult {
        let place = format!("{}:{}", self.seen.host, self.seen.port);
        let reason = reason.with("row", &self.seen.row).with("place", &place).expected_by("plus");
        ItemResult::machine(&self.seen.row, verdict, RestsOn::Observed, reason)
            .seen_in(self.recorded.state(), self.recorded.sample())
            .evidence(self.recorded.at(at))
            .effort(&self.recorded.observation.effort)
    }

    fn open(&self, reason: Reason, at: &str) -> ItemResult {
        self.result(Verdict::Inconclusive, reason, at).blame(Blame::Lab)
    }

    /// What the device does at the true time; `None` where it refuses what is outside its dates.
    fn of_dates(&self) -> Option<ItemResult> {
        let (seen, observation) = (self.seen, &self.recorded.observation);
        let ending = |peer: PlayedPeer| ending(&seen.trials, peer);
        let taken = OUTSIDE.iter().filter(|peer| took(&seen.trials, **peer));
        let taken: Vec<&str> = taken.map(|peer| peer.as_str()).collect();
        if let Some(first) = taken.first() {
            let reason = Reason::new("plus-dates-ignored").with("peers", taken.join(", "));
            let result = self.result(Verdict::Fail, reason, &format!("trial {first}"));
            return Some(result.blame(Blame::Device));
        }
        let left: Vec<&str> =
            OUTSIDE.iter().filter(|peer| ending(**peer).is_none()).map(|peer| peer.as_str()).collect();
        // Whoever refuses a sound certificate of that authority does not refuse the others for their dates.
        if !took(&seen.trials, PlayedPeer::LentAuthority)
            && (left.is_empty() || ending(PlayedPeer::LentAuthority).is_some())
        {
            return Some(self.open(Reason::new("plus-dates-without-trust"), "trial lent-authority"));
        }
        let trouble = observation.trouble.as_deref();
        if !left.is_empty() {
            let why =
                seen.not_tried.iter().find(|left| OUTSIDE.contains(&left.peer)).map(|left| left.why.as_str());
            let why = why.or(trouble).unwrap_or("no reason given");
            let reason = Reason::new("plus-dates-not-played").with("peers", left.join(", ")).with("why", why);
            return Some(self.open(reason, "not_tried"));
        }
        let least = plus::data_of(CASE.id).and_then(|data| data.minimum_effort.as_ref());
        let enough = least.is_none_or(|least| observation.effort.completed >= least.completed);
        let refused = OUTSIDE.iter().all(|peer| ending(*peer).is_some_and(Ending::refused));
        if !refused || !enough || observation.outcome != Outcome::Complete {
            let reason = Reason::new("plus-dates-unclear");
            return Some(self.open(reason.with("trouble", trouble.unwrap_or("no reason given")), "trials"));
        }
        None
    }

    /// The device took a certificate that has ended when it was told a time at which it had not.
    fn taken_under_false_time(&self) -> Option<ItemResult> {
        let (recorded, told) = self.under_false_time?;
        (took(&told.trials, PlayedPeer::FalseTime) && told.asked > 0).then_some(())?;
        let mut result = match ending(&self.seen.trials, PlayedPeer::Expired) {
            Some(at_true_time) if at_true_time.refused() => self.believed(told),
            // It may mind no dates at all.
            _ => {
                let reason = Reason::new("plus-dates-ignored").with("peers", PlayedPeer::FalseTime.as_str());
                self.result(Verdict::Fail, reason, "trials")
            }
        };
        result.evidence.push(recorded.at("trial false-time"));
        Some(result.blame(Blame::Device))
    }

    fn believed(&self, told: &FalseTimeFacts) -> ItemResult {
        let until = told.certificate.as_ref().map_or("-", |[_, until]| until.as_str());
        let reason = Reason::new("plus-false-time-taken")
            .with("time", told.told.as_deref().unwrap_or("-"))
            .with("until", until)
            .with("asked", told.asked.to_string());
        self.result(Verdict::Fail, reason, "trial expired")
    }

    /// What is outside its dates is refused at the true time: whether it is at a false one, as far as the device asks
    /// the network for the time.
    fn of_false_time(&self) -> ItemResult {
        if self.asking.declared.is_empty() {
            return self.without_declared_host();
        }
        let hosts = self.asking.declared.join(", ");
        let not_played = |why: &str, at: Option<EvidenceRef>| {
            let reason = Reason::new("plus-false-time-not-played").with("hosts", &hosts).with("why", why);
            let mut result = self.open(reason, "trial expired");
            result.evidence.extend(at);
            result
        };
        let Some((recorded, told)) = self.under_false_time else {
            return not_played("nobody told it a false time", None);
        };
        let observation = &recorded.observation;
        let at = |place: &str| Some(recorded.at(place));
        let others: Vec<&str> = self
            .asking
            .declared
            .iter()
            .filter(|host| !told.time_hosts.contains(host))
            .map(String::as_str)
            .collect();
        let left = told.not_tried.iter().find(|left| left.peer == PlayedPeer::FalseTime);
        let trouble = observation.trouble.as_deref();
        match (ending(&told.trials, PlayedPeer::FalseTime), left) {
            // A client that compares several hosts heard the truth from one of them.
            (Some(_), _) if !others.is_empty() => {
                not_played(&format!("the bench did not play {}", others.join(", ")), at("time_hosts"))
            }
            (Some(ending), _)
                if ending.refused()
                    && told.asked > 0
                    && took(&told.trials, PlayedPeer::LentAuthority)
                    && observation.outcome == Outcome::Complete =>
            {
                let reason = Reason::new("plus-dates-and-false-time-refused")
                    .with("hosts", &hosts)
                    .with("asked", told.asked.to_string());
                let mut result = self.result(Verdict::Pass, reason, "trial expired");
                result.evidence.extend(at("trial false-time"));
                result
            }
            (Some(_), _) => {
                let trouble = trouble.unwrap_or("no reason given");
                let mut result =
                    self.open(Reason::new("plus-dates-unclear").with("trouble", trouble), "trials");
                result.evidence.extend(at("trial false-time"));
                result
            }
            (None, Some(left)) => not_played(&left.why, at("not_tried")),
            (None, None) => not_played(trouble.unwrap_or("no reason given"), at("")),
        }
    }

    /// No host is declared that the device asks for the time.
    fn without_declared_host(&self) -> ItemResult {
        let Some((capture, peer)) = &self.asking.heard else {
            let reason = Reason::new("plus-dates-refused").with("captures", self.asking.captures.to_string());
            return self.result(Verdict::Pass, reason, "trial expired");
        };
        let reason = Reason::new("plus-time-asked-undeclared").with("peer", peer);
        let mut result = self.result(Verdict::Inconclusive, reason, "trial expired");
        result.evidence.push(capture.clone());
        result.blame(Blame::DeviceOrDocumentation)
    }
}

#[cfg(test)]
#[path = "../clock_attack_tests.rs"]
mod tests;

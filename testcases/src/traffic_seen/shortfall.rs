//! What captures lack to show that something is not there.

use ixit::Blame;
use probes::{Effort, EvidenceRef};

use super::{Capture, Captures, Circumstance, base};
use crate::catalogue::{MinimumCapture, Unit};
use crate::facts::{Facts, Recorded};
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;

/// Least seconds of an idle capture in the profile `matrix`.
const MATRIX_SECONDS: f64 = 0.4;

/// What the captures of a sample lack for a PASS that rests on what they do not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// Why.
    pub reason: Reason,
    /// What was observed all the same.
    pub evidence: Vec<EvidenceRef>,
    /// What was tried.
    pub effort: Option<Effort>,
}

impl Shortfall {
    /// An INCONCLUSIVE result that carries it; the lab has to act.
    pub fn result(self, item: &str) -> ItemResult {
        let mut result = ItemResult::machine(item, Verdict::Inconclusive, RestsOn::Observed, self.reason)
            .blame(Blame::Lab);
        result.evidence = self.evidence;
        result.effort = self.effort;
        result
    }
}

impl<'a> Captures<'a> {
    /// What the captures of a sample lack: one that is complete, in normal use, in which the device speaks; an idle
    /// one of the length that the catalogue demands; a start or a recovery.
    pub fn shortfall(&self, facts: &Facts<'_>, unit: &Unit, sample: Option<&str>) -> Option<Shortfall> {
        self.shortfall_below(facts, unit.minimum_capture.unwrap_or_default(), sample)
    }

    /// The same with the least captures given.
    pub fn shortfall_below(
        &self,
        facts: &Facts<'_>,
        minimum: MinimumCapture,
        sample: Option<&str>,
    ) -> Option<Shortfall> {
        let whole: Vec<&Capture<'a>> = self
            .of_sample(sample)
            .map(|(_, capture)| capture)
            .filter(|capture| capture.complete() && capture.state() == Some(DutState::Initialized))
            .collect();
        let Some(last) = whole.last() else { return Some(no_capture(facts, sample)) };
        if !whole.iter().any(|capture| capture.saw_the_device_speak()) {
            let frames: u64 = whole.iter().map(|capture| capture.facts.frames).sum();
            let seconds: f64 = whole.iter().map(|capture| capture.facts.seconds).sum();
            let reason = Reason::new("device-silent-in-capture")
                .with("frames", frames)
                .with("seconds", format!("{seconds:.1}"));
            return Some(short(reason, last));
        }
        let idle = whole
            .iter()
            .filter(|capture| matches!(capture.circumstance, Circumstance::Idle | Circumstance::Woken));
        let longest = idle.max_by(|one, other| one.facts.seconds.total_cmp(&other.facts.seconds));
        let Some(longest) = longest else { return Some(no_capture(facts, sample)) };
        if !longest.long_enough(&minimum) {
            let reason = Reason::new("capture-too-short")
                .with("minimum", minimum.seconds)
                .with("seconds", format!("{:.1}", longest.facts.seconds));
            return Some(short(reason, longest));
        }
        let starts = whole.iter().filter(|capture| capture.holds_a_start()).count();
        (starts < minimum.starts as usize).then(|| {
            let reason =
                Reason::new("no-start-captured").with("minimum", minimum.starts).with("starts", starts);
            short(reason, last)
        })
    }

    /// Captures that stand behind a PASS on a sample.
    pub fn evidence(&self, sample: Option<&str>) -> Vec<EvidenceRef> {
        let mut evidence: Vec<EvidenceRef> = Vec::new();
        for (_, capture) in self.of_sample(sample) {
            let here = capture.at(None);
            if !evidence.contains(&here) {
                evidence.push(here);
            }
        }
        evidence
    }

    /// Effort of the captures of a sample: seconds that were listened to.
    pub fn effort(&self, sample: Option<&str>) -> Effort {
        let mut total = Effort::default();
        for (_, capture) in self.of_sample(sample) {
            total.attempted += 1;
            total.completed += u64::from(capture.complete());
            total.seconds += capture.facts.seconds;
            total.gaps.extend(capture.facts.gaps.iter().cloned());
        }
        total.what = format!("{} captures", total.attempted);
        total
    }
}

impl Capture<'_> {
    /// It lasted as long as the catalogue demands; the profile `matrix` demands less.
    pub fn long_enough(&self, minimum: &MinimumCapture) -> bool {
        self.facts.seconds >= if self.matrix { MATRIX_SECONDS } else { f64::from(minimum.seconds) }
    }
}

/// Nothing that was captured in normal use came to its end.
fn no_capture(facts: &Facts<'_>, sample: Option<&str>) -> Shortfall {
    let here = |recorded: &&Recorded| sample.is_none_or(|id| base(recorded.sample()) == id);
    let tried: Vec<&Recorded> = ["traffic", "interruption"]
        .into_iter()
        .flat_map(|probe| facts.observed(probe).filter(here))
        .collect();
    let Some(last) =
        tried.iter().rev().find(|recorded| recorded.observation.probe == "traffic").or(tried.last())
    else {
        let reason = Reason::new("no-capture").with("why", "nobody listened");
        return Shortfall { reason, evidence: Vec::new(), effort: None };
    };
    let why = last.observation.trouble.as_deref().unwrap_or("none of normal use is complete");
    Shortfall {
        reason: Reason::new("no-capture").with("why", why),
        evidence: vec![last.at("")],
        effort: Some(last.observation.effort.clone()),
    }
}

fn short(reason: Reason, capture: &Capture<'_>) -> Shortfall {
    Shortfall {
        reason,
        evidence: vec![capture.at(None)],
        effort: Some(capture.recorded.observation.effort.clone()),
    }
}

//! What a judge is: a pure function from facts to a result per item.

use probes::{Effort, EvidenceRef};
use serde::{Deserialize, Serialize};

use crate::catalogue::Unit;
use crate::decision::Decision;
use crate::facts::Facts;
use crate::prompt::Prompt;
use crate::reason::Reason;
use crate::state::DutState;
use crate::verdict::Verdict;
use ixit::Blame;

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The machine alone.
    Machine,
    /// The machine lays out and pre-judges, a person decides.
    Assisted,
    /// A person.
    Assessor,
    /// Accepted external evidence.
    External,
}

/// On what a result rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestsOn {
    /// Seen on the device or in public.
    Observed,
    /// Read in a document.
    Document,
    /// The supplier's word.
    Declared,
    /// A certificate or evaluation of somebody else.
    External,
}

/// Result of one unit for one item, state and sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Id of the IXIT row or name of the thing found; `-` where the unit is applied once.
    pub item: String,
    /// State, where it matters.
    pub state: Option<DutState>,
    /// Sample, where it matters.
    pub sample: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Who decided.
    pub by: By,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// Who has to act, for FAIL and INCONCLUSIVE.
    pub blame: Option<Blame>,
    /// The selection was empty, and emptiness was shown.
    pub vacuous: bool,
    /// Why.
    pub reason: Reason,
    /// Evidence; never empty on PASS or FAIL.
    pub evidence: Vec<EvidenceRef>,
    /// Effort behind it.
    pub effort: Option<Effort>,
    /// The question that waits for a person.
    pub open: Option<Prompt>,
    /// The decision that was applied.
    pub decision: Option<Decision>,
    /// The machine verdict that an assessor reversed.
    pub overridden: Option<Verdict>,
}

impl ItemResult {
    /// A machine result.
    pub fn machine(item: &str, verdict: Verdict, rests_on: RestsOn, reason: Reason) -> Self {
        Self {
            item: item.to_owned(),
            state: None,
            sample: None,
            verdict,
            by: By::Machine,
            rests_on,
            blame: None,
            vacuous: false,
            reason,
            evidence: Vec::new(),
            effort: None,
            open: None,
            decision: None,
            overridden: None,
        }
    }

    /// Says who has to act.
    #[must_use]
    pub fn blame(mut self, blame: Blame) -> Self {
        self.blame = Some(blame);
        self
    }

    /// Says in which state and on which sample.
    #[must_use]
    pub fn seen_in(mut self, state: Option<DutState>, sample: &str) -> Self {
        self.state = state;
        self.sample = Some(sample.to_owned());
        self
    }

    /// Adds evidence.
    #[must_use]
    pub fn evidence(mut self, evidence: EvidenceRef) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Adds a place in the declaration as evidence, `declaration:FILE#PATH`.
    #[must_use]
    pub fn declared(mut self, reference: String) -> Self {
        self.evidence.push(EvidenceRef { reference, at: String::new() });
        self
    }

    /// Says what was tried.
    #[must_use]
    pub fn effort(mut self, effort: &Effort) -> Self {
        self.effort = Some(effort.clone());
        self
    }

    /// Marks an empty selection.
    #[must_use]
    pub fn vacuous(mut self) -> Self {
        self.vacuous = true;
        self
    }
}

/// The judge of a unit.
pub struct Judge {
    /// Unit.
    pub unit: &'static str,
    /// `Machine` decides PASS and FAIL alone; `Assisted` may FAIL on a shown contradiction, a person passes.
    pub by: By,
    /// Verdicts that the machine can give alone.
    pub machine_can: &'static [Verdict],
    /// Probes whose observations it reads, by name.
    pub needs: &'static [&'static str],
    /// The judgement: one result an item, never an empty list.
    pub judge: fn(&Facts<'_>, &Unit) -> Vec<ItemResult>,
}

/// A test group with the judges of its units. Units without a judge are asked of an assessor.
pub struct Group {
    /// Id, e.g. `5.1-5`.
    pub id: &'static str,
    /// Judges, in the order of the units.
    pub judges: &'static [Judge],
}

/// The judge of a unit, where it has one.
pub fn judge_of(unit: &str) -> Option<&'static Judge> {
    crate::tso::GROUPS.iter().flat_map(|group| group.judges).find(|judge| judge.unit == unit)
}

/// Probes that a unit reads: those of its judge, and that of documents where a person may be asked and the declaration
/// may name one.
pub fn probes_of(unit: &Unit) -> Vec<&'static str> {
    let judge = judge_of(&unit.id);
    let mut probes: Vec<&'static str> = judge.map_or_else(Vec::new, |judge| judge.needs.to_vec());
    let documents = crate::published::documents::PROBE;
    let by_machine = judge.is_some_and(|judge| judge.by == By::Machine);
    if !by_machine && crate::published::documents::may_concern(unit) && !probes.contains(&documents) {
        probes.push(documents);
    }
    probes
}

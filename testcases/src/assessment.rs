//! The assessment as it is stored (`hantei.assessment/1`): always all provisions, cases and units.

use std::collections::BTreeMap;

use probes::EvidenceRef;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Basis, Kind};
use crate::decision::Decision;
use crate::judge::{By, RestsOn};
use crate::prompt::Prompt;
use crate::state::DutState;
use crate::verdict::Verdict;
use ixit::Blame;

/// Format name.
pub const FORMAT: &str = "hantei.assessment/1";

/// The assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// [`FORMAT`].
    pub format: String,
    /// Edition.
    pub edition: String,
    /// Assessment date, ISO 8601.
    pub date: String,
    /// The device.
    pub dut: DutSummary,
    /// Nothing was left out by `--only` or for want of equipment.
    pub complete: bool,
    /// Answered from the simulated lab.
    pub demonstration: bool,
    /// Verdict on the claim.
    pub verdict: Verdict,
    /// The same over M, applicable M C, and 4-1.
    pub verdict_mandatory: Verdict,
    /// Why the overall verdict is not better, as reason codes with what they concern.
    pub overall: Vec<OverallReason>,
    /// Numbers.
    pub counts: Counts,
    /// Who decided what.
    pub coverage: Coverage,
    /// Provisions with cases and units.
    pub provisions: Vec<ProvisionResult>,
    /// Questions that belong to no unit (`companion-matches-prose`) and are open.
    pub prompts: Vec<Prompt>,
    /// Label schemes.
    pub schemes: Vec<serde_json::Value>,
    /// Anything beyond the standard.
    pub extra: Vec<serde_json::Value>,
}

/// Identification of the device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutSummary {
    /// Manufacturer as declared.
    pub manufacturer: Option<String>,
    /// Model as declared.
    pub model: Option<String>,
    /// Hardware as declared.
    pub hardware: Option<String>,
    /// Firmware as declared.
    pub firmware: Option<String>,
    /// Firmware as read from the device.
    pub firmware_read: Option<String>,
    /// Serial number as read from the device.
    pub serial_read: Option<String>,
}

/// Why the overall verdict is not PASS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverallReason {
    /// `provision-failed`, `provision-open`, `mandatory-not-claimed`, `companion-open`,
    /// `companion-denied`, `run-not-complete`.
    pub code: String,
    /// Provision or prompt.
    pub subject: String,
    /// Verdict that it forces.
    pub verdict: Verdict,
}

/// Numbers by verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Provisions.
    pub provisions: BTreeMap<String, u32>,
    /// Cases.
    pub cases: BTreeMap<String, u32>,
    /// Units.
    pub units: BTreeMap<String, u32>,
}

/// Units by who decided them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Units of the edition.
    pub units: u32,
    /// Planned units.
    pub planned: u32,
    /// Decided by the machine alone.
    pub machine: u32,
    /// Laid out by the machine, decided by a person.
    pub assisted: u32,
    /// Decided by a person.
    pub assessor: u32,
    /// Covered by external evidence.
    pub external: u32,
    /// Not decided.
    pub open: u32,
    /// PASS that repeats the supplier's word.
    pub declared: u32,
}

/// Result of a provision and its test group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvisionResult {
    /// Id.
    pub id: String,
    /// Status in the ICS table.
    pub status: String,
    /// Applies: conditions hold; `None` if that is not known.
    pub applicable: Option<bool>,
    /// In the plan.
    pub planned: bool,
    /// Why not: `condition-not-met`, `not-claimed`, `not-applicable-claimed`, `support-not-stated`.
    pub why: Option<String>,
    /// Claim.
    pub support: Option<String>,
    /// Detail of the claim.
    pub detail: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Reason of a verdict that does not come from its cases.
    pub reason: Option<ReasonResult>,
    /// Cases.
    pub cases: Vec<CaseResult>,
}

/// Result of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// Verdict.
    pub verdict: Verdict,
    /// Pass conditions.
    pub conditions: Vec<ConditionResult>,
    /// Units.
    pub units: Vec<UnitResult>,
}

/// Result of a pass condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionResult {
    /// Name.
    pub c: String,
    /// Basis.
    pub basis: Basis,
    /// Verdict.
    pub verdict: Verdict,
    /// Letters of the units that it rests on.
    pub units: Vec<String>,
}

/// Result of a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitResult {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: Kind,
    /// In the plan.
    pub planned: bool,
    /// Why not.
    pub why: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Weakest of its items; `None` if it was not planned.
    pub by: Option<By>,
    /// Weakest of its items.
    pub rests_on: Option<RestsOn>,
    /// Items.
    pub items: Vec<ItemRecord>,
}

/// Result of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemRecord {
    /// Item.
    pub item: String,
    /// State.
    pub state: Option<DutState>,
    /// Sample.
    pub sample: Option<String>,
    /// Verdict.
    pub verdict: Verdict,
    /// Who decided.
    pub by: By,
    /// On what it rests.
    pub rests_on: RestsOn,
    /// Who has to act.
    pub blame: Option<Blame>,
    /// Empty selection.
    pub vacuous: bool,
    /// Why.
    pub reason: ReasonResult,
    /// Evidence.
    pub evidence: Vec<EvidenceRef>,
    /// What was tried.
    pub effort: Option<EffortRecord>,
    /// The question that waits.
    pub open: Option<Prompt>,
    /// The decision applied.
    pub decision: Option<Decision>,
    /// Machine verdict that an assessor reversed.
    pub overridden: Option<Verdict>,
}

/// What was tried, as far as it belongs to a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffortRecord {
    /// Attempts begun.
    pub attempted: u64,
    /// Attempts with a clear answer.
    pub completed: u64,
    /// Seconds.
    pub seconds: f64,
    /// In words.
    pub what: String,
}

/// A reason with its English words; other languages are made from code and arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonResult {
    /// Stable code.
    pub code: String,
    /// Arguments.
    pub args: BTreeMap<String, String>,
    /// In one sentence.
    pub text: String,
    /// What was expected.
    pub expected: Option<Expected>,
    /// What was seen.
    pub actual: Option<Actual>,
}

/// What was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// In words.
    pub text: String,
    /// Where that comes from: `declaration:…`, `criterion`.
    pub source: Option<String>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actual {
    /// In words.
    pub text: String,
}

//! The test plan: what applies and why, who decides each unit, what has to be observed in which
//! state. Pure: the same declaration gives the same bytes.

use ixit::{Declaration, Support};
use probes::Request;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Unit};
use crate::condition::{self, ConditionState};
use crate::contradiction;
use crate::facts::Facts;
use crate::judge::{By, judge_of, probes_of};
use crate::selection::Emptiness;
use crate::state::DutState;

mod steps;
mod wanted;

pub use steps::{ALTER_SOFTWARE, RESTORE_SOFTWARE, observings};
pub use wanted::{Disturbance, Observing, Wanted};

/// Format name.
pub const FORMAT: &str = "hantei.plan/1";

/// The plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: String,
    /// Edition.
    pub edition: String,
    /// Digest of the catalogue.
    pub catalogue: String,
    /// Only these units are run (`--only`); `None` for all.
    pub only: Option<String>,
    /// Conditions as declared.
    pub conditions: Vec<ConditionState>,
    /// Provisions, in order.
    pub provisions: Vec<PlannedProvision>,
    /// Units, in order.
    pub units: Vec<PlannedUnit>,
    /// Cases beyond the standard, in order; empty unless they are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plus: Vec<PlannedUnit>,
    /// What is done, in order; each physical action happens once.
    pub steps: Vec<Step>,
}

impl Plan {
    /// The same plan with the cases of `hantei-plus` that `only` leaves in.
    #[must_use]
    pub fn with_plus(mut self, declaration: &Declaration) -> Self {
        self.plus = crate::plus::planned(declaration, self.only.as_deref());
        let readers: Vec<PlannedUnit> = self.units.iter().chain(&self.plus).cloned().collect();
        self.steps = steps::steps(declaration, Catalogue::of(declaration.edition), &readers);
        self
    }
}

/// A provision in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedProvision {
    /// Id.
    pub id: String,
    /// Status.
    pub status: String,
    /// Claim; `None` if the ICS does not have it.
    pub support: Option<Support>,
    /// Its conditions hold; `None` if not known.
    pub applicable: Option<bool>,
    /// In the plan.
    pub planned: bool,
    /// Why not: `condition-not-met`, `not-claimed`, `not-applicable-claimed`, `support-not-stated`.
    pub why: Option<String>,
}

/// A unit in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedUnit {
    /// Id.
    pub id: String,
    /// In the plan.
    pub planned: bool,
    /// Why not; also `not-selected` for a unit left out by `--only`.
    pub why: Option<String>,
    /// Who decides.
    pub by: Option<By>,
    /// Items known before the run.
    pub items: Vec<String>,
    /// Probes.
    pub probes: Vec<String>,
    /// States, as the catalogue has them.
    pub states: Vec<String>,
    /// Ways to it; names the equipment: `ble`, `hw` …
    pub channels: Vec<String>,
    /// Least effort behind a PASS.
    pub minimum_effort: Option<crate::catalogue::MinimumEffort>,
}

/// A step of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Step {
    /// Bring the device into a state.
    Enter {
        /// State.
        state: DutState,
        /// Bench action that does it; the operator is asked where the bench has none.
        action: String,
    },
    /// Observe something.
    Observe {
        /// State.
        state: DutState,
        /// What; the address of each sample is added when it is run.
        request: Request,
        /// Run once for every open TCP port that the sweep found, or that speaks TLS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_each: Option<ForEach>,
        /// Units that read it.
        units: Vec<String>,
        /// What may disturb the device; left out without the consent of the bench.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        disturbs: Vec<Disturbance>,
        /// Actions of the bench that it performs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        actions: Vec<String>,
        /// Longest time in seconds; a bench may set another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget_seconds: Option<u32>,
    },
}

/// What a step is repeated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForEach {
    /// Every open TCP port.
    OpenPort,
    /// Every open TCP port behind which TLS was spoken.
    TlsPort,
    /// Every UDP port behind which DTLS was spoken.
    DtlsPort,
}

/// Derives the plan. `only` is a glob over unit, case and provision ids (`5.6-*`).
pub fn derive(declaration: &Declaration, only: Option<&str>) -> Plan {
    derive_reopened(declaration, only, &[])
}

/// The same with provisions that the run showed to apply although the declaration leaves them out (see
/// [`reopened`]). They are planned; what the ICS says of them stays beside.
pub fn derive_reopened(declaration: &Declaration, only: Option<&str>, reopened: &[String]) -> Plan {
    let catalogue = Catalogue::of(declaration.edition);
    let conditions: Vec<ConditionState> =
        catalogue.conditions.iter().map(|condition| condition::derive(declaration, condition.id)).collect();
    let provisions: Vec<PlannedProvision> = catalogue
        .provisions
        .iter()
        .map(|provision| {
            let planned = plan_provision(declaration, provision, &conditions);
            if reopened.contains(&provision.id) { reopen(planned) } else { planned }
        })
        .collect();
    let units: Vec<PlannedUnit> = catalogue
        .units
        .iter()
        .map(|unit| {
            let provision = provisions.iter().find(|provision| provision.id == unit.provision());
            plan_unit(declaration, catalogue, unit, provision, only)
        })
        .collect();
    let steps = steps::steps(declaration, catalogue, &units);
    Plan {
        format: FORMAT.to_owned(),
        edition: declaration.edition.name().to_owned(),
        catalogue: catalogue.digest.clone(),
        only: only.map(str::to_owned),
        conditions,
        provisions,
        units,
        plus: Vec::new(),
        steps,
    }
}

/// Provisions that the plan leaves out and that what the run found brings back, in order: give them to
/// [`derive_reopened`].
pub fn reopened(facts: &Facts<'_>, plan: &Plan) -> Vec<String> {
    plan.provisions
        .iter()
        .filter(|planned| !planned.planned && left_out_as_not_applicable(planned))
        .filter(|planned| {
            facts.catalogue.provision(&planned.id).is_some_and(|provision| {
                contradiction::of_provision(facts, provision, planned.support).is_some()
            })
        })
        .map(|planned| planned.id.clone())
        .collect()
}

/// Whether the plan leaves a provision out because it does not apply, not because it is not claimed.
pub fn left_out_as_not_applicable(planned: &PlannedProvision) -> bool {
    matches!(planned.why.as_deref(), Some("condition-not-met" | "not-applicable-claimed"))
}

fn reopen(planned: PlannedProvision) -> PlannedProvision {
    if left_out_as_not_applicable(&planned) {
        PlannedProvision { planned: true, why: None, ..planned }
    } else {
        planned
    }
}

fn plan_provision(
    declaration: &Declaration,
    provision: &crate::catalogue::Provision,
    conditions: &[ConditionState],
) -> PlannedProvision {
    let mut applicable = Some(true);
    for id in &provision.conditions {
        match conditions.iter().find(|condition| condition.id == *id).and_then(|condition| condition.holds) {
            Some(true) => {}
            Some(false) => applicable = Some(false),
            None => applicable = applicable.filter(|holds| !holds),
        }
    }
    let support = declaration.ics.provisions.get(&provision.id).map(|entry| entry.support.value);
    let why = match (applicable, support) {
        (Some(false), _) => Some("condition-not-met"),
        (_, None) => Some("support-not-stated"),
        (_, Some(Support::N)) => Some("not-claimed"),
        (_, Some(Support::NotApplicable)) => Some("not-applicable-claimed"),
        (_, Some(Support::Y)) => None,
    };
    // The reporting group is always run: it judges the ICS itself.
    let why = why.filter(|_| provision.id != "4-1");
    PlannedProvision {
        id: provision.id.clone(),
        status: provision.status.clone(),
        support,
        applicable,
        planned: why.is_none(),
        why: why.map(str::to_owned),
    }
}

fn plan_unit(
    declaration: &Declaration,
    catalogue: &Catalogue,
    unit: &Unit,
    provision: Option<&PlannedProvision>,
    only: Option<&str>,
) -> PlannedUnit {
    let mut planned = provision.is_some_and(|provision| provision.planned);
    let mut why = provision.and_then(|provision| provision.why.clone());
    if planned && only.is_some_and(|glob| !chosen(glob, unit)) {
        planned = false;
        why = Some("not-selected".to_owned());
    }
    let judge = judge_of(&unit.id);
    let selected = crate::selection::select(declaration, unit);
    let shown_empty = matches!(
        selected.emptiness,
        Emptiness::Stated { .. } | Emptiness::NoneMatches { .. } | Emptiness::NothingSaid { .. }
    );
    let by = if shown_empty { By::Machine } else { judge.map_or(By::Assessor, |judge| judge.by) };
    let group = catalogue.group(unit.provision());
    PlannedUnit {
        id: unit.id.clone(),
        planned,
        why,
        by: planned.then_some(by),
        items: if planned { items(&selected) } else { Vec::new() },
        probes: probes_of(unit).into_iter().map(str::to_owned).collect(),
        states: unit
            .state
            .clone()
            .map_or_else(|| group.map_or_else(Vec::new, |group| group.states.clone()), |state| vec![state]),
        channels: unit.channels.clone(),
        minimum_effort: unit.minimum_effort.clone(),
    }
}

/// Ids of the selected rows, in an order that does not depend on the order of the file.
fn items(selected: &crate::selection::Selected<'_>) -> Vec<String> {
    let mut items: Vec<String> = selected.items.iter().map(|item| item.row.id.clone()).collect();
    items.sort();
    items
}

/// Whether a glob (`*` for any run of characters) names the unit, its case or its provision.
fn chosen(glob: &str, unit: &Unit) -> bool {
    glob.split(',').map(str::trim).any(|glob| {
        [unit.id.as_str(), unit.case.as_str(), unit.provision()].iter().any(|id| glob_matches(glob, id))
    })
}

/// Matches `*` against any run of characters; everything else literally.
pub fn glob_matches(glob: &str, text: &str) -> bool {
    match glob.split_once('*') {
        None => glob == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|index| rest.is_char_boundary(*index))
                .any(|index| glob_matches(tail, &rest[index..]))
        }),
    }
}

#[cfg(test)]
mod tests;

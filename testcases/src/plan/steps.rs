//! What is done, in order: states entered, observations made, each for all units that read it.

use ixit::Declaration;
use probes::Request;
use serde_json::json;

use super::{Observing, PlannedUnit, Step, Wanted};
use crate::catalogue::Catalogue;
use crate::state::DutState;

/// States that a run enters, in order, with the action of the bench that leads there.
const ENTERED: [(DutState, &str); 3] = [
    (DutState::FactoryDefault, "factory_reset"),
    (DutState::Initialized, "onboard"),
    (DutState::AfterDetectedChange, ALTER_SOFTWARE),
];
/// Action that leads to the state after a detected change.
pub const ALTER_SOFTWARE: &str = "alter_software";
/// Action that leads back from it.
pub const RESTORE_SOFTWARE: &str = "restore_software";

/// The steps, state by state.
pub(super) fn steps(declaration: &Declaration, catalogue: &Catalogue, units: &[PlannedUnit]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (state, action) in ENTERED {
        let mut here = Vec::new();
        for observing in observings().iter().filter(|observing| observing.states.contains(&state)) {
            for wanted in (observing.wanted)(declaration, state) {
                here.extend(step(observing, wanted, state, catalogue, units));
            }
        }
        if here.is_empty() && state != DutState::Initialized {
            continue;
        }
        steps.push(Step::Enter { state, action: action.to_owned() });
        // A device that detected a change does not have to tell any longer what it is.
        if state != DutState::AfterDetectedChange {
            steps.push(identity(state));
        }
        steps.extend(here);
        if state == DutState::AfterDetectedChange {
            let action = RESTORE_SOFTWARE.to_owned();
            steps.push(Step::Enter { state: DutState::Initialized, action });
        }
    }
    steps
}

fn identity(state: DutState) -> Step {
    Step::Observe {
        state,
        request: Request {
            probe: "device-identity".to_owned(),
            target: "identity of the sample".to_owned(),
            params: json!({}),
        },
        for_each: None,
        units: Vec::new(),
        disturbs: Vec::new(),
        actions: Vec::new(),
        budget_seconds: None,
    }
}

/// How every probe is planned, in the order in which a state is observed.
pub fn observings() -> Vec<&'static Observing> {
    let mut all: Vec<&'static Observing> = crate::observing::ALL.to_vec();
    all.sort_by_key(|observing| (observing.order, observing.probe));
    all
}

/// The step of a request; `None` where no planned unit reads it.
fn step(
    observing: &Observing,
    wanted: Wanted,
    state: DutState,
    catalogue: &Catalogue,
    units: &[PlannedUnit],
) -> Option<Step> {
    // What can be seen in one state alone is looked at there, whichever states the units speak of.
    let here_alone = observing.states == [state];
    let mut ids = readers(observing.probe, state, here_alone, units);
    if ids.is_empty() {
        // What is found is what the others are repeated for.
        ids = observing.feeds.iter().flat_map(|fed| readers(fed, state, false, units)).collect();
    }
    if !wanted.read_through.is_empty() {
        ids.retain(|id| {
            // A case beyond the standard has no fields to read through: it reads all that its probe sees.
            let unit = catalogue.unit(id);
            unit.is_none_or(|unit| unit.reads.iter().any(|read| wanted.read_through.contains(read)))
        });
    }
    (!ids.is_empty()).then(|| Step::Observe {
        state,
        request: Request { probe: observing.probe.to_owned(), target: wanted.target, params: wanted.params },
        for_each: wanted.for_each,
        units: ids,
        disturbs: observing.disturbs.iter().copied().chain(wanted.disturbs).collect(),
        actions: wanted
            .actions
            .unwrap_or_else(|| observing.actions.iter().map(|action| (*action).to_owned()).collect()),
        budget_seconds: Some(observing.budget_seconds),
    })
}

/// Planned units that read the observations of a probe made in a state.
fn readers(probe: &str, state: DutState, here_alone: bool, units: &[PlannedUnit]) -> Vec<String> {
    units
        .iter()
        .filter(|unit| unit.planned && unit.probes.iter().any(|name| name == probe))
        .filter(|unit| here_alone || reads_in(unit, state))
        .map(|unit| unit.id.clone())
        .collect()
}

/// Whether a unit reads what is observed in a state. What is not read in the state as delivered is read in normal use,
/// where the run ends up; the state after a detected change stands for itself.
fn reads_in(unit: &PlannedUnit, state: DutState) -> bool {
    let named = |name: &str| unit.states.iter().any(|state| state == name);
    let altered = DutState::AfterDetectedChange.as_str();
    match state {
        DutState::AfterDetectedChange => named(altered),
        DutState::FactoryDefault => unit.states.is_empty() || named("all") || named(state.as_str()),
        _ => unit.states.is_empty() || unit.states.iter().any(|name| name != altered),
    }
}

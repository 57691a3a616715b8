//! What the device says by itself: as delivered, before anybody agreed to anything; in normal use; and after it
//! detected a change of its software.

use ixit::Declaration;
use serde_json::json;

use crate::plan::{ALTER_SOFTWARE, Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The traffic of the device.
pub static OBSERVING: Observing = Observing {
    probe: "traffic",
    // Before anything is asked of the device.
    order: 8,
    states: &[DutState::FactoryDefault, DutState::Initialized, DutState::AfterDetectedChange],
    feeds: &[],
    disturbs: &[],
    actions: &["reconnect"],
    budget_seconds: 7200,
    wanted,
};

fn wanted(_: &Declaration, state: DutState) -> Vec<Wanted> {
    let altered = state == DutState::AfterDetectedChange;
    let params =
        if altered { json!({ "wake": true, "consent": ALTER_SOFTWARE }) } else { json!({ "wake": true }) };
    let disturbs = if altered { vec![Disturbance::AlterSoftware] } else { Vec::new() };
    vec![Wanted { disturbs, ..Wanted::with("traffic at the capture point", params) }]
}

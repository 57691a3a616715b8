//! What the device shows over Bluetooth LE to strangers, in every state in which it has power. Planned whatever is
//! declared: an undeclared radio interface is what the search for interfaces has to find.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The look of a stranger.
pub static OBSERVING: Observing = Observing {
    probe: "ble-surface",
    order: 47,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 600,
    wanted: |_, _| vec![Wanted::once("Bluetooth LE, as a stranger")],
};

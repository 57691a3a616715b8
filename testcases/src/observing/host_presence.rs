//! By which addresses the device is there, in every state in which it stands in a network.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The search for further addresses.
pub static OBSERVING: Observing = Observing {
    probe: "host-presence",
    order: 5,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 30,
    wanted: |_, _| vec![Wanted::once("addresses of the sample")],
};

//! Every open TCP port, asked to relay.

use crate::plan::{ForEach, Observing, Wanted};
use crate::state::DutState;

/// Relaying over TCP.
pub static OBSERVING: Observing = Observing {
    probe: "open-relay",
    order: 56,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 180,
    wanted: |_, _| vec![Wanted::for_each("relaying at every open TCP port", ForEach::OpenPort)],
};

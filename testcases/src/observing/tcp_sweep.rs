//! Every TCP port, in every state in which the device stands in a network.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The sweep of TCP ports.
pub static OBSERVING: Observing = Observing {
    probe: "tcp-sweep",
    order: 10,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &["identify", "tls-server"],
    disturbs: &[],
    actions: &[],
    budget_seconds: 1800,
    wanted: |_, _| vec![Wanted::once("every TCP port")],
};

//! What answers at every open TCP port.

use crate::plan::{ForEach, Observing, Wanted};
use crate::state::DutState;

/// The identification of open TCP ports.
pub static OBSERVING: Observing = Observing {
    probe: "identify",
    order: 20,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &["tls-server"],
    disturbs: &[],
    actions: &[],
    budget_seconds: 120,
    wanted: |_, _| vec![Wanted::for_each("every open TCP port", ForEach::OpenPort)],
};

//! The usual UDP services, each asked in its own protocol.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The questions to UDP services.
pub static OBSERVING: Observing = Observing {
    probe: "udp-services",
    order: 40,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 300,
    wanted: |_, _| vec![Wanted::once("UDP services")],
};

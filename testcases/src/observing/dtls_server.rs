//! Every UDP port behind which DTLS is spoken.

use crate::plan::{ForEach, Observing, Wanted};
use crate::state::DutState;

/// The facts of DTLS servers.
pub static OBSERVING: Observing = Observing {
    probe: "dtls-server",
    order: 50,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 300,
    wanted: |_, _| vec![Wanted::for_each("every DTLS port", ForEach::DtlsPort)],
};

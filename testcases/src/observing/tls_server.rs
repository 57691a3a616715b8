//! Every open TCP port behind which TLS is spoken.

use crate::plan::{ForEach, Observing, Wanted};
use crate::state::DutState;

/// The facts of TLS servers.
pub static OBSERVING: Observing = Observing {
    probe: "tls-server",
    order: 30,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 300,
    wanted: |_, _| vec![Wanted::for_each("every TLS port", ForEach::TlsPort)],
};

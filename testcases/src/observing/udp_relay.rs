//! The usual UDP services, measured by what they answer, and asked to look a name up.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// Amplification and look-up of names over UDP.
pub static OBSERVING: Observing = Observing {
    probe: "udp-relay",
    order: 57,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 300,
    wanted: |_, _| vec![Wanted::once("answers over UDP")],
};

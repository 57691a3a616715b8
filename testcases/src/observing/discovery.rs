//! What the device announces to its network, in every state in which it stands in one.

use crate::plan::{Observing, Wanted};
use crate::state::DutState;

/// The questions to multicast groups.
pub static OBSERVING: Observing = Observing {
    probe: "discovery",
    order: 45,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 60,
    wanted: |_, _| vec![Wanted::once("announcements on the link")],
};

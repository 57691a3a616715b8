//! Every declared login of another protocol than HTTP, in normal use.

use ixit::Declaration;

use super::http_login::{declared_logins, with_guesses};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The behaviour of logins over SSH, telnet, FTP, RTSP, MQTT, CoAP and SNMP.
pub static OBSERVING: Observing = Observing {
    probe: "network-login",
    order: 61,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::LockOut],
    actions: &[],
    budget_seconds: 1800,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    declared_logins(declaration)
        .into_iter()
        .filter(|(_, login)| !login.kind.is_web())
        .map(|(row, login)| Wanted::with(&row.id, with_guesses(row, login)))
        .collect()
}

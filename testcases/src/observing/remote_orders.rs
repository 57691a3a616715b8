//! Operation over a service, where the supplier words its orders in `plus.toml`.

use ixit::Declaration;
use ixit::plus::{LocalOperation, RemoteOperation, RemoteOrder};
use serde_json::{Value, json};

use super::access_control::{described, is_web, mechanisms};
use crate::cryptography_seen::peers;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Orders over the played service, and local operations beside them.
pub static OBSERVING: Observing = Observing {
    probe: "remote-orders",
    // After what only reads, before what erases or ends the state.
    order: 97,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::PlayPeers, Disturbance::ChangeState],
    actions: &["names_to_bench", "reconnect", "names_to_peers"],
    budget_seconds: 600,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let Some(remote) = declaration.plus.remote_operation.as_ref().filter(|remote| is_driven(remote)) else {
        return Vec::new();
    };
    let Some((host, port)) = service(declaration, remote) else { return Vec::new() };
    let orders: Vec<Value> = remote.order.iter().map(order).collect();
    let local = remote.local.iter().filter(|operation| is_web(&operation.access)).map(operation);
    vec![Wanted::with(
        &format!("{} {host}:{port}", remote.through),
        json!({
            "row": remote.through,
            "host": host,
            "port": port,
            "topic": remote.topic,
            "mechanisms": mechanisms(declaration, state),
            "seen": described(&remote.seen),
            "orders": orders,
            "stop": remote.stop.as_ref().map(order),
            "local": local.collect::<Vec<_>>(),
            "release": remote.release.as_ref().filter(|release| is_web(&release.access)).map(operation),
            "freshness": remote.freshness,
            "hold_seconds": remote.local_hold_seconds,
            "takes_seconds": remote.takes_seconds,
        }),
    )]
}

/// Host and port of the service over which orders come, as the declared row has them.
pub(crate) fn service<'d>(declaration: &'d Declaration, remote: &RemoteOperation) -> Option<(&'d str, u16)> {
    let (_, row) = declaration.ixit.row(&remote.through)?;
    peers(row).into_iter().next()
}

/// Whether a program can read the state.
pub(crate) fn is_driven(remote: &RemoteOperation) -> bool {
    is_web(&remote.seen)
}

fn order(order: &RemoteOrder) -> Value {
    json!({ "says": order.says, "shows": order.shows })
}

fn operation(operation: &LocalOperation) -> Value {
    json!({ "access": described(&operation.access), "shows": operation.shows })
}

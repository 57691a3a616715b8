//! The log of security events, where the supplier declares one in `plus.toml`.

use ixit::Declaration;
use ixit::companion::Access;
use ixit::plus::SecurityLog;
use serde_json::{Value, json};

use super::access_control::{described, is_web, mechanisms};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The log of security events.
pub static OBSERVING: Observing = Observing {
    probe: "security-log",
    // After what changes credentials and changes them back; before what ends the state.
    order: 96,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::ChangeState],
    actions: &[],
    budget_seconds: 300,
    wanted,
};

/// Fewest wrong credentials in a row that lock a login at which one is tried.
const FAR_FROM_LOCKED: u32 = 3;

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let Some(log) = declaration.plus.security_log.as_ref().filter(|log| is_driven(log)) else {
        return Vec::new();
    };
    let events: Vec<Value> = log
        .events
        .iter()
        .map(|name| {
            let cause = log.cause.get(name).into_iter().flatten().filter(|cause| is_web(cause));
            json!({
                "name": name,
                "mentions": log.mentions.get(name).cloned().unwrap_or_default(),
                "cause": cause.map(described).collect::<Vec<_>>(),
            })
        })
        .collect();
    let many = |accesses: &[Access]| -> Vec<Value> {
        accesses.iter().filter(|access| is_web(access)).map(described).collect()
    };
    vec![Wanted::with(
        "log of security events",
        json!({
            "mechanisms": mechanisms(declaration, state),
            "read": described(&log.read),
            "export": log.export.as_ref().filter(|export| is_web(export)).map(described),
            "erase": many(&log.erase),
            "write": many(&log.write),
            "events": events,
            "restricted": log.restricted,
            "may_fail": may_fail(declaration, log),
            "records": log.records,
            "time": log.time,
            "appears_seconds": log.appears_seconds,
        }),
    )]
}

/// Whether a program can read the log.
pub(crate) fn is_driven(log: &SecurityLog) -> bool {
    is_web(&log.read)
}

/// One wrong credential at the login of those who read is far from what locks it.
fn may_fail(declaration: &Declaration, log: &SecurityLog) -> bool {
    let rows = log.read.who.iter().map(|who| who.split('/').next().unwrap_or(who));
    let defences = rows.filter_map(|row| declaration.ixit.row(row)?.1.companions.brute_force.as_ref());
    defences.filter_map(|defence| defence.value.failures).all(|failures| failures >= FAR_FROM_LOCKED)
}

//! Every update mechanism that fetches and whose package the supplier describes, offered what is out of date, what does
//! not end and what is put together of different releases.

use ixit::Declaration;
use ixit::companion::PackageWay;
use serde_json::json;

use super::access_control::sorted;
use super::update_trials::params_of;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// A stale update, updates without an end, mixtures, and sound updates between them.
pub static OBSERVING: Observing = Observing {
    probe: "update-endurance",
    order: 998,
    states: &[DutState::Initialized],
    feeds: &[],
    // A device that does not answer any more is switched off and on.
    disturbs: &[Disturbance::InstallUpdates, Disturbance::PlayPeers, Disturbance::Interrupt],
    actions: &[
        "names_to_bench",
        "trigger_update",
        "power_off",
        "power_on",
        "names_to_peers",
        "restore_software",
    ],
    budget_seconds: 3600,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let rows = sorted(declaration, "upd_mech").into_iter();
    let described = rows.filter_map(|row| Some((row, &row.companions.package.as_ref()?.value)));
    let fetching = described.filter(|(_, package)| package.way == PackageWay::Pull);
    fetching
        .map(|(row, package)| {
            let mut params = params_of(row, package);
            if let Some(key) = &package.expires_key {
                params["expires_key"] = json!(key);
            }
            Wanted::with(&row.id, params)
        })
        .collect()
}

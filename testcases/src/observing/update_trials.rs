//! Every update mechanism whose package the supplier describes, after all that needs the device as it is.

use ixit::companion::{Package, PackageWay};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::{mechanisms, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The trials with update packages.
pub static OBSERVING: Observing = Observing {
    probe: "update-trials",
    order: 996,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::InstallUpdates],
    actions: &["restore_software"],
    budget_seconds: 7200,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let rows = sorted(declaration, "upd_mech").into_iter();
    let described = rows.filter_map(|row| Some((row, &row.companions.package.as_ref()?.value)));
    described.map(|(row, package)| trials(row, package, mechanisms(declaration, state))).collect()
}

/// Parameters of every probe that offers packages: what the declaration says of the package, and of the way to it.
pub(super) fn params_of(row: &Row, package: &Package) -> Value {
    let signature = package.signature.as_ref().map(|place| {
        json!({
            "manifest_key": place.manifest_key, "beside": place.beside, "last_octets": place.last_octets,
        })
    });
    let primitives: Vec<&str> =
        row.companions.crypto.iter().filter_map(|crypto| crypto.value.primitive.as_deref()).collect();
    let mut params = json!({
        "row": row.id,
        "way": package.way.as_str(),
        "signature": signature,
        "primitives": primitives,
        "settles_seconds": package.settles_seconds,
    });
    if package.way == PackageWay::Pull {
        let server = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
        let server = server.into_iter().find(|endpoint| endpoint.host.is_some());
        params["host"] = json!(server.and_then(|server| server.host.as_deref()));
        params["plain"] = json!(server.and_then(|server| server.application.as_deref()) == Some("http"));
        params["manifest"] = json!(package.manifest);
        params["image"] = json!(package.image);
    }
    params
}

fn trials(row: &Row, package: &Package, mechanisms: Vec<Value>) -> Wanted {
    let mut params = params_of(row, package);
    match package.way {
        PackageWay::Pull => Wanted {
            disturbs: vec![Disturbance::PlayPeers, Disturbance::Interrupt],
            actions: Some(PULLED.map(str::to_owned).to_vec()),
            ..Wanted::with(&row.id, params)
        },
        PackageWay::Upload => {
            let to = package.upload.as_ref().map(|to| {
                json!({
                    "port": to.port, "tls": to.tls, "path": to.path, "method": to.method, "field": to.field,
                    "who": to.who,
                })
            });
            params["upload"] = json!(to);
            params["mechanisms"] = json!(mechanisms);
            Wanted {
                disturbs: vec![Disturbance::Interrupt],
                actions: Some(HANDED_IN.map(str::to_owned).to_vec()),
                ..Wanted::with(&row.id, params)
            }
        }
    }
}

/// Actions where the device fetches the package: what it is told of last puts everything back.
const PULLED: [&str; 8] = [
    "names_to_bench",
    "trigger_update",
    "link_down",
    "link_up",
    "power_off",
    "power_on",
    "names_to_peers",
    "restore_software",
];
/// Actions where it is handed in.
const HANDED_IN: [&str; 5] = ["link_down", "link_up", "power_off", "power_on", "restore_software"];

//! Every declared TLS connection of the device to a peer with a name, in normal use.

use ixit::Declaration;
use serde_json::json;

use crate::cryptography_seen::peers;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;
use crate::tls_comparison::DeclaredTls;

/// The behaviour as a TLS client.
pub static OBSERVING: Observing = Observing {
    probe: "tls-client",
    order: 70,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::PlayPeers],
    actions: &["names_to_bench", "reconnect", "names_to_peers"],
    budget_seconds: 900,
    wanted,
};

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut rows: Vec<&ixit::Row> = declaration.ixit.rows("com_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let mut wanted = Vec::new();
    for row in rows {
        let Some(declared) = DeclaredTls::of(row) else { continue };
        for (host, port) in peers(row) {
            let endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
            let application = endpoints
                .filter(|endpoint| endpoint.host.as_deref() == Some(host) && endpoint.port == port)
                .find_map(|endpoint| endpoint.application.clone());
            let params = json!({
                "row": row.id,
                "host": host,
                "port": port,
                "application": application,
                "versions": declared.versions,
                "suites": declared.suites,
            });
            wanted.push(Wanted::with(&format!("{} {host}:{port}", row.id), params));
        }
    }
    wanted
}

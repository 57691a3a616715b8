//! Every declared TLS connection of the device to a peer with a name, while the time that the device asks of the network
//! is false; for cases beyond the standard.

use ixit::Declaration;
use ixit::companion::{Endpoint, Transport};
use serde_json::json;

use crate::cryptography_seen::peers;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;
use crate::tls_comparison::DeclaredTls;

/// The behaviour under a false time.
pub static OBSERVING: Observing = Observing {
    probe: "false-time",
    // After all that looks at the device as it is: a clock that was put wrong may stay so for a while.
    order: 1090,
    states: &[DutState::Initialized],
    feeds: &[],
    // A device that asks for the time only when it starts is started anew.
    disturbs: &[Disturbance::PlayPeers, Disturbance::Interrupt],
    actions: &["names_to_bench", "reconnect", "power_off", "power_on", "names_to_peers"],
    budget_seconds: 1200,
    wanted,
};

/// UDP port of NTP and SNTP.
const NTP: u16 = 123;

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    let mut time_hosts: Vec<(String, u16)> = Vec::new();
    for endpoint in asked_for_the_time(declaration) {
        let host = (endpoint.host.clone().unwrap_or_default(), endpoint.port);
        if !time_hosts.contains(&host) {
            time_hosts.push(host);
        }
    }
    if time_hosts.is_empty() {
        return Vec::new();
    }
    let time_hosts = json!(
        time_hosts.iter().map(|(host, port)| json!({ "host": host, "port": port })).collect::<Vec<_>>()
    );
    let mut rows: Vec<&ixit::Row> = declaration.ixit.rows("com_mech").iter().collect();
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    let tls = rows.into_iter().filter(|row| DeclaredTls::of(row).is_some());
    let places = tls.flat_map(|row| peers(row).into_iter().map(move |(host, port)| (row, host, port)));
    places
        .map(|(row, host, port)| {
            let params = json!({ "row": row.id, "host": host, "port": port, "time_hosts": time_hosts });
            Wanted::with(&format!("{} {host}:{port}", row.id), params)
        })
        .collect()
}

/// Declared hosts that the device asks for the time: NTP or SNTP, or their port where no application is named.
pub(crate) fn asked_for_the_time(declaration: &Declaration) -> impl Iterator<Item = &Endpoint> {
    let rows = declaration.ixit.rows("com_mech").iter().filter(|row| !row.observed_only);
    let endpoints = rows.flat_map(|row| &row.companions.endpoint).map(|endpoint| &endpoint.value);
    endpoints.filter(|endpoint| {
        let named = endpoint.application.as_deref().map(str::to_ascii_lowercase);
        endpoint.transport == Transport::Udp
            && endpoint.host.is_some()
            && named.map_or(endpoint.port == NTP, |name| matches!(name.as_str(), "ntp" | "sntp"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const CLOUD: &str = "[[com_mech]]\nid = \"ComMech-Cloud\"\ndescription = \"d\"\nrole = \"client\"\n\
        crypto = [{ purpose = \"transport\", protocol = \"TLS\", versions = [\"1.3\"] }]\n\
        endpoint = [{ transport = \"tcp\", port = 8883, application = \"mqtts\", host = \"cloud.example\" }]\n";

    fn planned(time: &str) -> Vec<Wanted> {
        let ixit = format!(
            "{CLOUD}[[com_mech]]\nid = \"ComMech-Time\"\ndescription = \"d\"\nrole = \"client\"\n\
             endpoint = [{time}]\n"
        );
        wanted(TestFacts::declared(&ixit).facts().declaration, DutState::Initialized)
    }

    #[test]
    fn every_tls_peer_is_met_where_a_host_of_the_time_is_declared() {
        for time in [
            "{ transport = \"udp\", port = 123, application = \"ntp\", host = \"time.example\" }",
            "{ transport = \"udp\", port = 123, host = \"time.example\" }",
            "{ transport = \"udp\", port = 20123, application = \"SNTP\", host = \"time.example\" }",
        ] {
            let planned = planned(time);
            assert_eq!(planned.len(), 1, "{time}");
            assert_eq!(planned[0].params["time_hosts"][0]["host"], "time.example");
            assert_eq!(planned[0].params["host"], "cloud.example");
        }
    }

    #[test]
    fn nothing_is_planned_without_a_host_of_the_time() {
        for other in [
            "{ transport = \"udp\", port = 53, application = \"dns\", host = \"*\" }",
            "{ transport = \"tcp\", port = 123, application = \"ntp\", host = \"time.example\" }",
            "{ transport = \"udp\", port = 123, application = \"ntp\" }",
            "{ transport = \"udp\", port = 123, application = \"own\", host = \"time.example\" }",
        ] {
            assert!(planned(other).is_empty(), "{other}");
        }
    }
}

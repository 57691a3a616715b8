//! A storm of requests to each declared web service, last of all: nothing that is looked at after it suffers.

use std::collections::BTreeSet;

use ixit::Declaration;
use ixit::companion::AccessKind;
use serde_json::json;

use super::access_control::{reachable_in, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The storm.
pub static OBSERVING: Observing = Observing {
    probe: "storm",
    order: 1100,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::HostileInput],
    actions: &[],
    budget_seconds: 420,
    wanted,
};

/// Web services that are tried, at most.
const SERVICES_AT_MOST: usize = 4;

fn wanted(declaration: &Declaration, _: DutState) -> Vec<Wanted> {
    services(declaration)
        .into_iter()
        .take(SERVICES_AT_MOST)
        .map(|service| {
            let target = format!("storm of requests to tcp/{}", service.port);
            let params = json!({
                "row": service.row,
                "port": service.port,
                "tls": service.tls,
                "path": service.path,
            });
            Wanted::with(&target, params)
        })
        .collect()
}

/// A declared web service of the device.
struct WebService<'d> {
    row: &'d str,
    port: u16,
    tls: bool,
    path: &'d str,
}

/// Every port of the device with HTTP or HTTPS, once, with a page that everybody may ask for: of services that share a
/// port the one that declares such a page.
fn services(declaration: &Declaration) -> Vec<WebService<'_>> {
    let mut services: Vec<(bool, WebService<'_>)> = Vec::new();
    let rows = sorted(declaration, "soft_serv").into_iter();
    for row in rows.filter(|row| reachable_in(row, DutState::Initialized) != Some(false)) {
        for endpoint in row.companions.endpoint.iter().map(|endpoint| &endpoint.value) {
            let tls = match endpoint.application.as_deref() {
                Some("https") => true,
                Some("http") => false,
                _ => continue,
            };
            // An endpoint with a host is the peer's.
            if endpoint.host.is_some() || endpoint.port == 0 {
                continue;
            }
            let accesses = row.companions.access.iter().map(|access| &access.value);
            let mut open = accesses.filter(|access| {
                access.kind == AccessKind::Http
                    && access.port == endpoint.port
                    && !access.changes
                    && access.method == "GET"
                    && access.who.iter().any(|who| who == "anyone")
            });
            let open = open.next().map(|access| access.target.as_str());
            let path = open.unwrap_or("/");
            let service = WebService { row: &row.id, port: endpoint.port, tls, path };
            services.push((open.is_none(), service));
        }
    }
    services.sort_by_key(|(without_page, _)| *without_page);
    let mut ports = BTreeSet::new();
    services.into_iter().map(|(_, service)| service).filter(|service| ports.insert(service.port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    #[test]
    fn each_web_port_of_the_device_is_tried_once_at_an_open_page() {
        let ixit = "[[soft_serv]]\nid = \"A\"\nendpoint = [{ transport = \"tcp\", port = 8443, application = \"https\" }]\n\
                    [[soft_serv]]\nid = \"B\"\nnetwork_accessible_in = [\"initialized\"]\n\
                    endpoint = [{ transport = \"tcp\", port = 8443, application = \"https\" }]\n\
                    access = [{ kind = \"http\", port = 8443, tls = true, target = \"/inner\", who = [\"Login\"] },\n\
                    { kind = \"http\", port = 8443, tls = true, target = \"/about\", who = [\"anyone\"] }]\n\
                    [[soft_serv]]\nid = \"C\"\nendpoint = [{ transport = \"tcp\", port = 8443, application = \"https\" },\n\
                    { transport = \"tcp\", port = 80, application = \"http\" }, { transport = \"tcp\", port = 22, application = \"ssh\" },\n\
                    { transport = \"tcp\", port = 443, application = \"https\", host = \"cloud.example\" }]\n\
                    [[soft_serv]]\nid = \"D\"\nnetwork_accessible_in = [\"never\"]\n\
                    endpoint = [{ transport = \"tcp\", port = 81, application = \"http\" }]\n";
        let facts = TestFacts::declared(ixit);
        let wanted = wanted(facts.facts().declaration, DutState::Initialized);
        let read = |wanted: &Wanted| -> probes::probe::storm::Params {
            let mut params = wanted.params.clone();
            params["address"] = json!("127.0.0.1");
            serde_json::from_value(params).expect("the probe reads it")
        };
        let tried: Vec<_> = wanted.iter().map(read).collect();
        let tried: Vec<_> =
            tried.iter().map(|read| (read.row.as_str(), read.port, read.tls, read.path.as_str())).collect();
        assert_eq!(tried, [("B", 8443, true, "/about"), ("C", 80, false, "/")]);
    }
}

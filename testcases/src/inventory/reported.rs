//! What reports of other tools, imported as evidence, say of an inventory.
//!
//! Such a report never makes a search complete: who made it and how is the lab's word. But a port that it
//! saw open and this search did not find puts the search in doubt.

use ixit::Blame;
use probes::nmap_report::{self, HostReport, Port};

use super::{Inventory, PortState};
use crate::facts::Facts;
use crate::judge::{ItemResult, RestsOn};
use crate::reason::Reason;
use crate::verdict::Verdict;

/// One INCONCLUSIVE result for each port of this state and sample that an imported report saw open and
/// that the search did not find open. The lab has to find out which of the two is right.
pub fn disagreements(facts: &Facts<'_>, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let foreign = inventory.foreign();
    let mut results: Vec<ItemResult> = Vec::new();
    for (recorded, report) in facts.results::<HostReport>(nmap_report::PROBE) {
        if recorded.state() != Some(inventory.state) || Some(recorded.sample()) != inventory.sample {
            continue;
        }
        for port in report.host.ports.iter().filter(|port| port.state == "open") {
            let item = format!("{}/{}", port.transport, port.port);
            let Some(seen) = otherwise(inventory, port) else { continue };
            if foreign.contains(&item) || results.iter().any(|result| result.item == item) {
                continue;
            }
            let reason = Reason::new("inventories-disagree")
                .with("item", &item)
                .with("reported", reported(&report, port))
                .with("seen", seen);
            let mut result = ItemResult::machine(&item, Verdict::Inconclusive, RestsOn::Observed, reason)
                .blame(Blame::Lab);
            result.evidence = vec![recorded.at(item.clone())];
            if port.transport == "tcp" {
                result.evidence.extend(inventory.evidence_of_tcp(port.port));
            }
            results.push(result);
        }
    }
    results
}

/// What the search itself has of the port, where that is not the same.
fn otherwise(inventory: &Inventory<'_>, port: &Port) -> Option<&'static str> {
    match port.transport.as_str() {
        "tcp" => match inventory.tcp(port.port) {
            PortState::Open => None,
            PortState::Closed => Some("closed"),
            PortState::Unknown => Some("not settled"),
        },
        // nmap says open, and not open|filtered, of a UDP port that answered.
        "udp" => match inventory.udp(port.port) {
            Some(asked) if asked.answered() => None,
            Some(_) => Some("no answer"),
            None => Some("not asked"),
        },
        _ => None,
    }
}

fn reported(report: &HostReport, port: &Port) -> String {
    let service = port.service.as_ref().map(|service| format!(", {}", service.name)).unwrap_or_default();
    format!("open ({}{service}) by nmap {}", port.reason, report.scan.version)
}

#[cfg(test)]
mod tests {
    use probes::nmap_report::{Host, Scan, Service};

    use super::*;
    use crate::state::DutState;
    use crate::test_facts::{Seen, TestFacts};
    use crate::test_network::searched;

    /// The units that rest on nothing being there that was not found.
    const UNITS: [&str; 3] = ["5.6-1-2:b", "5.5-5-2:b", "5.1-5-2:a"];

    const IXIT: &str = r#"
[[intf]]
id = "Intf-Https"
description = "Web interface"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[intf]]
id = "Intf-Mdns"
description = "Discovery"
type = ["network", "logical"]
status = "enabled"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]

[[com_mech]]
id = "ComMech-All"
description = "Web interface and discovery"
role = "server"
endpoint = [{ transport = "tcp", port = 8443 }, { transport = "udp", port = 5353 }]
"#;

    fn report(ports: &[(&str, u16, &str)]) -> Seen {
        let port = |(transport, port, state): &(&str, u16, &str)| Port {
            transport: (*transport).to_owned(),
            port: *port,
            state: (*state).to_owned(),
            reason: "syn-ack".to_owned(),
            service: Some(Service { name: "smux".to_owned(), ..Service::default() }),
            ..Port::default()
        };
        let host =
            Host { state: "up".to_owned(), ports: ports.iter().map(port).collect(), ..Host::default() };
        let scan = Scan { version: "7.93".to_owned(), success: true, ..Scan::default() };
        Seen::by(nmap_report::PROBE, HostReport { scan, host }).state(DutState::Initialized)
    }

    fn essence(facts: &TestFacts, unit: &str) -> Vec<(Verdict, String, String)> {
        let results = facts.judge(unit).into_iter();
        results
            .filter(|result| result.state == Some(DutState::Initialized))
            .map(|result| (result.verdict, result.reason.code, result.item))
            .collect()
    }

    #[test]
    fn a_port_that_another_tool_saw_open_puts_the_search_in_doubt() {
        let sound = || searched(TestFacts::declared(IXIT));
        for unit in UNITS {
            let before = essence(&sound(), unit);
            assert_eq!(before.len(), 1, "{before:?}");
            assert_eq!(before[0].0, Verdict::Pass, "{before:?}");
            // Twin: the same ports, ports that are merely not refused, and what is no port of ours.
            let agrees = [
                ("tcp", 8443, "open"),
                ("udp", 5353, "open"),
                ("udp", 161, "open|filtered"),
                ("tcp", 22, "filtered"),
                ("sctp", 1, "open"),
            ];
            assert_eq!(essence(&sound().observed(report(&agrees)), unit), before, "{unit}");
            let disagrees = [("tcp", 199, "open"), ("udp", 123, "open"), ("udp", 999, "open")];
            let after = essence(&sound().observed(report(&disagrees)).observed(report(&disagrees)), unit);
            let expected = ["tcp/199", "udp/123", "udp/999"]
                .map(|item| (Verdict::Inconclusive, "inventories-disagree".to_owned(), item.to_owned()));
            assert_eq!(after, expected, "{unit}");
        }
    }

    #[test]
    fn it_is_the_lab_that_has_to_find_out_and_both_sides_are_evidence() {
        let facts = searched(TestFacts::declared(IXIT)).observed(report(&[("tcp", 199, "open")]));
        let results = facts.judge(UNITS[0]);
        let doubt = results.iter().find(|result| result.item == "tcp/199").expect("a result");
        assert_eq!(doubt.blame, Some(Blame::Lab));
        assert_eq!(doubt.evidence.len(), 2, "the report, and the sweep that was refused: {doubt:#?}");
        assert_eq!(doubt.reason.args["seen"], "closed");
        assert_eq!(doubt.reason.args["reported"], "open (syn-ack, smux) by nmap 7.93");
        // The other state was not scanned by the other tool.
        assert!(results.iter().any(|result| result.verdict == Verdict::Pass));
    }

    #[test]
    fn a_report_alone_shows_nothing() {
        for unit in UNITS {
            let alone = TestFacts::declared(IXIT).observed(report(&[("tcp", 8443, "open")]));
            assert!(alone.judge(unit).iter().all(|result| result.verdict != Verdict::Pass), "{unit}");
        }
    }
}

use ixit::Blame;

use super::*;
use crate::state::DutState;
use crate::test_facts::TestFacts;
use crate::test_network::{identified, searched, sweep};

const UNIT: &str = "5.5-5-2:b";

const MECHANISMS: &str = r#"
[[com_mech]]
id = "ComMech-Web"
role = "server"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[com_mech]]
id = "ComMech-Mdns"
role = "server"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]

[[com_mech]]
id = "ComMech-Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 1883, application = "mqtt", host = "cloud.example" }]

[[com_mech]]
id = "ComMech-Bus"
role = "peer"
"#;

#[test]
fn mechanisms_that_are_declared_pass_in_both_states() {
    let results = searched(TestFacts::declared(MECHANISMS)).judge(UNIT);
    assert_eq!(results.len(), 2);
    for result in results {
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Pass, "only-declared-mechanisms-found")
        );
        assert!(result.open.is_none() && result.effort.is_some() && !result.evidence.is_empty());
    }
}

#[test]
fn a_mechanism_that_is_not_declared_fails() {
    let facts = searched(TestFacts::declared(MECHANISMS))
        .observed(sweep(DutState::FactoryDefault, &[2323, 8443]))
        .observed(identified(DutState::FactoryDefault, 2323, "telnet", false));
    let failed: Vec<_> =
        facts.judge(UNIT).into_iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(
        (failed[0].item.as_str(), failed[0].reason.code.as_str()),
        ("tcp/2323", "undeclared-communication-mechanism")
    );
    assert_eq!(failed[0].state, Some(DutState::FactoryDefault));
    assert_eq!(failed[0].blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(failed[0].reason.source.as_deref(), Some("declaration:ixit.toml#com_mech"));
}

#[test]
fn the_port_of_a_peer_that_the_device_calls_declares_no_server() {
    let facts = searched(TestFacts::declared(MECHANISMS))
        .observed(sweep(DutState::Initialized, &[1883, 8443]))
        .observed(identified(DutState::Initialized, 1883, "mqtt", false));
    assert!(
        facts.judge(UNIT).iter().any(|result| result.verdict == Verdict::Fail && result.item == "tcp/1883")
    );
}

#[test]
fn a_declared_interface_is_no_declared_mechanism() {
    // Misjudgement 2: each table stands for itself.
    let interface = "[[intf]]\nid = \"Intf-Web\"\ntype = [\"network\"]\nstatus = \"enabled\"\n\
                     endpoint = [{ transport = \"tcp\", port = 8443 }]\n";
    let facts = searched(TestFacts::declared(&format!(
        "{interface}[[com_mech]]\nid = \"ComMech-Mdns\"\nendpoint = [{{ transport = \"udp\", port = 5353 }}]\n"
    )));
    assert!(
        facts.judge(UNIT).iter().all(|result| result.item == "tcp/8443" && result.verdict == Verdict::Fail)
    );
}

fn of_the_network(probe: &str, data: serde_json::Value) -> crate::test_facts::Seen {
    crate::test_facts::Seen::by(probe, data).state(DutState::Initialized)
}

fn found(results: Vec<crate::judge::ItemResult>) -> Vec<(String, Verdict, String)> {
    results
        .into_iter()
        .filter(|result| result.verdict != Verdict::Pass)
        .map(|result| (result.item, result.verdict, result.reason.code))
        .collect()
}

#[test]
fn a_responder_that_only_announces_itself_is_found_all_the_same() {
    let announced = |protocol: &str| {
        let service = serde_json::json!({ "protocol": protocol, "name": "uuid:1", "kind": "upnp:rootdevice", "port": null });
        let data = serde_json::json!({ "services": [service], "disclosed": [], "others_heard": 3 });
        let facts = searched(TestFacts::declared(MECHANISMS)).observed(of_the_network("discovery", data));
        found(facts.judge(UNIT))
    };
    let undeclared = "undeclared-communication-mechanism".to_owned();
    assert_eq!(announced("ssdp"), [("udp/1900".to_owned(), Verdict::Fail, undeclared)]);
    // mDNS is declared, and answered a question of its own already.
    assert_eq!(announced("dns-sd"), []);
}

#[test]
fn an_address_that_answers_and_was_not_searched_leaves_the_search_open() {
    let known = |basis: &str, in_scope: bool| {
        let address = serde_json::json!({ "address": "fe80::1ff:fe23:4567:890a", "basis": basis, "in_scope": in_scope });
        let data = serde_json::json!({
            "address": "127.64.0.1", "echoes_asked": 1, "echoes_heard": 1, "addresses": [address], "others_heard": 0
        });
        let facts = searched(TestFacts::declared(MECHANISMS)).observed(of_the_network("host-presence", data));
        found(facts.judge(UNIT))
    };
    let open = ("address/fe80::1ff:fe23:4567:890a".to_owned(), Verdict::Inconclusive);
    assert_eq!(known("seen", false), [(open.0, open.1, "address-not-searched".to_owned())]);
    assert_eq!(known("seen", true), []);
    assert_eq!(known("derived", false), [], "what only follows from the hardware address may not be there");
}

#[test]
fn a_link_that_nobody_listened_to_leaves_the_search_open() {
    let on_a_link = |listened: &[&str], outcome: probes::Outcome| {
        let mut facts = TestFacts::declared(MECHANISMS);
        for state in crate::test_network::STATES {
            let mut ports = crate::test_network::ports(&[8443]);
            ports.address = [192, 0, 2, 10].into();
            let sweep = crate::test_facts::Seen::by("tcp-sweep", ports).state(state).attempts(65_535);
            facts = facts
                .observed(sweep)
                .observed(identified(state, 8443, "http", true))
                .observed(crate::test_network::asked(state, &[]));
            for probe in listened {
                let seen = crate::test_facts::Seen::by(probe, serde_json::json!({})).state(state);
                facts = facts.observed(seen.ended(outcome, "no way out"));
            }
        }
        let mut codes: Vec<String> = found(facts.judge(UNIT)).into_iter().map(|(.., code)| code).collect();
        codes.dedup();
        codes
    };
    let both = ["discovery", "host-presence"];
    assert_eq!(on_a_link(&both, probes::Outcome::Complete), Vec::<String>::new());
    assert_eq!(on_a_link(&both, probes::Outcome::ToolTrouble), ["observation-incomplete"]);
    assert_eq!(on_a_link(&["discovery"], probes::Outcome::Complete), ["observation-missing"]);
}

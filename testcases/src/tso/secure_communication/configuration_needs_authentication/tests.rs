use ixit::Blame;

use super::*;
use crate::state::DutState;
use crate::test_facts::TestFacts;
use crate::test_network::{identified, sweep};
use crate::traffic_seen::test_captures::{asks, calls, capture, cut, heard, listened, overheard};

const UNIT: &str = "5.5-5-2:b";

/// A complete search of the ports, and a capture in which the device calls its cloud.
fn searched(facts: TestFacts) -> TestFacts {
    heard(crate::test_network::searched(facts))
}

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
    let codes: Vec<&str> = results.iter().map(|result| result.reason.code.as_str()).collect();
    let found = "only-declared-mechanisms-found";
    assert_eq!(codes, [found, found, "only-declared-destinations"]);
    for result in results {
        assert_eq!(result.verdict, Verdict::Pass);
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
    let facts = crate::test_network::searched(TestFacts::declared(&format!(
        "{interface}[[com_mech]]\nid = \"ComMech-Mdns\"\nendpoint = [{{ transport = \"udp\", port = 5353 }}]\n"
    )));
    let results = facts.judge(UNIT);
    assert_eq!(results.iter().filter(|result| result.item == "tcp/8443").count(), 2);
    assert!(results.iter().all(|result| result.item == "traffic" || result.verdict == Verdict::Fail));
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
        let mut codes: Vec<String> =
            found(heard(facts).judge(UNIT)).into_iter().map(|(.., code)| code).collect();
        codes.dedup();
        codes
    };
    let both = ["discovery", "host-presence"];
    assert_eq!(on_a_link(&both, probes::Outcome::Complete), Vec::<String>::new());
    assert_eq!(on_a_link(&both, probes::Outcome::ToolTrouble), ["observation-incomplete"]);
    assert_eq!(on_a_link(&["discovery"], probes::Outcome::Complete), ["observation-missing"]);
}

use probes::Outcome;
use probes::capture::{Flow, Initiator, Transport};

fn with(flow: Flow) -> Vec<(String, Verdict, String)> {
    let facts = searched(TestFacts::declared(MECHANISMS));
    found(facts.observed(overheard(capture(vec![flow]))).judge(UNIT))
}

#[test]
fn a_destination_that_is_not_declared_fails_and_its_declared_twin_does_not() {
    let undeclared = |item: &str| vec![(item.to_owned(), Verdict::Fail, "undeclared-destination".to_owned())];
    assert_eq!(with(calls(Transport::Tcp, "cloud.example", 1883, "mqtt")), []);
    assert_eq!(with(calls(Transport::Tcp, "spy.example", 1883, "mqtt")), undeclared("spy.example:1883/tcp"));
    assert_eq!(
        with(calls(Transport::Tcp, "cloud.example", 443, "tls")),
        undeclared("cloud.example:443/tcp"),
        "another port is another mechanism"
    );
    assert_eq!(
        with(calls(Transport::Udp, "cloud.example", 1883, "")),
        undeclared("cloud.example:1883/udp"),
        "and so is another transport"
    );
}

#[test]
fn the_frame_and_both_sides_of_the_comparison_are_told() {
    let facts = searched(TestFacts::declared(MECHANISMS)).observed(overheard(capture(vec![calls(
        Transport::Tcp,
        "spy.example",
        443,
        "tls",
    )])));
    let failed = facts.judge(UNIT).into_iter().find(|result| result.verdict == Verdict::Fail).unwrap();
    assert_eq!(failed.blame, Some(Blame::DeviceOrDocumentation));
    assert_eq!(failed.evidence[0].at, "capture, frame 12");
    let (_, expected, actual) = crate::texts::Texts::of(crate::texts::Language::En).reason(&failed.reason);
    assert!(expected.unwrap().contains("cloud.example tcp/1883"));
    assert!(actual.unwrap().contains("198.51.100.7"));
}

#[test]
fn an_undeclared_destination_in_an_outage_fails_as_well() {
    let facts = searched(TestFacts::declared(MECHANISMS))
        .observed(cut("power", capture(vec![calls(Transport::Tcp, "spy.example", 80, "http")])));
    let failed = found(facts.judge(UNIT));
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].2, "undeclared-destination");
}

#[test]
fn what_the_network_itself_needs_is_no_destination() {
    for (application, port) in [("dns", 53), ("dhcp", 67), ("ntp", 123)] {
        assert_eq!(with(calls(Transport::Udp, "", port, application)), [], "{application}");
    }
    assert_eq!(with(Flow { peer: None, ..calls(Transport::Link, "", 0, "arp") }), []);
    let tunnel = with(calls(Transport::Udp, "", 53, ""));
    assert_eq!(tunnel[0].2, "undeclared-destination", "the port alone makes no DNS");
}

#[test]
fn what_the_device_serves_it_may_also_say_to_everybody() {
    let group = |port, application: &str| {
        let mut flow = calls(Transport::Udp, "", port, application);
        flow.peer = Some([224, 0, 0, 251].into());
        with(flow)
    };
    assert_eq!(group(5353, "mdns"), []);
    assert_eq!(group(1900, "ssdp")[0].2, "undeclared-destination");
}

#[test]
fn what_others_begin_is_left_to_the_search_for_open_ports() {
    let called = Flow { initiator: Initiator::Peer, ..calls(Transport::Tcp, "", 8443, "tls") };
    assert_eq!(with(called), []);
    let unknown = Flow { initiator: Initiator::Unknown, ..calls(Transport::Tcp, "", 40000, "") };
    assert_eq!(with(unknown.clone())[0].2, "flow-of-unknown-origin");
    assert_eq!(with(Flow { sent: 0, received: 0, ..unknown }), [], "the end of something earlier");
}

#[test]
fn what_led_to_an_address_later_names_a_flow_whose_beginning_nobody_saw() {
    let going_on = Flow { initiator: Initiator::Unknown, ..calls(Transport::Tcp, "", 1883, "") };
    let judged = |asked: bool| {
        let mut later = capture(vec![calls(Transport::Tcp, "cloud.example", 1883, "mqtt")]);
        if asked {
            later.names.push(asks("cloud.example"));
        }
        let facts = TestFacts::declared(MECHANISMS)
            .observed(overheard(capture(vec![going_on.clone()])))
            .observed(listened(later));
        found(crate::test_network::searched(facts).judge(UNIT))
    };
    assert_eq!(judged(true), []);
    assert_eq!(judged(false)[0].2, "flow-of-unknown-origin");
}

#[test]
fn an_address_has_the_name_that_led_there_before() {
    let nameless = || calls(Transport::Tcp, "", 1883, "mqtt");
    let judged = |asked: bool| {
        let mut earlier = capture(Vec::new());
        if asked {
            earlier.names.push(asks("cloud.example"));
        }
        let facts = TestFacts::declared(MECHANISMS)
            .observed(overheard(earlier))
            .observed(listened(capture(vec![nameless()])));
        found(crate::test_network::searched(facts).judge(UNIT))
    };
    assert_eq!(judged(true), []);
    let open = judged(false);
    assert_eq!((open[0].1, open[0].2.as_str()), (Verdict::Inconclusive, "destination-without-name"));
    let elsewhere = with(calls(Transport::Tcp, "", 4444, ""));
    assert_eq!(elsewhere[0].2, "undeclared-destination", "no row declares a host at this port");
}

#[test]
fn silence_and_captures_that_show_too_little_prove_nothing() {
    let quiet = || capture(Vec::new());
    let spoken = || capture(vec![calls(Transport::Tcp, "cloud.example", 1883, "mqtt")]);
    let judged = |seen: Vec<crate::test_facts::Seen>| {
        let facts = crate::test_network::searched(TestFacts::declared(MECHANISMS));
        let facts = seen.into_iter().fold(facts, TestFacts::observed);
        let open = found(facts.judge(UNIT));
        assert_eq!(open.len(), 1, "once for each sample: {open:?}");
        assert_eq!((open[0].0.as_str(), open[0].1), ("traffic", Verdict::Inconclusive));
        open[0].2.clone()
    };
    assert_eq!(judged(Vec::new()), "no-capture");
    assert_eq!(judged(vec![listened(quiet())]), "device-silent-in-capture");
    let to_everybody = || {
        let mut flow = calls(Transport::Udp, "", 5353, "mdns");
        flow.peer = Some([224, 0, 0, 251].into());
        capture(vec![flow])
    };
    assert_eq!(judged(vec![listened(to_everybody())]), "device-silent-in-capture");
    assert_eq!(judged(vec![overheard(spoken())]), "no-start-captured");
    let mut short = spoken();
    short.seconds = 20.0;
    assert_eq!(judged(vec![listened(short)]), "capture-too-short");
    assert_eq!(judged(vec![listened(spoken()).ended(Outcome::Partial, "the tap closed")]), "no-capture");
    assert_eq!(judged(vec![listened(spoken()).state(DutState::FactoryDefault)]), "no-capture");
    let mut cut_short = spoken();
    cut_short.gaps.push("300 flows beyond the room for them".to_owned());
    assert_eq!(judged(vec![listened(cut_short)]), "no-capture");
    let trouble = listened(quiet()).ended(Outcome::ToolTrouble, "the bench names no capture point");
    assert_eq!(judged(vec![trouble]), "no-capture");
}

#[test]
fn a_recovery_counts_as_a_start() {
    let spoken = || capture(vec![calls(Transport::Tcp, "cloud.example", 1883, "mqtt")]);
    let facts = crate::test_network::searched(TestFacts::declared(MECHANISMS))
        .observed(overheard(spoken()))
        .observed(cut("power", spoken()));
    assert_eq!(found(facts.judge(UNIT)), []);
}

#[test]
fn a_supplier_who_names_no_peer_may_have_written_of_it_in_prose() {
    let prose = "[[com_mech]]\nid = \"ComMech-Cloud\"\nrole = \"client\"\n\
                 [[com_mech]]\nid = \"ComMech-Web\"\nrole = \"server\"\n\
                 endpoint = [{ transport = \"tcp\", port = 8443 }, { transport = \"udp\", port = 5353 }]\n";
    let open = found(searched(TestFacts::declared(prose)).judge(UNIT));
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((open[0].1, open[0].2.as_str()), (Verdict::Inconclusive, "destination-perhaps-in-prose"));
}

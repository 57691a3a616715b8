//! Captures made by hand, held against a declaration and a MUD file.

use probes::capture::{Flow, TrafficFacts};
use serde_json::{Value, json};

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::traffic_seen::test_captures::{asks, calls, capture, listened};

const IXIT: &str = r#"
[[com_mech]]
id = "ComMech-Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]

[[com_mech]]
id = "ComMech-Network"
role = "client"
endpoint = [{ transport = "udp", port = 5300, application = "dns", host = "*" }]

[[soft_serv]]
id = "SoftServ-Web"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
"#;
const ICS: &str = "edition = \"en303645-2.1.1\"\n[dut]\nmodel = \"D\"\nconstrained = false\n";

fn rule(name: &str, out: bool, host: &str, port: u16) -> Value {
    let (names, ports) = match out {
        true => ("ietf-acldns:dst-dnsname", "destination-port"),
        false => ("ietf-acldns:src-dnsname", "source-port"),
    };
    json!({
        "name": name,
        "matches": {
            "ipv4": { names: host, "protocol": 6 },
            "tcp": {
                "ietf-mud:direction-initiated": "from-device",
                ports: { "operator": "eq", "port": port },
            },
        },
        "actions": { "forwarding": "accept" },
    })
}

/// A MUD file with these rules of what the device sends, and of what it gets.
fn mud(out: &[Value], back: &[Value]) -> String {
    let policy = |name: &str| json!({ "access-lists": { "access-list": [{ "name": name }] } });
    let list = |name: &str, rules: &[Value]| json!({ "name": name, "type": "ipv4-acl-type", "aces": { "ace": rules } });
    let file = json!({
        "ietf-mud:mud": {
            "mud-version": 1,
            "mud-url": "https://maker.example/d.json",
            "last-update": "2026-03-02T09:00:00+09:00",
            "cache-validity": 48,
            "is-supported": true,
            "systeminfo": "A device",
            "from-device-policy": policy("from"),
            "to-device-policy": policy("to"),
        },
        "ietf-access-control-list:acls": { "acl": [list("from", out), list("to", back)] },
    });
    file.to_string()
}

fn sound_mud() -> String {
    mud(
        &[rule("cloud-out", true, "cloud.example", 8883), rule("update-out", true, "update.example", 443)],
        &[rule("cloud-in", false, "cloud.example", 8883)],
    )
}

fn to_cloud() -> Flow {
    calls(Transport::Tcp, "cloud.example", 8883, "tls")
}

fn judged(file: Option<&str>, seen: Option<TrafficFacts>) -> Vec<ItemResult> {
    let named = file.map_or("", |_| "mud = \"d.mud.json\"\n");
    let mut facts = TestFacts::with_ics(&format!("{ICS}{named}"), IXIT).handed_in("d.mud.json");
    if let Some(text) = file {
        let text = (!text.is_empty()).then(|| text.to_owned());
        let seen = MudFileSeen { path: "d.mud.json".to_owned(), octets: 1, text };
        facts = facts.observed(Seen::by("mud-file", seen));
    }
    if let Some(seen) = seen {
        facts = facts.observed(listened(seen));
    }
    judge(&facts.facts())
}

/// Verdict and code of the results that are judged.
fn codes(results: &[ItemResult]) -> Vec<(Verdict, &str)> {
    let judged = results.iter().filter(|result| result.verdict != Verdict::NotApplicable);
    judged.map(|result| (result.verdict, result.reason.code.as_str())).collect()
}

#[test]
fn declared_traffic_passes_and_says_what_it_was_held_against() {
    let seen = || Some(capture(vec![to_cloud()]));
    let results = judged(None, seen());
    assert_eq!(codes(&results), [(Verdict::Pass, "plus-traffic-fits-declaration")]);
    let results = judged(Some(&sound_mud()), seen());
    assert_eq!(codes(&results), [(Verdict::Pass, "plus-traffic-fits-declaration-and-mud")]);
    assert!(results.iter().all(|result| !result.evidence.is_empty()));
    let unused: Vec<&str> = results
        .iter()
        .filter(|result| result.reason.code == "plus-mud-rule-not-exercised")
        .map(|result| result.item.as_str())
        .collect();
    assert_eq!(unused, ["update-out"]);
}

#[test]
fn an_undeclared_host_fails_with_a_file_and_without() {
    let spy = || Some(capture(vec![to_cloud(), calls(Transport::Tcp, "spy.example", 443, "tls")]));
    let undeclared = (Verdict::Fail, "plus-undeclared-destination");
    assert_eq!(codes(&judged(None, spy())), [undeclared]);
    let by_both = [undeclared, (Verdict::Fail, "plus-mud-not-allowed")];
    assert_eq!(codes(&judged(Some(&sound_mud()), spy())), by_both);
}

#[test]
fn a_file_that_lacks_a_rule_fails_for_declared_traffic() {
    let lacks = mud(
        &[rule("update-out", true, "update.example", 443)],
        &[rule("cloud-in", false, "cloud.example", 8883)],
    );
    let results = judged(Some(&lacks), Some(capture(vec![to_cloud()])));
    assert_eq!(codes(&results), [(Verdict::Fail, "plus-mud-not-allowed")]);
    assert_eq!(results[0].blame, Some(Blame::DeviceOrDocumentation));
    let other_port = mud(
        &[rule("cloud-out", true, "cloud.example", 1883)],
        &[rule("cloud-in", false, "cloud.example", 8883)],
    );
    let results = judged(Some(&other_port), Some(capture(vec![to_cloud()])));
    assert_eq!(codes(&results), [(Verdict::Fail, "plus-mud-not-allowed")]);
}

#[test]
fn a_file_that_forgets_the_answers_is_open() {
    let one_way = mud(&[rule("cloud-out", true, "cloud.example", 8883)], &[]);
    let results = judged(Some(&one_way), Some(capture(vec![to_cloud()])));
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "plus-mud-answers-not-allowed")]);
    assert_eq!(results[0].blame, Some(Blame::Documentation));
}

#[test]
fn a_rule_on_a_class_of_peers_is_open() {
    let mut class = rule("class-out", true, "cloud.example", 8883);
    class["matches"]["ipv4"] = json!({ "protocol": 6 });
    class["matches"]["ietf-mud:mud"] = json!({ "my-controller": [null] });
    let file = mud(&[class], &[rule("cloud-in", false, "cloud.example", 8883)]);
    let results = judged(Some(&file), Some(capture(vec![to_cloud()])));
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "plus-mud-peer-unclear")]);
}

#[test]
fn what_the_network_gives_needs_no_rule() {
    let name = calls(Transport::Udp, "", 5300, "dns");
    let time = calls(Transport::Udp, "", 123, "ntp");
    let results = judged(Some(&sound_mud()), Some(capture(vec![to_cloud(), name, time])));
    assert_eq!(codes(&results), [(Verdict::Pass, "plus-traffic-fits-declaration-and-mud")]);
}

#[test]
fn ports_that_answer_others_have_to_be_declared() {
    let called = |port: u16, answered: bool| Flow {
        initiator: Initiator::Peer,
        established: u32::from(answered),
        sent: 0,
        received: 0,
        peer: Some([192, 168, 7, 9].into()),
        ..calls(Transport::Tcp, "", port, "http")
    };
    let seen = |port: u16, answered: bool| Some(capture(vec![to_cloud(), called(port, answered)]));
    assert_eq!(codes(&judged(None, seen(8080, true))), [(Verdict::Fail, "plus-undeclared-port-answers")]);
    assert_eq!(codes(&judged(None, seen(8080, false))), [(Verdict::Pass, "plus-traffic-fits-declaration")]);
    assert_eq!(codes(&judged(None, seen(8443, true))), [(Verdict::Pass, "plus-traffic-fits-declaration")]);
    let denied = [(Verdict::Fail, "plus-mud-not-allowed")];
    assert_eq!(codes(&judged(Some(&sound_mud()), seen(8443, true))), denied);
}

#[test]
fn a_file_that_cannot_be_read_whole_is_open() {
    let seen = || Some(capture(vec![to_cloud()]));
    for file in ["", "{", &sound_mud().replace("\"accept\"", "\"maybe\"")] {
        let results = judged(Some(file), seen());
        assert_eq!(codes(&results), [(Verdict::Inconclusive, "plus-mud-unread")], "{file}");
        assert_eq!(results[0].blame, Some(Blame::Documentation));
    }
    let unobserved = TestFacts::with_ics(&format!("{ICS}mud = \"d.mud.json\"\n"), IXIT);
    let results = judge(&unobserved.observed(listened(capture(vec![to_cloud()]))).facts());
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "plus-mud-unread")]);
    assert_eq!(results[0].blame, Some(Blame::Lab));
}

#[test]
fn without_enough_of_a_capture_nothing_passes() {
    assert_eq!(codes(&judged(None, None)), [(Verdict::Inconclusive, "no-capture")]);
    let short = TrafficFacts { seconds: 12.0, ..capture(vec![to_cloud()]) };
    assert_eq!(codes(&judged(None, Some(short))), [(Verdict::Inconclusive, "capture-too-short")]);
    let silent = capture(Vec::new());
    assert_eq!(codes(&judged(None, Some(silent))), [(Verdict::Inconclusive, "device-silent-in-capture")]);
}

#[test]
fn a_peer_without_a_name_is_neither_declared_nor_undeclared() {
    let nameless = || calls(Transport::Tcp, "", 8883, "tls");
    let results = judged(Some(&sound_mud()), Some(capture(vec![nameless()])));
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "destination-without-name")]);
    let asked = TrafficFacts { names: vec![asks("cloud.example")], ..capture(vec![nameless()]) };
    let results = judged(Some(&sound_mud()), Some(asked));
    assert_eq!(codes(&results), [(Verdict::Pass, "plus-traffic-fits-declaration-and-mud")]);
}

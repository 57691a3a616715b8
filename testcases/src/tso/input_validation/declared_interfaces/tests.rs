use probes::capture::{Flow, Transport};

use super::*;
use crate::state::DutState;
use crate::test_facts::TestFacts;
use crate::test_network::{identified, searched, sweep};
use crate::traffic_seen::test_captures::{calls, capture, heard, overheard};

const UNIT: &str = "5.13-1-2:c";
const IXIT: &str = r#"
[[ext_api]]
id = "ExtAPI-Local"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]

[[soft_serv]]
id = "SoftServ-Mdns"
endpoint = [{ transport = "udp", port = 5353, application = "mdns" }]

[[com_mech]]
id = "ComMech-Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 1883, host = "cloud.example" }]
"#;

fn codes(facts: TestFacts) -> Vec<(Verdict, String)> {
    let results = facts.judge(UNIT).into_iter();
    let codes = results.filter(|result| result.verdict != Verdict::Pass);
    codes.map(|result| (result.verdict, result.reason.code)).collect()
}

fn whole() -> TestFacts {
    heard(searched(TestFacts::declared(IXIT)))
}

#[test]
fn what_answers_in_any_declared_table_passes() {
    assert_eq!(codes(whole()), []);
    assert!(whole().judge(UNIT).iter().all(|result| !result.evidence.is_empty()));
}

#[test]
fn an_interface_that_is_declared_off_declares_nothing() {
    let judged = |status: &str| {
        let debug = format!(
            "[[intf]]\nid = \"Intf-Debug\"\ntype = [\"network\"]\nstatus = \"{status}\"\n\
             endpoint = [{{ transport = \"tcp\", port = 9229 }}]\n"
        );
        let facts = heard(searched(TestFacts::declared(&format!("{IXIT}{debug}"))));
        codes(facts.observed(sweep(DutState::Initialized, &[8443, 9229])))
    };
    assert_eq!(judged("disabled"), [(Verdict::Fail, "undeclared-api".to_owned())]);
    assert_eq!(judged("enabled"), []);
}

#[test]
fn an_open_port_that_no_table_declares_fails() {
    let facts = whole().observed(sweep(DutState::Initialized, &[8443, 9000])).observed(identified(
        DutState::Initialized,
        9000,
        "http",
        false,
    ));
    assert_eq!(codes(facts), [(Verdict::Fail, "undeclared-api".to_owned())]);
}

#[test]
fn a_connection_by_which_an_undeclared_party_can_reach_the_device_fails() {
    let with = |flow: Flow| codes(whole().observed(overheard(capture(vec![flow]))));
    let spy = || calls(Transport::Tcp, "spy.example", 4433, "tls");
    let standing = [(Verdict::Fail, "undeclared-standing-connection".to_owned())];
    assert_eq!(with(calls(Transport::Tcp, "spy.example", 1883, "mqtt")), standing);
    assert_eq!(with(Flow { protocols: vec!["mqtt".to_owned()], ..spy() }), standing);
    assert_eq!(with(Flow { connections: 1, first: 1.0, last: 61.5, ..spy() }), standing);
    let short = [(Verdict::Inconclusive, "peer-may-reach-in".to_owned())];
    assert_eq!(with(Flow { connections: 1, first: 1.0, last: 1.5, ..spy() }), short);
    assert_eq!(with(Flow { connections: 9, first: 1.0, last: 61.5, ..spy() }), short, "many short ones");
    assert_eq!(with(calls(Transport::Tcp, "cloud.example", 1883, "mqtt")), []);
    let unanswered = Flow { established: 0, received: 0, ..spy() };
    assert_eq!(with(unanswered), [], "who never answers reaches nobody");
}

#[test]
fn without_search_or_capture_nothing_passes() {
    let none = TestFacts::declared(IXIT).judge(UNIT);
    assert!(none.iter().all(|result| result.verdict == Verdict::Inconclusive));
    let no_capture = codes(searched(TestFacts::declared(IXIT)));
    assert_eq!(no_capture, [(Verdict::Inconclusive, "no-capture".to_owned())]);
    let no_search = codes(heard(TestFacts::declared(IXIT)));
    assert!(no_search.iter().all(|(verdict, code)| {
        (*verdict, code.as_str()) == (Verdict::Inconclusive, "observation-missing")
    }));
    assert!(!no_search.is_empty());
}

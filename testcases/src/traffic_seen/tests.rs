//! What went in the clear, judged by 5.5 and 5.8.

use probes::capture::{Certainty, ClearText, Flow, NeedleFound, TrafficFacts, Transport};

use super::test_captures::{calls, capture, overheard};
use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;
use ixit::Blame;

const IXIT: &str = r#"
[[com_mech]]
id = "ComMech-Cloud"
role = "client"
remotely_accessible = true
associated_service = true
security_guarantees = ["confidentiality", "integrity", "authenticity"]
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.3"] }]

[[com_mech]]
id = "ComMech-Time"
role = "client"
remotely_accessible = false
associated_service = false
security_guarantees = ["integrity"]
endpoint = [{ transport = "tcp", port = 80, application = "http", host = "time.example" }]

[[sec_param]]
id = "SecParam-Token"
type = "critical"
communication_mechanisms = ["ComMech-Cloud"]

[[pers_data]]
id = "PersData-Name"
sensitive = false
communication_mechanisms = ["ComMech-Cloud"]

[[pers_data]]
id = "PersData-Health"
sensitive = true
communication_mechanisms = ["ComMech-Cloud"]
"#;

/// A capture of one flow, with something planted found in it.
fn found(flow: Flow, key: &str) -> TrafficFacts {
    let mut facts = capture(vec![flow]);
    facts.found.push(NeedleFound {
        key: key.to_owned(),
        encoding: "base64".to_owned(),
        flow: 0,
        from_device: true,
        frame: 33,
        at: 2.0,
    });
    facts
}

fn clear(flow: Flow, what: &str, certainty: Certainty) -> TrafficFacts {
    let mut facts = capture(vec![flow]);
    facts.clear.push(ClearText {
        what: what.to_owned(),
        certainty,
        place: "HTTP Authorization: Basic".to_owned(),
        flow: 0,
        from_device: true,
        frame: 21,
        at: 2.0,
        length: 9,
    });
    facts
}

fn failed(unit: &str, facts: TrafficFacts) -> Vec<ItemResult> {
    let results = TestFacts::declared(IXIT).observed(overheard(facts)).judge(unit);
    results.into_iter().filter(|result| result.verdict == Verdict::Fail).collect()
}

fn codes(unit: &str, facts: TrafficFacts) -> Vec<String> {
    failed(unit, facts).into_iter().map(|result| result.reason.code).collect()
}

fn to_cloud(application: &str) -> Flow {
    calls(Transport::Tcp, "cloud.example", 8883, application)
}

fn to_time() -> Flow {
    calls(Transport::Tcp, "time.example", 80, "http")
}

fn to_spy() -> Flow {
    calls(Transport::Tcp, "spy.example", 80, "http")
}

const PLANTED: &str = "planted-data-in-clear";
const SECRET: &str = "secret-in-clear";

#[test]
fn planted_data_in_the_clear_fail_wherever_they_go() {
    for flow in [to_time(), to_spy()] {
        assert_eq!(codes("5.8-1-2:a", found(flow, "PersData-Name")), [PLANTED]);
    }
    assert!(codes("5.8-1-2:a", found(to_spy(), "TelData-Use")).is_empty(), "no personal data");
    assert!(codes("5.8-1-2:a", capture(vec![to_cloud("tls")])).is_empty());
}

#[test]
fn sensitive_data_fail_the_way_to_an_associated_service() {
    let unit = "5.8-2-2:a";
    assert!(codes(unit, found(to_cloud("mqtt"), "PersData-Health")).contains(&PLANTED.to_owned()));
    assert!(!codes(unit, found(to_cloud("mqtt"), "PersData-Name")).contains(&PLANTED.to_owned()));
    assert!(codes(unit, found(to_spy(), "PersData-Health")).is_empty(), "no associated service");
}

#[test]
fn a_secret_in_the_clear_fails_the_protection_of_secrets() {
    for key in ["credential:AuthMech-Web", "label:S1", "SecParam-Token"] {
        assert_eq!(codes("5.5-6-2:a", found(to_spy(), key)), [SECRET], "{key}");
    }
    for what in ["password", "token", "community"] {
        assert_eq!(codes("5.5-6-2:a", clear(to_time(), what, Certainty::Certain)), [SECRET], "{what}");
    }
    assert!(codes("5.5-6-2:a", clear(to_time(), "password", Certainty::Likely)).is_empty());
    assert!(codes("5.5-6-2:a", clear(to_time(), "login-name", Certainty::Certain)).is_empty());
}

#[test]
fn good_tls_beside_it_heals_nothing() {
    let mut both = clear(to_time(), "password", Certainty::Certain);
    both.flows.push(to_cloud("tls"));
    assert_eq!(codes("5.5-6-2:a", both), [SECRET]);
}

#[test]
fn the_units_of_5_5_1_and_5_5_7_look_at_the_row_that_the_flow_belongs_to() {
    let password = |flow| clear(flow, "password", Certainty::Certain);
    assert!(codes("5.5-1-2:a", password(to_cloud("mqtt"))).contains(&SECRET.to_owned()));
    assert!(codes("5.5-1-2:a", password(to_time())).is_empty(), "claims no confidentiality");
    assert!(codes("5.5-7-2:a", password(to_cloud("mqtt"))).contains(&SECRET.to_owned()));
    assert!(codes("5.5-7-2:a", password(to_time())).is_empty(), "cannot be reached from outside");
}

#[test]
fn clear_text_where_tls_is_declared_fails_and_tls_does_not() {
    let unit = "5.5-1-2:a";
    assert_eq!(codes(unit, capture(vec![to_cloud("mqtt")])), ["clear-where-tls-declared"]);
    assert!(codes(unit, capture(vec![to_cloud("tls")])).is_empty());
    assert!(codes(unit, capture(vec![to_time()])).is_empty(), "declared without TLS");
    let silent = Flow { sent: 0, ..to_cloud("mqtt") };
    assert!(codes(unit, capture(vec![silent])).is_empty(), "nothing was said");
}

#[test]
fn the_result_stands_on_the_row_once_with_the_frame() {
    let mut twice = found(to_cloud("mqtt"), "PersData-Name");
    twice.found.push(twice.found[0].clone());
    let failed = failed("5.8-1-2:a", twice);
    let planted: Vec<&ItemResult> = failed.iter().filter(|result| result.reason.code == PLANTED).collect();
    assert_eq!(planted.len(), 1);
    assert_eq!((planted[0].item.as_str(), planted[0].blame), ("ComMech-Cloud", Some(Blame::Device)));
    assert_eq!(planted[0].evidence[0].at, "capture, frame 33");
}

#[test]
fn places_that_do_not_exist_are_passed_over() {
    let mut wrong = found(to_spy(), "PersData-Name");
    wrong.found[0].flow = 7;
    assert!(codes("5.8-1-2:a", wrong).is_empty());
}

#[test]
fn a_clean_capture_adds_no_pass() {
    let none = TestFacts::declared(IXIT).judge("5.8-1-2:a");
    let clean =
        TestFacts::declared(IXIT).observed(overheard(capture(vec![to_cloud("tls")]))).judge("5.8-1-2:a");
    assert_eq!(none.len(), clean.len());
    assert!(clean.iter().all(|result| result.verdict != Verdict::Pass));
}

#[test]
fn captures_of_positions_show_what_they_hold_and_stand_for_no_silence() {
    use super::Captures;
    use crate::settings_seen::made::{heard, seen, switch};
    let facts =
        TestFacts::declared("").observed(seen(switch("PersData-1"), vec![heard("on", &[])], Vec::new()));
    let facts = facts.facts();
    let captures = Captures::of(&facts);
    assert_eq!(captures.all.len(), 1);
    assert_eq!(captures.all[0].at(Some(3)).at, "capture in position on, frame 3");
    assert!(!captures.all[0].holds_a_start());
    let unit = facts.catalogue.unit("5.5-5-2:b").expect("the unit");
    let lacks = captures.shortfall(&facts, unit, Some("S1")).expect("no idle capture");
    assert_eq!(lacks.reason.code, "no-capture");
}

use probes::Outcome;
use probes::capture::{Flow, Transport};

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::traffic_seen::test_captures::{calls, capture, listened};

const UNIT: &str = "5.7-2-2:b";
const IXIT: &str = r#"
[[sec_boot]]
id = "SecBoot-Chain"
notification_functionality = "One call to the maker"
endpoint = [{ transport = "tcp", port = 8444, host = "update.example" }]

[[com_mech]]
id = "ComMech-Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 8883, host = "cloud.example" }]
"#;

fn alert() -> Flow {
    calls(Transport::Tcp, "update.example", 8444, "tls")
}

fn seen(flows: Vec<Flow>) -> Seen {
    listened(capture(flows)).state(STATE)
}

fn judged(seen: Vec<Seen>) -> (Verdict, String) {
    let result = seen.into_iter().fold(TestFacts::declared(IXIT), TestFacts::observed).judge_one(UNIT);
    (result.verdict, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn the_declared_call_passes_and_any_other_fails() {
    let passed = is(Verdict::Pass, "only-declared-calls-after-change");
    assert_eq!(judged(vec![seen(vec![alert()])]), passed);
    let dns = calls(Transport::Udp, "", 53, "dns");
    assert_eq!(judged(vec![seen(vec![alert(), dns])]), passed);
    let usual = calls(Transport::Tcp, "cloud.example", 8883, "tls");
    assert_eq!(
        judged(vec![seen(vec![alert(), usual.clone()])]),
        is(Verdict::Fail, "calls-after-detected-change"),
        "what is declared for normal use is not declared for this state"
    );
    let unanswered = Flow { established: 0, sent: 0, received: 0, ..usual.clone() };
    assert_eq!(judged(vec![seen(vec![unanswered])]).0, Verdict::Fail, "the try itself is a call");
    let before = listened(capture(vec![usual]));
    assert_eq!(judged(vec![before, seen(vec![alert()])]), passed, "normal use is another state");
}

#[test]
fn silence_needs_a_sign_of_life() {
    assert_eq!(judged(vec![seen(Vec::new())]), is(Verdict::Inconclusive, "silent-after-detected-change"));
    let alive = Seen::by("device-identity", serde_json::json!({ "model": "WH-100" }));
    assert_eq!(
        judged(vec![seen(Vec::new()), alive.state(STATE)]),
        is(Verdict::Pass, "only-declared-calls-after-change")
    );
    let other_state = Seen::by("device-identity", serde_json::json!({ "model": "WH-100" }));
    assert_eq!(judged(vec![seen(Vec::new()), other_state]).0, Verdict::Inconclusive);
}

#[test]
fn without_a_change_or_a_whole_capture_nothing_is_shown() {
    let open = is(Verdict::Inconclusive, "no-capture-after-change");
    assert_eq!(judged(Vec::new()), open);
    assert_eq!(judged(vec![listened(capture(vec![alert()]))]), open);
    assert_eq!(judged(vec![seen(vec![alert()]).ended(Outcome::Partial, "the tap closed")]), open);
    let mut short = capture(vec![alert()]);
    short.seconds = 10.0;
    assert_eq!(judged(vec![listened(short).state(STATE)]), is(Verdict::Inconclusive, "capture-too-short"));
}

#[test]
fn a_row_without_endpoints_and_the_alert_itself_are_for_a_person() {
    let prose = "[[sec_boot]]\nid = \"SecBoot-Chain\"\nnotification_functionality = \"One call\"\n\
                 user_notification = \"A lamp\"\n";
    for unit in [UNIT, "5.7-2-2:a"] {
        let result = TestFacts::declared(prose).observed(seen(vec![alert()])).judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
        let shown = result.open.expect("a question").shown;
        assert!(shown.iter().any(|shown| shown.text.contains("update.example:8444/tcp")));
    }
}

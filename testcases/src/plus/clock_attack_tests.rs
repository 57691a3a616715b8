use probes::probe::tls_client::NotTried;

use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::client;
use crate::traffic_seen::test_captures::{calls, capture, listened};

/// With a lent authority; how the device took each peer.
fn met(endings: &[(PlayedPeer, Ending)]) -> ClientFacts {
    let mut called = client("ComMech-Cloud", "cloud.example", 8883);
    called.lent_authority = true;
    called.not_tried.clear();
    let trial = |(peer, ending): &(PlayedPeer, Ending)| Trial {
        peer: *peer,
        ending: *ending,
        detail: None,
        connections: 1,
    };
    called.trials.retain(|trial| !endings.iter().any(|(peer, _)| *peer == trial.peer));
    called.trials.extend(endings.iter().map(trial));
    called
}

const SOUND: [(PlayedPeer, Ending); 3] = [
    (PlayedPeer::LentAuthority, Ending::ApplicationData),
    (PlayedPeer::Expired, Ending::RefusedByAlert),
    (PlayedPeer::NotYetValid, Ending::Closed),
];

fn with(peer: PlayedPeer, ending: Ending) -> ClientFacts {
    let others = SOUND.into_iter().filter(|(known, _)| *known != peer);
    met(&others.chain([(peer, ending)]).collect::<Vec<_>>())
}

fn judged(called: &ClientFacts) -> ItemResult {
    let seen = Seen::by("tls-client", called).attempts(18);
    of_one(&TestFacts::declared("").observed(seen))
}

#[track_caller]
fn of_one(facts: &TestFacts) -> ItemResult {
    let mut results = judge(&facts.facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str) {
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code), "{result:#?}");
    assert_eq!(result.blame, Some(Blame::Lab));
}

#[test]
fn refusing_both_and_taking_the_authority_passes() {
    let result = judged(&met(&SOUND));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-dates-refused"));
    assert!(!result.evidence.is_empty() && result.effort.is_some());
}

#[test]
fn taking_one_outside_its_dates_fails() {
    for peer in OUTSIDE {
        for ending in [Ending::ApplicationData, Ending::WentOn] {
            let result = judged(&with(peer, ending)).fails("plus-dates-ignored");
            assert_eq!(result.blame, Some(Blame::Device));
        }
    }
    // Also where everybody is taken, so that there was no need for a lent authority.
    judged(&met(&[(PlayedPeer::Expired, Ending::ApplicationData)])).fails("plus-dates-ignored");
}

const TIME: &str = "[[com_mech]]\nid = \"ComMech-Time\"\ndescription = \"The time\"\nrole = \"client\"\n\
    endpoint = [{ transport = \"udp\", port = 123, application = \"ntp\", host = \"time.example\" }]\n";

/// How the device took the sound peer, and the one whose certificate is valid at the false time.
fn told(asked: u64, endings: &[(PlayedPeer, Ending)]) -> FalseTimeFacts {
    let trial = |(peer, ending): &(PlayedPeer, Ending)| Trial {
        peer: *peer,
        ending: *ending,
        detail: None,
        connections: 1,
    };
    FalseTimeFacts {
        row: "ComMech-Cloud".to_owned(),
        host: "cloud.example".to_owned(),
        port: 8883,
        time_hosts: vec!["time.example".to_owned()],
        names_turned: true,
        told: (asked > 0).then(|| "2025-05-23".to_owned()),
        certificate: (asked > 0).then(|| ["2024-11-22", "2026-02-20"].map(str::to_owned)),
        asked,
        asked_before: 1,
        put_right: (asked > 0).then_some(true),
        trials: endings.iter().map(trial).collect(),
        not_tried: Vec::new(),
    }
}

/// Judged with a declared host of the time, which was played.
fn under(told: FalseTimeFacts) -> ItemResult {
    of_one(&facts_under(told))
}

fn facts_under(told: FalseTimeFacts) -> TestFacts {
    let dates = Seen::by("tls-client", met(&SOUND)).attempts(18);
    TestFacts::declared(TIME).observed(dates).observed(Seen::by("false-time", told).attempts(2))
}

const TAKEN: (PlayedPeer, Ending) = (PlayedPeer::LentAuthority, Ending::ApplicationData);

#[test]
fn refusing_what_has_ended_under_a_false_time_too_passes() {
    for ending in [Ending::RefusedByAlert, Ending::Closed] {
        let result = under(told(3, &[TAKEN, (PlayedPeer::FalseTime, ending)]));
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Pass, "plus-dates-and-false-time-refused")
        );
        assert_eq!(result.evidence.len(), 2);
    }
}

#[test]
fn taking_what_has_ended_under_a_false_time_fails() {
    for ending in [Ending::ApplicationData, Ending::WentOn] {
        let result = under(told(1, &[TAKEN, (PlayedPeer::FalseTime, ending)]));
        let result = result.fails("plus-false-time-taken");
        assert_eq!(result.blame, Some(Blame::Device));
        assert_eq!(result.reason.args.get("time").map(String::as_str), Some("2025-05-23"));
    }
    // Who ignores dates altogether is told of that.
    let ignored = Seen::by("tls-client", with(PlayedPeer::Expired, Ending::ApplicationData)).attempts(18);
    let told = told(1, &[TAKEN, (PlayedPeer::FalseTime, Ending::ApplicationData)]);
    let facts = TestFacts::declared(TIME).observed(ignored).observed(Seen::by("false-time", told));
    of_one(&facts).fails("plus-dates-ignored");
}

#[test]
fn a_declared_host_of_the_time_that_could_not_be_played_leaves_it_open() {
    // Nobody looked.
    let dates = Seen::by("tls-client", met(&SOUND)).attempts(18);
    is_open(&of_one(&TestFacts::declared(TIME).observed(dates)), "plus-false-time-not-played");
    // The device asked for no time meanwhile.
    let why = "the device did not ask time.example for the time meanwhile".to_owned();
    let left = NotTried { peer: PlayedPeer::FalseTime, why: why.clone() };
    let result = under(FalseTimeFacts { not_tried: vec![left], ..told(0, &[TAKEN]) });
    is_open(&result, "plus-false-time-not-played");
    assert_eq!(result.reason.args.get("why"), Some(&why));
    // The bench has no place for it.
    let dates = Seen::by("tls-client", met(&SOUND)).attempts(18);
    let left = Seen::by("false-time", told(0, &[])).ended(Outcome::Partial, "no address to listen at");
    let result = of_one(&TestFacts::declared(TIME).observed(dates).observed(left));
    is_open(&result, "plus-false-time-not-played");
    assert_eq!(result.reason.args.get("why").map(String::as_str), Some("no address to listen at"));
    // Another peer was met, not this one.
    let other = FalseTimeFacts { port: 443, ..told(3, &[TAKEN, (PlayedPeer::FalseTime, Ending::Closed)]) };
    is_open(&under(other), "plus-false-time-not-played");
}

#[test]
fn whoever_was_not_shown_to_mind_dates_is_not_said_to_believe() {
    let dates = Seen::by("tls-client", met(&SOUND[..1])).attempts(18);
    let told = told(1, &[TAKEN, (PlayedPeer::FalseTime, Ending::ApplicationData)]);
    let facts = TestFacts::declared(TIME).observed(dates).observed(Seen::by("false-time", told));
    let result = of_one(&facts).fails("plus-dates-ignored");
    assert_eq!(result.reason.args.get("peers").map(String::as_str), Some("false-time"));
}

#[test]
fn one_of_several_hosts_told_falsely_is_not_enough() {
    let time = TIME.replace(
        "endpoint = [",
        "endpoint = [{ transport = \"udp\", port = 123, host = \"other.example\" }, ",
    );
    let judged = |ending| {
        let dates = Seen::by("tls-client", met(&SOUND)).attempts(18);
        let told = Seen::by("false-time", told(2, &[TAKEN, (PlayedPeer::FalseTime, ending)]));
        of_one(&TestFacts::declared(&time).observed(dates).observed(told))
    };
    let result = judged(Ending::RefusedByAlert);
    is_open(&result, "plus-false-time-not-played");
    assert!(result.reason.args.get("why").is_some_and(|why| why.contains("other.example")));
    judged(Ending::ApplicationData).fails("plus-false-time-taken");
}

#[test]
fn what_is_not_clear_under_a_false_time_is_open() {
    let silent = told(2, &[TAKEN, (PlayedPeer::FalseTime, Ending::Silent)]);
    is_open(&under(silent), "plus-dates-unclear");
    let without_control = told(2, &[(PlayedPeer::FalseTime, Ending::Closed)]);
    is_open(&under(without_control), "plus-dates-unclear");
}

#[test]
fn a_device_that_asks_nobody_for_the_time_passes_on_its_dates_and_one_that_does_untold_is_open() {
    let heard = |port: u16, application: &str| {
        let flow = calls(Transport::Udp, "time.example", port, application);
        let dates = Seen::by("tls-client", met(&SOUND)).attempts(18);
        of_one(&TestFacts::declared("").observed(dates).observed(listened(capture(vec![flow]))))
    };
    let result = heard(53, "dns");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-dates-refused"));
    assert_eq!(result.reason.args.get("captures").map(String::as_str), Some("1"));
    for result in [heard(123, "ntp"), heard(123, "")] {
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, "plus-time-asked-undeclared")
        );
        assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
        assert_eq!(result.evidence.len(), 2);
    }
}

#[test]
fn refusals_without_a_trusted_authority_say_nothing() {
    is_open(&judged(&with(PlayedPeer::LentAuthority, Ending::Closed)), "plus-dates-without-trust");
    is_open(&judged(&met(&SOUND[1..])), "plus-dates-without-trust");
    is_open(&judged(&met(&[(PlayedPeer::LentAuthority, Ending::Closed)])), "plus-dates-without-trust");
}

#[test]
fn what_was_not_played_or_not_clear_is_open() {
    let mut called = met(&SOUND[..2]);
    let why = "the bench has no authority that the device trusts".to_owned();
    called.not_tried.push(NotTried { peer: PlayedPeer::NotYetValid, why: why.clone() });
    is_open(&judged(&called), "plus-dates-not-played");
    assert_eq!(judged(&called).reason.args.get("why").map(String::as_str), Some(why.as_str()));
    is_open(&judged(&met(&[])), "plus-dates-not-played");
    is_open(&judged(&with(PlayedPeer::Expired, Ending::NoConnection)), "plus-dates-unclear");
    let ended = Seen::by("tls-client", met(&SOUND)).attempts(18).ended(Outcome::Partial, "stopped");
    is_open(&of_one(&TestFacts::declared("").observed(ended)), "plus-dates-unclear");
    let hurried = Seen::by("tls-client", met(&SOUND)).attempts(2);
    is_open(&of_one(&TestFacts::declared("").observed(hurried)), "plus-dates-unclear");
    is_open(&of_one(&TestFacts::declared("")), "plus-no-dates-met");
}

//! Storms made by hand.

use probes::probe::storm::{Quality, Storm};

use super::*;
use crate::test_facts::{Seen, TestFacts};

fn quality(median: f64) -> Quality {
    Quality { asked: 10, answered: 10, status: Some(200), median: Some(median), trouble: None, silent: false }
}

fn identity(uptime: Option<f64>) -> Identity {
    Identity { model: Some("D".to_owned()), serial: Some("1".to_owned()), firmware: None, uptime }
}

/// A service that is back at once, with the same identity.
fn recovered() -> StormSeen {
    StormSeen {
        row: "SoftServ-Web".to_owned(),
        port: 443,
        agreed: true,
        before: quality(0.1),
        identity_before: Some(identity(Some(100.0))),
        storm: Some(Storm {
            connections: 200,
            opened: 180,
            opening_seconds: 1.2,
            requests: 200,
            served: 150,
            other_status: 10,
            request_seconds: 4.0,
            parallel: 64,
        }),
        back_after: Some(2.0),
        recovery_seconds: 60.0,
        after: quality(0.2),
        tester_failed: false,
        identity_after: Some(identity(Some(110.0))),
        profile: None,
    }
}

fn not_back() -> StormSeen {
    let after = Quality { asked: 1, trouble: Some("no answer".to_owned()), ..Quality::default() };
    StormSeen { back_after: None, identity_after: None, after, ..recovered() }
}

#[track_caller]
fn judged(seen: Seen) -> ItemResult {
    let facts = TestFacts::declared("").observed(seen);
    let mut results = judge(&facts.facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn standing_of(seen: StormSeen) -> (Verdict, String, Option<Blame>) {
    let result = judged(Seen::by("storm", seen).attempts(400));
    assert!(!result.evidence.is_empty() && result.effort.is_some());
    (result.verdict, result.reason.code, result.blame)
}

fn passes(code: &str) -> (Verdict, String, Option<Blame>) {
    (Verdict::Pass, code.to_owned(), None)
}

fn fails(code: &str) -> (Verdict, String, Option<Blame>) {
    (Verdict::Fail, code.to_owned(), Some(Blame::Device))
}

fn is_open(code: &str) -> (Verdict, String, Option<Blame>) {
    (Verdict::Inconclusive, code.to_owned(), Some(Blame::Lab))
}

#[test]
fn a_service_that_is_back_passes_and_says_how_the_device_is_known() {
    assert_eq!(standing_of(recovered()), passes("plus-storm-recovered"));
    let without = StormSeen { identity_after: Some(identity(None)), ..recovered() };
    assert_eq!(standing_of(without), passes("plus-storm-recovered-same-identity"));
    let without = StormSeen { identity_before: None, identity_after: None, ..recovered() };
    assert_eq!(standing_of(without), is_open("plus-storm-recovered-unidentified"));
}

#[test]
fn a_service_that_is_not_back_in_time_fails() {
    assert_eq!(standing_of(not_back()), fails("plus-storm-not-back"));
    let busy = Quality { status: Some(503), ..quality(0.1) };
    assert_eq!(standing_of(StormSeen { after: busy, ..not_back() }), fails("plus-storm-not-back"));
    assert_eq!(standing_of(StormSeen { after: quality(4.0), ..not_back() }), fails("plus-storm-not-back"));
}

#[test]
fn another_device_or_one_that_started_anew_fails() {
    let other = Identity { serial: Some("2".to_owned()), ..identity(Some(110.0)) };
    let other = StormSeen { identity_after: Some(other), ..recovered() };
    assert_eq!(standing_of(other), fails("plus-storm-other-identity"));
    let anew = StormSeen { identity_after: Some(identity(Some(3.0))), ..recovered() };
    assert_eq!(standing_of(anew), fails("plus-storm-started-anew"));
    let unread = StormSeen { identity_after: None, ..recovered() };
    assert_eq!(standing_of(unread), is_open("plus-storm-identity-unread"));
}

#[test]
fn a_guard_that_asks_for_fewer_requests_is_no_failure() {
    let guarded = Quality { status: Some(429), ..quality(0.1) };
    assert_eq!(standing_of(StormSeen { after: guarded, ..not_back() }), is_open("plus-storm-guarded"));
    // Nor is one that answers the tester nothing at all any more, while a closed door is the device's own.
    let silent = Quality { silent: true, ..not_back().after };
    assert_eq!(standing_of(StormSeen { after: silent, ..not_back() }), is_open("plus-storm-silent"));
}

#[test]
fn what_was_not_sent_or_not_finished_is_open() {
    let facts = TestFacts::declared("");
    assert_eq!(judge(&facts.facts())[0].reason.code, "plus-storm-not-sent");
    let refused = StormSeen { agreed: false, storm: None, ..StormSeen::default() };
    assert_eq!(standing_of(refused), is_open("plus-storm-not-agreed"));
    let ill = Quality { asked: 3, answered: 2, ..Quality::default() };
    let ill = StormSeen { before: ill, storm: None, ..recovered() };
    assert_eq!(standing_of(ill), is_open("plus-storm-no-baseline"));
    assert_eq!(
        standing_of(StormSeen { tester_failed: true, ..not_back() }),
        is_open("plus-storm-not-finished")
    );
    let stopped = Seen::by("storm", not_back()).attempts(400).ended(Outcome::Partial, "stopped");
    assert_eq!(judged(stopped).reason.code, "plus-storm-not-finished");
    let broken = Seen::by("storm", ()).ended(Outcome::ToolTrouble, "stopped unexpectedly");
    assert_eq!(judged(broken).reason.code, "plus-storm-not-finished");
}

#[test]
fn a_storm_below_the_least_effort_passes_nothing_and_still_fails() {
    let few = |seen: StormSeen| judged(Seen::by("storm", seen).attempts(399)).reason.code;
    assert_eq!(few(recovered()), "plus-storm-too-small");
    assert_eq!(few(not_back()), "plus-storm-not-back");
    let slow = |storm: &mut Storm| storm.request_seconds = 50.0;
    let narrow = |storm: &mut Storm| storm.parallel = 4;
    for change in [slow as fn(&mut Storm), narrow] {
        let mut seen = recovered();
        change(seen.storm.as_mut().expect("a storm"));
        assert_eq!(standing_of(seen), is_open("plus-storm-too-small"));
    }
    let small = StormSeen { profile: Some("matrix".to_owned()), ..recovered() };
    assert_eq!(judged(Seen::by("storm", small).attempts(100)).verdict, Verdict::Pass);
}

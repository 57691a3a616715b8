use probes::Outcome;
use probes::probe::interruption::Interruption;

use super::*;
use crate::outage_seen::test_outages::{call, interruption, observed, outage};
use crate::test_facts::TestFacts;
use crate::traffic_seen::test_captures::{calls, capture, overheard};
use probes::capture::Transport;

const UNIT: &str = "5.9-3-2:a";

fn cloud(reconnection: &str) -> String {
    format!(
        "[[com_mech]]\nid = \"ComMech-Cloud\"\nrole = \"client\"\nresilience_measures = \"Waits\"\n\
         endpoint = [{{ transport = \"tcp\", port = 8883, host = \"cloud.example\" }}]\n{reconnection}\n"
    )
}

fn doubling() -> String {
    cloud("reconnection = { first_ms = 1000, factor_percent = 200, longest_ms = 60000, jitter_percent = 50 }")
}

/// Outages of the services with these tries each.
fn outages(tries: &[&[f64]]) -> Interruption {
    let mut seen = interruption("services");
    seen.outages.clear();
    for tries in tries {
        let mut one = outage();
        one.calls = vec![call(tries, Some(2.0))];
        seen.outages.push(one);
    }
    seen
}

fn judged(ixit: &str, tries: &[&[f64]]) -> (Verdict, String) {
    let result = TestFacts::declared(ixit).observed(observed(outages(tries))).judge_one(UNIT);
    (result.verdict, result.reason.code)
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn a_device_that_waits_as_declared_passes_and_each_bad_twin_fails() {
    let sound: &[&[f64]] = &[&[1.2, 3.5, 6.9], &[1.4, 4.2, 6.8], &[1.1, 3.9, 6.99]];
    assert_eq!(judged(&doubling(), sound), is(Verdict::Pass, "reconnects-as-declared"));
    let at_once: &[&[f64]] = &[&[1.0, 1.02, 1.04], &[1.0, 1.02, 1.04], &[1.0, 1.02, 1.04]];
    assert_eq!(judged(&doubling(), at_once), is(Verdict::Fail, "reconnects-without-pause"));
    let constant: &[&[f64]] = &[&[1.2, 2.4, 3.5, 4.9, 6.0], &[1.4, 2.5, 3.9, 5.0], &[1.1, 2.4, 3.6]];
    assert_eq!(judged(&doubling(), constant), is(Verdict::Fail, "back-off-not-as-declared"));
    let in_step: &[&[f64]] = &[&[1.0, 3.3, 6.9], &[1.0, 3.3, 6.91], &[1.0, 3.31, 6.9]];
    assert_eq!(judged(&doubling(), in_step), is(Verdict::Fail, "reconnects-in-step"));
    let bare: &[&[f64]] = &[&[1.0, 3.0, 7.0], &[1.0, 3.01, 7.0]];
    assert_eq!(judged(&doubling(), bare), is(Verdict::Fail, "reconnects-in-step"));
}

#[test]
fn pauses_of_one_length_pass_where_they_are_declared() {
    let even = cloud("reconnection = { first_ms = 1000, factor_percent = 100 }");
    let tries: &[&[f64]] = &[&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]];
    assert_eq!(judged(&even, tries), is(Verdict::Pass, "reconnects-as-declared"));
}

#[test]
fn a_failure_names_what_was_declared_and_what_was_measured() {
    let tries: &[&[f64]] = &[&[1.0, 1.02]];
    let result = TestFacts::declared(&doubling()).observed(observed(outages(tries))).judge_one(UNIT);
    assert_eq!(result.blame, Some(Blame::Device));
    assert!(result.reason.args["found"].starts_with("0.02 s after try 1"), "{:?}", result.reason.args);
    assert!(result.reason.args["declared"].starts_with("1.0 s at first"));
    assert_eq!(result.reason.source.as_deref(), Some("declaration:ixit.toml#com_mech[0].reconnection"));
    assert!(!result.evidence.is_empty() && result.effort.is_some());
}

#[test]
fn too_few_tries_or_outages_are_left_open() {
    let few: &[&[f64]] = &[&[1.2, 3.5, 6.9], &[1.4, 4.2, 6.8]];
    assert_eq!(judged(&doubling(), few), is(Verdict::Inconclusive, "too-few-tries"));
    let single: &[&[f64]] = &[&[1.2], &[1.4], &[1.1]];
    assert_eq!(judged(&doubling(), single), is(Verdict::Inconclusive, "too-few-tries"));
    let no_growth: &[&[f64]] = &[&[1.2, 3.5], &[1.4, 4.2], &[1.1, 3.9]];
    assert_eq!(judged(&doubling(), no_growth), is(Verdict::Inconclusive, "too-few-tries"));
    let nothing = TestFacts::declared(&doubling()).judge_one(UNIT);
    assert_eq!(nothing.reason.code, "observation-missing");
    let sound: &[&[f64]] = &[&[1.2, 3.5, 6.9], &[1.4, 4.2, 6.8], &[1.1, 3.9, 6.99]];
    let partial = observed(outages(sound)).ended(Outcome::Partial, "the tap closed");
    let partial = TestFacts::declared(&doubling()).observed(partial).judge_one(UNIT);
    assert_eq!((partial.verdict, partial.reason.code.as_str()), (Verdict::Inconclusive, "too-few-tries"));
}

#[test]
fn what_comes_after_the_success_is_no_new_try() {
    // Two connections at once, the second of which is another session.
    let sound: &[&[f64]] = &[&[1.2, 3.5, 6.9, 8.0], &[1.4, 4.2, 6.8, 9.0], &[1.1, 3.9, 6.99, 7.5]];
    assert_eq!(judged(&doubling(), sound), is(Verdict::Pass, "reconnects-as-declared"));
}

#[test]
fn a_row_without_figures_is_for_a_person_who_sees_its_flows() {
    let flow = calls(Transport::Tcp, "cloud.example", 8883, "tls");
    let result = TestFacts::declared(&cloud("")).observed(overheard(capture(vec![flow]))).judge_one(UNIT);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    let shown = result.open.unwrap().shown;
    assert!(shown.iter().any(|shown| shown.text.contains("cloud.example port 8883: 1 connections")));
}

#[test]
fn a_declaration_is_open_without_measures_and_contradicts_itself_without_a_pause() {
    let silent = "[[com_mech]]\nid = \"ComMech-Cloud\"\n";
    for unit in ["5.9-3-1:a", "5.9-3-1:b"] {
        let result = TestFacts::declared(silent).judge_one(unit);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "field-empty"));
        let result = TestFacts::declared(&doubling()).judge_one(unit);
        assert!(result.open.is_some());
    }
    let hasty = TestFacts::declared(&cloud("reconnection = { first_ms = 10 }")).judge_one("5.9-3-1:b");
    assert_eq!((hasty.verdict, hasty.reason.code.as_str()), (Verdict::Fail, "declared-without-pause"));
    let asked = TestFacts::declared(&doubling()).judge_one("5.9-3-1:b").open.unwrap();
    assert!(asked.shown.iter().any(|shown| shown.text.starts_with("waits of 1.0 s, 2.0 s, 4.0 s")));
}

use ixit::Blame;
use probes::Outcome;
use probes::probe::interruption::Interruption;

use super::*;
use crate::outage_seen::test_outages::{answer, call, interruption, observed, outage, sound};
use crate::test_facts::TestFacts;

const NETWORK_UNIT: &str = "5.9-1-2:a";
const POWER_UNIT: &str = "5.9-1-2:b";

const LOCAL: &str = r#"
[[res_mech]]
id = "ResMech-Local"
type = "network connectivity"
resilience = { outages = ["uplink"], goes_on = ["SoftServ-Web"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

const POWER: &str = r#"
[[res_mech]]
id = "ResMech-Power"
type = "power"
resilience = { outages = ["power"], keeps = ["SoftServ-Web"], recovers_seconds = 30 }
"#;

fn judged(ixit: &str, unit: &str, seen: Vec<Interruption>) -> Vec<ItemResult> {
    seen.into_iter().map(observed).fold(TestFacts::declared(ixit), TestFacts::observed).judge(unit)
}

fn codes(results: &[ItemResult]) -> Vec<(Verdict, &str)> {
    results.iter().map(|result| (result.verdict, result.reason.code.as_str())).collect()
}

#[test]
fn a_device_that_goes_on_and_comes_back_passes() {
    let results = judged(LOCAL, NETWORK_UNIT, vec![interruption("uplink")]);
    assert_eq!(codes(&results), [(Verdict::Pass, "resilient-as-declared")]);
    assert!(results[0].effort.is_some() && !results[0].evidence.is_empty());
    let results = judged(POWER, POWER_UNIT, vec![interruption("power")]);
    assert_eq!(codes(&results), [(Verdict::Pass, "resilient-as-declared")]);
}

#[test]
fn local_function_that_is_lost_meanwhile_fails() {
    for outcome in ["refused", "unreachable"] {
        let mut seen = interruption("uplink");
        seen.outages[0].during = vec![answer("GET /settings", "entitled", outcome, "")];
        let results = judged(LOCAL, NETWORK_UNIT, vec![seen]);
        assert_eq!(codes(&results), [(Verdict::Fail, "local-function-lost-in-outage")]);
        assert_eq!(results[0].blame, Some(Blame::Device));
        assert_eq!(results[0].item, "ResMech-Local");
    }
}

#[test]
fn what_nobody_asked_meanwhile_is_left_open() {
    let mut seen = interruption("uplink");
    seen.outages[0].during.clear();
    let results = judged(LOCAL, NETWORK_UNIT, vec![seen]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-incomplete")]);
    let mut seen = interruption("uplink");
    seen.outages[0].during = vec![answer("GET /settings", "entitled", "unclear", "")];
    let results = judged(LOCAL, NETWORK_UNIT, vec![seen]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-incomplete")]);
}

#[test]
fn a_device_that_is_late_or_does_not_return_fails() {
    for after in [Some(31.0), None] {
        let mut seen = interruption("power");
        seen.outages[0].answered_after = after;
        let results = judged(POWER, POWER_UNIT, vec![seen]);
        assert_eq!(codes(&results), [(Verdict::Fail, "not-back-after-outage")], "{after:?}");
    }
    let mut seen = interruption("power");
    seen.outages[0].answered_after = None;
    let impatient = observed(seen).params(serde_json::json!({ "kind": "power", "recovery_seconds": 8 }));
    let results = TestFacts::declared(POWER).observed(impatient).judge(POWER_UNIT);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-incomplete")], "8 s are no 30 s");
}

#[test]
fn a_worse_state_afterwards_fails() {
    let mut open_to_all = interruption("power");
    open_to_all.after.answers[1] = answer("GET /settings", "stranger", "served", "d1");
    let mut lost = interruption("power");
    lost.after.answers[0] = answer("GET /settings", "entitled", "refused", "");
    let mut console = interruption("power");
    console.after.ports[2] = (2323, true);
    for worse in [open_to_all, lost, console] {
        let results = judged(POWER, POWER_UNIT, vec![worse]);
        assert_eq!(codes(&results), [(Verdict::Fail, "state-worse-after-outage")]);
    }
    let mut fewer = interruption("power");
    fewer.after.ports[1] = (443, false);
    assert_eq!(judged(POWER, POWER_UNIT, vec![fewer])[0].verdict, Verdict::Pass);
}

#[test]
fn an_answer_counts_as_changed_only_where_it_never_changes_else() {
    let both = &format!("{LOCAL}{POWER}");
    let changed = |digest: &str| {
        let mut seen = interruption("power");
        seen.after.answers[0] = answer("GET /settings", "entitled", "served", digest);
        seen
    };
    // Seen the same before, during and after an outage of the uplink: what changed is a loss.
    let results = judged(both, POWER_UNIT, vec![interruption("uplink"), changed("d2")]);
    assert_eq!(codes(&results), [(Verdict::Fail, "state-worse-after-outage")]);
    assert_eq!(results[0].reason.args["after"], "content d2");
    // A temperature was another one before already.
    let mut warm = interruption("uplink");
    warm.before.answers[0] = answer("GET /settings", "entitled", "served", "d0");
    let results = judged(both, POWER_UNIT, vec![warm, changed("d2")]);
    assert_eq!(codes(&results), [(Verdict::Pass, "resilient-as-declared")]);
    // What nobody had seen before this outage may have been about to change.
    let results = judged(
        both,
        POWER_UNIT,
        vec![changed("d2"), {
            let mut later = interruption("uplink");
            for answers in [&mut later.before.answers, &mut later.outages[0].during, &mut later.after.answers]
            {
                answers[0] = answer("GET /settings", "entitled", "served", "d2");
            }
            later
        }],
    );
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "answers-differ-after-outage")]);
    // Two sightings alone tell nothing.
    let mut twice = changed("d2");
    twice.outages[0].during.clear();
    let results = judged(POWER, POWER_UNIT, vec![twice]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "answers-differ-after-outage")]);
}

#[test]
fn every_outage_that_is_promised_has_to_be_seen() {
    let two = LOCAL.replace("[\"uplink\"]", "[\"uplink\", \"names\"]");
    let results = judged(&two, NETWORK_UNIT, vec![interruption("uplink")]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-missing")]);
    assert_eq!(results[0].reason.args["probe"], "interruption names");
    let results = judged(LOCAL, NETWORK_UNIT, vec![]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-missing")]);
    let mut nobody = interruption("uplink");
    nobody.outages[0].by = "nobody".to_owned();
    let results = judged(LOCAL, NETWORK_UNIT, vec![nobody]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "outage-not-brought-about")]);
}

#[test]
fn a_partial_observation_fails_what_it_shows_and_passes_nothing() {
    let partial = |seen: Interruption| {
        let seen = observed(seen).ended(Outcome::Partial, "the device stopped answering");
        TestFacts::declared(LOCAL).observed(seen).judge(NETWORK_UNIT)
    };
    assert_eq!(codes(&partial(interruption("uplink"))), [(Verdict::Inconclusive, "observation-incomplete")]);
    let mut lost = interruption("uplink");
    lost.outages[0].during = vec![answer("GET /settings", "entitled", "refused", "")];
    let results = partial(lost);
    assert!(codes(&results).contains(&(Verdict::Fail, "local-function-lost-in-outage")));
}

#[test]
fn accesses_that_were_never_served_prove_nothing() {
    let mut closed = interruption("uplink");
    closed.before.answers.remove(0);
    closed.outages[0].during.clear();
    let results = judged(LOCAL, NETWORK_UNIT, vec![closed]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "nothing-compared")]);
}

#[test]
fn after_power_the_device_has_to_come_back_to_its_peers() {
    let cloud = "[[com_mech]]\nid = \"ComMech-Cloud\"\nrole = \"client\"\n\
                 endpoint = [{ transport = \"tcp\", port = 8883, host = \"cloud.example\" }]\n\
                 reconnection = { first_ms = 1000 }\n";
    let ixit = format!("{POWER}{cloud}");
    let with = |back: Option<f64>, captured: bool| {
        let mut seen = interruption("power");
        seen.outages[0].calls = vec![call(&[6.0, 8.0], back)];
        if !captured {
            seen.outages[0].calls.clear();
        }
        judged(&ixit, POWER_UNIT, vec![seen])
    };
    assert_eq!(codes(&with(Some(3.0), true)), [(Verdict::Pass, "resilient-as-declared")]);
    assert_eq!(codes(&with(Some(45.0), true)), [(Verdict::Fail, "not-back-after-outage")]);
    assert_eq!(codes(&with(None, true)), [(Verdict::Fail, "not-back-after-outage")]);
    assert_eq!(codes(&with(None, false)), [(Verdict::Inconclusive, "no-capture")]);
}

#[test]
fn without_the_promise_as_a_companion_a_person_sees_what_happened() {
    let prose = "[[res_mech]]\nid = \"ResMech-Local\"\ntype = \"network connectivity\"\n\
                 description = \"Goes on without network\"\n";
    let results = judged(prose, NETWORK_UNIT, vec![interruption("uplink")]);
    assert_eq!(results.len(), 1);
    let open = results[0].open.as_ref().unwrap();
    assert!(open.shown.iter().any(|shown| shown.text.contains("uplink: 1 outages")));
    assert_eq!(results[0].by, By::Assisted);
}

#[test]
fn both_kinds_of_outage_need_a_mechanism() {
    let unit = "5.9-1-1:a";
    let result = TestFacts::declared(LOCAL).judge_one(unit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "outage-not-covered"));
    assert_eq!(result.reason.args["lacking"], "power");
    let both = TestFacts::declared(&format!("{LOCAL}{POWER}")).judge_one(unit);
    assert_eq!(both.verdict, Verdict::Pass, "{both:#?}");
    let untyped = TestFacts::declared("[[res_mech]]\nid = \"ResMech-1\"\n").judge(unit);
    assert!(untyped.iter().all(|result| result.reason.code != "outage-not-covered"));
}

#[test]
fn outages_of_two_samples_are_judged_apart() {
    let mut lost = interruption("uplink");
    lost.outages.push(outage());
    lost.after = sound();
    lost.outages[1].during = vec![answer("GET /settings", "entitled", "refused", "")];
    let results = TestFacts::declared(LOCAL)
        .observed(observed(interruption("uplink")))
        .observed(observed(lost).sample("S2"))
        .judge(NETWORK_UNIT);
    assert_eq!(
        codes(&results),
        [(Verdict::Pass, "resilient-as-declared"), (Verdict::Fail, "local-function-lost-in-outage")]
    );
    assert_eq!(results[1].sample.as_deref(), Some("S2"));
}

#[test]
fn a_device_that_was_away_before_the_outage_is_compared_with_nothing() {
    let mut away = interruption("power");
    away.before.ports.iter_mut().for_each(|(_, open)| *open = false);
    away.before.answers.iter_mut().for_each(|answer| answer.outcome = "unreachable".to_owned());
    let results = judged(POWER, POWER_UNIT, vec![away]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-incomplete")]);
}

#[test]
fn a_device_that_is_not_back_is_told_of_once() {
    let mut gone = interruption("power");
    gone.outages[0].answered_after = None;
    gone.after.answers.iter_mut().for_each(|answer| answer.outcome = "unreachable".to_owned());
    let results = judged(POWER, POWER_UNIT, vec![gone]);
    assert_eq!(codes(&results), [(Verdict::Fail, "not-back-after-outage")]);
}

#[test]
fn a_device_that_was_away_before_an_outage_owes_nobody_a_return() {
    let mut gone = interruption("power");
    gone.outages[0].answered_after = None;
    for snapshot in [&mut gone.before, &mut gone.after] {
        snapshot.ports.iter_mut().for_each(|(_, open)| *open = false);
        snapshot.answers.iter_mut().for_each(|answer| answer.outcome = "unreachable".to_owned());
    }
    let results = judged(POWER, POWER_UNIT, vec![gone]);
    assert_eq!(codes(&results), [(Verdict::Inconclusive, "observation-incomplete")]);
}

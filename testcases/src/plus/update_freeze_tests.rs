use probes::probe::update_endurance::{EnduranceFacts, Freshness};
use probes::probe::update_trials::{Attack, NotTried, UpdateFacts, UpdateTrial};

use super::{CASE, is_above};
use crate::judge::ItemResult;
use crate::test_facts::{Seen, TestFacts};
use crate::updates_seen::endurance::PROBE;
use crate::updates_seen::test_trials::{PULL, VERSIONS, installed_trial, refused_trial};
use crate::verdict::Verdict;
use ixit::Blame;

fn list(kind: &str, past_seconds: i64) -> Freshness {
    Freshness {
        kind: kind.to_owned(),
        version: VERSIONS[1].to_owned(),
        expires: Some("2025-06-30T00:00:00Z".to_owned()),
        past_seconds: Some(past_seconds),
    }
}

/// The device reads the list and asks for nothing more.
fn stale_trial() -> UpdateTrial {
    let mut trial = refused_trial(Attack::Stale);
    trial.asked.truncate(1);
    UpdateTrial { fetched_whole: false, ..trial }
}

fn sound() -> EnduranceFacts {
    EnduranceFacts {
        offered: UpdateFacts {
            row: "UpdMech-Cloud".to_owned(),
            version_before: Some(VERSIONS[0].to_owned()),
            trials: vec![stale_trial(), installed_trial(Attack::Authentic)],
            ..UpdateFacts::default()
        },
        freshness: vec![list("stale", 30 * 86_400), list("newer", -86_400)],
        ..EnduranceFacts::default()
    }
}

fn judged_with(facts: EnduranceFacts, params: &serde_json::Value, completed: u64) -> ItemResult {
    let seen = Seen::by(PROBE, facts).attempts(completed).params(params.clone());
    let mut results = (CASE.judge)(&TestFacts::declared(PULL).observed(seen).facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

fn judged(facts: EnduranceFacts) -> ItemResult {
    let params =
        serde_json::json!({ "row": "UpdMech-Cloud", "manifest": "/newest.json", "expires_key": "expires" });
    judged_with(facts, &params, 2)
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str, blame: Blame) {
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code), "{result:#?}");
    assert_eq!(result.blame, Some(blame));
}

#[test]
fn a_device_that_refuses_the_stale_list_and_takes_the_valid_one_passes() {
    let result = judged(sound());
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-update-freeze-refused"));
    let at: Vec<&str> = result.evidence.iter().map(|evidence| evidence.at.as_str()).collect();
    assert_eq!(at, ["trial 1", "trial 2"]);
    assert_eq!(
        (result.reason.args["days"].as_str(), result.reason.args["offered"].as_str()),
        ("30", VERSIONS[1])
    );
    assert_eq!(result.reason.args["control"], VERSIONS[1]);

    // Another release than the newer one, if its number is above that of what runs.
    let mut facts = sound();
    facts.freshness[0].version = "1.4.10".to_owned();
    let result = judged(facts);
    assert_eq!((result.verdict, result.reason.args["offered"].as_str()), (Verdict::Pass, "1.4.10"));
}

#[test]
fn a_device_that_installs_by_a_stale_list_fails() {
    let mut facts = sound();
    facts.offered.trials[0] = installed_trial(Attack::Stale);
    let result = judged(facts.clone()).fails("plus-update-stale-installed");
    assert_eq!((result.blame, result.reason.args["after"].as_str()), (Some(Blame::Device), VERSIONS[1]));
    assert_eq!(result.evidence[0].at, "trial 1");

    // What it did not fetch, and what is of another version, came from elsewhere.
    let mut elsewhere = facts.clone();
    elsewhere.offered.trials[0].fetched_whole = false;
    is_open(&judged(elsewhere), "plus-update-freeze-left-out", Blame::Lab);
    let mut other = facts.clone();
    other.offered.trials[0].version_after = Some("0.0.0".to_owned());
    is_open(&judged(other), "plus-update-freeze-left-out", Blame::Lab);
    // A list that is still valid, or by little not, may be installed.
    for past in [-5, 0, Freshness::MARGIN_SECONDS - 1] {
        facts.freshness[0].past_seconds = Some(past);
        is_open(&judged(facts.clone()), "plus-update-freeze-not-stale", Blame::Lab);
    }
}

#[test]
fn a_device_that_ends_of_a_stale_list_fails() {
    let mut facts = sound();
    let gone = &mut facts.offered.trials[0];
    (gone.alive, gone.version_after, gone.installed) = (false, None, None);
    judged(facts.clone()).fails("plus-update-stale-ends-device");
    // Who was not asked for anything did not end it.
    facts.offered.trials[0].asked.clear();
    is_open(&judged(facts), "plus-update-freeze-left-out", Blame::Lab);
}

#[test]
fn what_is_not_declared_or_not_fit_says_what_to_do() {
    let params = serde_json::json!({ "row": "UpdMech-Cloud", "manifest": "/newest.json" });
    let undeclared = EnduranceFacts { freshness: Vec::new(), ..sound() };
    is_open(
        &judged_with(undeclared.clone(), &params, 2),
        "plus-update-freeze-not-declared",
        Blame::Documentation,
    );
    is_open(&judged(undeclared), "plus-update-freeze-not-lent", Blame::Lab);

    let mut facts = sound();
    (facts.freshness[0].expires, facts.freshness[0].past_seconds) = (None, None);
    is_open(&judged(facts), "plus-update-freeze-no-date", Blame::Documentation);
    let mut facts = sound();
    (facts.freshness[1].expires, facts.freshness[1].past_seconds) = (None, None);
    let result = judged(facts);
    is_open(&result, "plus-update-freeze-no-date", Blame::Documentation);
    assert_eq!(result.reason.args["kind"], "newer");
    // A refusal of what is not newer may have that reason.
    for version in [VERSIONS[0], VERSIONS[2], "spring"] {
        let mut facts = sound();
        version.clone_into(&mut facts.freshness[0].version);
        is_open(&judged(facts), "plus-update-freeze-not-newer", Blame::Lab);
    }
    let mut facts = sound();
    facts.freshness[1].past_seconds = Some(10);
    is_open(&judged(facts), "plus-update-freeze-control-stale", Blame::Lab);
}

#[test]
fn a_refusal_says_nothing_without_a_list_that_was_read_and_a_package_that_is_taken() {
    let mut facts = sound();
    facts.offered.trials[1] = refused_trial(Attack::Authentic);
    is_open(&judged(facts), "plus-update-no-control", Blame::Lab);
    let mut facts = sound();
    facts.offered.trials[0].outcome = "not-asked".to_owned();
    is_open(&judged(facts), "plus-update-freeze-left-out", Blame::Lab);
    let mut facts = sound();
    facts.offered.trials[0].asked[0].octets_sent = 0;
    is_open(&judged(facts), "plus-update-freeze-left-out", Blame::Lab);

    let mut facts = sound();
    facts.offered.trials.remove(0);
    facts.offered.not_tried =
        vec![NotTried { attack: Attack::Stale, why: "the bench does not agree".to_owned() }];
    let result = judged(facts);
    is_open(&result, "plus-update-freeze-left-out", Blame::Lab);
    assert_eq!(result.reason.args["missing"], "stale: the bench does not agree");
    let params =
        serde_json::json!({ "row": "UpdMech-Cloud", "manifest": "/newest.json", "expires_key": "expires" });
    is_open(&judged_with(sound(), &params, 1), "plus-update-freeze-left-out", Blame::Lab);
    let of = (CASE.judge)(&TestFacts::declared(PULL).facts());
    is_open(&of[0], "plus-update-not-played", Blame::Lab);
}

#[test]
fn versions_are_compared_by_their_numbers() {
    for (version, other, above) in
        [("1.10", "1.9.9", true), ("v2", "1.9", true), ("1.4.2", "1.4.2", false), ("2026a", "2025a", false)]
    {
        assert_eq!(is_above(version, other), above, "{version} {other}");
    }
}

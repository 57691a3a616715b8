use probes::probe::update_endurance::EnduranceFacts;
use probes::probe::update_trials::{Attack, NotTried, UpdateFacts, UpdateTrial};

use super::CASE;
use crate::judge::ItemResult;
use crate::test_facts::{Seen, TestFacts};
use crate::updates_seen::endurance::PROBE;
use crate::updates_seen::test_trials::{PULL, VERSIONS, installed_trial, refused_trial};
use crate::verdict::Verdict;
use ixit::Blame;

fn offered(trials: Vec<UpdateTrial>) -> UpdateFacts {
    UpdateFacts {
        row: "UpdMech-Cloud".to_owned(),
        version_before: Some(VERSIONS[0].to_owned()),
        trials,
        ..UpdateFacts::default()
    }
}

fn mixed(trial: UpdateTrial) -> UpdateTrial {
    UpdateTrial { how: Some("the list of 1.5.0 with the image of 1.3.0".to_owned()), ..trial }
}

#[track_caller]
fn judged(offered: UpdateFacts, completed: u64) -> ItemResult {
    let facts = EnduranceFacts { offered, ..EnduranceFacts::default() };
    let params = serde_json::json!({ "row": "UpdMech-Cloud", "manifest": "/newest.json" });
    let seen = Seen::by(PROBE, facts).attempts(completed).params(params);
    let mut results = (CASE.judge)(&TestFacts::declared(PULL).observed(seen).facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str) {
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code), "{result:#?}");
    assert_eq!(result.blame, Some(Blame::Lab));
}

#[test]
fn a_device_that_refuses_every_mixture_and_takes_what_belongs_together_passes() {
    let control = installed_trial(Attack::Authentic);
    let facts = offered(vec![control, mixed(refused_trial(Attack::Mixed))]);
    let result = judged(facts.clone(), 3);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "plus-update-mix-refused"));
    assert_eq!(result.evidence[0].at, "trial 2");
    assert!(result.reason.args["mixture"].contains("1.3.0"));
    is_open(&judged(facts, 2), "plus-update-mix-left-out");
}

#[test]
fn a_device_that_installs_a_mixture_fails() {
    let mut taken = mixed(installed_trial(Attack::Mixed));
    taken.version_after = Some(VERSIONS[2].to_owned());
    let facts = offered(vec![taken, installed_trial(Attack::Authentic)]);
    let result = judged(facts.clone(), 3).fails("plus-update-mix-installed");
    assert_eq!((result.blame, result.reason.args["after"].as_str()), (Some(Blame::Device), VERSIONS[2]));

    // What it did not fetch, it did not install.
    let mut facts = facts;
    facts.trials[0].fetched_whole = false;
    is_open(&judged(facts, 3), "plus-update-mix-left-out");
}

#[test]
fn a_device_that_ends_of_a_mixture_fails() {
    let gone = UpdateTrial {
        alive: false,
        version_after: None,
        installed: None,
        ..mixed(refused_trial(Attack::Mixed))
    };
    judged(offered(vec![gone, installed_trial(Attack::Authentic)]), 3).fails("plus-update-mix-ends-device");
}

#[test]
fn a_refusal_says_nothing_without_a_mixture_that_was_fetched_and_a_package_that_is_taken() {
    let refused = || mixed(refused_trial(Attack::Mixed));
    is_open(&judged(offered(vec![refused(), refused_trial(Attack::Authentic)]), 3), "plus-update-no-control");
    let unclear = UpdateTrial { outcome: "unclear: it asked for the list alone".to_owned(), ..refused() };
    let facts = offered(vec![installed_trial(Attack::Authentic), unclear]);
    is_open(&judged(facts, 3), "plus-update-mix-left-out");
    let mut facts = offered(vec![installed_trial(Attack::Authentic)]);
    facts.not_tried = vec![NotTried { attack: Attack::Mixed, why: "one package".to_owned() }];
    let result = judged(facts, 3);
    is_open(&result, "plus-update-mix-left-out");
    assert_eq!(result.reason.args["missing"], "mixed: one package");
    // The first that was offered it did not ask for, and all the rest was left out for that.
    let why = || "the device asked for nothing".to_owned();
    let not_asked = UpdateTrial { outcome: "not-asked".to_owned(), ..refused_trial(Attack::Stale) };
    let mut facts = offered(vec![not_asked]);
    facts.not_tried = [Attack::Authentic, Attack::Mixed].map(|attack| NotTried { attack, why: why() }).into();
    let result = judged(facts, 3);
    is_open(&result, "plus-update-no-control");
    assert_eq!(result.reason.args["found"], "authentic: the device asked for nothing");
    let of = (CASE.judge)(&TestFacts::declared(PULL).facts());
    is_open(&of[0], "plus-update-not-played");
}

use probes::probe::update_trials::{Attack, UpdateFacts};

use super::*;
use crate::judge::ItemResult;
use crate::test_facts::TestFacts;
use crate::updates_seen::test_trials::{PULL, installed_trial, observed, sound, with};

const UNIT: &str = "5.3-1-2:a";

/// A component that is updated by the mechanism, and a second mechanism that no component names.
fn ixit() -> String {
    let component = "[[soft_comp]]\nid = \"SoftComp-Fw\"\ndescription = \"Firmware\"\n\
                     update_mechanism = [\"UpdMech-Cloud\"]\n";
    format!("{PULL}\n{}\n{component}", PULL.replace("UpdMech-Cloud", "UpdMech-Spare"))
}

fn of(row: &str) -> UpdateFacts {
    UpdateFacts { row: row.to_owned(), ..sound() }
}

fn codes(results: &[ItemResult]) -> Vec<(&str, Verdict, &str)> {
    results.iter().map(|one| (one.item.as_str(), one.verdict, one.reason.code.as_str())).collect()
}

#[test]
fn the_trials_of_a_mechanism_that_a_component_names_are_judged_again() {
    let facts = TestFacts::declared(&ixit()).observed(observed(of("UpdMech-Cloud")));
    assert_eq!(codes(&facts.judge(UNIT)), [("UpdMech-Cloud", Verdict::Pass, "update-attacks-withstood")]);
    let bad = with(of("UpdMech-Cloud"), installed_trial(Attack::OtherModel));
    let facts = TestFacts::declared(&ixit()).observed(observed(bad));
    assert_eq!(codes(&facts.judge(UNIT)), [("UpdMech-Cloud", Verdict::Fail, "foreign-update-installed")]);
    let facts = TestFacts::declared(&ixit());
    assert_eq!(codes(&facts.judge(UNIT)), [("UpdMech-Cloud", Verdict::Inconclusive, "observation-missing")]);
}

#[test]
fn a_mechanism_that_no_component_names_is_another_units_matter() {
    let bad = with(of("UpdMech-Spare"), installed_trial(Attack::Unsigned));
    let facts = TestFacts::declared(&ixit()).observed(observed(of("UpdMech-Cloud"))).observed(observed(bad));
    assert_eq!(codes(&facts.judge(UNIT)), [("UpdMech-Cloud", Verdict::Pass, "update-attacks-withstood")]);
    let there = facts.judge("5.3-2-2:b");
    assert!(codes(&there).contains(&("UpdMech-Spare", Verdict::Fail, "unauthentic-update-installed")));
}

#[test]
fn attacks_that_a_person_found_wanting_fail_here_too() {
    let facts = TestFacts::declared(&ixit()).observed(observed(of("UpdMech-Cloud"))).answered(
        "5.3-2-2:a",
        "UpdMech-Cloud",
        "no",
    );
    let results = facts.judge(UNIT);
    assert_eq!(codes(&results), [("UpdMech-Cloud", Verdict::Fail, "failed-where-it-is-judged-first")]);
}

fn without_update(reason: &str) -> crate::judge::ItemResult {
    TestFacts::declared(&format!(
        "[[soft_comp]]\nid = \"SoftComp-Rom\"\ndescription = \"Code in the mask ROM\"\nupdate_mechanism = []\n{reason}\n"
    ))
    .judge_one("5.3-1-1:a")
}

#[test]
fn a_reason_that_is_neither_practicability_nor_security_excuses_nothing() {
    let failed = without_update("no_update_reason = \"other\"");
    assert_eq!((failed.by, failed.verdict), (By::Machine, Verdict::Fail));
    assert_eq!(failed.reason.code, "missing-update-not-excused");
    for (reason, prejudgement) in [
        ("no_update_reason = \"security\"", Some(Verdict::Pass)),
        ("no_update_reason = \"impracticable\"", Some(Verdict::Pass)),
        ("", None),
    ] {
        let open = without_update(reason);
        assert_eq!((open.by, open.verdict), (By::Assisted, Verdict::Inconclusive), "{reason}");
        assert_eq!(open.open.expect("a question").prejudgement, prejudgement, "{reason}");
    }
}

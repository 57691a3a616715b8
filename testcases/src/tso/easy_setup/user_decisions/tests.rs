use probes::probe::settings::SettingSeen;

use super::*;
use crate::settings_seen::made::{control, seen};
use crate::state::DutState;
use crate::test_facts::TestFacts;

const IXIT: &str = "[[user_dec]]\nid = \"UserDec-1\"\ndescription = \"Remote operation\"\n\
    choices = [{ option = \"off\", default = true }, { option = \"on\" }]\ntold = { named = [\"remote\"] }\n\
    settings = { decision = { port = 443, tls = true, page = \"/setup\", field = \"remote\" } }\n";
const UNIT: &str = "5.12-1-2:d";

fn asked(asked: Option<Control>) -> SettingSeen {
    SettingSeen {
        row: "UserDec-1".to_owned(),
        key: KEY.to_owned(),
        page: "/setup".to_owned(),
        field: "remote".to_owned(),
        status: Some(200),
        control: asked,
        ..SettingSeen::default()
    }
}

fn facts(known: Option<Control>, others: Vec<Control>) -> TestFacts {
    let controls = known.iter().cloned().chain(others).collect();
    TestFacts::declared(IXIT)
        .observed(seen(asked(known), Vec::new(), controls).state(DutState::FactoryDefault))
}

fn expect(facts: &TestFacts, unit: &str, verdict: Verdict, code: &str) {
    let result = facts.judge_one(unit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (verdict, code), "{unit}");
}

fn password() -> Control {
    control("new", "password", &[], "")
}

#[test]
fn the_declared_options_with_the_declared_one_chosen_pass() {
    let radio = control("remote", "radio", &["off", "on"], "off");
    expect(&facts(Some(radio), vec![password()]), UNIT, Verdict::Pass, "decision-as-declared");
    // An empty box is off, and can be filled.
    let mut empty = control("remote", "checkbox", &["1"], "");
    empty.options[0].label = "on".to_owned();
    expect(&facts(Some(empty), Vec::new()), UNIT, Verdict::Pass, "decision-as-declared");
}

#[test]
fn other_options_and_another_default_fail() {
    let other = control("remote", "radio", &["off", "always"], "off");
    let result = facts(Some(other), Vec::new()).judge_one(UNIT);
    assert_eq!(result.reason.code, "decision-options-differ");
    assert_eq!((&*result.reason.args["missing"], &*result.reason.args["further"]), ("on", "always"));
    for chosen in ["on", ""] {
        let radio = control("remote", "radio", &["off", "on"], chosen);
        expect(&facts(Some(radio), Vec::new()), UNIT, Verdict::Fail, "decision-default-differs");
    }
}

#[test]
fn a_decision_that_a_page_with_others_does_not_ask_fails() {
    for unit in ["5.12-1-2:b", UNIT] {
        expect(&facts(None, vec![password()]), unit, Verdict::Fail, "decision-not-asked");
        // A page without any control may be made by a program in the browser.
        expect(&facts(None, Vec::new()), unit, Verdict::Inconclusive, "waits-for-assessor");
    }
    for unit in ["5.12-1-2:a", "5.12-1-2:c"] {
        expect(&facts(None, vec![password()]), unit, Verdict::Inconclusive, "waits-for-assessor");
    }
}

#[test]
fn a_person_is_shown_what_was_seen() {
    let radio = control("remote", "radio", &["off", "on"], "off");
    for unit in ["5.12-1-2:a", "5.12-1-2:b", "5.12-1-2:c"] {
        let facts = facts(Some(radio.clone()), vec![password()]);
        let open = facts.judge_one(unit).open.expect("a question");
        assert!(open.shown.iter().any(|shown| shown.text.contains("[off] · on")), "{:#?}", open.shown);
        assert_eq!(facts.answered(unit, "UserDec-1", "yes").judge_one(unit).verdict, Verdict::Pass);
    }
}

#[test]
fn a_control_that_no_row_names_and_words_of_another_matter_are_for_a_person() {
    let radio = control("remote", "radio", &["off", "on"], "off");
    let strange = control("share", "checkbox", &["on"], "on");
    let results = facts(Some(radio), vec![strange]).judge(UNIT);
    assert_eq!(results.len(), 2);
    assert_eq!((results[1].item.as_str(), results[1].verdict), ("/setup share", Verdict::Inconclusive));
    let mut silent = control("remote", "radio", &["off", "on"], "off");
    silent.about = "Something else".to_owned();
    expect(&facts(Some(silent), Vec::new()), UNIT, Verdict::Inconclusive, "waits-for-assessor");
}

#[test]
fn an_entered_value_has_no_options_and_nothing_before_it() {
    let ixit = IXIT.replace(
        "[{ option = \"off\", default = true }, { option = \"on\" }]",
        "[{ option = \"own\", default = true }]",
    );
    let mut entered = control("remote", "password", &[], "");
    let judged = |entered: &Control| {
        let observed = seen(asked(Some(entered.clone())), Vec::new(), Vec::new());
        TestFacts::declared(&ixit).observed(observed).judge_one(UNIT)
    };
    assert_eq!(judged(&entered).verdict, Verdict::Pass);
    entered.value = "12345".to_owned();
    assert_eq!(judged(&entered).verdict, Verdict::Inconclusive);
}

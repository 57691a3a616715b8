use probes::Outcome;
use probes::label_facts::PasswordFacts;
use probes::probe::label_password::Label;

use super::*;
use crate::judge::By;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }
change = { path = "/password", current_field = "current", new_field = "new" }
"#;

const LABEL: &str = r#"
[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
description = "Label"
change = { replaced_by = "AuthMech-Web" }
"#;

fn changed(old: &str, new: &str) -> Changed {
    let told = |result: &str| Some(result.to_owned());
    Changed {
        status: Some(303),
        old: told(old),
        new: told(new),
        function_old: told(old),
        function_new: told(new),
    }
}

fn behaviour(change: Changed) -> ChangeBehaviour {
    ChangeBehaviour {
        row: "AuthMech-Web".into(),
        through: "AuthMech-Web".into(),
        negative_control: "rejected".into(),
        before: Some("accepted".into()),
        change: Some(change),
        back: Some(changed("rejected", "accepted")),
        in_force: "bench".into(),
        left_changed: false,
        restored_by_bench: false,
    }
}

/// Verdicts and codes of a and b.
fn judged(facts: &TestFacts) -> [(Verdict, String); 2] {
    ["5.1-4-2:a", "5.1-4-2:b"].map(|unit| {
        let result = facts.judge_one(unit);
        assert!(
            result.by == By::Machine
                && (result.verdict == Verdict::Inconclusive || !result.evidence.is_empty())
        );
        (result.verdict, result.reason.code)
    })
}

fn web(behaviour: ChangeBehaviour) -> [(Verdict, String); 2] {
    judged(&TestFacts::declared(WEB).observed(Seen::by("credential-change", behaviour)))
}

fn pass(code: &str) -> (Verdict, String) {
    (Verdict::Pass, code.to_owned())
}

fn fail(code: &str) -> (Verdict, String) {
    (Verdict::Fail, code.to_owned())
}

fn open(code: &str) -> (Verdict, String) {
    (Verdict::Inconclusive, code.to_owned())
}

#[test]
fn a_change_that_takes_effect_passes() {
    let seen = web(behaviour(changed("rejected", "accepted")));
    assert_eq!(seen, [pass("change-carried-out"), pass("new-value-in-force")]);
}

#[test]
fn a_change_that_takes_no_or_half_an_effect_fails() {
    let seen = web(behaviour(changed("accepted", "rejected")));
    assert_eq!(seen, [fail("change-refused"), open("change-not-carried-out")]);
    let seen = web(behaviour(changed("accepted", "accepted")));
    assert_eq!(seen, [pass("change-carried-out"), fail("old-value-still-accepted")]);
    let seen = web(behaviour(changed("rejected", "rejected")));
    assert_eq!(seen, [fail("new-value-not-accepted"), fail("new-value-not-accepted")]);
}

#[test]
fn the_function_of_another_login_can_leave_this_one_as_it_was() {
    let ignored = Changed {
        old: Some("accepted".into()),
        new: Some("rejected".into()),
        ..changed("rejected", "accepted")
    };
    assert_eq!(web(behaviour(ignored)), [pass("change-carried-out"), fail("old-value-still-accepted")]);
}

#[test]
fn a_change_back_that_fails_counts_too() {
    let mut seen = behaviour(changed("rejected", "accepted"));
    seen.back = Some(changed("accepted", "rejected"));
    assert_eq!(web(seen)[0], fail("change-refused"));
}

#[test]
fn unclear_answers_and_missing_observations_decide_nothing() {
    let unclear = "logins-around-change-unclear";
    assert_eq!(web(behaviour(changed("throttled", "no-answer"))), [open(unclear), open(unclear)]);
    type Change = fn(&mut ChangeBehaviour);
    let changes: [(Change, &str); 3] = [
        (|seen| seen.negative_control = "accepted".into(), "login-not-needed"),
        (|seen| seen.negative_control = "closed".into(), "negative-control-unclear"),
        (|seen| (seen.change, seen.before) = (None, Some("rejected".into())), "good-credential-refused"),
    ];
    for (change, code) in changes {
        let mut seen = behaviour(changed("rejected", "accepted"));
        change(&mut seen);
        assert_eq!(web(seen), [open(code), open(code)]);
    }
    let mut refused = behaviour(changed("rejected", "accepted"));
    (refused.change, refused.before) = (None, None);
    let without_consent = TestFacts::declared(WEB)
        .observed(Seen::by("credential-change", refused).ended(Outcome::Partial, "no consent"));
    assert_eq!(judged(&without_consent), [open("observation-incomplete"), open("observation-incomplete")]);
    assert_eq!(judged(&TestFacts::declared(WEB)), [open("observation-missing"), open("observation-missing")]);
}

#[test]
fn without_a_declared_function_a_person_changes_the_value() {
    let rows = WEB.replace("change =", "# change =");
    for unit in ["5.1-4-2:a", "5.1-4-2:b"] {
        let result = TestFacts::declared(&rows).judge_one(unit);
        assert!(result.open.is_some() && result.by == By::Assisted, "{result:#?}");
    }
}

fn label(login: &str) -> Seen {
    let label = Label {
        sample: "S1".into(),
        login: Some(login.into()),
        negative_control: Some("rejected".into()),
        facts: PasswordFacts::default(),
    };
    let seen = LabelPasswords { row: "AuthMech-Label".into(), labels: vec![label], pairs: Vec::new() };
    Seen::by("label-password", seen).state(DutState::FactoryDefault)
}

fn after(chosen: &str, pre_installed: &str) -> Seen {
    let seen = ChosenCredential {
        row: "AuthMech-Web".into(),
        opened_by: Some("AuthMech-Label".into()),
        negative_control: "rejected".into(),
        chosen: Some(chosen.into()),
        pre_installed: Some(pre_installed.into()),
    };
    Seen::by("chosen-credential", seen)
}

#[test]
fn a_pre_installed_value_is_changed_by_the_set_up() {
    let facts = |before, chosen, pre_installed| {
        TestFacts::declared(LABEL).observed(label(before)).observed(after(chosen, pre_installed))
    };
    let sound = judged(&facts("accepted", "accepted", "rejected"));
    assert_eq!(sound, [pass("value-replaced-at-set-up"), pass("new-value-in-force")]);
    let works_on = judged(&facts("accepted", "accepted", "accepted"));
    assert_eq!(works_on, [pass("value-replaced-at-set-up"), fail("old-value-still-accepted")]);
    // A label that never worked is no value that was replaced.
    let never = judged(&facts("rejected", "accepted", "rejected"));
    assert_eq!(never, [open("replaced-value-not-seen"), open("replaced-value-not-seen")]);
    let lost = judged(&facts("accepted", "rejected", "rejected"));
    assert_eq!(lost[0], open("good-credential-refused"));
    let unseen = TestFacts::declared(LABEL).observed(after("accepted", "rejected"));
    assert_eq!(judged(&unseen)[0], open("observation-missing"));
}

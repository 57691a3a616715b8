use probes::Outcome;
use probes::probe::password_setup::SetUpTry;

use super::*;
use crate::judge::By;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

const ROWS: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }
set_up = { opened_by = "AuthMech-Label", path = "/setup", password_field = "new", least_length = 10 }

[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
description = "Label"
factor = { kind = "password", user_defined = false, pre_installed = true, used_outside_factory_default = true }
"#;

fn offered(value: &str, taken: Option<bool>) -> SetUpTry {
    SetUpTry { value: value.into(), length: 9, status: Some(422), taken }
}

fn set_up() -> SetUpBehaviour {
    SetUpBehaviour {
        row: "AuthMech-Web".into(),
        opened_by: Some("AuthMech-Label".into()),
        negative_control: "rejected".into(),
        with_empty_password: Some("rejected".into()),
        set_up_opens: Some("accepted".into()),
        with_pre_installed: Some("rejected".into()),
        tries: ["empty", "short", "pre-installed"].map(|value| offered(value, Some(false))).into(),
        left_changed: false,
    }
}

fn chosen() -> ChosenCredential {
    ChosenCredential {
        row: "AuthMech-Web".into(),
        opened_by: Some("AuthMech-Label".into()),
        negative_control: "rejected".into(),
        chosen: Some("accepted".into()),
        pre_installed: Some("rejected".into()),
    }
}

fn seen(set_up: SetUpBehaviour, chosen: ChosenCredential) -> TestFacts {
    TestFacts::declared(ROWS)
        .observed(Seen::by("password-setup", set_up).state(DutState::FactoryDefault))
        .observed(Seen::by("chosen-credential", chosen))
}

fn worst(facts: &TestFacts) -> (Verdict, String) {
    let results = facts.judge("5.1-1-2:b");
    let verdict = Verdict::worst_of(results.iter().map(|result| result.verdict));
    let result = results.into_iter().find(|result| result.verdict == verdict).expect("a result");
    assert_eq!((result.item.as_str(), result.by), ("AuthMech-Web", By::Machine));
    (verdict, result.reason.code)
}

#[test]
fn a_device_that_insists_on_an_own_password_passes() {
    let results = seen(set_up(), chosen()).judge("5.1-1-2:b");
    let codes: Vec<&str> = results.iter().map(|result| result.reason.code.as_str()).collect();
    assert_eq!(codes, ["own-password-needed", "chosen-password-in-force"]);
    assert!(results.iter().all(|result| result.verdict == Verdict::Pass && !result.evidence.is_empty()));
    assert_eq!(results[0].reason.args["tried"], "empty, short, pre-installed");
    assert_eq!(results[0].state, Some(DutState::FactoryDefault));
}

#[test]
fn each_way_around_the_own_password_fails() {
    type Change = fn(&mut SetUpBehaviour);
    let changes: [(Change, &str); 4] = [
        (|seen| seen.with_pre_installed = Some("accepted".into()), "used-without-own-password"),
        (|seen| seen.with_empty_password = Some("accepted".into()), "used-without-own-password"),
        (|seen| seen.tries[0].taken = Some(true), "set-up-takes-weak-password"),
        (|seen| seen.tries[2].taken = Some(true), "set-up-takes-weak-password"),
    ];
    for (change, code) in changes {
        let mut faulty = set_up();
        change(&mut faulty);
        assert_eq!(worst(&seen(faulty, chosen())), (Verdict::Fail, code.to_owned()));
    }
    let mut label = chosen();
    label.pre_installed = Some("accepted".into());
    assert_eq!(
        worst(&seen(set_up(), label)),
        (Verdict::Fail, "pre-installed-value-still-accepted".to_owned())
    );
}

#[test]
fn what_was_not_seen_is_neither_passed_nor_failed() {
    type Change = fn(&mut SetUpBehaviour);
    let changes: [(Change, &str); 4] = [
        (|seen| seen.negative_control = "accepted".into(), "login-not-needed"),
        (|seen| seen.negative_control = "no-answer".into(), "negative-control-unclear"),
        (|seen| seen.set_up_opens = Some("rejected".into()), "set-up-not-seen"),
        (|seen| seen.tries.clear(), "set-up-not-seen"),
    ];
    for (change, code) in changes {
        let mut lacking = set_up();
        change(&mut lacking);
        assert_eq!(worst(&seen(lacking, chosen())), (Verdict::Inconclusive, code.to_owned()));
    }
    let without_consent = TestFacts::declared(ROWS)
        .observed(
            Seen::by("password-setup", set_up())
                .state(DutState::FactoryDefault)
                .ended(Outcome::Partial, "no consent"),
        )
        .observed(Seen::by("chosen-credential", chosen()));
    assert_eq!(worst(&without_consent), (Verdict::Inconclusive, "observation-incomplete".to_owned()));
    let one = TestFacts::declared(ROWS).observed(Seen::by("chosen-credential", chosen()));
    assert_eq!(worst(&one), (Verdict::Inconclusive, "observation-missing".to_owned()));
    let other = TestFacts::declared(ROWS)
        .observed(Seen::by("password-setup", set_up()).state(DutState::FactoryDefault));
    assert_eq!(worst(&other), (Verdict::Inconclusive, "observation-missing".to_owned()));
    for change in [
        (|seen: &mut ChosenCredential| seen.chosen = None) as fn(&mut ChosenCredential),
        |seen| seen.chosen = Some("rejected".into()),
        |seen| seen.pre_installed = Some("unclear".into()),
    ] {
        let mut lacking = chosen();
        change(&mut lacking);
        assert_eq!(worst(&seen(set_up(), lacking)).0, Verdict::Inconclusive);
    }
}

#[test]
fn without_a_declared_set_up_a_person_walks_through_it() {
    for cut in ["set_up =", "login ="] {
        let rows = ROWS.replace(cut, &format!("# {cut}"));
        let result = TestFacts::declared(&rows).judge_one("5.1-1-2:b");
        assert!(result.open.is_some(), "{result:#?}");
        assert_eq!(result.by, By::Assisted);
    }
}

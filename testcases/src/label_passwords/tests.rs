use probes::Outcome;
use probes::label_facts::{Likeness, PairFacts, PasswordFacts};
use probes::probe::label_password::Pair;

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
set_up = { opened_by = "AuthMech-Label", path = "/setup", password_field = "new" }

[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
description = "Label"
factor = { kind = "password", user_defined = false, pre_installed = true, used_outside_factory_default = true }
generation = { inputs = ["random"], length = 12, alphabet_size = 54 }
"#;

fn label(sample: &str) -> Label {
    Label {
        sample: sample.into(),
        login: Some("accepted".into()),
        negative_control: Some("rejected".into()),
        facts: PasswordFacts {
            length: 12,
            outside_alphabet: Some(0),
            lower: 6,
            upper: 4,
            digits: 2,
            ..PasswordFacts::default()
        },
    }
}

fn labels() -> LabelPasswords {
    LabelPasswords {
        row: "AuthMech-Label".into(),
        labels: vec![label("S1"), label("S2")],
        pairs: vec![Pair { one: "S1".into(), other: "S2".into(), facts: PairFacts::default() }],
    }
}

fn seen(labels: LabelPasswords) -> Seen {
    Seen::by(PROBE, labels).state(DutState::FactoryDefault)
}

fn judged(rows: &str, labels: LabelPasswords) -> ItemResult {
    let facts = TestFacts::declared(rows).observed(seen(labels));
    let [one, other] = ["5.1-1-2:c", "5.1-2-2:a"].map(|unit| facts.judge_one(unit));
    assert_eq!((one.verdict, &one.reason.code), (other.verdict, &other.reason.code));
    assert!(one.by == By::Machine && !one.evidence.is_empty());
    one
}

fn like(labels: &mut LabelPasswords, with: &str) {
    let likeness = Likeness { with: with.into(), how: "in common".into(), characters: 6 };
    labels.labels[1].facts.likenesses.push(likeness);
}

#[test]
fn two_labels_without_a_hint_pass() {
    let result = judged(ROWS, labels());
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Pass, "labels-agree-with-generator"));
    assert_eq!(result.state, Some(DutState::FactoryDefault));
    assert_eq!(result.reason.args["labels"], "2");
}

#[test]
fn each_hint_fails_with_its_own_code() {
    type Change = fn(&mut LabelPasswords);
    let changes: [(Change, &str); 7] = [
        (|seen| seen.pairs[0].facts.equal = true, "label-password-shared"),
        (|seen| like(seen, "serial"), "label-password-from-identifier"),
        (|seen| like(seen, "mac"), "label-password-from-identifier"),
        (|seen| like(seen, "common-password"), "label-password-common"),
        (|seen| seen.pairs[0].facts.regular = true, "label-password-regular"),
        (|seen| seen.labels[0].facts.length = 8, "label-password-outside-generator"),
        (|seen| seen.labels[1].facts.outside_alphabet = Some(1), "label-password-outside-generator"),
    ];
    for (change, code) in changes {
        let mut faulty = labels();
        change(&mut faulty);
        let result = judged(ROWS, faulty);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code));
        assert!(result.blame.is_some());
    }
}

#[test]
fn what_is_declared_to_go_in_may_show_and_nothing_else() {
    let declared = |inputs: &str| ROWS.replace("\"random\"", inputs);
    let mut serial = labels();
    like(&mut serial, "serial");
    assert_eq!(judged(&declared("\"serial\""), serial.clone()).verdict, Verdict::Pass);
    assert_eq!(judged(&declared("\"mac\", \"random\""), serial).verdict, Verdict::Fail);
    let mut shared = labels();
    shared.pairs[0].facts.equal = true;
    shared.pairs[0].facts.regular = true;
    assert_eq!(judged(&declared("\"constant\""), shared.clone()).verdict, Verdict::Pass);
    assert_eq!(judged(&declared("\"constant\", \"random\""), shared).verdict, Verdict::Fail);
}

#[test]
fn one_label_a_refused_one_and_a_broken_observation_decide_nothing() {
    let mut one = labels();
    one.labels.truncate(1);
    one.pairs.clear();
    assert_eq!(judged(ROWS, one).reason.code, "label-effort-too-small");
    for change in [
        (|label: &mut Label| label.login = Some("rejected".into())) as fn(&mut Label),
        |label| label.login = None,
        |label| label.negative_control = Some("accepted".into()),
    ] {
        let mut unproven = labels();
        change(&mut unproven.labels[1]);
        let result = judged(ROWS, unproven);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Inconclusive, "label-not-accepted")
        );
    }
    let partial =
        TestFacts::declared(ROWS).observed(seen(labels()).ended(Outcome::Partial, "no label for S3"));
    assert_eq!(partial.judge_one("5.1-1-2:c").reason.code, "observation-incomplete");
    let none = TestFacts::declared(ROWS).judge_one("5.1-2-2:a");
    assert_eq!((none.verdict, none.reason.code.as_str()), (Verdict::Inconclusive, "observation-missing"));
}

#[test]
fn without_generator_or_login_a_person_is_asked_and_sees_the_facts() {
    for cut in ["generation =", "set_up ="] {
        let rows = ROWS.replace(cut, &format!("# {cut}"));
        let result = TestFacts::declared(&rows).observed(seen(labels())).judge_one("5.1-2-2:a");
        let open = result.open.expect("a person decides");
        assert!(open.shown.iter().any(|shown| shown.text.contains("S1: 12 characters")), "{:#?}", open.shown);
    }
}

use crate::judge::By;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

fn row(topic: &str, choices: &[(&str, bool)]) -> String {
    let choices: Vec<String> = choices
        .iter()
        .map(|(option, default)| format!("{{ option = \"{option}\", default = {default} }}"))
        .collect();
    let topic = if topic.is_empty() { String::new() } else { format!("topic = \"{topic}\"\n") };
    format!(
        "[[user_dec]]\nid = \"UserDec-1\"\ndescription = \"A decision\"\noptions = [\"on\", \"off\"]\n{topic}choices = [{}]\n",
        choices.join(", ")
    )
}

fn code(ixit: &str) -> (Verdict, String) {
    let result = TestFacts::declared(ixit).judge_one("5.12-1-1:b");
    assert!(!result.evidence.is_empty());
    if result.verdict == Verdict::Fail {
        assert_eq!((result.by, result.blame), (By::Machine, Some(ixit::Blame::Documentation)));
    }
    (result.verdict, result.reason.code)
}

fn prejudged(ixit: &str, unit: &str) -> Option<Verdict> {
    let result = TestFacts::declared(ixit).judge_one(unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{}", result.reason.code);
    result.open.expect("a question").prejudgement
}

fn is(code: &str) -> (Verdict, String) {
    (Verdict::Fail, code.to_owned())
}

#[test]
fn an_unsafe_default_fails_where_the_safe_one_is_known() {
    for (topic, unsafe_default, other) in [
        ("automatic-updates", "off", "automatic"),
        ("automatic-updates", "無効", "有効"),
        ("update-notices", "Disabled", "enabled"),
        ("remote-access", "on", "off"),
        ("telemetry", "ＯＮ（推奨）", "オフ"),
    ] {
        let ixit = row(topic, &[(unsafe_default, true), (other, false)]);
        assert_eq!(code(&ixit), is("unsafe-default"), "{topic}: {unsafe_default}");
        let ixit = row(topic, &[(unsafe_default, false), (other, true)]);
        assert_eq!(prejudged(&ixit, "5.12-1-1:b"), Some(Verdict::Pass), "{topic}: {other}");
    }
}

#[test]
fn yes_and_no_answer_a_question_that_nobody_knows() {
    // "Switch telemetry off?" "Yes".
    for (topic, answer) in [("telemetry", "Yes"), ("automatic-updates", "いいえ"), ("remote-access", "allow")]
    {
        let ixit = row(topic, &[(answer, true), ("other", false)]);
        assert_eq!(prejudged(&ixit, "5.12-1-1:b"), Some(Verdict::Fail), "{topic}: {answer}");
    }
    assert_eq!(prejudged(&row("telemetry", &[("no", true)]), "5.12-1-1:b"), Some(Verdict::Pass));
}

#[test]
fn one_option_at_most_is_the_default() {
    // A decision that the user has to take has none.
    assert_eq!(prejudged(&row("telemetry", &[("on", false), ("off", false)]), "5.12-1-1:b"), None);
    assert_eq!(code(&row("other", &[("a", true), ("b", true)])), is("several-defaults-marked"));
}

#[test]
fn what_nobody_knows_is_for_a_person() {
    for (topic, default) in [
        ("", "off"),
        ("other", "off"),
        ("service", "on"),
        ("credential", "own password"),
        ("automatic-updates", "after asking"),
        ("remote-access", "on request"),
    ] {
        assert_eq!(prejudged(&row(topic, &[(default, true)]), "5.12-1-1:b"), None, "{topic}: {default}");
    }
    let prose = "[[user_dec]]\nid = \"UserDec-1\"\noptions = [\"off (default)\", \"on\"]\ntopic = \"automatic-updates\"\n";
    assert_eq!(prejudged(prose, "5.12-1-1:b"), None, "prose alone shows nothing");
}

#[test]
fn a_default_that_the_update_mechanisms_deny_fails() {
    let decision = row("automatic-updates", &[("on", true), ("off", false)]);
    let mechanism = |id: u8, enabled: bool| {
        format!(
            "[[upd_mech]]\nid = \"UpdMech-{id}\"\nupdate = {{ automatic = true, default_enabled = {enabled} }}\n"
        )
    };
    assert_eq!(code(&format!("{decision}{}", mechanism(1, false))), is("default-contradicts-mechanism"));
    let one_is_on = format!("{decision}{}{}", mechanism(1, false), mechanism(2, true));
    assert_eq!(prejudged(&one_is_on, "5.12-1-1:b"), Some(Verdict::Pass));
}

#[test]
fn a_decision_that_a_provision_leaves_to_the_user_is_prejudged_to_be_needed() {
    let of = |topic: &str| prejudged(&row(topic, &[("on", true), ("off", false)]), "5.12-1-1:a");
    assert_eq!(of("automatic-updates"), Some(Verdict::Pass));
    assert_eq!(of("other"), None);
    assert_eq!(of(""), None);
    let asked = row("telemetry", &[("off", true), ("on", false)]);
    let open = TestFacts::declared(&asked).judge_one("5.12-1-1:a").open;
    assert!(open.expect("a question").shown.iter().any(|shown| shown.label == "computed.provision"));
}

#[test]
fn a_switch_with_one_position_leaves_nothing_to_decide() {
    let of = |topic: &str| TestFacts::declared(&row(topic, &[("off", true)])).judge_one("5.12-1-1:a");
    let switch = of("telemetry");
    assert_eq!((switch.verdict, switch.by), (Verdict::Fail, By::Machine));
    assert_eq!(switch.reason.code, "nothing-to-decide");
    for topic in ["credential", "other", ""] {
        assert_eq!(of(topic).verdict, Verdict::Inconclusive, "{topic}: something may be entered");
    }
}

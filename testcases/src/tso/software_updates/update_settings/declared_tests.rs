use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const SETTINGS: [(&str, &str, &str); 4] = [
    ("5.3-6-1:b", "automatic", "user_can_configure"),
    ("5.3-6-1:c", "automatic", "default_enabled"),
    ("5.3-6-1:d", "notifies", "notices_configurable"),
    ("5.3-6-1:e", "notifies", "notices_default_enabled"),
];

fn judged(unit: &str, update: &str) -> ItemResult {
    let ixit = format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\ninitiation_and_interaction = \"Automatic\"\n\
         configuration = \"On\"\nuser_notification = \"App\"\n{update}\n"
    );
    TestFacts::declared(&ixit).judge_one(unit)
}

#[test]
fn a_yes_passes_and_a_no_fails() {
    for (unit, what, key) in SETTINGS {
        let with = |value: bool| judged(unit, &format!("update = {{ {what} = true, {key} = {value} }}"));
        let (sound, denied) = (with(true), with(false));
        assert_eq!((sound.by, sound.verdict, sound.vacuous), (By::Machine, Verdict::Pass, false), "{unit}");
        assert_eq!(sound.reason.code, "update-setting-declared");
        assert_eq!((denied.by, denied.verdict), (By::Machine, Verdict::Fail), "{unit}");
        assert_eq!(denied.reason.code, "update-setting-denied");
        assert_eq!(denied.reason.args["setting"], format!("update.{key}"));
    }
}

#[test]
fn without_a_word_in_closed_form_a_person_reads_the_prose() {
    for (unit, what, key) in SETTINGS {
        for update in
            [String::new(), format!("update = {{ {what} = true }}"), format!("update = {{ {key} = true }}")]
        {
            let result = judged(unit, &update);
            assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive), "{unit} {update}");
            assert!(result.open.expect("a question").shown.iter().any(|shown| shown.text == "On"));
        }
    }
}

#[test]
fn no_automatic_updates_and_no_notices_pass_and_emptiness_is_shown() {
    for (unit, _, _) in SETTINGS {
        let result = judged(
            unit,
            "update = { automatic = false, notifies = false, started_by = [\"device-interface\"] }",
        );
        assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true), "{unit}");
        assert!(!result.evidence.is_empty());
    }
}

#[test]
fn an_emptiness_that_the_same_row_contradicts_fails() {
    let contradicted = "update = { automatic = false, notifies = false, started_by = [\"automatic\"], notice_ways = [\"app\"] }";
    for (unit, code) in [
        ("5.3-6-1:a", "update-start-contradicted"),
        ("5.3-6-1:b", "update-start-contradicted"),
        ("5.3-6-1:c", "update-start-contradicted"),
        ("5.3-6-1:d", "update-notices-contradicted"),
        ("5.3-6-1:e", "update-notices-contradicted"),
    ] {
        let result = judged(unit, contradicted);
        assert_eq!(
            (result.by, result.verdict, result.vacuous),
            (By::Machine, Verdict::Fail, false),
            "{unit}"
        );
        assert_eq!((result.reason.code.as_str(), result.item.as_str()), (code, "UpdMech-1"), "{unit}");
    }
}

#[test]
fn whether_it_is_automatic_is_told_by_a_yes_and_by_a_no() {
    for automatic in [true, false] {
        let result = judged("5.3-6-1:a", &format!("update = {{ automatic = {automatic} }}"));
        assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Pass));
        assert_eq!(result.reason.code, "automation-declared");
    }
    let contradicted = judged("5.3-6-1:a", "update = { automatic = true, started_by = [\"other\"] }");
    assert_eq!(contradicted.reason.code, "update-start-contradicted");
    let open = judged("5.3-6-1:a", "");
    assert_eq!((open.by, open.verdict), (By::Assisted, Verdict::Inconclusive));
}

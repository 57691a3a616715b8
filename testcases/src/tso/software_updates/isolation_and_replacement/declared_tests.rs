use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UNITS: [&str; 2] = ["5.3-15-1:a", "5.3-15-1:b"];
const FORM: &str =
    "[repl_sup]\nisolation = \"Pull the plug of the network\"\nhardware_replacement = \"Two screws\"\n";
const RESILIENCE: &str = "[[res_mech]]\nid = \"ResMech-1\"\ntype = \"network connectivity\"\n\
    resilience = { outages = [\"link\"], goes_on = [\"SoftServ-Api\"] }\n";

#[test]
fn a_declared_method_is_for_a_person() {
    let facts = || TestFacts::declared(&format!("{FORM}{RESILIENCE}"));
    for unit in UNITS {
        let result = facts().judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{unit}");
        assert_eq!(facts().answered(unit, "-", "yes").judge_one(unit).verdict, Verdict::Pass);
    }
    let open = facts().judge_one(UNITS[0]).open.expect("a question");
    assert!(open.shown.iter().any(|shown| shown.text == "ResMech-1: goes on: SoftServ-Api"));
}

#[test]
fn a_method_that_is_denied_fails_and_what_is_not_told_is_open() {
    for unit in UNITS {
        let told = |text: &str| {
            let method = if unit.ends_with('a') { "Pull the plug of the network" } else { "Two screws" };
            let result = TestFacts::declared(&FORM.replace(method, text)).judge_one(unit);
            assert_eq!(result.blame, Some(Blame::Documentation));
            (result.verdict, result.reason.code)
        };
        assert_eq!(told("なし"), (Verdict::Fail, "no-replacement-method-declared".to_owned()), "{unit}");
        assert_eq!(told("tbd"), (Verdict::Inconclusive, "field-empty".to_owned()), "{unit}");
        let silent = TestFacts::declared("").judge_one(unit);
        assert_eq!(
            (silent.verdict, silent.reason.code.as_str()),
            (Verdict::Inconclusive, "table-not-stated")
        );
    }
}

use super::*;
use crate::test_facts::TestFacts;

const UNIT: &str = "5.5-8-1:a";
const PROSE: &str = "description = \"Generation to destruction, expiry and compromise, all of it\"\n";

fn row(id: usize, covers: &[&str]) -> String {
    let covers = if covers.is_empty() { String::new() } else { format!("covers = {covers:?}\n") };
    format!("[[sec_mgmt]]\nid = \"SecMgmt-{id}\"\n{PROSE}{covers}")
}

#[test]
fn a_life_that_is_covered_from_end_to_end_passes_also_in_parts() {
    let whole = TestFacts::declared(&row(1, LIFE_CYCLE)).judge_one(UNIT);
    assert_eq!((whole.verdict, whole.by, whole.vacuous), (Verdict::Pass, By::Machine, false));
    assert_eq!(whole.reason.code, "life-cycle-covered");
    assert_eq!(whole.evidence[0].reference, "declaration:ixit.toml#sec_mgmt[0].covers");
    let (first, second) = LIFE_CYCLE.split_at(3);
    let parts = TestFacts::declared(&(row(1, first) + &row(2, second))).judge_one(UNIT);
    assert_eq!((parts.verdict, parts.evidence.len()), (Verdict::Pass, 2));
    assert!(parts.reason.args["matrix"].contains("storage: SecMgmt-1"));
    assert!(parts.reason.args["matrix"].contains("expiry: SecMgmt-2"));
}

#[test]
fn every_step_that_is_left_out_fails_and_is_named() {
    for left_out in LIFE_CYCLE {
        let others: Vec<&str> = LIFE_CYCLE.iter().copied().filter(|step| step != left_out).collect();
        let result = TestFacts::declared(&row(1, &others)).judge_one(UNIT);
        assert_eq!(
            (result.verdict, result.reason.code.as_str()),
            (Verdict::Fail, "life-cycle-incomplete"),
            "{left_out}"
        );
        assert_eq!(result.reason.args["missing"], *left_out);
        assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    }
    let foreign = TestFacts::declared(&row(1, &["training", "tooling"])).judge_one(UNIT);
    assert_eq!(foreign.verdict, Verdict::Fail, "topics of another list are none of this one");
}

#[test]
fn prose_is_read_by_a_person() {
    let prose = TestFacts::declared(&row(1, &[])).judge_one(UNIT);
    assert_eq!((prose.verdict, prose.by), (Verdict::Inconclusive, By::Assisted));
    let both = TestFacts::declared(&(row(1, &["generation"]) + &row(2, &[])));
    let open = both.judge_one(UNIT).open.expect("the rest may stand in prose");
    assert!(open.shown.iter().any(|shown| shown.text.contains("generation: SecMgmt-1")));
    assert_eq!(both.answered(UNIT, "-", "yes").judge_one(UNIT).verdict, Verdict::Pass);
}

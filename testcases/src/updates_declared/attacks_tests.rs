use super::*;
use crate::judge::By;
use crate::test_facts::TestFacts;

const UPDATE: &str = "integrity_by_dut = true, authenticity_by_dut = true, anti_rollback = true, \
    verified_before_installation = true, bound_to_model = true, trust = [\"signature\"]";

fn with(update: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[soft_comp]]\nid = \"SoftComp-Fw\"\nupdate_mechanism = [\"UpdMech-1\"]\n\
         [[upd_mech]]\nid = \"UpdMech-1\"\ndescription = \"Fetches signed images\"\n\
         crypto = [{{ purpose = \"signature\", primitive = \"Ed25519\" }}]\n\
         package = {{ way = \"pull\", manifest = \"/newest.json\", image = \"/i.bin\", signature = {{ manifest_key = \"s\" }}, recovers = true }}\n\
         {update}\n"
    ))
}

fn judged(unit: &str, update: &str) -> ItemResult {
    with(&format!("update = {{ {update} }}")).judge_one(unit)
}

#[test]
fn a_design_that_stops_every_attempt_is_prejudged_and_passed_by_a_person_only() {
    for unit in ["5.3-2-1:a", "5.3-1-1:b"] {
        let result = judged(unit, UPDATE);
        assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive), "{unit}");
        let open = result.open.expect("a question");
        assert_eq!(open.prejudgement, Some(Verdict::Pass), "{:#?}", open.shown);
        let attempts = open.shown.iter().filter(|shown| shown.label == "computed.attack");
        assert!(
            attempts.clone().count() == 7 && attempts.clone().all(|shown| shown.text.contains("stopped"))
        );
    }
}

#[test]
fn an_attempt_that_nothing_stops_fails_by_machine() {
    for (from, to) in [
        ("verified_before_installation = true", "verified_before_installation = false"),
        ("bound_to_model = true", "bound_to_model = false"),
        ("anti_rollback = true", "anti_rollback = false"),
        ("authenticity_by_dut = true", "authenticity_by_dut = false"),
    ] {
        for unit in ["5.3-2-1:a", "5.3-1-1:b"] {
            let result = judged(unit, &UPDATE.replace(from, to));
            assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Fail), "{unit} {to}");
            assert_eq!(result.reason.code, "update-attack-not-stopped");
            assert!(!result.reason.args["attacks"].is_empty());
        }
    }
}

#[test]
fn what_is_doubtful_or_untold_is_for_a_person() {
    let prejudged = |update: &str| judged("5.3-2-1:a", update).open.expect("a question").prejudgement;
    let confirmed = UPDATE
        .replace("anti_rollback = true", "anti_rollback = false")
        .replace("[\"signature\"]", "[\"signature\", \"user-confirmation\"]");
    assert_eq!(prejudged(&confirmed), Some(Verdict::Fail));
    assert_eq!(prejudged(&UPDATE.replace("bound_to_model = true, ", "")), None);
    assert_eq!(with("").judge_one("5.3-2-1:a").open.expect("a question").prejudgement, None);
}

#[test]
fn one_sound_mechanism_is_enough_in_5_3_2_and_every_one_is_judged() {
    let second = UPDATE.replace("bound_to_model = true", "bound_to_model = false");
    let results =
        with(&format!("update = {{ {UPDATE} }}\n[[upd_mech]]\nid = \"UpdMech-2\"\nupdate = {{ {second} }}"))
            .judge("5.3-2-1:a");
    let verdicts: Vec<Verdict> = results.iter().map(|result| result.verdict).collect();
    assert_eq!(verdicts, [Verdict::Inconclusive, Verdict::Fail]);
}

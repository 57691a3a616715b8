use super::*;
use crate::test_facts::TestFacts;

const UPDATE: &str = "update = { authenticity_by_dut = true, integrity_by_dut = true, anti_rollback = true, \
    verified_before_installation = true }\n";
const GUARANTEES: &str =
    "guarantees = [\"integrity\", \"authenticity\", \"confidentiality\", \"anti-rollback\"]\n";
const CRYPTO: &str = "crypto = [{ purpose = \"signature\", primitive = \"Ed25519\" }, { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.3\"] }]\n";
const PLACE: &str =
    "endpoint = [{ transport = \"tcp\", port = 443, application = \"https\", host = \"update.example\" }]\n";

fn judged(unit: &str, fields: &str) -> ItemResult {
    TestFacts::declared(&format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\ndescription = \"Fetches signed images\"\n{fields}\n"
    ))
    .judge_one(unit)
}

fn prejudged(unit: &str, fields: &str) -> Option<Verdict> {
    let result = judged(unit, fields);
    assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive), "{unit}");
    result.open.expect("a question").prejudgement
}

#[test]
fn integrity_and_authenticity_are_the_minimum() {
    let unit = "5.3-7-1:a";
    assert_eq!(prejudged(unit, GUARANTEES), Some(Verdict::Pass));
    assert_eq!(prejudged(unit, "security_guarantees = [\"only what we signed is taken\"]"), None);
    for fields in [
        "guarantees = [\"integrity\", \"confidentiality\"]",
        "guarantees = [\"authenticity\"]",
        "security_guarantees = [\"confidentiality\", \"integrity\"]",
    ] {
        let result = judged(unit, fields);
        assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Fail), "{fields}");
        assert_eq!(result.reason.code, "guarantee-missing");
    }
}

#[test]
fn every_guarantee_has_a_step_and_a_person_passes() {
    let unit = "5.3-7-1:b";
    let whole = [GUARANTEES, UPDATE, CRYPTO, PLACE].concat();
    assert_eq!(prejudged(unit, &whole), Some(Verdict::Pass));
    let shown = judged(unit, &whole).open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.text == "anti-rollback: older versions are refused"));
    assert_eq!(prejudged(unit, &[GUARANTEES, CRYPTO].concat()), None, "nothing is said of the check");
    assert_eq!(prejudged(unit, &[UPDATE, CRYPTO].concat()), None, "nothing is guaranteed in closed form");
}

#[test]
fn a_guarantee_that_another_entry_takes_back_fails() {
    let whole = [GUARANTEES, UPDATE, CRYPTO, PLACE].concat();
    let transport = ", { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.3\"] }";
    for (fields, lost) in [
        (whole.replace("anti_rollback = true", "anti_rollback = false"), "anti-rollback"),
        (whole.replace("before_installation = true", "before_installation = false"), "integrity"),
        (whole.replace("authenticity_by_dut = true", "authenticity_by_dut = false"), "authenticity"),
        (whole.replace("\"https\"", "\"http\"").replace(transport, ""), "confidentiality"),
    ] {
        let result = judged("5.3-7-1:b", &fields);
        assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Fail), "{lost}");
        assert_eq!(result.reason.code, "declared-guarantee-not-delivered");
        assert!(result.reason.args["steps"].contains(lost), "{:?}", result.reason.args);
    }
}

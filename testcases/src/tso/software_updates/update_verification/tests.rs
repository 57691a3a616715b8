use ixit::Blame;

use super::*;
use crate::test_facts::TestFacts;

const UPDATE: &str = "authenticity_by_dut = true, integrity_by_dut = true, \
    verified_before_installation = true, bound_to_model = true";
const SIGNED: &str = "guarantees = [\"integrity\", \"authenticity\"]\n\
    crypto = [{ purpose = \"signature\", primitive = \"Ed25519\" }]";

fn with(update: &str, rest: &str) -> TestFacts {
    TestFacts::declared(&format!(
        "[[upd_mech]]\nid = \"UpdMech-1\"\nsecurity_guarantees = [\"only authentic updates\"]\n\
         cryptographic_details = \"Ed25519\"\nupdate = {{ {update} }}\n{rest}\n"
    ))
}

fn judged(unit: &str, update: &str, rest: &str) -> ItemResult {
    with(update, rest).judge_one(unit)
}

fn prejudged(unit: &str, update: &str, rest: &str) -> Option<Verdict> {
    let result = judged(unit, update, rest);
    assert_eq!((result.by, result.verdict), (By::Assisted, Verdict::Inconclusive), "{unit}");
    result.open.expect("a question").prejudgement
}

#[test]
fn who_verifies_is_decided_by_a_yes_and_by_a_no() {
    for (unit, key) in [("5.3-9-1:c", "authenticity_by_dut"), ("5.3-9-1:d", "integrity_by_dut")] {
        let sound = judged(unit, UPDATE, SIGNED);
        assert_eq!((sound.by, sound.verdict), (By::Machine, Verdict::Pass), "{unit}");
        assert_eq!(sound.reason.code, "update-checked-by-device");
        let denied =
            judged(unit, &UPDATE.replace(&format!("{key} = true"), &format!("{key} = false")), SIGNED);
        assert_eq!((denied.by, denied.verdict), (By::Machine, Verdict::Fail), "{unit}");
        assert_eq!(denied.reason.code, "update-not-checked-by-device");
        assert_eq!(denied.blame, Some(Blame::Documentation));
        assert_eq!(prejudged(unit, "bound_to_model = true", SIGNED), None);
        let other = "guarantees = [\"confidentiality\"]";
        assert_eq!(prejudged(unit, UPDATE, other), Some(Verdict::Fail), "promised nowhere");
    }
}

#[test]
fn a_proper_verification_is_prejudged_and_passed_by_a_person_only() {
    for unit in ["5.3-9-1:a", "5.3-9-1:b", "5.3-10-1:a"] {
        assert_eq!(prejudged(unit, UPDATE, SIGNED), Some(Verdict::Pass), "{unit}");
        assert_eq!(prejudged(unit, "automatic = true", ""), None, "{unit}: prose alone");
    }
    let shown = judged("5.3-9-1:a", UPDATE, SIGNED).open.expect("a question").shown;
    assert!(shown.iter().any(|shown| shown.text == "cryptography: signature"));
    assert!(shown.iter().any(|shown| shown.text == "refused for another model: yes"));
}

#[test]
fn a_shown_contradiction_fails_and_5_3_10_says_the_same() {
    let late = UPDATE.replace("verified_before_installation = true", "verified_before_installation = false");
    let any = UPDATE.replace("bound_to_model = true", "bound_to_model = false");
    let checksum =
        SIGNED.replace("\"signature\", primitive = \"Ed25519\"", "\"integrity\", primitive = \"SHA-256\"");
    let neither = SIGNED
        .replace("\"signature\", primitive = \"Ed25519\"", "\"encryption\", primitive = \"AES-128-CBC\"");
    let unpromised = SIGNED.replace(", \"authenticity\"", "");
    for (unit, update, rest, code) in [
        ("5.3-9-1:a", late.as_str(), SIGNED, "update-installed-before-check"),
        ("5.3-9-1:b", &late, SIGNED, "update-installed-before-check"),
        ("5.3-9-1:a", &any, SIGNED, "update-for-any-model"),
        ("5.3-9-1:a", UPDATE, &checksum, "update-check-without-cryptography"),
        ("5.3-9-1:b", UPDATE, &neither, "update-check-without-cryptography"),
        ("5.3-9-1:a", UPDATE, &unpromised, "guarantee-missing"),
    ] {
        for unit in [unit, "5.3-10-1:a"] {
            let result = judged(unit, update, rest);
            assert_eq!((result.by, result.verdict), (By::Machine, Verdict::Fail), "{unit} {code}");
            assert_eq!(result.reason.code, code, "{unit}");
        }
    }
    assert_eq!(prejudged("5.3-9-1:b", &any, SIGNED), Some(Verdict::Pass), "the target is asked in a");
    assert_eq!(prejudged("5.3-9-1:b", UPDATE, &checksum), Some(Verdict::Pass), "a checksum shows integrity");
}

#[test]
fn cryptography_that_cannot_be_read_contradicts_nothing() {
    for (entry, prejudgement) in [
        ("{ purpose = \"check\", primitive = \"Own-7\" }", None),
        (
            "{ purpose = \"authenticity of the image\", primitive = \"ECDSA-P256-SHA256\" }",
            Some(Verdict::Pass),
        ),
        ("{ purpose = \"encryption\", primitive = \"AES-128-GCM\" }", Some(Verdict::Pass)),
    ] {
        let rest = format!("guarantees = [\"integrity\", \"authenticity\"]\ncrypto = [{entry}]");
        assert_eq!(prejudged("5.3-9-1:a", UPDATE, &rest), prejudgement, "{entry}");
    }
}

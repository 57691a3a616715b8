use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const BOOT: &str = r#"
[[sec_boot]]
id = "SecBoot-1"
description = "Chain from the read-only memory"
security_guarantees = ["integrity", "authenticity"]
detection_mechanisms = "A wrong signature stops the start"
guarantees = ["integrity", "authenticity"]
[[sec_param]]
id = "SecParam-Key"
type = "public"
security_guarantees = ["integrity"]
guarantees = ["integrity"]
serves = ["SecBoot-1"]
"#;

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one(unit)
}

#[test]
fn integrity_and_authenticity_pass_and_less_fails() {
    let unit = "5.7-1-1:a";
    let sound = judged(unit, BOOT);
    assert_eq!((sound.verdict, sound.by), (Verdict::Pass, By::Machine));
    assert_eq!(sound.reason.code, "boot-guarantees-enough");
    for (from, to) in [
        ("\nguarantees = [\"integrity\", \"authenticity\"]", "\nguarantees = [\"integrity\"]"),
        (
            "security_guarantees = [\"integrity\", \"authenticity\"]",
            "security_guarantees = [\"authenticity\"]",
        ),
    ] {
        let bad = judged(unit, &BOOT.replacen(from, to, 1));
        assert_eq!((bad.verdict, bad.by), (Verdict::Fail, By::Machine), "{to}");
        assert_eq!(bad.reason.code, "boot-guarantees-too-little");
    }
}

#[test]
fn prose_alone_never_passes() {
    let prose = BOOT
        .replace("\nguarantees = [\"integrity\", \"authenticity\"]", "")
        .replace("[\"integrity\", \"authenticity\"]", "[\"integrity and authenticity\"]");
    let result = judged("5.7-1-1:a", &prose);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{prose}");
}

#[test]
fn a_protected_key_is_expected_to_pass_and_one_that_may_be_altered_fails() {
    let unit = "5.7-1-1:b";
    let open = judged(unit, BOOT).open.expect("a question");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    assert!(open.shown.iter().any(|shown| shown.text.starts_with("SecParam-Key: public")));
    let exposed = BOOT.replace("\nguarantees = [\"integrity\"]", "\nguarantees = [\"confidentiality\"]");
    let result = judged(unit, &exposed);
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(result.reason.code, "boot-key-unprotected");
    let unserved = BOOT.replace("serves = [\"SecBoot-1\"]", "");
    assert_eq!(judged(unit, &unserved).open.expect("a question").prejudgement, None);
}

#[test]
fn a_mechanism_that_detects_nothing_fails_and_one_that_does_not_tell_is_open() {
    let result = judged("5.7-1-1:b", &BOOT.replace("A wrong signature stops the start", "None"));
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
    assert_eq!(result.reason.code, "boot-without-detection");
    judged("5.7-1-1:b", &BOOT.replace("A wrong signature stops the start", "TODO"))
        .waits_for_the_supplier("field-empty");
}

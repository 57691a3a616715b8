use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const MECHANISM: &str = r#"
[[auth_mech]]
id = "AuthMech-Cloud"
subject = "machine"
factor = { kind = "token", pre_installed = true }
[[auth_mech]]
id = "AuthMech-Setup"
subject = "user"
factor = { kind = "password", pre_installed = true }
"#;

const IDENTITY: &str = r#"
[[sec_param]]
id = "SecParam-Secret"
description = "Secret of the device"
type = "critical"
hard_coded_identity = true
content = "token"
provisioning = { way = "production" }
generator = { source = "hardware-generator", unique_per_device = true }
serves = ["AuthMech-Cloud"]
guarantees = ["integrity", "confidentiality", "tamper-resistance"]
protection_scheme = "In the secure element."
"#;

fn all(ixit: &str, unit: &str) -> Vec<ItemResult> {
    let results = TestFacts::declared(&format!("{MECHANISM}{ixit}")).judge(unit);
    assert!(results.iter().all(|result| !result.evidence.is_empty()));
    results
}

fn one(ixit: &str, unit: &str) -> ItemResult {
    let mut results = all(ixit, unit);
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

fn code(ixit: &str, unit: &str) -> (Verdict, String) {
    let result = one(ixit, unit);
    (result.verdict, result.reason.code)
}

fn prejudged(ixit: &str, unit: &str) -> Option<Verdict> {
    let result = one(ixit, unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted));
    result.open.expect("a question").prejudgement
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

fn hidden() -> String {
    IDENTITY.replace("hard_coded_identity = true", "hard_coded_identity = false")
}

#[test]
fn an_identity_is_called_one() {
    let unit = "5.4-2-1:a";
    assert_eq!(code(IDENTITY, unit), is(Verdict::Pass, "identity-stated"));
    let result = one(&hidden(), unit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "identity-not-stated"));
    assert_eq!(result.blame, Some(ixit::Blame::Documentation));
    assert_eq!(result.reason.args["mechanism"], "AuthMech-Cloud");
}

#[test]
fn other_parameters_are_no_identities_and_an_empty_selection_passes_vacuously() {
    for (from, to) in [
        ("way = \"production\"", "way = \"device\""),
        ("content = \"token\"", "content = \"certificate\""),
        ("serves = [\"AuthMech-Cloud\"]", "serves = [\"AuthMech-Setup\"]"),
        ("unique_per_device = true", "unique_per_device = false"),
    ] {
        let result = one(&hidden().replace(from, to), "5.4-2-1:a");
        assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true), "{to}");
    }
    // Beside an identity that says so, the others need no result of their own.
    let other = hidden().replace("SecParam-Secret", "SecParam-Other").replace("\"production\"", "\"device\"");
    assert_eq!(code(&format!("{IDENTITY}{other}"), "5.4-2-1:a"), is(Verdict::Pass, "identity-stated"));
}

#[test]
fn what_does_not_tell_its_use_is_asked_about() {
    let unit = "5.4-2-1:a";
    let unstated = IDENTITY.replace("hard_coded_identity = true", "");
    assert_eq!(prejudged(&unstated, unit), Some(Verdict::Fail), "it is used as one");
    for companion in [
        "provisioning = { way = \"production\" }",
        "content = \"token\"",
        "serves = [\"AuthMech-Cloud\"]",
        "generator = { source = \"hardware-generator\", unique_per_device = true }",
    ] {
        assert_eq!(prejudged(&hidden().replace(companion, ""), unit), None, "{companion}");
    }
}

#[test]
fn an_identity_guarantees_tamper_resistance() {
    let unit = "5.4-2-1:b";
    assert_eq!(code(IDENTITY, unit), is(Verdict::Pass, "tamper-resistance-guaranteed"));
    let without = IDENTITY.replace(", \"tamper-resistance\"", "");
    assert_eq!(code(&without, unit), is(Verdict::Fail, "identity-without-tamper-resistance"));
    let untold =
        IDENTITY.replace("guarantees = [\"integrity\", \"confidentiality\", \"tamper-resistance\"]", "");
    assert_eq!(prejudged(&untold, unit), None);
}

#[test]
fn the_scheme_of_an_identity_is_for_a_person_unless_it_cannot_hold() {
    let unit = "5.4-2-1:c";
    assert_eq!(prejudged(IDENTITY, unit), Some(Verdict::Pass));
    assert_eq!(prejudged(&IDENTITY.replace("In the secure element.", "In a file."), unit), None);
    let denied = IDENTITY.replace("In the secure element.", "Unprotected.");
    assert_eq!(code(&denied, unit), is(Verdict::Fail, "protection-denied"));
    let software = IDENTITY.replace("way = \"production\"", "way = \"image\"");
    assert_eq!(code(&software, unit), is(Verdict::Fail, "identity-in-software"));
}

use crate::judge::{By, ItemResult};
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const OTHERS: &str = r#"
[[upd_mech]]
id = "UpdMech-1"
[[com_mech]]
id = "ComMech-Cloud"
associated_service = true
[[auth_mech]]
id = "AuthMech-Mac"
generation = { inputs = ["mac", "model"], length = 12 }
"#;

const SOUND: &str = r#"
[[sec_param]]
id = "SecParam-1"
type = "critical"
purposes = ["associated-service"]
generation_mechanism = "From the generator of the kernel"
content = "secret-key"
provisioning = { way = "device" }
generator = { source = "software-generator", bits = 128, unique_per_device = true }
serves = ["ComMech-Cloud"]
"#;

fn one(ixit: &str, unit: &str) -> ItemResult {
    let result = TestFacts::declared(&format!("{OTHERS}{ixit}")).judge_one(unit);
    assert!(!result.evidence.is_empty());
    result
}

fn code(ixit: &str, unit: &str) -> (Verdict, String) {
    let result = one(ixit, unit);
    (result.verdict, result.reason.code)
}

fn prejudged(ixit: &str, unit: &str) -> Option<Verdict> {
    let result = one(ixit, unit);
    assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{}", result.reason.code);
    result.open.expect("a question").prejudgement
}

fn is(verdict: Verdict, code: &str) -> (Verdict, String) {
    (verdict, code.to_owned())
}

#[test]
fn the_generation_is_told_in_field_and_companion() {
    let unit = "5.4-4-1:a";
    assert_eq!(code(SOUND, unit), is(Verdict::Pass, "generation-told"));
    let untold = SOUND.replace("generation_mechanism = \"From the generator of the kernel\"", "");
    assert_eq!(code(&untold, unit), is(Verdict::Fail, "generation-not-told"));
    let placeholder = SOUND.replace("From the generator of the kernel", "tbd");
    assert_eq!(code(&placeholder, unit), is(Verdict::Fail, "generation-not-told"));
    let generator = "generator = { source = \"software-generator\", bits = 128, unique_per_device = true }";
    assert_eq!(prejudged(&SOUND.replace(generator, ""), unit), None);
    assert_eq!(
        code(&SOUND.replace("purposes = [\"associated-service\"]", ""), unit).0,
        Verdict::Inconclusive
    );
}

#[test]
fn a_parameter_that_hides_what_it_serves_fails() {
    let unit = "5.4-4-1:a";
    let hidden = SOUND.replace("[\"associated-service\"]", "[\"other\"]");
    assert_eq!(code(&hidden, unit), is(Verdict::Fail, "purpose-left-out"));
    let update = SOUND.replace("ComMech-Cloud", "UpdMech-1");
    let results = TestFacts::declared(&format!("{OTHERS}{update}")).judge(unit);
    assert!(results.iter().any(|result| result.reason.code == "purpose-left-out"));
    let public = hidden.replace("\"critical\"", "\"public\"");
    let result = one(&public, unit);
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true), "public parameters are not meant");
}

#[test]
fn what_is_fixed_shared_derived_or_short_fails() {
    let unit = "5.4-4-1:b";
    for (from, to, wanted) in [
        ("software-generator", "none", "value-is-fixed"),
        ("unique_per_device = true", "unique_per_device = false", "value-is-shared"),
        ("way = \"device\"", "way = \"image\"", "value-is-shared"),
        ("way = \"device\"", "way = \"source-code\", replaced_before_operation = false", "value-is-shared"),
        ("serves = [\"ComMech-Cloud\"]", "serves = [\"AuthMech-Mac\"]", "value-from-public-values"),
        ("bits = 128", "bits = 80", "value-too-short"),
    ] {
        assert_eq!(code(&SOUND.replace(from, to), unit), is(Verdict::Fail, wanted), "{to}");
    }
}

#[test]
fn whether_the_rest_is_enough_is_for_a_person() {
    let unit = "5.4-4-1:b";
    assert_eq!(prejudged(SOUND, unit), Some(Verdict::Pass));
    assert_eq!(prejudged(&SOUND.replace("bits = 128, ", ""), unit), None);
    assert_eq!(prejudged(&SOUND.replace("software-generator", "derived"), unit), None);
    let code_of_minutes = SOUND.replace("secret-key", "token").replace("128", "40");
    assert_eq!(prejudged(&code_of_minutes, unit), None, "a token may be short where guesses are few");
    let years = one(SOUND, unit).open.expect("a question").shown;
    assert!(years.iter().any(|shown| shown.label == "computed.years_to_half_of_the_values"));
}

#[test]
fn parameters_for_other_uses_are_not_asked_about() {
    for unit in ["5.4-4-1:a", "5.4-4-1:b"] {
        let other = SOUND
            .replace("[\"associated-service\"]", "[\"authentication\"]")
            .replace("serves = [\"ComMech-Cloud\"]", "");
        let result = one(&other, unit);
        assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    }
}

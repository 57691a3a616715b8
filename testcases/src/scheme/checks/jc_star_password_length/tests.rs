use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

/// A password of the label that leads to one of the user's own.
const SOUND: &str = r#"
[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
factor = { kind = "password", user_defined = false, pre_installed = true }
generation = { inputs = ["random"], length = 6 }

[[auth_mech]]
id = "AuthMech-Own"
subject = "user"
factor = { kind = "password", user_defined = true, pre_installed = false }
set_up = { path = "/setup", password_field = "new", least_length = 8 }
"#;

fn checked(ixit: &str) -> (Verdict, String) {
    let scheme = scheme("jc-star-1").expect("the scheme");
    let checked = TestFacts::declared(ixit).checked(&CHECK, scheme, "S1.1-02", "preset = 6\nchosen = 8");
    let decided = matches!(checked.verdict, Verdict::Pass | Verdict::Fail);
    assert!(!decided || !checked.evidence.is_empty(), "{checked:?}");
    (checked.verdict, checked.reason.code)
}

fn with(from: &str, to: &str) -> (Verdict, String) {
    assert_eq!(SOUND.matches(from).count(), 1, "{from}");
    checked(&SOUND.replace(from, to))
}

#[test]
fn lengths_that_just_suffice_pass() {
    assert_eq!(checked(SOUND), (Verdict::Pass, "scheme-jc-star-password-long-enough".to_owned()));
}

#[test]
fn one_character_too_few_fails_each_kind() {
    let short = (Verdict::Fail, "scheme-jc-star-password-short".to_owned());
    assert_eq!(with("length = 6", "length = 5"), short);
    assert_eq!(with("least_length = 8", "least_length = 7"), short);
    // The shorter minimum is for values that the user does not choose.
    assert_eq!(
        with("user_defined = false, pre_installed = true", "user_defined = true, pre_installed = false"),
        (Verdict::Inconclusive, "scheme-jc-star-password-length-untold".to_owned())
    );
}

#[test]
fn a_length_that_nobody_declares_is_open() {
    let untold = (Verdict::Inconclusive, "scheme-jc-star-password-length-untold".to_owned());
    assert_eq!(with(", length = 6", ""), untold);
    assert_eq!(with(", least_length = 8", ""), untold);
}

#[test]
fn a_row_that_is_not_classified_keeps_the_rest_from_passing() {
    let odd = format!("{SOUND}[[auth_mech]]\nid = \"AuthMech-Odd\"\n");
    assert_eq!(checked(&odd).1, "scheme-jc-star-password-unclassified");
}

#[test]
fn without_passwords_it_does_not_apply_and_silence_is_open() {
    let machine =
        "[[auth_mech]]\nid = \"AuthMech-Cloud\"\nsubject = \"machine\"\nfactor = { kind = \"token\" }\n";
    assert_eq!(checked(machine), (Verdict::NotApplicable, "scheme-jc-star-no-passwords".to_owned()));
    let none = "[empty]\nauth_mech = \"Nobody logs in\"\n";
    assert_eq!(checked(none), (Verdict::NotApplicable, "scheme-jc-star-no-passwords".to_owned()));
    assert_eq!(checked("").1, "scheme-jc-star-passwords-not-declared");
}

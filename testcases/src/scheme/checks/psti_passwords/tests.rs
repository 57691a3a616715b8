use probes::label_facts::{Likeness, PairFacts, PasswordFacts};
use probes::probe::label_password::{Label, LabelPasswords, Pair};

use super::*;
use crate::scheme::scheme;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

const LABEL: &str = r#"
[[auth_mech]]
id = "AuthMech-Label"
subject = "user"
description = "Label"
factor = { kind = "password", user_defined = false, pre_installed = true, used_outside_factory_default = true }
generation = { inputs = ["random"], length = 12, alphabet_size = 54 }
"#;

/// The login whose set-up the label opens.
const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }
set_up = { opened_by = "AuthMech-Label", path = "/setup", password_field = "new" }
"#;

fn facts(ixit: &str) -> TestFacts {
    TestFacts::claiming(&["5.1-1", "5.1-2"], ixit, "[psti]\n")
}

fn checked(facts: &TestFacts) -> Checked {
    facts.checked(&CHECK, scheme("psti").expect("the scheme"), "passwords", "")
}

fn code(facts: &TestFacts) -> (Verdict, String) {
    let checked = checked(facts);
    assert_eq!(checked.blame.is_none(), checked.verdict <= Verdict::Pass, "{checked:#?}");
    assert!(checked.verdict != Verdict::Fail || !checked.evidence.is_empty(), "{checked:#?}");
    (checked.verdict, checked.reason.code)
}

fn made_from(inputs: &str) -> (Verdict, String) {
    code(&facts(&LABEL.replace("[\"random\"]", inputs)))
}

fn fails(code: &str) -> (Verdict, String) {
    (Verdict::Fail, code.to_owned())
}

#[test]
fn what_a_password_is_made_from_fails_for_the_reason_of_the_law() {
    assert_eq!(made_from(r#"["counter"]"#), fails("scheme-psti-password-counter"));
    assert_eq!(made_from(r#"["model", "counter"]"#), fails("scheme-psti-password-counter"));
    assert_eq!(made_from(r#"["serial"]"#), fails("scheme-psti-password-identifier"));
    assert_eq!(made_from(r#"["mac", "constant"]"#), fails("scheme-psti-password-identifier"));
    assert_eq!(made_from(r#"["ssid"]"#), fails("scheme-psti-password-public"));
    assert_eq!(made_from(r#"["constant"]"#), fails("scheme-psti-password-shared"));
    assert_eq!(made_from(r#"["model", "date"]"#), fails("scheme-psti-password-shared"));
}

#[test]
fn chance_and_keyed_identifiers_never_fail_and_do_not_pass_unseen() {
    for inputs in [r#"["random"]"#, r#"["serial", "per-device-secret"]"#, r#"["counter", "random"]"#] {
        let (verdict, code) = made_from(inputs);
        assert_eq!(
            (verdict, code.as_str()),
            (Verdict::Inconclusive, "scheme-psti-password-open"),
            "{inputs}"
        );
    }
}

#[test]
fn so_few_values_that_it_can_be_guessed_fail() {
    let short = LABEL.replace("length = 12, alphabet_size = 54", "length = 3, alphabet_size = 10");
    assert_eq!(code(&facts(&short)), fails("scheme-psti-password-guessable"));
}

#[test]
fn what_is_no_password_in_this_sense_is_left_out() {
    let kind_of = |factor: &str, more: &str| {
        let ixit =
            format!("[[auth_mech]]\nid = \"AuthMech-1\"\nsubject = \"user\"\nfactor = {factor}\n{more}");
        let facts = facts(&ixit);
        let facts = facts.facts();
        kind(&facts.declaration.ixit.rows(TABLE)[0])
    };
    let used = "user_defined = false, pre_installed = true, used_outside_factory_default = true";
    assert!(matches!(kind_of(&format!("{{ kind = \"key\", {used} }}"), ""), Kind::Out(_)));
    assert!(matches!(kind_of(&format!("{{ kind = \"token\", {used} }}"), ""), Kind::Out(_)));
    let pairing =
        "pairing = { method = \"passkey-shown\", passkey = \"each-time\", secure_connections_only = true }\n";
    let pin = format!("{{ kind = \"pin\", {used} }}");
    assert!(matches!(kind_of(&pin, pairing), Kind::Out("pairing")));
    // The PIN of a keypad or of an IP protocol is one.
    assert_eq!(kind_of(&pin, ""), Kind::Password);
    let over_ip =
        format!("{pairing}endpoint = [{{ transport = \"tcp\", port = 443, application = \"https\" }}]\n");
    assert_eq!(kind_of(&pin, &over_ip), Kind::Password);
    let of_the_factory = used.replace("default = true", "default = false");
    assert!(matches!(kind_of(&format!("{{ kind = \"password\", {of_the_factory} }}"), ""), Kind::Out(_)));
    assert_eq!(kind_of(&format!("{{ kind = \"other\", {used} }}"), ""), Kind::Unknown("factor"));
}

#[test]
fn what_is_not_told_is_asked_for() {
    let silent = LABEL.lines().filter(|line| !line.starts_with("factor")).collect::<Vec<_>>().join("\n");
    assert_eq!(code(&facts(&silent)).1, "scheme-psti-password-kind-unknown");
    let silent = LABEL.lines().filter(|line| !line.starts_with("generation")).collect::<Vec<_>>().join("\n");
    assert_eq!(
        code(&facts(&silent)),
        (Verdict::Inconclusive, "scheme-psti-generation-not-stated".to_owned())
    );
    // No row at all is no proof that nothing takes a password.
    let none = facts("[empty]\nauth_mech = \"Nothing asks for a password\"\n");
    assert_eq!(code(&none), (Verdict::Inconclusive, "scheme-psti-mechanisms-not-all-known".to_owned()));
}

#[test]
fn that_the_user_chooses_has_to_be_seen() {
    let own = LABEL
        .replace("user_defined = false, pre_installed = true", "user_defined = true, pre_installed = false");
    assert_eq!(code(&facts(&own)), (Verdict::Inconclusive, "scheme-psti-choice-not-shown".to_owned()));
}

fn label(sample: &str) -> Label {
    Label {
        sample: sample.into(),
        login: Some("accepted".into()),
        negative_control: Some("rejected".into()),
        facts: PasswordFacts {
            length: 12,
            outside_alphabet: Some(0),
            lower: 6,
            upper: 4,
            digits: 2,
            ..PasswordFacts::default()
        },
    }
}

fn labels(change: impl FnOnce(&mut LabelPasswords)) -> TestFacts {
    let mut labels = LabelPasswords {
        row: "AuthMech-Label".into(),
        labels: vec![label("S1"), label("S2")],
        pairs: vec![Pair { one: "S1".into(), other: "S2".into(), facts: PairFacts::default() }],
    };
    change(&mut labels);
    facts(&format!("{LABEL}{WEB}"))
        .observed(Seen::by("label-password", labels).state(DutState::FactoryDefault))
}

#[test]
fn what_the_labels_show_fails_whatever_is_declared() {
    let shared = labels(|labels| labels.pairs[0].facts.equal = true);
    assert_eq!(code(&shared), fails("scheme-psti-password-shared-seen"));
    let counted = labels(|labels| labels.pairs[0].facts.regular = true);
    assert_eq!(code(&counted), fails("scheme-psti-password-counts-seen"));
    let serial = labels(|labels| {
        let likeness = Likeness { with: "serial".into(), how: "contained".into(), characters: 8 };
        labels.labels[0].facts.likenesses.push(likeness);
    });
    assert_eq!(code(&serial), fails("scheme-psti-password-identifier-seen"));
}

#[test]
fn a_label_that_only_differs_from_the_declaration_breaks_no_law() {
    let longer = labels(|labels| labels.labels[0].facts.length = 14);
    assert_eq!(code(&longer), (Verdict::Inconclusive, "scheme-psti-password-open".to_owned()));
}

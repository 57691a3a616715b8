use super::*;
use crate::scheme::scheme;
use crate::test_facts::TestFacts;

const REQUIREMENT: &str = "TR-03173, 2.1, reference catalogues";

fn update(crypto: &str) -> String {
    format!(
        "[user_info]\nsupport = {{ until = \"2030-12-31\" }}\n[[upd_mech]]\nid = \"UpdMech-1\"\ncrypto = [{{ {crypto} }}]\n"
    )
}

fn checked(ixit: &str, policy: &str, refused: &str, unlisted: &str) -> (Verdict, String) {
    let with = format!(
        "policy = \"{policy}\"\nunits = [\"5.3-7-1:c\"]\nrefused = \"{refused}\"\nunlisted = \"{unlisted}\"\n"
    );
    let scheme = scheme("bsi").expect("the scheme");
    let checked = TestFacts::declared(ixit).checked(&CHECK, scheme, REQUIREMENT, &with);
    let decided = matches!(checked.verdict, Verdict::Pass | Verdict::Fail);
    assert!(!decided || !checked.evidence.is_empty());
    (checked.verdict, checked.reason.code)
}

const LISTED: &str = "purpose = \"signature\", primitive = \"RSA-PSS\", key_bits = 3072, hash = \"SHA-256\"";
const REFUSED: &str = "purpose = \"signature\", primitive = \"RSA-PSS\", key_bits = 2048, hash = \"SHA-256\"";
const BROKEN: &str = "purpose = \"integrity\", primitive = \"MD5\"";
const UNLISTED: &str = "purpose = \"signature\", primitive = \"Own-Signature\", key_bits = 256";

#[test]
fn what_the_catalogues_list_passes_and_what_they_let_end_fails() {
    let strict = |crypto| checked(&update(crypto), "tr-03173", "fails", "open");
    assert_eq!(strict(LISTED), (Verdict::Pass, "scheme-cryptography-listed".to_owned()));
    assert_eq!(strict(REFUSED), (Verdict::Fail, "scheme-cryptography-refused".to_owned()));
    assert_eq!(strict(BROKEN), (Verdict::Fail, "scheme-cryptography-refused".to_owned()));
    assert_eq!(strict(UNLISTED), (Verdict::Inconclusive, "scheme-cryptography-not-listed".to_owned()));
}

#[test]
fn evidence_may_stand_for_what_is_not_listed_and_never_for_what_is_refused() {
    let beside = |crypto| checked(&update(crypto), "tr-03173", "fails", "by-evidence");
    assert_eq!(beside(UNLISTED), (Verdict::Pass, "scheme-cryptography-none-refused".to_owned()));
    assert_eq!(beside(REFUSED), (Verdict::Fail, "scheme-cryptography-refused".to_owned()));
}

#[test]
fn a_catalogue_that_is_only_recommended_fails_nobody() {
    let found = checked(&update(BROKEN), "cryptrec", "open", "open");
    assert_eq!(found, (Verdict::Inconclusive, "scheme-cryptography-refused".to_owned()));
}

#[test]
fn a_protocol_may_be_left_to_the_standard_and_its_primitives_may_not() {
    let row = |primitive: &str| {
        update(&format!("purpose = \"transport\", protocol = \"LE Secure Connections\" }}, {{ {primitive}"))
    };
    let of = |primitive: &str, left: &str| {
        let with = format!(
            "policy = \"cryptrec\"\nunits = [\"5.3-7-1:c\"]\nrefused = \"open\"\nunlisted = \"open\"\nleft_to_standard = [{left}]\n"
        );
        let scheme = scheme("jc-star-1").expect("the scheme");
        let checked = TestFacts::declared(&row(primitive)).checked(&CHECK, scheme, "S1.1-12", &with);
        (checked.verdict, checked.reason.code)
    };
    let left = "\"LE Secure Connections\"";
    let listed = "purpose = \"encryption\", primitive = \"AES-128-CCM\", key_bits = 128";
    let open = (Verdict::Inconclusive, "scheme-cryptography-not-listed".to_owned());
    assert_eq!(of(listed, left), (Verdict::Pass, "scheme-cryptography-listed".to_owned()));
    assert_eq!(of(listed, ""), open);
    assert_eq!(of(UNLISTED, left), open);
}

#[test]
fn nothing_declared_is_nothing_shown() {
    let found = checked("", "tr-03173", "fails", "by-evidence");
    assert_eq!(found, (Verdict::Inconclusive, "scheme-cryptography-none-declared".to_owned()));
}

#[test]
fn a_policy_that_does_not_exist_is_not_read() {
    let with: toml::Table =
        toml::from_str("policy = \"wishful\"\nunits = []\nrefused = \"fails\"\nunlisted = \"open\"")
            .expect("TOML");
    assert!((CHECK.reads)(&with).is_err());
}

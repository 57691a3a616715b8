use ixit::Blame;

use super::*;
use crate::judge::{By, RestsOn};
use crate::test_facts::TestFacts;

const SOUND: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
security_guarantees = ["integrity", "authenticity", "confidentiality"]
guarantees = ["integrity", "authenticity", "confidentiality"]
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"] }]
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }

[[soft_serv]]
id = "SoftServ-Web"
description = "Settings"
allows_configuration = true
network_accessible_in = ["factory_default", "initialized"]
authentication_mechanism = ["AuthMech-Web"]
access = [
  { kind = "http", port = 443, tls = true, target = "/login", who = ["anyone"] },
  { kind = "http", port = 443, tls = true, method = "POST", target = "/settings", who = ["AuthMech-Web"], changes = true },
]

[[sec_param]]
id = "SecParam-Password"
content = "password"
generator = { source = "hardware-generator", bits = 69, unique_per_device = true }
serves = ["AuthMech-Web"]
"#;
const ASSISTED: [&str; 4] = ["5.5-4-1:b", "5.5-4-1:c", "5.5-4-1:d", "5.5-5-1:a"];

fn item_of(unit: &str) -> &'static str {
    if unit == "5.5-5-1:a" { "SoftServ-Web" } else { "AuthMech-Web" }
}

fn failed(unit: &str, ixit: &str, code: &str) {
    let result = TestFacts::declared(ixit).judge_one(unit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{unit} {ixit}");
    assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)), "{unit}");
    assert!(!result.evidence.is_empty(), "{unit}");
}

#[test]
fn a_service_that_references_a_mechanism_passes_by_machine() {
    let result = TestFacts::declared(SOUND).judge_one("5.5-4-1:a");
    assert_eq!(
        (result.verdict, result.by, result.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "authentication-referenced")
    );
    assert_eq!(result.rests_on, RestsOn::Declared);
    assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#soft_serv[0].authentication_mechanism");
}

#[test]
fn a_service_without_a_mechanism_fails_and_a_reference_to_nothing_is_open() {
    let naming = |named: &str| {
        let references = format!("authentication_mechanism = [{named}]");
        SOUND.replace("authentication_mechanism = [\"AuthMech-Web\"]", &references)
    };
    for unit in ["5.5-4-1:a", "5.5-5-1:a"] {
        failed(unit, &naming(""), "service-without-authentication");
        for nothing in ["\"AuthMech-Gone\"", "\"SecParam-Password\""] {
            let result = TestFacts::declared(&naming(nothing)).judge_one(unit);
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Inconclusive, "reference-to-nothing"),
                "{unit} {nothing}"
            );
        }
    }
}

#[test]
fn where_and_when_a_service_is_reached_has_to_be_told() {
    let untold = SOUND.replace("network_accessible_in =", "# network_accessible_in =");
    assert!(TestFacts::declared(&untold).judge_one("5.5-4-1:a").open.is_some());
    let never = SOUND.replace("[\"factory_default\", \"initialized\"]", "[\"never\"]");
    let result = TestFacts::declared(&never).judge_one("5.5-4-1:a");
    assert_eq!((result.verdict, result.vacuous), (Verdict::Pass, true));
    // Reached in factory default alone: nothing for 5.5-4, and 5.5-5 looks at every state.
    let early = SOUND
        .replace("[\"factory_default\", \"initialized\"]", "[\"factory_default\"]")
        .replace("authentication_mechanism = [\"AuthMech-Web\"]", "authentication_mechanism = []");
    assert!(TestFacts::declared(&early).judge_one("5.5-4-1:a").vacuous);
    failed("5.5-5-1:a", &early, "service-without-authentication");
}

#[test]
fn a_sound_declaration_is_put_to_a_person_with_a_prejudgement() {
    for unit in ASSISTED {
        let facts = TestFacts::declared(SOUND);
        let result = facts.judge_one(unit);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{unit}");
        let open = result.open.expect("a person decides");
        if unit != "5.5-5-1:a" {
            assert_eq!(open.prejudgement, Some(Verdict::Pass), "{unit}");
        }
        let decided = facts.answered(unit, item_of(unit), "yes").judge_one(unit);
        assert_eq!((decided.verdict, decided.by), (Verdict::Pass, By::Assisted), "{unit}");
    }
    let told = TestFacts::declared(SOUND).judge_one("5.5-4-1:d").open.expect("asked").shown;
    let rights: Vec<&str> = told
        .iter()
        .filter(|shown| shown.label == "computed.right")
        .map(|shown| shown.text.as_str())
        .collect();
    assert_eq!(
        rights,
        ["SoftServ-Web: GET /login: anyone", "SoftServ-Web: POST /settings: AuthMech-Web, changes something"]
    );
}

#[test]
fn prose_alone_is_neither_failed_nor_prejudged() {
    let prose = "[[auth_mech]]\nid = \"AuthMech-Web\"\ndescription = \"Form\"\n[[soft_serv]]\nid = \"SoftServ-Web\"\nallows_configuration = true\nauthentication_mechanism = [\"AuthMech-Web\"]\n";
    for unit in ASSISTED {
        let open = TestFacts::declared(prose).judge_one(unit).open.expect("asked");
        assert_eq!(open.prejudgement, None, "{unit}");
    }
}

#[test]
fn a_credential_that_all_devices_share_tells_none_of_them_apart() {
    let shared = SOUND.replace("unique_per_device = true", "unique_per_device = false");
    failed("5.5-4-1:b", &shared, "credential-the-same-everywhere");
    failed("5.5-5-1:a", &shared, "failed-where-it-is-judged-first");
    // A public key may well be the same everywhere.
    let public = shared.replace("content = \"password\"", "content = \"public-key\"");
    assert!(TestFacts::declared(&public).judge_one("5.5-4-1:b").open.is_some());
    // A password that is printed on every unit alike is no shown contradiction, and looks bad.
    let preset = SOUND.replace(
        "description = \"Form\"",
        "description = \"Form\"\ngeneration = { inputs = [\"constant\"] }",
    );
    let open = TestFacts::declared(&preset).judge_one("5.5-4-1:b").open.expect("asked");
    assert_eq!(open.prejudgement, Some(Verdict::Fail));
}

#[test]
fn broken_cryptography_does_not_withstand() {
    let old = SOUND.replace("[\"1.2\", \"1.3\"]", "[\"1.0\", \"1.2\"]");
    failed("5.5-4-1:c", &old, "broken-cryptography");
    failed("5.5-5-1:a", &old, "failed-where-it-is-judged-first");
}

#[test]
fn a_change_that_anyone_may_make_is_no_authorization() {
    let open = SOUND.replace("who = [\"AuthMech-Web\"], changes", "who = [\"anyone\"], changes");
    failed("5.5-4-1:d", &open, "change-open-to-anyone");
    failed("5.5-5-1:a", &open, "failed-where-it-is-judged-first");
    let result = TestFacts::declared(&open).judge_one("5.5-4-1:d");
    assert!(result.evidence.iter().any(|one| one.reference == "declaration:ixit.toml#soft_serv[0].access"));
    let stranger =
        SOUND.replace("who = [\"AuthMech-Web\"], changes", "who = [\"AuthMech-Other/admin\"], changes");
    failed("5.5-4-1:d", &stranger, "right-without-reference");
}

#[test]
fn what_a_person_refused_of_a_mechanism_fails_the_service_that_it_protects() {
    let facts = TestFacts::declared(SOUND).answered("5.5-4-1:b", "AuthMech-Web", "no");
    let result = facts.judge_one("5.5-5-1:a");
    assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Assisted));
    assert_eq!(result.reason.args["unit"], "5.5-4-1:b");
    // Answered yes, they are the prejudgement, and the question stays the same.
    let mut facts = TestFacts::declared(SOUND);
    let asked = facts.judge_one("5.5-5-1:a").open.expect("asked");
    for unit in ["5.5-4-1:b", "5.5-4-1:c", "5.5-4-1:d"] {
        facts = facts.answered(unit, "AuthMech-Web", "yes");
    }
    let again = facts.judge_one("5.5-5-1:a").open.expect("asked");
    assert_eq!((again.prejudgement, again.facts), (Some(Verdict::Pass), asked.facts));
}

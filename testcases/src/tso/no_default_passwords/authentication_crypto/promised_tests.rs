use ixit::Blame;

use super::*;
use crate::judge::{By, RestsOn};
use crate::test_facts::TestFacts;

const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
network_addressable = true
description = "Form"
factor = { kind = "password", user_defined = true, pre_installed = false, used_outside_factory_default = true }
security_guarantees = ["integrity", "authenticity", "confidentiality"]
guarantees = ["integrity", "authenticity", "confidentiality"]
crypto = [{ purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"] }, { purpose = "password-storage", primitive = "Argon2id" }]
login = { kind = "form", port = 443, tls = true, path = "/login", protected = "/settings" }
"#;

fn judged(unit: &str, ixit: &str) -> ItemResult {
    TestFacts::declared(ixit).judge_one(unit)
}

fn failed(unit: &str, ixit: &str, code: &str) {
    let result = judged(unit, ixit);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, code), "{ixit}");
    assert_eq!((result.by, result.blame), (By::Machine, Some(Blame::Documentation)));
    assert!(!result.evidence.is_empty());
}

#[test]
fn the_closed_minimum_passes_by_the_companion() {
    let result = judged("5.1-3-1:a", WEB);
    assert_eq!(
        (result.verdict, result.by, result.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "guarantees-reach-the-minimum")
    );
    assert_eq!(result.rests_on, RestsOn::Declared);
    assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].guarantees");
}

#[test]
fn a_minimum_that_is_missing_fails_whether_the_companion_or_a_plain_list_leaves_it_out() {
    for list in ["security_guarantees", "guarantees"] {
        let line = format!("\n{list} = [\"integrity\", \"authenticity\", ");
        let without = WEB.replace(&line, &format!("\n{list} = [\"integrity\", "));
        assert_ne!(without, WEB);
        failed("5.1-3-1:a", &without, "guarantee-missing");
        failed("5.5-4-1:c", &referenced(&without), "guarantee-missing");
    }
}

#[test]
fn without_the_companion_a_person_is_asked_and_so_where_the_secret_lies_open() {
    let prose = WEB.replace("\nguarantees =", "\n# guarantees =");
    let open = judged("5.1-3-1:a", &prose).open.expect("asked");
    assert_eq!(open.prejudgement, None);
    let open_secret = WEB.replace(", \"confidentiality\"]", "]");
    let open = judged("5.1-3-1:a", &open_secret).open.expect("asked");
    assert_eq!(open.prejudgement, Some(Verdict::Fail));
    // On the device alone, nobody listens.
    let local = open_secret.replace("network_addressable = true", "network_addressable = false");
    assert_eq!(judged("5.1-3-1:a", &local).verdict, Verdict::Pass);
}

#[test]
fn what_the_parts_give_stands_beside_the_question() {
    let facts = TestFacts::declared(WEB);
    let open = facts.judge_one("5.1-3-1:b").open.expect("a person decides");
    assert_eq!(open.prejudgement, Some(Verdict::Pass));
    let given: Vec<&str> = open
        .shown
        .iter()
        .filter(|shown| shown.label == "computed.gives")
        .map(|shown| shown.text.as_str())
        .collect();
    assert!(given[0].starts_with("login form inside TLS: at most integrity"), "{given:?}");
    assert!(given.iter().any(|line| line.starts_with("TLS 1.3: at most")), "{given:?}");
    let decided = facts.answered("5.1-3-1:b", "AuthMech-Web", "yes").judge_one("5.1-3-1:b");
    assert_eq!((decided.verdict, decided.by), (Verdict::Pass, By::Assisted));
    let prose = WEB.replace("\nguarantees =", "\n# guarantees =");
    assert_eq!(judged("5.1-3-1:b", &prose).open.expect("asked").prejudgement, None);
}

#[test]
fn a_login_outside_tls_gives_nothing_whatever_is_promised() {
    let outside = WEB.replace("tls = true", "tls = false");
    failed("5.1-3-1:b", &outside, "guarantee-not-deliverable");
    failed("5.5-4-1:c", &referenced(&outside), "guarantee-not-deliverable");
    let telnet = WEB.replace(
        "{ kind = \"form\", port = 443, tls = true, path = \"/login\", protected = \"/settings\" }",
        "{ kind = \"telnet\", port = 23 }",
    );
    failed("5.1-3-1:b", &telnet.replace("\ncrypto =", "\n# crypto ="), "guarantee-not-deliverable");
    // SSH brings its own protection, and a challenge its own authenticity.
    let ssh = telnet.replace("telnet", "ssh").replace("\ncrypto =", "\n# crypto =");
    assert!(judged("5.1-3-1:b", &ssh).open.is_some());
    let digest =
        outside.replace("kind = \"form\"", "kind = \"digest\"").replace("\ncrypto =", "\n# crypto =");
    let result = judged("5.1-3-1:b", &digest);
    assert_eq!(result.reason.args["guarantee"], "integrity, confidentiality");
}

#[test]
fn cryptography_that_is_not_on_the_fact_sheet_settles_nothing() {
    let own = WEB.replace("protocol = \"TLS\", versions = [\"1.2\", \"1.3\"]", "protocol = \"HINODE-SEC\"");
    let own = own.replace("tls = true", "tls = false");
    assert!(judged("5.1-3-1:b", &own).open.is_some());
}

fn referenced(ixit: &str) -> String {
    format!(
        "{ixit}\n[[soft_serv]]\nid = \"SoftServ-Web\"\nnetwork_accessible_in = [\"initialized\"]\nauthentication_mechanism = [\"AuthMech-Web\"]\n"
    )
}

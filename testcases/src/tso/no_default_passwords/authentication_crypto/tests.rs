use probes::Outcome;
use probes::probe::tls_server::{CertificateFacts, VersionFacts};

use super::*;
use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

const WEB: &str = r#"
[[auth_mech]]
id = "AuthMech-Web"
subject = "user"
description = "Form"
security_guarantees = ["integrity", "authenticity", "confidentiality"]
crypto = [
  { purpose = "transport", protocol = "TLS", versions = ["1.2", "1.3"], suites = ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], certificate_key = "EC-256" },
  { purpose = "password-storage", primitive = "Argon2id" },
]
endpoint = [{ transport = "tcp", port = 443, application = "https" }]
"#;

fn version(version: &str, offered: Option<bool>, suites: &[&str]) -> VersionFacts {
    VersionFacts {
        version: version.into(),
        offered,
        suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
        groups: Vec::new(),
        dh_bits: None,
        shapes_tried: 3,
        refusal: None,
        ..VersionFacts::default()
    }
}

fn server() -> TlsFacts {
    TlsFacts {
        port: 443,
        speaks_tls: true,
        versions: vec![
            version("1.0", Some(false), &[]),
            version("1.1", Some(false), &[]),
            version("1.2", Some(true), &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]),
            version("1.3", Some(true), &["TLS_AES_128_GCM_SHA256"]),
        ],
        chain: vec![CertificateFacts {
            sha256: "0".repeat(64),
            subject: "CN=heater".into(),
            issuer: "CN=heater".into(),
            names: Vec::new(),
            key_type: "EC".into(),
            key_bits: Some(256),
            signature: "ecdsa-with-SHA256".into(),
            not_before: "2025-01-01T00:00:00Z".into(),
            not_after: "2035-01-01T00:00:00Z".into(),
            self_signed: true,
            ca: false,
        }],
        compression: Some(false),
        secure_renegotiation: Some(true),
        ..TlsFacts::default()
    }
}

fn seen(facts: TlsFacts) -> Seen {
    Seen::by("tls-server", facts).attempts(40)
}

fn judged(seen: Seen) -> ItemResult {
    TestFacts::declared(WEB).observed(seen).judge_one("5.1-3-2:a")
}

// ---- 5.1-3-2 a

#[test]
fn a_server_that_offers_what_is_declared_passes_with_effort() {
    let result = judged(seen(server()).state(DutState::FactoryDefault));
    assert_eq!(result.verdict, Verdict::Pass, "{result:#?}");
    assert_eq!((result.by, result.rests_on), (By::Machine, RestsOn::Observed));
    assert_eq!(
        (result.reason.code.as_str(), result.state),
        ("crypto-as-declared", Some(DutState::FactoryDefault))
    );
    assert!(result.evidence[0].reference.starts_with("sha256:") && result.effort.is_some());
}

#[test]
fn an_old_version_a_further_suite_and_another_key_fail() {
    let mut old = server();
    old.versions[0].offered = Some(true);
    let mut suite = server();
    suite.versions[2].suites.push("TLS_RSA_WITH_AES_128_CBC_SHA".into());
    let mut key = server();
    key.chain[0].key_bits = Some(384);
    for (facts, difference) in
        [(old, "TLS 1.0"), (suite, "TLS_RSA_WITH_AES_128_CBC_SHA"), (key, "certificate key EC-384")]
    {
        let result = judged(seen(facts));
        assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine));
        assert_eq!(result.reason.code, "crypto-differs-from-declaration");
        assert_eq!(result.reason.args["differences"], difference);
        assert_eq!(result.blame, Some(Blame::DeviceOrDocumentation));
        assert_eq!(result.reason.source.as_deref(), Some("declaration:ixit.toml#auth_mech[0].crypto"));
        assert_eq!(result.evidence[0].at, "tcp/443");
    }
}

#[test]
fn what_is_known_to_be_broken_fails_beside_what_is_declared() {
    let mut weak = server();
    weak.versions[2].dh_bits = Some(1024);
    let result = judged(seen(weak));
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "broken-cryptography-offered"));
    assert!(result.reason.args["broken"].starts_with("DH-1024"));
    let mut sound = server();
    sound.versions[2].dh_bits = Some(2048);
    assert_eq!(judged(seen(sound)).verdict, Verdict::Pass);
}

#[test]
fn what_is_not_settled_neither_passes_nor_fails() {
    let mut unclear = server();
    unclear.versions[0].offered = None;
    let mut empty = server();
    empty.versions.clear();
    let mut silent = server();
    silent.speaks_tls = false;
    for (seen, code) in [
        (seen(unclear), "tls-not-settled"),
        (seen(empty), "tls-not-settled"),
        (seen(server()).ended(Outcome::Partial, "stopped"), "observation-incomplete"),
        (seen(server()).attempts(0), "observation-incomplete"),
        (seen(silent).ended(Outcome::ToolTrouble, "no route"), "observation-incomplete"),
    ] {
        let result = judged(seen);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
        assert_eq!(result.blame, Some(Blame::Lab));
    }
    assert_eq!(TestFacts::declared(WEB).judge_one("5.1-3-2:a").reason.code, "observation-missing");
}

#[test]
fn a_declared_tls_port_without_tls_fails() {
    let result =
        judged(seen(TlsFacts { speaks_tls: false, versions: Vec::new(), chain: Vec::new(), ..server() }));
    assert_eq!((result.verdict, result.reason.args["differences"].as_str()), (Verdict::Fail, "no TLS"));
}

#[test]
fn rows_out_of_reach_or_without_companions_stay_open_and_machines_are_not_selected() {
    let panel = "[[auth_mech]]\nid = \"AuthMech-Panel\"\nsubject = \"user\"\ndescription = \"Keys\"\n";
    assert_eq!(TestFacts::declared(panel).judge_one("5.1-3-2:a").reason.code, "no-driver");
    let prose = WEB.replace("crypto = [", "# crypto = [").replace("  { p", "#  { p").replace("\n]\n", "\n");
    let result = TestFacts::declared(&prose).observed(seen(server())).judge_one("5.1-3-2:a");
    assert_eq!(
        (result.reason.code.as_str(), result.blame),
        ("crypto-not-stated", Some(Blame::Documentation))
    );
    let unknown = WEB.replace("subject = \"user\"\n", "");
    let result = TestFacts::declared(&unknown).observed(seen(server())).judge_one("5.1-3-2:a");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "row-not-classified"));
    let machine = WEB.replace("subject = \"user\"", "subject = \"machine\"");
    assert!(TestFacts::declared(&machine).judge_one("5.1-3-2:a").vacuous);
}

// ---- 5.1-3-1 c, d

#[test]
fn broken_cryptography_fails_and_unlisted_cryptography_is_for_a_person() {
    for unit in ["5.1-3-1:c", "5.1-3-1:d"] {
        let open = TestFacts::declared(WEB).judge_one(unit).open.expect("a person decides");
        assert_eq!(open.prejudgement, None, "absence from a deny list proves nothing");
        for (old, new, subject) in [
            ("Argon2id", "MD5", "MD5 (RFC 6151"),
            ("[\"1.2\", \"1.3\"]", "[\"1.0\", \"1.2\"]", "TLS 1.0 (RFC 8996"),
            ("EC-256", "RSA-1024", "RSA-1024 (NIST"),
        ] {
            let result = TestFacts::declared(&WEB.replace(old, new)).judge_one(unit);
            assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "broken-cryptography"));
            assert!(result.reason.args["broken"].contains(subject), "{:?}", result.reason.args);
            assert_eq!(result.blame, Some(Blame::Documentation));
            assert_eq!(result.evidence[0].reference, "declaration:ixit.toml#auth_mech[0].crypto");
        }
    }
}

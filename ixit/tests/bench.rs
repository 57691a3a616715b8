//! Reading of bench files; secrets.

use ixit::bench::{Secret, SecretError};
use ixit::{Bench, Blame};

const BENCH: &str = r#"[lab]
name = "House lab"
assessment = "first-party"

[[equipment]]
id = "E1"
kind = "tester-host"

[[sample]]
id = "S1"
serial = "0001"
address = "127.64.0.5"
label_password = { value = "label-secret" } # on the bottom

[[component]]
id = "hub"

[credentials.AuthMech-Web]
user = "admin"
secret = { "value" = '''multi
line-secret''' }

[credentials.AuthMech-Api]
secret.value = "dotted-secret"

[credentials.AuthMech-Env.secret]
env = "HANTEI_TEST_NOT_SET"

[credentials.AuthMech-Table.secret]
value = "table-secret"

[credentials.AuthMech-File]
secret = { file = "secret.txt" }

[actions]
factory_reset = ["./reset", "--hold", "10"]

[limits]
parallel = 8

[hosts]
"supplier.example" = "127.64.0.9:8443"
"#;

#[test]
fn a_bench_is_read() {
    let (bench, diagnostics) = Bench::from_bytes("bench.toml", BENCH.as_bytes());
    let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    assert_eq!(bench.lab.assessment.as_deref(), Some("first-party"));
    assert_eq!(bench.samples[0].address.to_string(), "127.64.0.5");
    assert_eq!(bench.credentials["AuthMech-Web"].secret, Secret::Value("multi\nline-secret".into()));
    assert_eq!((bench.limits.parallel, bench.limits.timeout_ms), (8, 800));
    assert_eq!(bench.limits.recovery_seconds, 180, "as long as nothing else is said");
    let patient = BENCH.replace("parallel = 8", "parallel = 8\nrecovery_seconds = 300");
    let (bench, diagnostics) = Bench::from_bytes("bench.toml", patient.as_bytes());
    let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    assert_eq!(bench.limits.recovery_seconds, 300);
    assert_eq!(bench.hosts["supplier.example"], "127.64.0.9:8443");
    assert_eq!(bench.components[0].id, "hub");
}

#[test]
fn the_stored_copy_holds_no_secret() {
    let copy = String::from_utf8(Bench::withheld_copy(BENCH.as_bytes())).expect("text");
    assert!(!copy.contains("-secret"), "{copy}");
    assert!(copy.contains("# on the bottom") && copy.contains("HANTEI_TEST_NOT_SET"), "{copy}");
    let (bench, diagnostics) = Bench::from_bytes("bench.toml", copy.as_bytes());
    let bench = bench.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    for id in ["AuthMech-Web", "AuthMech-Api", "AuthMech-Table"] {
        assert_eq!(bench.credentials[id].secret, Secret::Withheld(true), "{id}");
    }
    assert_eq!(bench.samples[0].label_password, Some(Secret::Withheld(true)));
    assert_eq!(Bench::withheld_copy(copy.as_bytes()), copy.as_bytes());
}

#[test]
fn the_stored_copy_of_json_holds_no_secret() {
    let json = br#"{ "credentials": { "A": { "secret": { "value": "very-secret" } } } }"#;
    let copy = String::from_utf8(Bench::withheld_copy(json)).expect("text");
    assert_eq!(copy, r#"{ "credentials": { "A": { "secret": { "withheld": true } } } }"#);
}

#[test]
fn nothing_is_stored_of_a_bench_that_cannot_be_understood() {
    let copy = Bench::withheld_copy(b"[credentials.A]\nsecret = \"plain-secret\"\n");
    assert!(!String::from_utf8(copy).expect("text").contains("plain-secret"));
}

#[test]
fn faults_are_named_with_their_place_and_are_the_labs() {
    let text = "[lab]\nassessment = \"forth-party\"\n[[sample]]\nid = \"S1\"\naddress = \"device.local\"\n\
        [[sample]]\nid = \"S1\"\naddress = \"192.0.2.1\"\n[credentials.A]\nsecret = \"x\"\n\
        [actions]\nfactory_rest = [\"x\"]\nonboard = \"x y\"\n[limits]\nparallel = -1\n[hosts]\nh = \"nowhere\"\n";
    let (bench, diagnostics) = Bench::from_bytes("bench.toml", text.as_bytes());
    assert!(bench.is_none());
    let seen: Vec<_> = diagnostics.iter().map(|d| (d.at.line, d.code.as_str())).collect();
    assert_eq!(
        seen,
        [
            (2, "bad-value"),
            (5, "bad-value"),
            (10, "wrong-type"),
            (12, "unknown-key"),
            (13, "wrong-type"),
            (15, "bad-value"),
            (17, "bad-value"),
        ]
    );
    assert!(diagnostics.iter().all(|d| d.blame == Blame::Lab));
    assert!(diagnostics.iter().all(|d| !d.message.contains("\"x\"")), "no secret in a message");
}

#[test]
fn the_bluetooth_of_the_operating_system_is_no_adapter_of_a_bench() {
    let read = |adapter: &str| {
        let text = format!(
            "[[sample]]\nid = \"S1\"\naddress = \"192.0.2.1\"\n[bluetooth]\nadapter = \"{adapter}\"\n"
        );
        Bench::from_bytes("bench.toml", text.as_bytes())
    };
    let (bench, diagnostics) = read("system:");
    assert!(bench.is_none());
    let [one] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
    assert_eq!((one.code.as_str(), one.at.line, one.blame), ("bad-value", 5, Blame::Lab));
    for word in ["handles", "errors", "pairing"] {
        assert!(one.message.contains(word), "{word}: {}", one.message);
    }
    let (bench, diagnostics) = read("hci:0");
    assert!(bench.is_some() && diagnostics.is_empty(), "{diagnostics:?}");
}

#[test]
fn secrets_are_resolved_or_say_what_is_missing() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("secret.txt"), "s3cret\r\n").expect("file");
    assert_eq!(Secret::File("secret.txt".into()).resolve(folder.path()).expect("secret"), "s3cret");
    assert_eq!(Secret::Value(" v ".into()).resolve(folder.path()).expect("secret"), " v ");
    assert!(matches!(Secret::File("none".into()).resolve(folder.path()), Err(SecretError::NoFile { .. })));
    let variable = Secret::Env("HANTEI_TEST_NOT_SET".into()).resolve(folder.path());
    assert!(matches!(variable, Err(SecretError::NoVariable(name)) if name == "HANTEI_TEST_NOT_SET"));
    assert!(matches!(Secret::Withheld(true).resolve(folder.path()), Err(SecretError::Withheld)));
    assert_eq!(format!("{:?}", Secret::Value("v".into())), "Secret(…)");
}

#[test]
fn a_secret_that_a_log_in_the_file_shows_is_masked_there_too() {
    let text = "[credentials.A]\nsecret = { value = \"qX7-secret-91\" }\n[credentials.B]\nsecret = { value = \"boot\" }\n\
                [[handed_in]]\nkind = \"serial-log\"\nof = \"I\"\ntext = \"boot: qX7-secret-91 ok\"\n";
    let copy = String::from_utf8(Bench::withheld_copy(text.as_bytes())).expect("text");
    assert!(!copy.contains("secret-91") && copy.contains("\"boot: ************* ok\""), "{copy}");
    let json = br#"{"credentials":{"A":{"secret":{"value":"qX7-secret-91"}}},"handed_in":[{"kind":"serial-log","of":"I","text":"qX7-secret-91"}]}"#;
    let copy = String::from_utf8(Bench::withheld_copy(json)).expect("text");
    assert!(!copy.contains("secret-91") && copy.contains("\"text\":\"*************\""), "{copy}");
}

//! Reading of declarations: all faults of all files in one go, each with its place.

use std::path::{Path, PathBuf};

use ixit::companion::{LoginKind, Transport};
use ixit::declaration::Document;
use ixit::{Declaration, Diagnostic, Reading, Severity, SourceFile, Support};

fn rich() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rich")
}

fn rich_text(name: &str) -> String {
    std::fs::read_to_string(rich().join(name)).expect("the sample is there")
}

fn read(ics: &str, ixit: &str) -> Reading {
    let sources = vec![
        SourceFile::new("ics.toml", ics.as_bytes().to_vec()),
        SourceFile::new("ixit.toml", ixit.as_bytes().to_vec()),
    ];
    Declaration::from_sources(sources, documents())
}

fn documents() -> Vec<Document> {
    ["certificate.txt", "manual.txt"]
        .map(|path| Document { path: path.into(), sha256: "0".repeat(64), size: 1 })
        .to_vec()
}

/// Replaces a text that must stand there exactly once.
fn plant(text: &mut String, old: &str, new: &str) {
    assert_eq!(text.matches(old).count(), 1, "{old:?} stands once");
    *text = text.replace(old, new);
}

fn place(text: &str, needle: &str) -> (u32, u32) {
    let offset = text.find(needle).expect("the needle is there");
    let line = text[..offset].matches('\n').count() as u32 + 1;
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    (line, text[start..offset].chars().count() as u32 + 1)
}

fn spoken(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|d| {
            format!(
                "{}:{}:{} {} {} {:?} {:?} {:?}\n",
                d.at.file, d.at.line, d.at.column, d.code, d.message, d.help, d.provision, d.unit
            )
        })
        .collect()
}

#[test]
fn the_rich_sample_reads_without_a_word() {
    let reading = Declaration::read(&rich());
    assert_eq!(spoken(&reading.diagnostics), "");
    let declaration = reading.declaration.expect("it is understood");
    assert_eq!(declaration.ics.provisions.len(), 68);
    assert_eq!(declaration.ics.provisions["5.6-4"].support.value, Support::NotApplicable);
    assert_eq!(declaration.ixit.tables.len(), 29);
    let row = &declaration.ixit.rows("auth_mech")[0];
    assert_eq!(row.companions.login.as_ref().map(|login| login.value.kind), Some(LoginKind::Form));
    assert_eq!(row.companions.endpoint[0].value.transport, Transport::Tcp);
    assert!(!declaration.ixit.rows("auth_mech")[1].observed_only, "the supplier stands behind it");
    assert_eq!(
        declaration.ixit.form("conf").and_then(|form| form.flag("confirmation_of_vulnerability_monitoring")),
        Some(true)
    );
    assert_eq!(declaration.ixit.rows("intf")[1].texts("type"), ["physical"]);
    assert_eq!(declaration.ixit.row("ComMech-Web").map(|(table, _)| table), Some("com_mech"));
    let paths: Vec<_> = declaration.documents.iter().map(|document| document.path.as_str()).collect();
    assert_eq!(paths, ["certificate.txt", "manual.txt"]);
    assert_eq!(
        declaration.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
        ["ics.toml", "ixit.toml"]
    );
}

#[test]
fn eight_errors_in_two_files_are_all_named_with_their_place() {
    let (mut ics, mut ixit) = (rich_text("ics.toml"), rich_text("ixit.toml"));
    plant(&mut ics, "edition = \"en303645-2.1.1\"", "edition = \"en303645-9.9\"");
    plant(&mut ics, "manufacturer = ", "manufacturr = ");
    plant(&mut ics, "[provision.\"5.8-3\"]", "[provision.\"5.8-33\"]");
    plant(&mut ics, "constrained = true", "constrained = \"maybe\"");
    plant(&mut ixit, "id = \"SoftComp-Boot\"", "id = \"AuthMech-Web\"");
    plant(&mut ixit, "kind = \"form\"", "kind = \"frm\"");
    plant(&mut ixit, "type = \"critical\"", "type = \"secret\"");
    plant(&mut ixit, "[[vuln_mon]]", "[[vuln_mom]]");
    let reading = read(&ics, &ixit);
    assert!(reading.declaration.is_none());
    let seen: Vec<_> = reading
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| (d.at.file.to_string(), (d.at.line, d.at.column), d.code.as_str()))
        .collect();
    let at = |file: &str, text: &str, needle: &str, code| (file.to_owned(), place(text, needle), code);
    let mut expected = vec![
        at("ics.toml", &ics, "\"en303645-9.9\"", "unknown-edition"),
        at("ics.toml", &ics, "manufacturr", "unknown-key"),
        at("ics.toml", &ics, "\"5.8-33\"", "unknown-provision"),
        at("ics.toml", &ics, "\"maybe\"", "wrong-type"),
        at("ixit.toml", &ixit, "\"frm\"", "bad-value"),
        at("ixit.toml", &ixit, "\"secret\"", "bad-value"),
        at("ixit.toml", &ixit, "vuln_mom", "unknown-key"),
    ];
    let second = ixit.match_indices("\"AuthMech-Web\"").nth(1).expect("the planted id").0;
    expected.push(("ixit.toml".into(), (ixit[..second].matches('\n').count() as u32 + 1, 6), "duplicate-id"));
    expected.sort();
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(sorted, expected, "{}", spoken(&reading.diagnostics));
    assert_eq!(reading.diagnostics.len(), 8, "no finding is an echo of an error");
    let help = |code: &str| {
        reading.diagnostics.iter().find(|d| d.code == code).and_then(|d| d.help.clone()).unwrap_or_default()
    };
    assert!(help("unknown-key").contains("manufacturer"));
    assert!(help("unknown-provision").contains("5.8-3"));
    assert!(help("unknown-edition").contains("en303645-2.1.1"));
}

#[test]
fn syntax_errors_do_not_hide_what_else_is_wrong() {
    let (mut ics, mut ixit) = (rich_text("ics.toml"), rich_text("ixit.toml"));
    plant(&mut ics, "app = \"Warm 3.1\"", "app = ");
    plant(&mut ics, "variants = ", "varians = ");
    plant(&mut ixit, "target_type = \"user data on the device\"", "target_type = \"everything\"");
    let reading = read(&ics, &ixit);
    let codes: Vec<_> = reading.diagnostics.iter().map(|d| (d.code.as_str(), d.at.line)).collect();
    assert_eq!(
        codes,
        [
            ("syntax", place(&ics, "app = ").0),
            ("unknown-key", place(&ics, "varians").0),
            ("bad-value", place(&ixit, "\"everything\"").0)
        ]
    );
}

#[test]
fn an_id_without_quotes_is_explained() {
    let mut ics = rich_text("ics.toml");
    plant(&mut ics, "[provision.\"5.1-1\"]", "[provision.5.1-1]");
    let reading = read(&ics, &rich_text("ixit.toml"));
    let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1, "{}", spoken(&reading.diagnostics));
    assert_eq!((errors[0].at.line, errors[0].at.column), (place(&ics, "[provision.5.1-1]").0, 14));
    assert_eq!(errors[0].help.as_deref(), Some("Put it in quotes: [provision.\"5.1-1\"]"));
}

/// What a person reads, for each kind of fault.
#[test]
fn messages_say_what_happened_and_what_to_do() {
    let (mut ics, mut ixit) = (rich_text("ics.toml"), rich_text("ixit.toml"));
    for (old, new) in [
        ("edition = \"en303645-2.1.1\"", "edition = \"en303645-3.1.3\""),
        ("firmware = \"1.4.0\"", "firmware = 1.4"),
        ("model = ", "modell = "),
        ("date = 2026-03-31", "date = \"31.3.2026\""),
        ("document = \"certificate.txt\"", "document = \"../certificate.txt\""),
        ("[provision.\"6-4\"]", "[provision.\"6-44\"]"),
        ("support = \"N\"\n", "support = \"n\"\n"),
    ] {
        plant(&mut ics, old, new);
    }
    for (old, new) in [
        ("id = \"SoftComp-Boot\"", "id = \"AuthMech-Web\""),
        ("id = \"VulnMon-1\"\n", ""),
        ("failures = 5", "failures = -5"),
        ("port = 443, tls = true", "port = 70000, tls = true"),
        ("role = \"server\"", "login = \"server\""),
        ("kind = \"document\", place = \"manual.txt\"", "kind = \"document\", place = \"manuals.txt\""),
        ("cryptographic_usage = \"no\"", "cryptographic_usage = no"),
        ("personal_data = []", "personal_data = [\"PersData-2\"]"),
    ] {
        plant(&mut ixit, old, new);
    }
    insta::assert_snapshot!(spoken(&read(&ics, &ixit).diagnostics));
    plant(&mut ixit, "cryptographic_usage = no", "cryptographic_usage = \"no\"");
    insta::assert_snapshot!(spoken(&read(&ics, &ixit).diagnostics));
}

#[test]
fn a_broken_line_is_named_once() {
    let mut ixit = rich_text("ixit.toml");
    plant(&mut ixit, "kind = \"form\", port = 443,", "kind = \"form\", port = {{port}},");
    let reading = read(&rich_text("ics.toml"), &ixit);
    let codes: Vec<_> = reading.diagnostics.iter().map(|d| (d.code.as_str(), d.at.line)).collect();
    assert_eq!(codes, [("syntax", place(&ixit, "{{port}}").0)]);
}

#[test]
fn eight_findings_are_all_named_with_code_provision_and_unit() {
    let (mut ics, mut ixit) = (rich_text("ics.toml"), rich_text("ixit.toml"));
    plant(&mut ics, "detail = \"Parts cannot be exchanged; the casing is sealed against water\"\n", "");
    plant(
        &mut ics,
        "[provision.\"5.1-3\"]\nsupport = \"Y\"",
        "[provision.\"5.1-3\"]\nsupport = \"N/A\"\ndetail = \"We have none\"",
    );
    plant(&mut ics, "[provision.\"5.10-1\"]\nsupport = \"Y\"\n", "");
    plant(&mut ixit, "update_mechanism = [\"UpdMech-1\"]", "update_mechanism = [\"UpdMech-2\"]");
    plant(
        &mut ixit,
        "authentication_mechanism = [\"AuthMech-Web\"]",
        "authentication_mechanism = [\"UpdMech-1\"]",
    );
    plant(&mut ixit, "brute_force_prevention = \"Lock-out for 60 s after five failures\"\n", "");
    plant(&mut ixit, "resilience_measures = \"Connections limited\"", "resilience_measures = \"TBD\"");
    plant(&mut ixit, "ext_sens = ", "acc_ctrl = ");
    let reading = read(&ics, &ixit);
    assert!(reading.declaration.is_some(), "findings do not keep a declaration from being used");
    let seen: Vec<_> = reading
        .diagnostics
        .iter()
        .map(|d| (d.code.as_str(), d.provision.as_deref().unwrap_or(""), d.unit.as_deref().unwrap_or("")))
        .collect();
    let expected = [
        ("support-not-stated", "5.10-1", "4-1-1:a"),
        ("not-applicable-on-mandatory", "5.1-3", "5.1-3-1:a"),
        ("missing-justification", "5.3-15", "4-1-1:a"),
        ("table-not-stated", "5.8-3", "5.8-3-1:c"),
        ("missing-field", "5.1-5", "5.1-5-1:a"),
        ("dangling-reference", "5.3-1", "5.3-1-1:a"),
        ("placeholder-text", "5.9-3", "5.9-3-1:a"),
        ("reference-to-wrong-table", "5.5-4", "5.5-4-1:a"),
        ("empty-contradicted", "5.6-8", "5.6-8-1:a"),
    ];
    assert_eq!(seen, expected, "{}", spoken(&reading.diagnostics));
}

#[test]
fn a_web_login_needs_a_path_and_a_login_of_another_protocol_does_not() {
    for (login, missing) in [
        ("kind = \"form\", port = 443, tls = true", true),
        ("kind = \"basic\", port = 80, path = \"\"", true),
        ("kind = \"bearer\", port = 443, path = \"/token\"", false),
        ("kind = \"ssh\", port = 22", false),
        ("kind = \"snmp-community\", port = 161", false),
    ] {
        let row = format!("[[auth_mech]]\nid = \"A\"\ndescription = \"x\"\nlogin = {{ {login} }}\n");
        let reading = read(&rich_text("ics.toml"), &row);
        let found: Vec<_> = reading.diagnostics.iter().filter(|found| found.code == "missing-key").collect();
        assert_eq!(found.len(), usize::from(missing), "{login}: {found:#?}");
        for error in found {
            assert_eq!((error.severity, error.at.line), (Severity::Error, 4));
            assert!(error.message.contains("`path`") && error.help.is_some(), "{error:#?}");
        }
    }
}

#[test]
fn a_setting_that_the_table_does_not_have_is_named_with_the_nearest_one() {
    let setting = "{ port = 443, tls = true, page = \"/settings\", field = \"automatic\" }";
    for (table, wrong, right) in [
        ("upd_mech", "automatic-update", "automatic-updates"),
        ("upd_mech", "consent", "update-notices"),
        ("pers_data", "consents", "consent"),
        ("user_dec", "decison", "decision"),
    ] {
        let with = |key: &str| {
            let ixit = format!("[[{table}]]\nid = \"Row-1\"\nsettings = {{ {key} = {setting} }}\n");
            read("edition = \"en303645-2.1.1\"\n", &ixit)
        };
        let wrong_keys = |reading: &Reading| -> Vec<Diagnostic> {
            reading.diagnostics.iter().filter(|found| found.code == "unknown-key").cloned().collect()
        };
        let found = wrong_keys(&with(wrong));
        assert_eq!(found.len(), 1, "{table}.{wrong}");
        assert_eq!((found[0].severity, found[0].at.line), (Severity::Error, 3));
        assert!(found[0].help.as_deref().is_some_and(|help| help.contains(right)), "{:?}", found[0].help);
        assert!(wrong_keys(&with(right)).is_empty(), "{table}.{right}");
    }
}

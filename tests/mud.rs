//! MUD files: read with the declaration that names them, and proposed from a run.

mod command;

use std::fs;
use std::path::{Path, PathBuf};

use command::{code, demo, json, run, told};
use harness::ixit::mud::{Mud, compare};
use tempfile::TempDir;

const FILE: &str = "documents/hk-100.mud.json";

/// The reference declaration as it lies in the repository, with one change to one of its files.
fn changed(file: &str, from: &str, to: &str) -> (TempDir, PathBuf) {
    let below = tempfile::tempdir().expect("a temporary folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/devices/water-heater");
    let folder = below.path().join("device");
    copy(&source, &folder);
    let path = folder.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file} does not contain {from:?}; adapt the test");
    fs::write(path, text.replacen(from, to, 1)).expect("a file");
    (below, folder)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("a copy");
        }
    }
}

/// Code, severity, blame, file and line.
type Found = (String, String, String, String, u64);

/// Exit code of a check, and every finding.
fn findings(folder: &Path) -> (i32, Vec<Found>) {
    let output = run(&["check", &folder.display().to_string(), "--json"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let found = json(&output)["findings"].as_array().expect("a list").clone();
    let found = found.iter().map(|one| {
        let line = one["line"].as_u64().unwrap_or_default();
        (text(&one["code"]), text(&one["severity"]), text(&one["blame"]), text(&one["file"]), line)
    });
    (code(&output), found.collect())
}

fn finding(code: &str, file: &str, line: u64) -> Found {
    (code.to_owned(), "finding".to_owned(), "documentation".to_owned(), file.to_owned(), line)
}

#[test]
fn the_reference_file_agrees_and_another_kept_time_does_not_matter() {
    let (_below, folder) = changed(FILE, "\"cache-validity\": 48", "\"cache-validity\": 168");
    assert_eq!(findings(&folder), (0, Vec::new()));
}

#[test]
fn a_value_that_the_rfc_does_not_allow_is_found() {
    let (_below, folder) = changed(FILE, "\"cache-validity\": 48", "\"cache-validity\": 169");
    assert_eq!(findings(&folder), (1, vec![finding("mud-bad-value", FILE, 6)]));
}

#[test]
fn a_file_that_is_no_mud_file_stops_no_run() {
    let (_below, folder) = changed(FILE, "\"ietf-mud:mud\"", "\"ietf-mud:mad\"");
    let (code, found) = findings(&folder);
    assert_eq!(code, 1, "{found:?}");
    assert!(found.iter().all(|one| one.0 == "mud-not-understood" && one.1 == "finding"), "{found:?}");
}

#[test]
fn a_rule_that_no_row_declares_is_found_with_its_place() {
    let (_below, folder) = changed(FILE, "cloud.hinode.example", "tracker.example");
    let (_, found) = findings(&folder);
    // The other direction still allows the cloud.
    assert_eq!(found.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["mud-rule-undeclared"]);
    assert_eq!(found[0].3, FILE);
}

#[test]
fn a_mechanism_without_a_rule_is_found_in_the_ixit() {
    let row = "\n[[com_mech]]\nid = \"ComMech-More\"\nrole = \"client\"\nendpoint = [{ transport = \"tcp\", port = 4242, host = \"more.example\" }]\n";
    let (_below, folder) = changed(
        "ixit.toml",
        "\n[[com_mech]]\nid = \"ComMech-CloudMqtt\"",
        &format!("{row}\n[[com_mech]]\nid = \"ComMech-CloudMqtt\""),
    );
    let (_, found) = findings(&folder);
    let mud: Vec<&Found> = found.iter().filter(|one| one.0.starts_with("mud-")).collect();
    assert_eq!(mud.len(), 1, "{found:?}");
    assert_eq!((mud[0].0.as_str(), mud[0].3.as_str()), ("mud-lacks-mechanism", "ixit.toml"));
}

#[test]
fn a_file_that_is_missing_or_elsewhere_is_said() {
    let (_below, folder) = changed("ics.toml", "mud = \"hk-100.mud.json\"", "mud = \"hk-101.mud.json\"");
    let (code, found) = findings(&folder);
    assert_eq!((code, found.len(), found[0].0.as_str()), (1, 1, "missing-document"), "{found:?}");
    let (_below, folder) =
        changed("ics.toml", "mud = \"hk-100.mud.json\"", "mud = \"../../hk-100.mud.json\"");
    let (code, found) = findings(&folder);
    assert_eq!((code, found[0].0.as_str()), (2, "path-outside-documents"), "{found:?}");
}

#[test]
fn the_file_proposed_from_a_run_allows_nothing_that_is_not_declared() {
    let below = tempfile::tempdir().expect("a temporary folder");
    let (output, out) = demo(below.path(), "run", &["--only", "5.7-2"]);
    assert_eq!(code(&output), 3, "a partial run: {}", told(&output));
    let path = out.display().to_string();
    let output = run(&["report", &path, "--format", "mud", "--lang", "en,ja"]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let bytes = fs::read(out.join("reports/proposed.mud.json")).expect("the proposal");
    let (mud, faults) = Mud::from_bytes("proposed.mud.json", &bytes);
    assert_eq!(faults, [], "what is proposed is sound");
    let mud = mud.expect("a MUD file");
    let record = harness::RunRecord::read(&out).expect("the run");
    let codes: Vec<String> = compare(&mud, &record.declaration).into_iter().map(|one| one.code).collect();
    assert!(codes.iter().all(|code| code == "mud-lacks-mechanism"), "{codes:?}");
    assert!(!mud.rules.is_empty(), "the cloud is called in every run");
    assert_eq!(mud.url, "https://www.hinode.example/mud/hk-100.json", "that of the supplier's own file");
    for language in ["en", "ja"] {
        let beside = fs::read_to_string(out.join(format!("reports/proposed.mud.{language}.txt")));
        assert!(beside.expect("the text beside it").contains("ComMech-CloudMqtt"));
    }
}

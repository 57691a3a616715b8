use ixit::Blame;
use probes::handed_in::{FileRead, FilesRead, LogRead, Sighting};

use crate::judge::By;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const IXIT: &str = r#"
[[intf]]
id = "Intf-Uart"
description = "Contacts"
type = ["physical"]
status = "disabled"
debug_interface = true
exposure = "never"
[[intf]]
id = "Intf-Bus"
description = "Terminal"
type = ["physical"]
status = "enabled"
debug_interface = false
exposure = "required"
"#;

const QUIET: &str = r#"
console = "nothing"
settings = "9600 to 921600 baud"
photo = { file = "sha256:aa" }
pins = [{ pin = "1", mv = 0, guess = "tx" }]
"#;

fn log(of: &str, state: &str, what: Option<&str>) -> FileRead {
    let sightings = what.map(|what| Sighting { what: what.into(), line: 7, text: "/ #".into() });
    FileRead {
        kind: "serial-log".into(),
        of: of.into(),
        name: "serial.log".into(),
        octets: 100,
        whole: true,
        log: Some(LogRead {
            state: state.into(),
            readable_percent: Some(30),
            sightings: sightings.into_iter().collect(),
            ..LogRead::default()
        }),
        kept: Some("sha256:bb".into()),
        ..FileRead::default()
    }
}

fn with(files: Vec<FileRead>) -> TestFacts {
    TestFacts::declared(IXIT).observed(Seen::by("handed-in", FilesRead { values: 2, files }))
}

#[test]
fn a_console_at_a_debug_interface_fails_by_machine() {
    for what in ["root-shell", "shell-prompt", "bootloader-prompt", "login-prompt", "debugger"] {
        let result = with(vec![log("Intf-Uart", "readable", Some(what))]).judge_one("5.6-4-2:a");
        assert_eq!((result.verdict, result.by), (Verdict::Fail, By::Machine), "{what}");
        assert_eq!(result.reason.code, "console-at-debug-interface");
        assert!(result.evidence.iter().any(|evidence| evidence.reference == "sha256:bb"));
    }
}

#[test]
fn a_quiet_log_leaves_it_to_a_person_with_a_worksheet() {
    let facts = with(vec![log("Intf-Uart", "readable", Some("boot-message"))]);
    assert_eq!(facts.judge_one("5.6-4-2:a").reason.code, "waits-for-assessor");
    let bare = with(Vec::new()).answered("5.6-4-2:a", "Intf-Uart", "yes").judge_one("5.6-4-2:a");
    assert_eq!((bare.verdict, bare.reason.code.as_str()), (Verdict::Inconclusive, "notes-incomplete"));
    assert!(bare.open.is_some());
    let passed = facts.noted("5.6-4-2:a", "Intf-Uart", "yes", QUIET).judge_one("5.6-4-2:a");
    assert_eq!((passed.verdict, passed.by), (Verdict::Pass, By::Assisted));
    assert!(passed.evidence.iter().any(|evidence| evidence.reference == "sha256:aa"));
}

#[test]
fn the_notes_fail_what_the_answer_passes() {
    let noted =
        |notes: &str| with(Vec::new()).noted("5.6-4-2:a", "Intf-Uart", "yes", notes).judge_one("5.6-4-2:a");
    let shell = noted(&QUIET.replace("\"nothing\"", "\"shell\""));
    assert_eq!((shell.verdict, shell.reason.code.as_str()), (Verdict::Fail, "console-noted"));
    let output = QUIET.replace("\"nothing\"", "\"output-only\"");
    assert_eq!(noted(&output).reason.code, "notes-contradict");
    let driven = noted(&output.replace("mv = 0", "mv = 3300"));
    assert_eq!((driven.verdict, driven.blame), (Verdict::Fail, Some(Blame::Device)));
}

#[test]
fn a_log_that_cannot_be_read_is_the_matter_of_the_lab() {
    let result = with(vec![log("Intf-Uart", "garbage", None)]).judge_one("5.6-4-2:a");
    assert_eq!((result.verdict, result.blame), (Verdict::Inconclusive, Some(Blame::Lab)));
    assert_eq!(result.reason.code, "log-not-readable");
    let second = vec![log("Intf-Uart", "garbage", None), log("Intf-Uart", "readable", None)];
    assert_eq!(with(second).judge_one("5.6-4-2:a").reason.code, "waits-for-assessor");
}

#[test]
fn other_interfaces_serve_for_no_debugging() {
    let shell = with(vec![log("Intf-Bus", "readable", Some("shell-prompt"))]).judge_one("5.6-4-2:b");
    assert_eq!((shell.verdict, shell.reason.code.as_str()), (Verdict::Fail, "debugging-at-other-interface"));
    // A login at an interface that is meant for people is none.
    let login = with(vec![log("Intf-Bus", "readable", Some("login-prompt"))]).judge_one("5.6-4-2:b");
    assert_eq!(login.reason.code, "waits-for-assessor");
    let pads = with(vec![log("pads J7", "readable", Some("root-shell"))]).judge("5.6-4-2:b");
    let pads = pads.iter().find(|result| result.item == "pads J7").unwrap();
    assert_eq!(
        (pads.verdict, pads.blame, pads.reason.code.as_str()),
        (Verdict::Fail, Some(Blame::DeviceOrDocumentation), "debugging-at-undeclared-interface")
    );
}

#[test]
fn contacts_without_a_row_fail() {
    let notes =
        "tried = \"all\"\nconsole = \"nothing\"\ncontacts = [{ pin = \"TP9\", mv = 1800, guess = \"tx\" }]";
    let result = with(Vec::new()).noted("5.6-4-2:b", "Intf-Bus", "yes", notes).judge_one("5.6-4-2:b");
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Fail, "found-not-declared"));
    let known = notes.replace("guess = \"tx\"", "guess = \"tx\", row = \"Intf-Uart\"");
    let result = with(Vec::new()).noted("5.6-4-2:b", "Intf-Bus", "yes", &known).judge_one("5.6-4-2:b");
    assert_eq!(result.verdict, Verdict::Pass);
}

//! `hantei trial` as test runners call it: a list, then a process for each trial, several at once.

mod command;

use std::fs;
use std::path::Path;
use std::process::{Child, Output, Stdio};

use command::{code, hantei, run, told};

/// A part of the plan that is soon assessed.
const PART: [&str; 4] = ["--profile", "matrix", "--only", "5.1-*,5.6-1*"];

fn trial<'a>(out: &'a str, more: &[&'a str], libtest: &[&'a str]) -> Vec<&'a str> {
    [&["trial", "--demo", "--out", out], &PART[..], more, &["--"], libtest].concat()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The trials of a list in the terse format, which has nothing else in it.
fn listed(output: &Output) -> Vec<String> {
    said(output).lines().map(|line| line.strip_suffix(": test").expect("a trial").to_owned()).collect()
}

fn starts(run: &Path) -> usize {
    let journal = fs::read_to_string(run.join("journal.jsonl")).expect("a journal");
    journal
        .lines()
        .filter(|line| line.contains("\"run-started\"") || line.contains("\"run-resumed\""))
        .count()
}

#[test]
fn four_processes_at_once_make_one_run_and_tell_the_same() {
    let below = tempfile::tempdir().expect("a folder");
    let out = below.path().join("run");
    let path = out.display().to_string();

    let list = run(&trial(&path, &[], &["--list", "--format", "terse"]));
    assert_eq!(code(&list), 0, "{}", told(&list));
    let names = listed(&list);
    assert!(
        names.contains(&"5.1-1::5.1-1-1".to_owned()) && names.contains(&"overall::verdict".to_owned()),
        "{names:?}"
    );
    assert!(names.iter().all(|name| name.split_once("::").is_some()), "{names:?}");
    let ignored = run(&trial(&path, &[], &["--list", "--format", "terse", "--ignored"]));
    assert_eq!((code(&ignored), listed(&ignored)), (0, Vec::new()));
    assert_eq!(fs::read_dir(below.path()).expect("a folder").count(), 0, "a list leaves nothing behind");

    // As cargo-nextest does it: a process for each trial.
    let telnet = ["--fault", "telnet-open"];
    let begin = |name: &str| -> Child {
        hantei(&trial(&path, &telnet, &["--exact", name, "--nocapture"]))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started")
    };
    let failing = "5.6-1::5.6-1-2";
    let begun: Vec<Child> = [failing, "5.1-1::5.1-1-1", failing, failing].into_iter().map(begin).collect();
    let ended: Vec<Output> =
        begun.into_iter().map(|child| child.wait_with_output().expect("it ends")).collect();
    assert_eq!(starts(&out), 1, "one run for four processes");
    let texts: Vec<String> = [0, 2, 3].iter().map(|n| without_times(&said(&ended[*n]))).collect();
    assert!(texts.windows(2).all(|two| two[0] == two[1]), "{texts:?}");
    for n in [0, 2, 3] {
        assert_eq!(code(&ended[n]), 1, "{}", told(&ended[n]));
    }
    for part in ["5.6-1-2:", "Expected: ", "Seen: ", "Evidence: sha256:", "Who has to act: "] {
        assert!(texts[0].contains(part), "{part} in {}", texts[0]);
    }
    assert_eq!(code(&ended[1]), 0, "{}{}", said(&ended[1]), told(&ended[1]));

    a_run_that_is_there_is_read(&path, &out, &telnet, failing);
    another_subject_is_refused(&path);
    a_stopped_run_is_gone_on_with(&path, &out, &telnet, failing);
}

/// The same without how long it took.
fn without_times(text: &str) -> String {
    text.lines().map(|line| line.split("; finished in").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn a_run_that_is_there_is_read(path: &str, out: &Path, telnet: &[&str], failing: &str) {
    let journal = fs::read(out.join("journal.jsonl")).expect("a journal");
    let whole = run(&trial(path, telnet, &["--format", "json", "--test-threads", "4"]));
    assert_eq!(code(&whole), 1, "{}", told(&whole));
    let events: Vec<serde_json::Value> =
        said(&whole).lines().map(|line| serde_json::from_str(line).expect("a JSON event")).collect();
    let event = |name: &str| {
        let of = |event: &&serde_json::Value| event["name"] == name && event["event"] != "started";
        events.iter().find(of).expect("an event of the trial")["event"].clone()
    };
    assert_eq!(event(failing), "failed");
    assert_eq!(event("5.1-1::5.1-1-1"), "ok");
    assert_eq!(event("overall::verdict"), "failed");
    let japanese = run(&trial(path, &[telnet, &["--lang", "ja"]].concat(), &["--exact", failing]));
    assert_eq!(code(&japanese), 1);
    assert!(
        said(&japanese).contains("証拠") && !said(&japanese).contains("Expected:"),
        "{}",
        said(&japanese)
    );
    assert_eq!(
        fs::read(out.join("journal.jsonl")).expect("a journal"),
        journal,
        "nothing was assessed again"
    );
}

fn another_subject_is_refused(path: &str) {
    // Without the fault it is another device: no answer of the wrong one.
    for other in [trial(path, &[], &[]), trial(path, &["--fault", "telnet-open"], &[])] {
        let other: Vec<&str> = match other.contains(&"--fault") {
            true => other.iter().map(|part| if *part == PART[3] { "5.1-*" } else { part }).collect(),
            false => other,
        };
        let refused = run(&other);
        assert_eq!(code(&refused), 2, "{}", told(&refused));
        assert!(said(&refused).is_empty() && told(&refused).contains("--out"), "{}", told(&refused));
    }
}

/// As a kill leaves it: the last line of the journal was not written. Nobody holds the lock, so the next goes on.
fn a_stopped_run_is_gone_on_with(path: &str, out: &Path, telnet: &[&str], failing: &str) {
    let journal = fs::read_to_string(out.join("journal.jsonl")).expect("a journal");
    let lines: Vec<&str> = journal.lines().collect();
    let kept: String = lines[..lines.len() - 1].iter().map(|line| format!("{line}\n")).collect();
    fs::write(out.join("journal.jsonl"), kept).expect("written");
    let last: serde_json::Value = serde_json::from_str(lines[lines.len() - 1]).expect("a line");
    let head = fs::read(out.join("journal.head")).expect("a head");
    let mut head: serde_json::Value = serde_json::from_slice(&head).expect("a head");
    head["count"] = (lines.len() - 1).into();
    head["last"] = last["prev"].clone();
    fs::write(out.join("journal.head"), format!("{head}\n")).expect("written");
    assert!(Path::new(&format!("{path}.trial-lock")).exists(), "the lock of those who are gone");
    let next = run(&trial(path, telnet, &["--exact", failing]));
    assert_eq!(code(&next), 1, "{}", told(&next));
    assert_eq!(starts(out), 2, "started once, resumed once");
}

#[test]
fn what_is_open_fails_or_is_ignored_as_asked() {
    let below = tempfile::tempdir().expect("a folder");
    let path = below.path().join("run").display().to_string();
    let nobody = below.path().join("decisions.toml");
    fs::write(&nobody, "").expect("written");
    let nobody = nobody.display().to_string();
    let decisions = ["--decisions", &nobody];
    // A filter that nothing fits runs nothing.
    let none = run(&trial(&path, &decisions, &["no-such-case"]));
    assert_eq!(code(&none), 0, "{}", told(&none));
    assert!(!Path::new(&path).exists(), "the device was touched for no trial");
    let open = run(&trial(&path, &decisions, &["5.1-3::5.1-3-1"]));
    assert_eq!(code(&open), 3, "{}{}", said(&open), told(&open));
    assert!(said(&open).contains("INCONCLUSIVE 5.1-3-1"), "{}", said(&open));
    let ignored = [&decisions[..], &["--inconclusive", "ignored"]].concat();
    let ignored = run(&trial(&path, &ignored, &["5.1-3::5.1-3-1"]));
    assert_eq!(code(&ignored), 0, "{}", told(&ignored));
    assert!(said(&ignored).contains("1 ignored"), "{}", said(&ignored));
}

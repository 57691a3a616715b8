use probes::handed_in::{FileRead, FilesRead, LogRead, Sighting};

use crate::judge::By;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const IXIT: &str = "[[sec_boot]]\nid = \"SecBoot-1\"\ndescription = \"Chain\"\n";

fn log(kinds: &[&str]) -> FilesRead {
    let sighting = |(at, what): (usize, &&str)| Sighting {
        what: (*what).into(),
        line: at as u64 + 1,
        text: String::new(),
    };
    let log = LogRead {
        state: "readable".into(),
        sightings: kinds.iter().enumerate().map(sighting).collect(),
        ..LogRead::default()
    };
    let file = FileRead {
        kind: "serial-log".into(),
        of: "SecBoot-1".into(),
        name: "altered.log".into(),
        log: Some(log),
        ..FileRead::default()
    };
    FilesRead { values: 0, files: vec![file] }
}

#[test]
fn an_altered_start_that_runs_through_fails_by_machine() {
    let judged = |kinds: &[&str]| {
        let facts = TestFacts::declared(IXIT).observed(Seen::by("handed-in", log(kinds)));
        let result = facts.judge_one("5.7-1-2:a");
        (result.verdict, result.by, result.reason.code)
    };
    assert_eq!(
        judged(&["boot-message", "login-prompt"]),
        (Verdict::Fail, By::Machine, "altered-software-started".to_owned())
    );
    // Refused, and the other partition runs; or nothing of the start was seen: for a person.
    assert_eq!(judged(&["boot-message", "refusal", "login-prompt"]).0, Verdict::Inconclusive);
    assert_eq!(judged(&["login-prompt"]).2, "waits-for-assessor");
    assert_eq!(judged(&["boot-message"]).2, "waits-for-assessor");
}

#[test]
fn the_notes_of_a_person_are_held_to_each_other() {
    let noted = |notes: &str| {
        let notes = format!("tried = \"update file\"\nphoto = {{ file = \"sha256:aa\" }}\n{notes}");
        let facts = TestFacts::declared(IXIT).noted("5.7-1-2:a", "SecBoot-1", "yes", &notes);
        let result = facts.judge_one("5.7-1-2:a");
        (result.verdict, result.reason.code)
    };
    assert_eq!(noted("start = \"refused\"").0, Verdict::Pass);
    assert_eq!(noted("start = \"runs-on\""), (Verdict::Fail, "altered-software-noted".to_owned()));
    assert_eq!(
        noted("start = \"refused\"\nbefore = \"aa\"\nafter = \"aa\""),
        (Verdict::Inconclusive, "notes-contradict".to_owned())
    );
    assert_eq!(noted("").1, "notes-incomplete");
}

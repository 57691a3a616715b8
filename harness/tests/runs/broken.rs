//! What was altered is named as altered, and nothing is judged from it. What lies in a run is for its owner.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::{Device, Person, copy, request, start};
use harness::{ExitCode, NoAnswers, RunManifest, RunRecord, StoreError};

/// A run, and a place for altered copies of it.
async fn a_run() -> (tempfile::TempDir, PathBuf) {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let run = place.path().join("run");
    start(request(&device, &run, true), Arc::default(), Person::with(&[])).await.unwrap();
    (place, run)
}

fn altered(run: &Path, file: &str, change: impl Fn(&str) -> String) -> PathBuf {
    let folder = run.with_file_name("altered");
    let _ = fs::remove_dir_all(&folder);
    copy(run, &folder);
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let changed = change(&text);
    assert_ne!(text, changed, "{file}");
    fs::write(folder.join(file), changed).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn one_changed_line_of_the_journal_is_all_that_is_told() {
    let (_place, run) = a_run().await;
    let count = fs::read_to_string(run.join("journal.jsonl")).unwrap().lines().count();
    for place in [1, count / 2, count - 2] {
        let folder = altered(&run, "journal.jsonl", |text| {
            let lines = text.lines().enumerate().map(|(n, line)| match n == place {
                true => line.replacen("\"at\":\"2", "\"at\":\"1", 1) + "\n",
                false => format!("{line}\n"),
            });
            lines.collect()
        });
        let verification = harness::verify(&folder).unwrap();
        assert_eq!(verification.altered.len(), 1, "{:?}", verification.altered);
        assert_eq!(verification.altered[0].file, "journal.jsonl");
        let named = format!("line {} does not follow from line {}", place + 2, place + 1);
        assert!(verification.altered[0].actual.contains(&named), "{:?}", verification.altered);
        assert_eq!(verification.notes.len(), 1, "{:?}", verification.notes);
        assert!(verification.notes[0].contains("its own digest only"), "{:?}", verification.notes);
    }
}

#[tokio::test]
async fn a_broken_record_is_not_judged_and_nothing_is_written() {
    let (_place, run) = a_run().await;
    for (file, from, to) in [
        ("journal.jsonl", "\"yes\"", "\"no\""),
        ("plan.json", "\"factory_reset\"", "\"onboard\""),
        ("run.json", "\"demonstration\": false", "\"demonstration\": true"),
        // No longer what a plan or a manifest looks like.
        ("plan.json", "\"steps\"", "\"stairs\""),
        ("run.json", "\"samples\"", "\"examples\""),
        ("run.json", "{", "["),
        ("declaration/ics.toml", "edition", "audition"),
    ] {
        let folder = altered(&run, file, |text| text.replacen(from, to, 1));
        fs::remove_file(folder.join("assessment.json")).unwrap();
        let before = names(&folder);
        let error = harness::judge(&folder).expect_err(file);
        assert!(matches!(error, StoreError::Broken { .. }), "{file}: {error}");
        assert_eq!(error.exit_code(), ExitCode::CannotVouch);
        let told = error.to_string();
        let named = if file == "journal.jsonl" { "line" } else { file };
        assert!(told.contains(named) && told.contains("hantei verify"), "{file}: {told}");
        assert_eq!(names(&folder), before, "{file}");
        if file == "run.json" {
            assert!(matches!(RunManifest::read(&folder), Err(StoreError::Broken { .. })));
        }
    }
}

#[tokio::test]
async fn a_folder_that_never_held_a_run_is_no_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = RunRecord::read(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::NoRun { .. }), "{error}");
    assert_eq!(error.exit_code(), ExitCode::NotStarted);
}

#[tokio::test]
async fn a_run_without_a_crypto_policy_in_its_manifest_is_read() {
    let (_place, run) = a_run().await;
    // As a build wrote it that did not have the field: the chain is made with the digests of its own files.
    let text = fs::read_to_string(run.join("run.json")).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    manifest.as_object_mut().unwrap().remove("policy").unwrap();
    let older = serde_json::to_string_pretty(&manifest).unwrap() + "\n";
    let digest = harness::probes::observation::digest;
    let (was, is) = (digest(text.as_bytes()), digest(older.as_bytes()));
    fs::write(run.join("run.json"), older).unwrap();
    let mut journal = String::new();
    let mut before: Option<(String, String)> = None;
    for line in fs::read_to_string(run.join("journal.jsonl")).unwrap().lines() {
        let mut changed = line.replace(&was, &is);
        if let Some((was, is)) = &before {
            changed = changed.replace(was, is);
        }
        before = Some((digest(line.as_bytes()), digest(changed.as_bytes())));
        journal.push_str(&changed);
        journal.push('\n');
    }
    fs::write(run.join("journal.jsonl"), &journal).unwrap();
    crate::support::seal(&run, journal.lines().count(), journal.lines().last().unwrap());

    let record = RunRecord::read(&run).unwrap();
    assert_eq!(record.broken, Vec::<String>::new());
    assert_eq!(record.manifest.policy.sha256, "");
    assert!(harness::verify(&run).unwrap().sound());
    assert!(harness::judge(&run).unwrap().same_as_stored);
}

#[cfg(unix)]
#[tokio::test]
async fn what_lies_in_a_run_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_place, run) = a_run().await;
    let silent = tokio_util::sync::CancellationToken::new();
    harness::decide(&run, Arc::new(NoAnswers), Arc::new(harness::Silent), silent).await.unwrap();
    let mut folders = vec![run.clone()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(
            fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
            0o700,
            "{}",
            folder.display()
        );
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{}",
                path.display()
            );
        }
    }
    assert!(files > 10);
}

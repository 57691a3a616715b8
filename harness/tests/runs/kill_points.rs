//! A run that ends at any line of its journal goes on to the same verdicts and asks nothing twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::{Device, FakeBench, Person, copy, request, resume, seal, start, verdicts};
use harness::store::Entry;
use harness::{ExitCode, RunRecord, Silent};
use tokio_util::sync::CancellationToken;

fn decided(folder: &std::path::Path) -> BTreeSet<String> {
    let record = RunRecord::read(folder).unwrap();
    record.decisions.iter().map(|decision| decision.prompt.clone()).collect()
}

#[tokio::test]
async fn a_stop_after_any_line_changes_no_verdict() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let whole = place.path().join("whole");
    let bench = Arc::new(FakeBench { asks: ["onboard".to_owned()].into(), ..FakeBench::default() });
    let outcome =
        start(request(&device, &whole, true), bench, Person::with(&[("5.12-1", "no")])).await.unwrap();
    let expected = verdicts(&outcome.assessment.unwrap());
    let journal = fs::read_to_string(whole.join("journal.jsonl")).unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    assert!(lines.len() > 25, "{journal}");
    let points = (1..lines.len()).map(|kept| {
        let folder = place.path().join(kept.to_string());
        copy(&whole, &folder);
        go_on_after(&device, folder, &lines, kept, &expected)
    });
    futures::future::join_all(points).await;
}

/// Cuts the journal after so many lines and resumes.
async fn go_on_after(device: &Device, folder: PathBuf, lines: &[&str], kept: usize, expected: &[String]) {
    let start: String = lines[..kept].iter().map(|line| format!("{line}\n")).collect();
    // Every third time the crash came in the middle of writing the next line.
    let torn = if kept.is_multiple_of(3) { &lines[kept][..lines[kept].len() / 2] } else { "" };
    fs::write(folder.join("journal.jsonl"), format!("{start}{torn}")).unwrap();
    seal(&folder, kept, lines[kept - 1]);
    let before = decided(&folder);
    let bench = Arc::new(FakeBench { asks: ["onboard".to_owned()].into(), ..FakeBench::default() });
    let person = Person::with(&[("5.12-1", "no")]);
    let resumed = resume(device, &folder, bench, person.clone()).await.unwrap();
    assert_eq!(verdicts(&resumed.assessment.unwrap()), expected, "after line {kept}");
    let twice: Vec<String> = person.asked().into_iter().filter(|prompt| before.contains(prompt)).collect();
    assert_eq!(twice, Vec::<String>::new(), "after line {kept}");
    let after = fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    assert!(after.starts_with(&start), "the journal only grows");
    assert_eq!(folder.join("journal.torn").exists(), !torn.is_empty(), "after line {kept}");
    let verification = harness::verify(&folder).unwrap();
    assert!(verification.sound(), "after line {kept}: {:?}", verification.altered);
    assert!(harness::judge(&folder).unwrap().same_as_stored);
}

#[tokio::test]
async fn an_observation_is_made_once() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let bench = FakeBench { cancels: Some(("onboard".into(), cancel.clone())), ..FakeBench::default() };
    let request = request(&device, folder.path(), true);
    let stopped =
        harness::run(request, Arc::new(bench), Person::with(&[]), Arc::new(Silent), cancel).await.unwrap();
    assert_eq!(stopped.exit, ExitCode::Stopped);
    let before = RunRecord::read(folder.path()).unwrap();
    let bench = Arc::new(FakeBench::default());
    resume(&device, folder.path(), bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard"]);
    let after = RunRecord::read(folder.path()).unwrap();
    assert_eq!(after.observations[..before.observations.len()], before.observations);
    let keys: BTreeSet<&String> = after.keys.iter().collect();
    assert_eq!(keys.len(), after.keys.len());
}

#[tokio::test]
async fn a_state_with_outstanding_steps_is_entered_anew_and_the_identity_read_again() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let whole = place.path().join("whole");
    start(request(&device, &whole, true), Arc::default(), Person::with(&[])).await.unwrap();
    // As if the power had failed right after the sweep of the first state.
    let journal = fs::read_to_string(whole.join("journal.jsonl")).unwrap();
    let sweep = journal
        .lines()
        .position(|line| line.contains("\"kind\":\"observation\"") && line.contains("tcp-sweep"))
        .unwrap();
    let kept: String = journal.lines().take(sweep + 1).map(|line| format!("{line}\n")).collect();
    fs::write(whole.join("journal.jsonl"), kept).unwrap();
    let last = journal.lines().nth(sweep).unwrap();
    seal(&whole, sweep + 1, last);
    let bench = Arc::new(FakeBench::default());
    resume(&device, &whole, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["factory_reset", "onboard"]);
    let record = RunRecord::read(&whole).unwrap();
    let again = record.keys.iter().filter(|key| key.contains('~')).collect::<Vec<_>>();
    assert!(
        matches!(again[..], [key] if key.starts_with("factory_default/device-identity/") && key.ends_with("/S1~2")),
        "{:?}",
        record.keys
    );
    let sweeps = record.keys.iter().filter(|key| key.starts_with("factory_default/tcp-sweep/")).count();
    assert_eq!(sweeps, 1, "the sweep that was kept is not repeated");
}

#[tokio::test]
async fn a_person_who_leaves_is_asked_only_the_rest() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let tired = Person::with(&[]);
    tired.patience.store(2, Ordering::Relaxed);
    start(request(&device, folder.path(), true), Arc::default(), tired).await.unwrap();
    let before = decided(folder.path());
    assert_eq!(before.len(), 2);
    let rested = Person::with(&[]);
    resume(&device, folder.path(), Arc::default(), rested.clone()).await.unwrap();
    assert!(!rested.asked().is_empty());
    assert!(rested.asked().iter().all(|prompt| !before.contains(prompt)));
    let journal = RunRecord::read(folder.path()).unwrap().journal;
    let resumed = journal.iter().filter(|line| matches!(line.line.entry, Entry::RunResumed { .. })).count();
    assert_eq!(resumed, 1);
}

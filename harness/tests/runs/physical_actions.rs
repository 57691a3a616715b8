//! Outages and altered software: performed once, recorded, and never left behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::support::{Device, FakeBench, Person, bench_text, request, start};
use harness::probes::{Observation, Outcome, Request};
use harness::store::Entry;
use harness::testcases::DutState;
use harness::testcases::plan::{Disturbance, Step};
use harness::{BenchInput, RunRecord, RunRequest, Silent};
use serde_json::json;
use tokio_util::sync::CancellationToken;

fn observe(state: DutState, probe: &str, params: serde_json::Value, disturbs: Disturbance) -> Step {
    Step::Observe {
        state,
        request: Request { probe: probe.into(), target: format!("{probe} here"), params },
        for_each: None,
        units: Vec::new(),
        disturbs: vec![disturbs],
        actions: vec!["power_off".into(), "power_on".into()],
        budget_seconds: None,
    }
}

fn enter(state: DutState, action: &str) -> Step {
    Step::Enter { state, action: action.into() }
}

/// A run on this device with these steps behind the identity in normal use.
fn with_steps(
    device: &Device,
    folder: &std::path::Path,
    consent: &str,
    further: impl IntoIterator<Item = Step>,
) -> RunRequest {
    let mut request = request(device, folder, true);
    let identity = request.plan.steps.iter().find(|step| {
        matches!(step, Step::Observe { state: DutState::Initialized, request, .. } if request.probe == "device-identity")
    });
    let identity = identity.unwrap().clone();
    request.plan.steps = vec![enter(DutState::Initialized, "onboard"), identity];
    request.plan.steps.extend(further);
    let bench = format!("{}[consent]\n{consent}\n", bench_text(device));
    request.bench = BenchInput::built_in(bench.into_bytes(), json!({ "seed": 7 })).unwrap();
    request
}

fn outage() -> Step {
    let params = json!({ "kind": "power", "seconds": 0.1, "next_try_seconds": 0.1 });
    observe(DutState::Initialized, "interruption", params, Disturbance::Interrupt)
}

fn altered() -> [Step; 3] {
    let params = json!({ "wake": false, "consent": "alter_software" });
    [
        enter(DutState::AfterDetectedChange, "alter_software"),
        observe(DutState::AfterDetectedChange, "traffic", params, Disturbance::AlterSoftware),
        enter(DutState::Initialized, "restore_software"),
    ]
}

fn observed(folder: &std::path::Path, probe: &str) -> Vec<Observation> {
    let record = RunRecord::read(folder).unwrap();
    let all = record.observations.into_iter().map(|recorded| recorded.observation);
    all.filter(|observation| observation.probe == probe).collect()
}

#[tokio::test]
async fn an_outage_is_performed_recorded_and_followed_by_the_identity() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_steps(&device, folder.path(), "interrupt = true", [outage()]);
    let outcome = start(request, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard", "power_off", "power_on"]);
    assert_eq!(outcome.state.outstanding, 0);
    let [seen] = observed(folder.path(), "interruption").try_into().unwrap();
    assert_eq!(seen.outcome, Outcome::Complete, "{:?}", seen.effort);
    // The bench file says from where and how often; the declaration which ports.
    assert_eq!(seen.params["addresses"], json!([device.address]));
    assert_eq!(seen.params["repetitions"], json!(1));
    assert!(seen.params["ports"].as_array().unwrap().contains(&json!(device.http)));
    assert!(seen.effort.gaps.iter().any(|gap| gap.starts_with("no capture")), "{:?}", seen.effort.gaps);
    assert_eq!(observed(folder.path(), "device-identity").len(), 2);
}

#[tokio::test]
async fn without_consent_no_outage_is_made_and_the_run_is_whole() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_steps(&device, folder.path(), "lock_out = true", [outage()]);
    let outcome = start(request, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard"]);
    assert_eq!(outcome.state.outstanding, 0);
    let [seen] = observed(folder.path(), "interruption").try_into().unwrap();
    assert_eq!((seen.outcome, seen.effort.completed), (Outcome::Partial, 0));
}

#[tokio::test]
async fn altered_software_is_looked_at_and_restored() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_steps(&device, folder.path(), "alter_software = true", altered());
    start(request, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard", "alter_software", "restore_software"]);
    let [seen] = observed(folder.path(), "traffic").try_into().unwrap();
    assert_eq!(seen.context.state, "after_detected_change");
    // It is the declared device again, and was asked to say so.
    assert_eq!(observed(folder.path(), "device-identity").len(), 2);
}

#[tokio::test]
async fn without_consent_no_software_is_altered_and_the_observation_says_so() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_steps(&device, folder.path(), "interrupt = true", altered());
    let outcome = start(request, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard"]);
    assert_eq!(outcome.state.outstanding, 0);
    let [seen] = observed(folder.path(), "traffic").try_into().unwrap();
    assert_eq!(seen.outcome, Outcome::Partial);
    assert!(seen.effort.gaps[0].contains("alter_software"), "{:?}", seen.effort.gaps);
}

#[tokio::test]
async fn a_stop_in_the_middle_leaves_no_altered_software() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let bench = Arc::new(FakeBench {
        cancels: Some(("alter_software".into(), cancel.clone())),
        ..FakeBench::default()
    });
    let request = with_steps(&device, folder.path(), "alter_software = true", altered());
    let silent = Arc::new(Silent);
    harness::run(request, bench.clone(), Person::with(&[]), silent, cancel).await.unwrap();
    assert_eq!(bench.performed.lock().unwrap().last().unwrap(), "restore_software");
}

#[tokio::test]
async fn what_cannot_be_restored_is_told() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench { fails: ["restore_software".into()].into(), ..FakeBench::default() });
    let request = with_steps(&device, folder.path(), "alter_software = true", altered());
    start(request, bench, Person::with(&[])).await.unwrap();
    let record = RunRecord::read(folder.path()).unwrap();
    assert!(record.journal.iter().any(|line| {
        matches!(&line.line.entry, Entry::Trouble { code, .. } if code == "software-not-restored")
    }));
}

/// Packages that are handed in to a device which says yes to everything and goes on as before.
fn packages() -> Step {
    let params = json!({
        "row": "UpdMech-1", "way": "upload", "settles_seconds": 0.2,
        "upload": { "port": 1, "tls": false, "path": "/update", "method": "POST" },
    });
    observe(DutState::Initialized, "update-trials", params, Disturbance::InstallUpdates)
}

fn with_packages(device: &Device, folder: &std::path::Path, consent: &str) -> RunRequest {
    let mut step = packages();
    if let Step::Observe { request, actions, .. } = &mut step {
        request.params["upload"]["port"] = json!(device.http);
        *actions = vec!["names_to_bench".into(), "names_to_peers".into(), "restore_software".into()];
    }
    let package = "[[update_package]]\nmechanism = \"UpdMech-1\"\nkind = \"newer\"\nversion = \"1.3\"\n\
                   file = [{ path = \"image\", hex = \"0102030405060708\" }]\n";
    with_steps(device, folder, &format!("{consent}\n{package}"), [step])
}

fn events(folder: &std::path::Path) -> Vec<String> {
    let record = RunRecord::read(folder).unwrap();
    let codes = record.journal.iter().filter_map(|line| match &line.line.entry {
        Entry::Event { code, .. } | Entry::Trouble { code, .. } => Some(code.clone()),
        _ => None,
    });
    codes.filter(|code| code.starts_with("software-")).collect()
}

#[tokio::test]
async fn update_packages_are_followed_by_the_identity_and_leave_the_software_as_it_was() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_packages(&device, folder.path(), "install_updates = true");
    start(request, bench.clone(), Person::with(&[])).await.unwrap();
    // Once, to see that there is a way back; nothing was installed after it.
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard", "restore_software"]);
    let [seen] = observed(folder.path(), "update-trials").try_into().unwrap();
    assert!(seen.effort.attempted >= 3, "{:?}", seen.effort);
    assert_eq!(seen.params["identity"]["port"], json!(device.http));
    assert_eq!(observed(folder.path(), "device-identity").len(), 2);
    assert_eq!(events(folder.path()), ["software-altering", "software-as-before"]);
}

#[tokio::test]
async fn without_consent_no_package_is_offered_and_nothing_is_restored() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let request = with_packages(&device, folder.path(), "interrupt = true");
    start(request, bench.clone(), Person::with(&[])).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["onboard"]);
    let [seen] = observed(folder.path(), "update-trials").try_into().unwrap();
    assert_eq!((seen.outcome, seen.effort.attempted), (Outcome::Partial, 0));
    assert_eq!(observed(folder.path(), "device-identity").len(), 1);
}

#[tokio::test]
async fn a_stop_among_the_packages_puts_the_software_back() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let bench = Arc::new(FakeBench {
        cancels: Some(("restore_software".into(), cancel.clone())),
        ..FakeBench::default()
    });
    let request = with_packages(&device, folder.path(), "install_updates = true");
    let silent = Arc::new(Silent);
    harness::run(request, bench.clone(), Person::with(&[]), silent, cancel).await.unwrap();
    assert_eq!(bench.performed.lock().unwrap().last().unwrap(), "restore_software");
    assert_eq!(events(folder.path()), ["software-altering", "software-as-before"]);
}

#[tokio::test]
async fn packages_that_cannot_be_undone_are_told() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench { fails: ["restore_software".into()].into(), ..FakeBench::default() });
    let request = with_packages(&device, folder.path(), "install_updates = true");
    start(request, bench, Person::with(&[])).await.unwrap();
    let [seen] = observed(folder.path(), "update-trials").try_into().unwrap();
    assert_eq!(seen.outcome, Outcome::ToolTrouble);
    assert!(
        events(folder.path()).contains(&"software-not-restored".to_owned()),
        "{:?}",
        events(folder.path())
    );
}

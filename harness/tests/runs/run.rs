//! Runs against a small device on loopback.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::support::{
    Device, FakeBench, Person, SECRET, SERIAL, identity_of, request, resume, start, verdicts,
};
use harness::probes::Request;
use harness::store::{Entry, RunStore};
use harness::testcases::assessment::Assessment;
use harness::testcases::plan::Step;
use harness::testcases::{DutState, Verdict};
use harness::{
    BenchInput, ExitCode, IdentityStanding, NoAnswers, ResumeRequest, RunError, RunRecord, ScriptedAnswers,
    Silent,
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_run_observes_asks_and_leaves_a_record_that_judges_the_same() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench::default());
    let person = Person::with(&[]);
    let outcome = start(request(&device, folder.path(), true), bench.clone(), person.clone()).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["factory_reset", "onboard"]);
    assert_eq!(outcome.state.outstanding, 0);
    assert_eq!(outcome.state.identity, IdentityStanding::Confirmed);
    let assessment = outcome.assessment.unwrap();
    assert!(assessment.complete);
    assert_eq!(assessment.dut.serial_read.as_deref(), Some(SERIAL));

    let record = RunRecord::read(folder.path()).unwrap();
    let sweeps: Vec<_> =
        record.observations.iter().filter(|recorded| recorded.observation.probe == "tcp-sweep").collect();
    assert_eq!(sweeps.len(), 2);
    for sweep in sweeps {
        let open = &sweep.observation.data["open"];
        assert!(open.as_array().unwrap().contains(&device.http.into()), "{open}");
        assert_eq!(sweep.observation.context.firmware.as_deref(), Some("1.2"));
    }
    assert!(!person.asked().is_empty());

    let judged = harness::judge(folder.path()).unwrap();
    assert!(judged.same_as_stored && judged.written.is_none());
    let stored = std::fs::read(folder.path().join("assessment.json")).unwrap();
    assert_eq!(judged.bytes, stored);
    std::fs::remove_file(folder.path().join("assessment.json")).unwrap();
    assert_eq!(harness::judge(folder.path()).unwrap().written, Some(folder.path().join("assessment.json")));
    assert_eq!(std::fs::read(folder.path().join("assessment.json")).unwrap(), stored);
}

#[tokio::test]
async fn no_secret_is_stored() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await.unwrap();
    let mut looked_at = 0;
    let mut folders = vec![folder.path().to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            looked_at += 1;
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{}", path.display());
        }
    }
    assert!(looked_at > 10, "{looked_at}");
}

#[tokio::test]
async fn without_answers_the_run_stays_open() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outcome =
        start(request(&device, folder.path(), true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    assert_ne!(outcome.assessment.unwrap().verdict, Verdict::Pass);
    let person = Person::with(&[]);
    let decided = harness::decide(folder.path(), person.clone(), Arc::new(Silent), CancellationToken::new())
        .await
        .unwrap();
    assert!(!person.asked().is_empty());
    let again = Person::with(&[]);
    harness::decide(folder.path(), again.clone(), Arc::new(Silent), CancellationToken::new()).await.unwrap();
    assert_eq!(again.asked(), Vec::<String>::new(), "what is answered is not asked again");
    let judged = harness::judge(folder.path()).unwrap();
    assert!(judged.same_as_stored);
    assert_eq!(verdicts(&judged.assessment), verdicts(&decided.assessment.unwrap()));
}

#[tokio::test]
async fn another_serial_number_stops_the_run() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    device.says(Some(identity_of("Kettle", "T-000018", "1.2")));
    let outcome =
        start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await.unwrap();
    assert_eq!(outcome.exit, ExitCode::CannotVouch);
    assert_eq!(outcome.state.identity, IdentityStanding::Wrong);
    let record = RunRecord::read(folder.path()).unwrap();
    assert!(record.observations.iter().all(|recorded| recorded.observation.probe == "device-identity"));
    // The right device on the bench later does not heal what was recorded of another.
    device.says(Some(identity_of("Kettle", SERIAL, "1.2")));
    let again = resume(&device, folder.path(), Arc::default(), Person::with(&[])).await.unwrap();
    assert_eq!(again.exit, ExitCode::CannotVouch);
}

#[tokio::test]
async fn other_firmware_than_declared_stops_the_run() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    device.says(Some(identity_of("Kettle", SERIAL, "1.3")));
    let outcome =
        start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await.unwrap();
    assert_eq!(outcome.exit, ExitCode::CannotVouch);
}

#[tokio::test]
async fn an_identity_that_can_no_longer_be_read_is_lost_until_it_is_read_again() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let bench = FakeBench { cancels: Some(("onboard".into(), cancel.clone())), ..FakeBench::default() };
    let request = request(&device, folder.path(), true);
    let stopped =
        harness::run(request, Arc::new(bench), Person::with(&[]), Arc::new(Silent), cancel).await.unwrap();
    assert_eq!(stopped.exit, ExitCode::Stopped);
    assert!(stopped.assessment.is_none());
    device.says(None);
    let person = Person::with(&[]);
    let lost = resume(&device, folder.path(), Arc::default(), person.clone()).await.unwrap();
    assert!(!person.asked().is_empty(), "documents can be judged without the device");
    assert_eq!((lost.exit, lost.state.identity), (ExitCode::CannotVouch, IdentityStanding::Lost));
    device.says(Some(identity_of("Kettle", SERIAL, "1.2")));
    let found = resume(&device, folder.path(), Arc::default(), Person::with(&[])).await.unwrap();
    assert_eq!(found.state.identity, IdentityStanding::Confirmed);
    assert_eq!(found.state.outstanding, 0);
    assert!(harness::verify(folder.path()).unwrap().sound());
}

#[tokio::test]
async fn what_the_operator_does_not_do_is_left_out_and_said() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench { asks: ["factory_reset".to_owned()].into(), ..FakeBench::default() });
    let absent = Person::with(&[("action/", "open")]);
    let outcome = start(request(&device, folder.path(), true), bench, absent.clone()).await.unwrap();
    assert!(absent.asked().contains(&"action/factory_default".to_owned()));
    assert!(!outcome.assessment.unwrap().complete);
    assert!(outcome.state.outstanding > 0);
    assert_ne!(outcome.exit, ExitCode::Pass);
    let states: Vec<String> = RunRecord::read(folder.path())
        .unwrap()
        .observations
        .iter()
        .map(|recorded| recorded.observation.context.state.clone())
        .collect();
    assert!(!states.is_empty() && states.iter().all(|state| state == "initialized"), "{states:?}");

    let bench = Arc::new(FakeBench { asks: ["factory_reset".to_owned()].into(), ..FakeBench::default() });
    let present = Person::with(&[]);
    let resumed = resume(&device, folder.path(), bench.clone(), present.clone()).await.unwrap();
    assert_eq!(*bench.performed.lock().unwrap(), ["factory_reset"], "the done state is not entered again");
    assert_eq!(present.asked(), ["action/factory_default"]);
    assert!(resumed.assessment.unwrap().complete);
}

#[tokio::test]
async fn a_failing_bench_action_is_trouble_of_the_lab() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Arc::new(FakeBench { fails: ["factory_reset".to_owned()].into(), ..FakeBench::default() });
    let outcome = start(request(&device, folder.path(), true), bench, Person::with(&[])).await.unwrap();
    assert!(!outcome.assessment.unwrap().complete);
    let record = RunRecord::read(folder.path()).unwrap();
    let output = record.journal.iter().find_map(|line| match &line.line.entry {
        Entry::Trouble { code, evidence, .. } if code == "bench-action-failed" => evidence.first().cloned(),
        _ => None,
    });
    assert_eq!(record.evidence(&output.unwrap()).as_deref(), Some(b"no relay".as_slice()));
    assert!(harness::verify(folder.path()).unwrap().sound());
}

#[tokio::test]
async fn the_operator_is_asked_once_for_an_identity_that_the_device_does_not_tell() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let person = Person::with(&[]);
    let outcome =
        start(request(&device, folder.path(), false), Arc::default(), person.clone()).await.unwrap();
    assert_eq!(outcome.state.identity, IdentityStanding::Confirmed);
    let asked = person.asked().into_iter().filter(|prompt| prompt == "identity/S1").count();
    assert_eq!(asked, 1);

    let folder = tempfile::tempdir().unwrap();
    let person = Person::with(&[("identity/", "no")]);
    let outcome = start(request(&device, folder.path(), false), Arc::default(), person).await.unwrap();
    assert_eq!(outcome.exit, ExitCode::CannotVouch);

    let folder = tempfile::tempdir().unwrap();
    let person = Person::with(&[("identity/", "open")]);
    let outcome = start(request(&device, folder.path(), false), Arc::default(), person).await.unwrap();
    assert_eq!(outcome.state.identity, IdentityStanding::Unknown);
    assert!(!outcome.assessment.unwrap().complete);
}

#[tokio::test]
async fn a_folder_in_use_or_not_empty_is_refused() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await.unwrap();
    let again = start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await;
    assert_eq!(again.unwrap_err().exit_code(), ExitCode::NotStarted);
    let (held, _) = RunStore::open(folder.path()).unwrap();
    let locked = resume(&device, folder.path(), Arc::default(), Person::with(&[])).await;
    assert!(matches!(locked, Err(RunError::Folder(harness::StoreError::Locked(_)))), "{locked:?}");
    drop(held);
    resume(&device, folder.path(), Arc::default(), Person::with(&[])).await.unwrap();
}

#[tokio::test]
async fn an_empty_plan_starts_nothing() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut request = request(&device, folder.path(), true);
    request.plan.units.iter_mut().for_each(|unit| unit.planned = false);
    let error = start(request, Arc::default(), Person::with(&[])).await.unwrap_err();
    assert_eq!(error.exit_code(), ExitCode::NotStarted);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_newer_format_is_read_but_not_written() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    start(request(&device, folder.path(), true), Arc::default(), Person::with(&[])).await.unwrap();
    let path = folder.path().join("run.json");
    let text = std::fs::read_to_string(&path).unwrap().replace("hantei.run/1", "hantei.run/2");
    std::fs::write(&path, text).unwrap();
    assert!(RunRecord::read(folder.path()).is_ok());
    assert!(matches!(RunStore::open(folder.path()), Err(harness::StoreError::NewerFormat { .. })));
}

#[tokio::test]
async fn an_address_outside_the_scope_is_refused_and_written_down() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut request = request(&device, folder.path(), true);
    request.plan.steps.push(Step::Observe {
        actions: Vec::new(),
        state: DutState::Initialized,
        request: Request {
            probe: "public-resource".into(),
            target: "a page".into(),
            params: serde_json::json!({ "url": "http://elsewhere.example/policy" }),
        },
        for_each: None,
        units: Vec::new(),
        disturbs: Vec::new(),
        budget_seconds: None,
    });
    let outcome = start(request, Arc::default(), Person::with(&[])).await.unwrap();
    assert_ne!(outcome.exit, ExitCode::CannotVouch, "nothing was sent");
    let record = RunRecord::read(folder.path()).unwrap();
    let refused = record.journal.iter().any(
        |line| matches!(&line.line.entry, Entry::Trouble { code, .. } if code == "out-of-scope-refused"),
    );
    assert!(refused);
    let page = record.observations.last().unwrap();
    assert_eq!((page.observation.probe.as_str(), page.sample()), ("public-resource", "-"));
}

#[tokio::test]
async fn the_assessment_of_another_version_is_kept() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    start(request(&device, folder, true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    // As if an older tool had finished it.
    let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    let (before, last) = journal.trim_end().rsplit_once('\n').unwrap();
    let last = last.replace(&harness::store::tool(), "hantei 0.0.1");
    std::fs::write(folder.join("journal.jsonl"), format!("{before}\n{last}\n")).unwrap();
    crate::support::seal(folder, before.lines().count() + 1, &last);
    let older = std::fs::read(folder.join("assessment.json")).unwrap();
    for _ in 0..2 {
        let person = Person::with(&[]);
        harness::decide(folder, person, Arc::new(Silent), CancellationToken::new()).await.unwrap();
        assert_eq!(std::fs::read(folder.join("assessment.json")).unwrap(), older);
    }
    assert!(folder.join("assessment.2.json").exists());
    assert!(!folder.join("assessment.3.json").exists());
    assert!(harness::verify(folder).unwrap().sound());
}

#[tokio::test]
async fn a_changed_bench_file_is_used_only_if_it_is_named() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let (file, folder) = (place.path().join("bench.toml"), place.path().join("run"));
    std::fs::write(&file, crate::support::bench_text(&device)).unwrap();
    let mut request = request(&device, &folder, true);
    request.bench = BenchInput::from_file(&file).unwrap();
    start(request, Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let again = |bench| {
        let (folder, request) = (folder.clone(), ResumeRequest { bench });
        async move {
            let control = Arc::new(FakeBench::default());
            let cancel = CancellationToken::new();
            harness::resume(&folder, request, control, Arc::new(NoAnswers), Arc::new(Silent), cancel).await
        }
    };
    again(None).await.unwrap();
    std::fs::write(&file, crate::support::bench_text(&device).replace("2000", "1500")).unwrap();
    assert!(matches!(again(None).await, Err(RunError::BenchChanged(_))));
    again(Some(BenchInput::from_file(&file).unwrap())).await.unwrap();
    std::fs::write(&file, crate::support::bench_text(&device).replace("S1", "S2")).unwrap();
    let other = again(Some(BenchInput::from_file(&file).unwrap())).await;
    assert!(matches!(other, Err(RunError::SampleMissing(_))), "{other:?}");
}

#[tokio::test]
async fn each_sample_is_observed_by_itself() {
    let device = Device::start().await;
    let second = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut request = request(&device, folder.path(), true);
    // The declaration names the identity port of the first device, so only the sweeps are made.
    request
        .plan
        .steps
        .retain(|step| !matches!(step, Step::Observe { request, .. } if request.probe != "tcp-sweep"));
    let text = crate::support::bench_text(&device)
        + &format!("[[sample]]\nid = \"S2\"\naddress = \"{0}\"\nsource = \"{0}\"\n", second.address);
    request.bench = BenchInput::built_in(text.into_bytes(), serde_json::json!(null)).unwrap();
    start(request, Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let record = RunRecord::read(folder.path()).unwrap();
    let seen: Vec<(String, String)> = record
        .observations
        .iter()
        .map(|recorded| {
            (
                recorded.sample().to_owned(),
                recorded.observation.params["address"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [("S1", device.address), ("S2", second.address)]
        .map(|(sample, address)| (sample.to_owned(), address.to_string()));
    assert_eq!(seen, [expected.clone(), expected].concat());
}

#[tokio::test]
async fn a_reversal_is_bound_to_the_verdict_that_stood_and_written_down_once() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outcome =
        start(request(&device, folder.path(), true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let of_the_ics = |assessment: Assessment| {
        let units = assessment
            .provisions
            .into_iter()
            .flat_map(|provision| provision.cases)
            .flat_map(|case| case.units);
        units.into_iter().find(|unit| unit.id == "4-1-1:a").unwrap().items
    };
    let items = of_the_ics(outcome.assessment.unwrap());
    let reversed = items.iter().find(|item| item.verdict == Verdict::Pass).unwrap();
    let script = format!(
        "[[decision]]\nprompt = \"override/4-1-1:a/{}\"\nanswer = \"FAIL\"\nreason = \"A joke\"\nperson = \"A\"\n",
        reversed.item
    );
    let answers = Arc::new(ScriptedAnswers::parse(&script).unwrap());
    for _ in 0..2 {
        let cancel = CancellationToken::new();
        let decided =
            harness::decide(folder.path(), answers.clone(), Arc::new(Silent), cancel).await.unwrap();
        let items = of_the_ics(decided.assessment.unwrap());
        let now = items.iter().find(|item| item.item == reversed.item).unwrap();
        assert_eq!((now.verdict, now.overridden), (Verdict::Fail, Some(Verdict::Pass)));
    }
    let decisions = RunRecord::read(folder.path()).unwrap().decisions;
    let facts: Vec<&String> = decisions.iter().map(|decision| &decision.facts).collect();
    assert!(matches!(facts[..], [facts] if facts.starts_with("sha256:")), "{facts:?}");
}

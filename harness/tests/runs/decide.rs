//! Deciding: a stop loses nothing, a decision that decides nothing is named.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::support::{Device, FakeBench, Person, bench, request, start};
use futures::future::BoxFuture;
use harness::store::Entry;
use harness::testcases::assess::open_prompts;
use harness::testcases::{By, Decision, Prompt};
use harness::{
    Answers, Event, ExitCode, Listener, NoAnswers, RunOutcome, RunRecord, ScriptedAnswers, Silent,
};
use tokio_util::sync::CancellationToken;

/// Answers so many questions, then presses Ctrl-C.
struct Interrupted {
    person: Arc<Person>,
    after: usize,
    cancel: CancellationToken,
}

impl Answers for Interrupted {
    fn answer<'a>(&'a self, prompt: &'a Prompt) -> BoxFuture<'a, Option<Decision>> {
        if self.person.asked().len() < self.after {
            return self.person.answer(prompt);
        }
        self.cancel.cancel();
        Box::pin(std::future::pending())
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl Listener for Heard {
    fn on(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Heard {
    /// Decisions that were not applied: prompt, reason, how many others.
    fn not_applied(&self) -> Vec<(String, String, usize)> {
        let events = self.0.lock().unwrap();
        let told = events.iter().filter_map(|event| match event {
            Event::DecisionNotApplied { prompt, why, others } => Some((prompt.clone(), why.clone(), *others)),
            _ => None,
        });
        told.collect()
    }
}

async fn decide(folder: &Path, answers: Arc<dyn Answers>) -> RunOutcome {
    harness::decide(folder, answers, Arc::new(Silent), CancellationToken::new()).await.unwrap()
}

async fn interrupt(folder: &Path, after: usize) -> RunOutcome {
    let cancel = CancellationToken::new();
    let answers = Arc::new(Interrupted { person: Person::with(&[]), after, cancel: cancel.clone() });
    harness::decide(folder, answers, Arc::new(Silent), cancel).await.unwrap()
}

#[tokio::test]
async fn a_stop_while_deciding_is_no_stop_of_the_run() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    start(request(&device, &folder, true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let first = fs::read(folder.join("assessment.json")).unwrap();

    let stopped = interrupt(&folder, 2).await;
    assert_eq!(stopped.exit, ExitCode::Stopped);
    assert!(stopped.assessment.is_none());
    assert!(harness::verify(&folder).unwrap().notes.is_empty(), "it ended in order");

    let person = Person::with(&[]);
    let outcome = decide(&folder, person.clone()).await;
    assert!(outcome.assessment.is_some(), "{:?}", outcome.exit);
    assert_ne!(outcome.exit, ExitCode::Stopped);
    assert!(!person.asked().is_empty());
    assert_ne!(fs::read(folder.join("assessment.json")).unwrap(), first, "it was written again");
    assert!(!folder.join("assessment.2.json").exists(), "the same tool replaces its own");
    let verification = harness::verify(&folder).unwrap();
    assert!(verification.sound(), "{:?}", verification.altered);
    assert!(harness::judge(&folder).unwrap().same_as_stored);
    let again = decide(&folder, Arc::new(NoAnswers)).await;
    assert!(again.assessment.is_some());
}

#[tokio::test]
async fn a_run_whose_steps_were_stopped_is_not_ended_by_deciding() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let fake = FakeBench { cancels: Some(("onboard".into(), cancel.clone())), ..FakeBench::default() };
    let request = request(&device, folder.path(), true);
    harness::run(request, Arc::new(fake), Person::with(&[]), Arc::new(Silent), cancel).await.unwrap();
    for _ in 0..2 {
        let outcome = decide(folder.path(), Person::with(&[])).await;
        assert_eq!(outcome.exit, ExitCode::Stopped);
        assert!(outcome.assessment.is_none());
    }
}

#[tokio::test]
async fn what_is_done_is_counted_on_after_a_stop() {
    let device = Device::start().await;
    let folder = tempfile::tempdir().unwrap();
    let cancel = CancellationToken::new();
    let fake = FakeBench { cancels: Some(("onboard".into(), cancel.clone())), ..FakeBench::default() };
    let request = request(&device, folder.path(), true);
    harness::run(request, Arc::new(fake), Person::with(&[]), Arc::new(Silent), cancel).await.unwrap();
    let done = RunRecord::read(folder.path()).unwrap().observations.len();
    assert!(done > 1);
    let heard = Arc::new(Heard::default());
    let again = harness::ResumeRequest { bench: Some(bench(&device)) };
    let fake = Arc::new(FakeBench::default());
    harness::resume(folder.path(), again, fake, Person::with(&[]), heard.clone(), CancellationToken::new())
        .await
        .unwrap();
    let steps: Vec<(usize, usize)> = heard
        .0
        .lock()
        .unwrap()
        .iter()
        .filter_map(|event| match event {
            Event::StepStarted { n, of, .. } => Some((*n, *of)),
            _ => None,
        })
        .collect();
    assert_eq!(steps[0].0, done + 1, "{steps:?}");
    let (last, of) = *steps.last().unwrap();
    assert_eq!(last, of, "{steps:?}");
    assert_eq!(last, RunRecord::read(folder.path()).unwrap().observations.len());
}

#[tokio::test]
async fn decisions_that_decide_nothing_are_named() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    let run = start(request(&device, &folder, true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let assessment = run.assessment.unwrap();
    let open: Vec<&Prompt> = open_prompts(&assessment);
    let of_units: Vec<&str> =
        open.iter().filter(|prompt| prompt.unit.is_some()).map(|prompt| prompt.id.as_str()).collect();
    let [vague, wrong_role, misspelt, ..] = of_units[..] else { panic!("{of_units:?}") };
    let machine = assessment
        .provisions
        .iter()
        .flat_map(|provision| &provision.cases)
        .flat_map(|case| &case.units)
        .flat_map(|unit| unit.items.iter().map(move |item| (unit, item)))
        .find(|(_, item)| item.by == By::Machine)
        .map(|(unit, item)| Prompt::id_of(&unit.id, &item.item, item.state, item.sample.as_deref()))
        .unwrap();
    let script = format!(
        r#"
        [[decision]]
        prompt = "{vague}"
        answer = "maybe"
        [[decision]]
        prompt = "{wrong_role}"
        answer = "yes"
        role = "operator"
        [[decision]]
        prompt = "{misspelt}x"
        answer = "yes"
        [[decision]]
        prompt = "{machine}"
        answer = "no"
        [[decision]]
        prompt = "override/{machine}x"
        answer = "FAIL"
        reason = "seen by hand"
        [[decision]]
        prompt = "override/{machine}"
        answer = "FAIL"
        [[decision]]
        prompt = "override/*"
        answer = "FAIL"
        reason = "seen by hand"
        [[decision]]
        prompt = "not-applicable/5.99-1"
        answer = "yes"
        reason = "agreed"
        [[decision]]
        prompt = "action/*"
        answer = "yes"
        [[decision]]
        prompt = "*"
        answer = "yes"
        "#
    );
    let script = Arc::new(ScriptedAnswers::parse(&script).unwrap());
    let heard = Arc::new(Heard::default());
    let outcome = harness::decide(&folder, script, heard.clone(), CancellationToken::new()).await.unwrap();
    let told = heard.not_applied();
    let why = |prompt: &str| -> &str {
        told.iter().find(|(named, ..)| named == prompt).map_or("", |(_, why, _)| why.as_str())
    };
    assert!(why(vague).contains("\"maybe\" is not understood"), "{told:?}");
    assert!(why(wrong_role).contains("decision-wrong-role"), "{told:?}");
    assert!(why(&format!("{misspelt}x")).contains(misspelt), "{told:?}");
    assert!(why(&machine).contains(&format!("override/{machine}")), "{told:?}");
    assert!(why(&format!("override/{machine}x")).contains(&format!("\"override/{machine}\"")), "{told:?}");
    assert!(why(&format!("override/{machine}")).contains("needs a reason"), "{told:?}");
    assert!(why("override/*").contains("no pattern"), "{told:?}");
    assert!(why("not-applicable/5.99-1").contains("no mandatory provision"), "{told:?}");
    assert_eq!(told.len(), 8, "patterns that may fit a question are not named: {told:?}");

    // The answer that nobody can understand is no decision; the exit code is that of the verdict.
    let record = RunRecord::read(&folder).unwrap();
    assert!(record.decisions.iter().all(|decision| decision.prompt != vague));
    assert!(record.journal.iter().all(|line| !matches!(line.line.entry, Entry::Trouble { .. })));
    let assessment = outcome.assessment.unwrap();
    let left: Vec<&str> = open_prompts(&assessment).iter().map(|prompt| prompt.id.as_str()).collect();
    assert_eq!(left, [vague, wrong_role]);
    assert!(matches!(outcome.exit, ExitCode::Fail | ExitCode::Open), "{:?}", outcome.exit);
}

#[tokio::test]
async fn one_word_too_many_questions_is_told_once() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    let run = start(request(&device, &folder, true), Arc::default(), Arc::new(NoAnswers)).await.unwrap();
    let open = open_prompts(&run.assessment.unwrap()).len();
    let script = ScriptedAnswers::parse("[[decision]]\nprompt = \"*\"\nanswer = \"fine\"").unwrap();
    let heard = Arc::new(Heard::default());
    harness::decide(&folder, Arc::new(script), heard.clone(), CancellationToken::new()).await.unwrap();
    let told = heard.not_applied();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].2, open - 1);
}

#[tokio::test]
async fn an_answer_that_would_be_another_than_the_one_in_force_is_named() {
    let device = Device::start().await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    let run = start(request(&device, &folder, true), Arc::default(), Person::with(&[])).await.unwrap();
    assert!(open_prompts(&run.assessment.unwrap()).is_empty());
    let prompt = RunRecord::read(&folder).unwrap().decisions[0].prompt.clone();
    for (answer, named) in [("yes", 0), ("no", 1)] {
        let script = format!("[[decision]]\nprompt = \"{prompt}\"\nanswer = \"{answer}\"");
        let script = Arc::new(ScriptedAnswers::parse(&script).unwrap());
        let heard = Arc::new(Heard::default());
        harness::decide(&folder, script, heard.clone(), CancellationToken::new()).await.unwrap();
        assert_eq!(heard.not_applied().len(), named, "{answer}: {:?}", heard.not_applied());
    }
}

//! The engine: walks a plan, keeps what it sees, puts the open questions, writes the assessment.

mod asking;
mod documents;
pub mod drafting;
mod equipment;
mod identity;
pub mod importing;
mod manifest;
mod not_applied;
mod open_record;
pub mod outstanding;
mod parameters;
mod reopening;
mod request;
mod software;
mod undoing;
mod walk;

use std::path::Path;
use std::sync::Arc;

use probes::observation::digest;
use testcases::assess::open_prompts;
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::bench::BenchControl;
use crate::event::{Event, Listener};
use crate::exit::ExitCode;
use crate::judge::{Beside, beside};
use crate::run_state::IdentityStanding;
use crate::store::{
    ASSESSMENT_FILE, BenchRecord, Entry, Finished, NewRun, RunManifest, RunRecord, RunStore, tool,
};
pub use open_record::{OpenRecord, Taken};
pub use request::{ResumeRequest, RunError, RunOutcome, RunRequest};

use equipment::Equipment;
use manifest::{bench_of, manifest};
use not_applied::NotApplied;
use parameters::Surroundings;

/// Runs an assessment.
///
/// Cancelling stops it in order: what is done is kept, [`resume`] goes on.
///
/// # Errors
/// See [`RunError`].
pub async fn run(
    request: RunRequest,
    control: Arc<dyn BenchControl>,
    answers: Arc<dyn Answers>,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
) -> Result<RunOutcome, RunError> {
    if !request.plan.units.iter().any(|unit| unit.planned) && request.plan.plus.is_empty() {
        return Err(RunError::EmptyPlan { only: request.plan.only.clone() });
    }
    let bench = request.bench;
    // What is only compared is not assessed itself.
    let assessed = bench.bench.samples.iter().filter(|sample| !sample.compare_only);
    let samples: Vec<String> = assessed.map(|sample| sample.id.clone()).collect();
    let equipment = Equipment::of(bench, &samples)?;
    let manifest = manifest(&request.declaration, &request.plan, &equipment.input, samples).with(
        request.date,
        request.people,
        request.demonstration,
        &equipment.input,
    );
    let store = RunStore::create(
        &request.folder,
        NewRun {
            manifest,
            plan: &request.plan,
            sources: &request.declaration.files,
            documents: request.documents.as_deref(),
            bench: (&equipment.input.name, &equipment.input.bytes),
        },
    )
    .map_err(RunError::Folder)?;
    let record = RunRecord::read(&request.folder).map_err(RunError::Folder)?;
    Engine::new(store, record, Some(equipment), control, answers, listener, cancel).conduct(false).await
}

/// Goes on with a run that was stopped or killed: makes the outstanding observations, asks what is open.
/// The state of the device is taken as unknown and entered anew.
///
/// Provisions that do not apply by the declaration, and do by what was found, are planned first: their
/// observations and questions are outstanding from then on, and nothing that was observed is repeated.
///
/// # Errors
/// See [`RunError`].
pub async fn resume(
    folder: &Path,
    request: ResumeRequest,
    control: Arc<dyn BenchControl>,
    answers: Arc<dyn Answers>,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
) -> Result<RunOutcome, RunError> {
    let manifest = RunManifest::read(folder).map_err(RunError::Folder)?;
    let bench = match request.bench {
        Some(bench) => bench,
        None => bench_of(&manifest)?,
    };
    let equipment = Equipment::of(bench, &manifest.samples)?;
    let (store, record) = RunStore::open(folder).map_err(RunError::Folder)?;
    let mut engine = Engine::new(store, record, Some(equipment), control, answers, listener, cancel);
    let bench = engine.equipment.as_ref().map(|equipment| digest(&equipment.input.bytes));
    engine.note(Entry::RunResumed { tool: tool(), bench })?;
    engine.conduct(true).await
}

/// Puts the open questions of a run, without touching any device, and makes the assessment again.
///
/// # Errors
/// See [`RunError`].
pub async fn decide(
    folder: &Path,
    answers: Arc<dyn Answers>,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
) -> Result<RunOutcome, RunError> {
    let (store, record) = RunStore::open(folder).map_err(RunError::Folder)?;
    let control = Arc::new(crate::bench::CommandBench::new(&ixit::Bench::default(), ""));
    let mut engine = Engine::new(store, record, None, control, answers, listener, cancel);
    let interrupted = engine.record.steps_were_stopped();
    match engine.ask_open().await {
        Err(Halt::Failed(error)) => Err(error),
        // Deciding does not end a run whose steps were stopped: `resume` still has to. A stop while questions
        // were put is not one.
        Ok(()) if !interrupted => engine.finish(),
        _ => engine.stop("stopped while questions were put"),
    }
}

/// Why the engine does not go on.
enum Halt {
    /// Asked to stop.
    Cancelled,
    /// The identity of a sample is wrong or lost: what would be seen could not be vouched for.
    Identity,
    /// Given up.
    Failed(RunError),
}

impl From<RunError> for Halt {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

/// A run under way.
struct Engine {
    store: Arc<RunStore>,
    record: RunRecord,
    equipment: Option<Equipment>,
    surroundings: Surroundings,
    control: Arc<dyn BenchControl>,
    answers: Arc<dyn Answers>,
    listener: Arc<dyn Listener>,
    cancel: CancellationToken,
    not_applied: NotApplied,
}

impl Engine {
    fn new(
        store: RunStore,
        record: RunRecord,
        equipment: Option<Equipment>,
        control: Arc<dyn BenchControl>,
        answers: Arc<dyn Answers>,
        listener: Arc<dyn Listener>,
        cancel: CancellationToken,
    ) -> Self {
        let bench = equipment.as_ref().map(|equipment| equipment.input.bench.clone()).unwrap_or_default();
        let surroundings = Surroundings {
            device_ports: control.device_ports(),
            built_in: matches!(record.manifest.bench, BenchRecord::BuiltIn { .. }),
            limits: bench.limits.clone(),
            consent: bench.consent.clone(),
            capture: bench.capture.clone(),
            bluetooth: bench.bluetooth.clone(),
            samples: bench.samples.clone(),
            trust: equipment.as_ref().map(|equipment| equipment.trust.clone()).unwrap_or_default(),
            world: bench
                .world
                .iter()
                .filter_map(|(host, at)| Some((host.clone(), at.parse().ok()?)))
                .collect(),
            seed: record.manifest.plan.clone(),
        };
        Self {
            store: Arc::new(store),
            record,
            equipment,
            surroundings,
            control,
            answers,
            listener,
            cancel,
            not_applied: NotApplied::default(),
        }
    }

    /// Steps, questions, assessment.
    async fn conduct(mut self, resumed: bool) -> Result<RunOutcome, RunError> {
        // Of another device nothing that was found counts.
        if resumed && self.record.state().identity != IdentityStanding::Wrong {
            self.reopen()?;
        }
        let seen = self.record.seen();
        let outstanding =
            outstanding::outstanding(&self.record.plan, &self.record.manifest.searched(), &seen).len();
        self.listener.on(&Event::RunStarted {
            folder: self.store.folder().to_owned(),
            done: seen.count(),
            outstanding,
            resumed,
        });
        let walked = if self.record.state().identity == IdentityStanding::Wrong {
            Err(Halt::Identity)
        } else {
            self.walk().await
        };
        let ended = match walked {
            Ok(()) => self.ask_open().await,
            // Questions about documents do not need the device. Of another device nothing is worth asking.
            Err(Halt::Identity) if self.record.state().identity == IdentityStanding::Lost => {
                self.ask_open().await
            }
            other => other,
        };
        match ended {
            Ok(()) | Err(Halt::Identity) => self.finish(),
            Err(Halt::Cancelled) => self.stop("asked to stop"),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    /// Writes the assessment and the last line.
    fn finish(mut self) -> Result<RunOutcome, RunError> {
        self.tell_not_applied();
        // Identity and outstanding steps are settled, so that the assessment made now is the one made later.
        let assessment = self.record.assess();
        let bytes = crate::store::pretty(&assessment);
        let folder = self.store.folder().to_owned();
        let file = self.assessment_file(&bytes)?;
        self.store.write(&file, &bytes).map_err(RunError::Recording)?;
        self.note(Entry::RunFinished(Finished { tool: tool(), file, assessment: digest(&bytes) }))?;
        let state = self.record.state();
        let exit = ExitCode::of(&assessment, &state);
        self.listener.on(&Event::Finished {
            verdict: assessment.verdict,
            open: open_prompts(&assessment).len(),
            exit,
        });
        Ok(RunOutcome { folder, assessment: Some(assessment), state, exit })
    }

    /// Where the assessment goes: what another version of the tool has written is never replaced.
    fn assessment_file(&self, bytes: &[u8]) -> Result<String, RunError> {
        let last = self.record.journal.iter().rev().find_map(|line| match &line.line.entry {
            Entry::RunFinished(finished) => Some(finished),
            _ => None,
        });
        let Some(last) = last else { return Ok(ASSESSMENT_FILE.to_owned()) };
        let stored = std::fs::read(self.store.folder().join(&last.file)).ok();
        if last.tool == tool() || stored.is_none_or(|stored| stored == bytes) {
            return Ok(last.file.clone());
        }
        match beside(self.store.folder(), bytes).map_err(RunError::Recording)? {
            Beside::Free(name) | Beside::There(name) => Ok(name),
        }
    }

    /// Ends in order, to be resumed.
    fn stop(mut self, reason: &str) -> Result<RunOutcome, RunError> {
        self.tell_not_applied();
        self.note(Entry::RunStopped { reason: reason.to_owned() })?;
        self.listener.on(&Event::Stopped);
        let state = self.record.state();
        let exit = if state.cannot_vouch() { ExitCode::CannotVouch } else { ExitCode::Stopped };
        Ok(RunOutcome { folder: self.store.folder().to_owned(), assessment: None, state, exit })
    }

    /// Writes a line and takes it into the record.
    fn note(&mut self, entry: Entry) -> Result<(), RunError> {
        let line = self.store.append(entry).map_err(RunError::Recording)?;
        self.record.take(line);
        Ok(())
    }

    /// Tells and writes down what does not work at the lab.
    fn trouble(&mut self, code: &str, message: String, evidence: Vec<String>) -> Result<(), RunError> {
        self.listener.on(&Event::Trouble { code: code.to_owned(), message: message.clone() });
        self.note(Entry::Trouble { code: code.to_owned(), message, evidence })
    }
}

//! The engine: walks a plan, keeps what it sees, puts the open questions, writes the assessment.

mod asking;
mod documents;
pub mod drafting;
mod identity;
pub mod importing;
mod not_applied;
mod open_record;
pub mod outstanding;
mod parameters;
mod reopening;
mod software;
mod undoing;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ixit::Declaration;
use ixit::bench::Sample;
use jiff::civil::Date;
use probes::Dialer;
use probes::observation::digest;
use testcases::assess::open_prompts;
use testcases::assessment::Assessment;
use testcases::crypto::Policy;
use testcases::plan::Plan;
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::bench::{BenchControl, BenchInput, BenchInputError};
use crate::event::{Event, Listener};
use crate::exit::ExitCode;
use crate::judge::{Beside, beside};
use crate::run_state::{IdentityStanding, RunState};
use crate::store::{
    ASSESSMENT_FILE, BenchRecord, Entry, FORMAT, Finished, NamedDigest, NewRun, People, RunManifest,
    RunRecord, RunStore, StoreError, StoredDocument, tool,
};
pub use open_record::{OpenRecord, Taken};

use not_applied::NotApplied;
use outstanding::NO_SAMPLE;
use parameters::Surroundings;

/// What a run is made from.
#[derive(Debug)]
pub struct RunRequest {
    /// The run folder: new or empty.
    pub folder: PathBuf,
    /// The declaration.
    pub declaration: Declaration,
    /// The supplier's `documents/` folder, where there is one; documents up to 16 MiB are copied.
    pub documents: Option<PathBuf>,
    /// The plan, as [`testcases::plan::derive`] made it from the declaration.
    pub plan: Plan,
    /// The bench.
    pub bench: BenchInput,
    /// Assessment date: what validity and support periods are measured against.
    pub date: Date,
    /// Who takes part; what is `None` is taken from the `[lab]` of the bench.
    pub people: People,
    /// The device is the simulated one; the reports say so on every page.
    pub demonstration: bool,
}

/// How a run is gone on with.
#[derive(Debug, Default)]
pub struct ResumeRequest {
    /// The bench. `None` for the bench file that the run names, if it has not changed since. A run on the
    /// built-in device needs it: the caller brings the device up from [`RunManifest::bench`].
    pub bench: Option<BenchInput>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// The run folder.
    pub folder: PathBuf,
    /// The assessment; `None` if the run was stopped before it.
    pub assessment: Option<Assessment>,
    /// How the run stands.
    pub state: RunState,
    /// The exit code.
    pub exit: ExitCode,
}

/// Why a run could not be started, or had to be given up.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan holds no unit.
    #[error("the plan is empty: no test unit is planned{}; hantei plan shows why", of_only(only))]
    EmptyPlan {
        /// The glob of `--only`.
        only: Option<String>,
    },
    /// The bench has no sample.
    #[error("the bench names no sample; add [[sample]] with id and address to the bench file")]
    NoSample,
    /// The crypto policy is not one of this build.
    #[error(
        "there is no crypto policy {named}; [method] crypto_policy of the bench file names one of: {known}"
    )]
    CryptoPolicy {
        /// As the bench names it.
        named: String,
        /// Those of this build.
        known: String,
    },
    /// A sample of the run is not in the bench.
    #[error(
        "the bench does not name the sample {0}, which this run was started with; name the bench of the run with --bench"
    )]
    SampleMissing(String),
    /// A host has no readable address.
    #[error("the bench gives no readable address for the host {0}; write e.g. \"192.0.2.20:443\"")]
    Host(String),
    /// A secret cannot be had.
    #[error("the credential for {row} cannot be had: {cause}")]
    Credential {
        /// IXIT row.
        row: String,
        /// Why.
        cause: ixit::bench::SecretError,
    },
    /// A certificate that the bench trusts cannot be had.
    #[error(
        "the trusted certificate {file} cannot be had: {cause}; [tls] trust names PEM files, relative to the bench file"
    )]
    Trust {
        /// As the bench names it.
        file: String,
        /// Why.
        cause: String,
    },
    /// An update package or a file that was handed in cannot be had.
    #[error(
        "the file {file} cannot be had: {cause}; [[update_package]], [[handed_in]] and [[vulnerability_data]] name files relative to the bench file"
    )]
    LentFile {
        /// As the bench names it.
        file: String,
        /// Why.
        cause: String,
    },
    /// The bench of the run cannot be used.
    #[error(transparent)]
    Bench(#[from] BenchInputError),
    /// The bench file is another one than when the run was started.
    #[error(
        "the bench file {0} has changed since the run was started; name it with --bench to use it all the same"
    )]
    BenchChanged(String),
    /// The built-in device has to be brought up by the caller.
    #[error(
        "this run was made on the built-in device, which has to be brought up again; use hantei resume of a build with the feature demo"
    )]
    BuiltInBench,
    /// The run folder cannot be used.
    #[error(transparent)]
    Folder(StoreError),
    /// The record can no longer be written.
    #[error("the run had to be given up, because its record cannot be written: {0}")]
    Recording(StoreError),
}

fn of_only(only: &Option<String>) -> String {
    only.as_ref().map(|glob| format!(" by --only {glob}")).unwrap_or_default()
}

impl RunError {
    /// The exit code: 2 if nothing was started, 4 if the record is broken or cannot be written.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Recording(_) | Self::Folder(StoreError::Broken { .. }) => ExitCode::CannotVouch,
            _ => ExitCode::NotStarted,
        }
    }
}

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

/// The bench file that a run names, if it has not changed.
fn bench_of(manifest: &RunManifest) -> Result<BenchInput, RunError> {
    match &manifest.bench {
        BenchRecord::BuiltIn { .. } => Err(RunError::BuiltInBench),
        BenchRecord::File { path, sha256 } => {
            let bench = BenchInput::from_file(Path::new(path))?;
            if digest(&bench.bytes) == *sha256 {
                Ok(bench)
            } else {
                Err(RunError::BenchChanged(path.clone()))
            }
        }
    }
}

/// The policy that the bench names, or that of this build; a name that is not known was refused before.
fn crypto_policy(bench: &BenchInput) -> &'static Policy {
    let named = bench.bench.method.crypto_policy.as_deref().and_then(Policy::named);
    named.unwrap_or_else(Policy::standard)
}

fn manifest(declaration: &Declaration, plan: &Plan, bench: &BenchInput, samples: Vec<String>) -> RunManifest {
    let policy = crypto_policy(bench);
    RunManifest {
        format: FORMAT.to_owned(),
        tool: tool(),
        edition: declaration.edition.name().to_owned(),
        catalogue: plan.catalogue.clone(),
        policy: NamedDigest { name: policy.terms.id.clone(), sha256: policy.digest.clone() },
        plan: String::new(),
        declaration: declaration
            .files
            .iter()
            .map(|file| NamedDigest { name: file.name.clone(), sha256: format!("sha256:{}", file.sha256) })
            .collect(),
        documents: declaration
            .documents
            .iter()
            .map(|document| StoredDocument {
                path: document.path.clone(),
                sha256: document.sha256.clone(),
                size: document.size,
                copied: false,
            })
            .collect(),
        bench: bench.record.clone(),
        further: bench
            .bench
            .samples
            .iter()
            .filter(|sample| samples.contains(&sample.id))
            .flat_map(further)
            .map(|(searched, _)| searched)
            .collect(),
        samples,
        equipment: bench.bench.equipment.iter().map(|equipment| equipment.id.clone()).collect(),
        date: Date::default(),
        people: People::default(),
        demonstration: false,
        only: plan.only.clone(),
    }
}

impl RunManifest {
    fn with(mut self, date: Date, people: People, demonstration: bool, bench: &BenchInput) -> Self {
        let lab = &bench.bench.lab;
        self.date = date;
        self.demonstration = demonstration;
        self.people = People {
            operator: people.operator.or_else(|| lab.operator.clone()),
            assessor: people.assessor.or_else(|| lab.assessor.clone()),
            authorizer: people.authorizer.or_else(|| lab.authorizer.clone()),
            two_person_review: bench.bench.method.two_person_review,
        };
        self
    }
}

/// What touches the device: samples, dialers, secrets.
struct Equipment {
    input: BenchInput,
    samples: BTreeMap<String, (Sample, Arc<Dialer>)>,
    credentials: BTreeMap<String, (String, String)>,
    trust: Vec<String>,
    authority: Option<probes::context::LentAuthority>,
    packages: Vec<probes::context::UpdatePackage>,
    handed_in: Vec<probes::context::HandedIn>,
    vulnerability_data: Vec<probes::vulnerability::DataFile>,
}

impl Equipment {
    fn of(input: BenchInput, samples: &[String]) -> Result<Self, RunError> {
        if samples.is_empty() {
            return Err(RunError::NoSample);
        }
        if let Some(named) = &input.bench.method.crypto_policy
            && Policy::named(named).is_none()
        {
            let known = Policy::all().keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(RunError::CryptoPolicy { named: named.clone(), known });
        }
        let limits = parameters::dial_limits(&input.bench.limits);
        let mut equipped = BTreeMap::new();
        for id in samples {
            let sample = input.bench.samples.iter().find(|sample| sample.id == *id);
            let sample = sample.ok_or_else(|| RunError::SampleMissing(id.clone()))?.clone();
            let scope = parameters::scope(&input.bench, &sample).map_err(RunError::Host)?;
            let dialer = Dialer::new(scope, limits.clone());
            for (searched, address) in further(&sample) {
                equipped.insert(searched, (Sample { address, ..sample.clone() }, dialer.clone()));
            }
            equipped.entry(NO_SAMPLE.to_owned()).or_insert_with(|| (sample.clone(), dialer.clone()));
            equipped.insert(id.clone(), (sample, dialer));
        }
        let credentials = input.credentials().map_err(|(row, cause)| RunError::Credential { row, cause })?;
        let trust = input.trusted().map_err(|(file, cause)| RunError::Trust { file, cause })?;
        let authority =
            input.authority().map_err(|cause| RunError::Credential { row: "authority".to_owned(), cause })?;
        let packages = input.packages().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        let handed_in = input.handed_in().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        let vulnerability_data =
            input.vulnerability_data().map_err(|(file, cause)| RunError::LentFile { file, cause })?;
        Ok(Self {
            input,
            samples: equipped,
            credentials,
            trust,
            authority,
            packages,
            handed_in,
            vulnerability_data,
        })
    }
}

/// The further addresses of a sample, each with its name in the run.
fn further(sample: &Sample) -> impl Iterator<Item = (String, std::net::IpAddr)> {
    sample.further_addresses.iter().map(|address| (format!("{}@{address}", sample.id), *address))
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

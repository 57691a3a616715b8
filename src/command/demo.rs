//! `hantei demo`: the built-in simulated device on loopback, assessed over the network.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use harness::ixit::Declaration;
use harness::probes::capture::{Frame, LinkKind};
use harness::{
    Answers, BenchControl, BenchInput, BenchTrouble, ExitCode, Foreign, NoAnswers, People, Performed,
    ResumeRequest, RunRequest, ScriptedAnswers,
};
use lab::{ForeignListeners, Instance, Spec, foreign_listeners};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};

use crate::Done;
use crate::cli::Demo;
use crate::command::plan::derived;
use crate::command::run::{drive, finish_timed, new_run_folder};
use crate::findings;
use crate::output::{self, Failure};

/// Frames between the simulated network and whoever listens to it.
const FRAMES_WAITING: usize = 1024;

/// Brings the device up, assesses it, names the reports.
pub(crate) fn demo(arguments: Demo) -> Done {
    if arguments.list_faults {
        return list_faults(arguments.json);
    }
    known(&arguments.faults)?;
    let out = arguments.out.unwrap_or_else(|| new_run_folder(Path::new("demo")));
    let bench = LabBench::start(Spec { faults: arguments.faults, seed: arguments.seed, ..Spec::default() })?;
    let handed_in = HandedIn::write(&bench.instance())?;
    let declaration = handed_in.declaration()?;
    let answers = answers(&bench.instance(), arguments.decisions.as_deref())?;
    let mut bytes = fs::read(handed_in.folder.join("bench.toml"))
        .map_err(|error| Failure::nothing_started(format!("the bench of the lab cannot be read: {error}")))?;
    if arguments.profile == "matrix" {
        bytes = matrix_profile(&bytes)?;
    }
    let spec = serde_json::to_value(bench.instance().spec()).map_err(Failure::nothing_started)?;
    let request = RunRequest {
        folder: out,
        plan: derived(&declaration, arguments.only.as_deref(), arguments.with.as_deref()),
        declaration,
        documents: Some(handed_in.folder.join("documents")),
        bench: BenchInput::built_in(bytes, spec).map_err(Failure::nothing_started)?,
        date: jiff::Zoned::now().date(),
        people: People::default(),
        demonstration: true,
    };
    let control: Arc<dyn BenchControl> = Arc::new(bench);
    let outcome = drive(|listener, cancel| harness::run(request, control, answers, listener, cancel))?;
    finish_timed(outcome, arguments.timings)
}

/// What the supplier of a device with these faults declares. The device is asked nothing.
pub(crate) fn declared(faults: &[String], seed: u64) -> Result<Declaration, Failure> {
    known(faults)?;
    let spec = Spec { faults: faults.to_vec(), seed, ..Spec::default() };
    let instance = Instance::start(spec).map_err(Failure::nothing_started)?;
    HandedIn::write(&instance)?.declaration()
}

/// Whether a run was made on a device with these very faults and this seed.
pub(crate) fn same_device(stored: &Value, faults: &[String], seed: u64) -> bool {
    serde_json::from_value::<Spec>(stored.clone())
        .is_ok_and(|spec| spec.faults == faults && spec.seed == seed)
}

fn known(faults: &[String]) -> Result<(), Failure> {
    match faults.iter().find(|name| lab::fault(name).is_none()) {
        Some(name) => Err(Failure::nothing_started(format!("there is no fault named {name}"))
            .help("hantei demo --list-faults names them all")),
        None => Ok(()),
    }
}

/// Goes on with a run on the built-in device: the very same one is brought up again.
pub(crate) fn resume(
    folder: &Path,
    device: &Value,
    no_input: bool,
    decisions: Option<&Path>,
    timings: bool,
) -> Done {
    let spec: Spec = serde_json::from_value(device.clone()).map_err(|error| {
        Failure::nothing_started(format!("run.json describes no device of this lab: {error}"))
    })?;
    let bench = LabBench::start(spec)?;
    let answers: Arc<dyn Answers> = if no_input {
        Arc::new(NoAnswers)
    } else {
        answers(&bench.instance(), decisions.map(|path| path.display().to_string()).as_deref())?
    };
    let handed_in = HandedIn::write(&bench.instance())?;
    let mut bytes = fs::read(handed_in.folder.join("bench.toml"))
        .map_err(|error| Failure::nothing_started(format!("the bench of the lab cannot be read: {error}")))?;
    let stored = fs::read_to_string(folder.join("declaration/bench.toml")).unwrap_or_default();
    if stored.contains("profile = \"matrix\"") {
        bytes = matrix_profile(&bytes)?;
    }
    let input = BenchInput::built_in(bytes, device.clone()).map_err(Failure::nothing_started)?;
    let control: Arc<dyn BenchControl> = Arc::new(bench);
    let request = ResumeRequest { bench: Some(input) };
    let outcome =
        drive(|listener, cancel| harness::resume(folder, request, control, answers, listener, cancel))?;
    finish_timed(outcome, timings)
}

/// Scripted answers: those of the lab, a file, or nobody's.
fn answers(instance: &Instance, decisions: Option<&str>) -> Result<Arc<dyn Answers>, Failure> {
    Ok(match decisions {
        Some("none") => Arc::new(NoAnswers),
        Some(file) => Arc::new(ScriptedAnswers::read(Path::new(file)).map_err(Failure::nothing_started)?),
        None => {
            let text = instance.decisions().map_err(Failure::nothing_started)?;
            Arc::new(ScriptedAnswers::parse(&text).map_err(Failure::nothing_started)?)
        }
    })
}

fn list_faults(as_json: bool) -> Done {
    if as_json {
        let faults: Vec<Value> = lab::faults()
            .iter()
            .map(|fault| {
                let units: Vec<&str> = fault.changes.iter().map(|change| change.unit).collect();
                let codes: BTreeSet<&str> = fault.changes.iter().map(|change| change.code).collect();
                json!({
                    "name": fault.name,
                    "kind": fault.kind.as_str(),
                    "summary": fault.summary,
                    "units": units,
                    "codes": codes,
                })
            })
            .collect();
        output::print_json(&json!({ "format": "hantei.faults/1", "faults": faults }))?;
    } else {
        for fault in lab::faults() {
            output::print_text(&format!(
                "{:<32} {:<14} {}\n",
                fault.name,
                fault.kind.as_str(),
                fault.summary
            ))?;
        }
    }
    Ok(ExitCode::Pass)
}

/// The limits of the profile `matrix`, written into the bench file.
fn matrix_profile(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains("profile = \"normal\"") {
        return Err(Failure::nothing_started("the bench of the lab names no profile to replace"));
    }
    Ok(text.replace("profile = \"normal\"", "profile = \"matrix\"").into_bytes())
}

/// The declaration folder as the supplier of the simulated device hands it in; gone with the run.
struct HandedIn {
    folder: PathBuf,
}

impl HandedIn {
    fn write(instance: &Instance) -> Result<Self, Failure> {
        let failed = |path: &Path, error: std::io::Error| {
            Failure::nothing_started(format!("{} cannot be written: {error}", path.display()))
        };
        let name = format!("hantei-demo-{}-{}", std::process::id(), instance.address());
        let handed_in = Self { folder: std::env::temp_dir().join(name) };
        for (name, bytes) in instance.folder().map_err(Failure::nothing_started)?.0 {
            let path = handed_in.folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
            }
            fs::write(&path, bytes).map_err(|error| failed(&path, error))?;
        }
        Ok(handed_in)
    }

    fn declaration(&self) -> Result<Declaration, Failure> {
        let reading = Declaration::read(&self.folder);
        reading.declaration.ok_or_else(|| {
            findings::print(&self.folder, &reading.diagnostics);
            Failure::nothing_started("the declaration of the simulated device cannot be understood")
        })
    }
}

impl Drop for HandedIn {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// The lab as a bench.
struct LabBench {
    // One action at a time; the lock also lets the engine share the bench between its threads.
    instance: Mutex<Instance>,
    before: ForeignListeners,
}

impl LabBench {
    /// Finds foreign listeners first, then brings the device up.
    fn start(spec: Spec) -> Result<Self, Failure> {
        let before = foreign_listeners();
        let instance = Instance::start(spec).map_err(Failure::nothing_started)?;
        Ok(Self { instance: Mutex::new(instance), before })
    }

    fn instance(&self) -> MutexGuard<'_, Instance> {
        // A panic during an action leaves the device as it is; the next action brings it on.
        self.instance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BenchControl for LabBench {
    fn perform<'a>(
        &'a self,
        action: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Performed, BenchTrouble>> + Send + 'a>> {
        Box::pin(async move {
            let instance = self.instance();
            let output = match action {
                "read_passkey" => instance.panel_digits(),
                _ => String::new(),
            };
            instance
                .perform(action)
                .map(|()| Performed::Done { output })
                .map_err(|error| BenchTrouble { message: error.to_string(), output: String::new() })
        })
    }

    fn reader(&self) -> Option<PathBuf> {
        crate::command::read_apart::reader()
    }

    fn tap(&self) -> Option<Result<Receiver<Frame>, String>> {
        let mut device = self.instance().tap();
        let (sender, receiver) = channel(FRAMES_WAITING);
        tokio::spawn(async move {
            loop {
                let frame = tokio::select! {
                    () = sender.closed() => return,
                    frame = device.recv() => frame,
                };
                let Some(lab::TapFrame { at, bytes, length }) = frame else { return };
                let _left = sender.send(Frame { at, link: LinkKind::Ethernet, bytes, length }).await;
            }
        });
        Some(Ok(receiver))
    }

    fn foreign(&self) -> Foreign {
        // Programs of the host may have begun to listen since the start.
        let now = foreign_listeners();
        let joined = |before: &[u16], now: &[u16]| {
            before.iter().chain(now).copied().collect::<BTreeSet<u16>>().into_iter().collect()
        };
        Foreign { tcp: joined(&self.before.tcp, &now.tcp), udp: joined(&self.before.udp, &now.udp) }
    }
}

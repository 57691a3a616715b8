//! `hantei run DIR`: the assessment of a device.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harness::bench::{BenchInputError, acceptance};
use harness::ixit::Severity;
use harness::testcases::texts::Language;
use harness::{
    Answers, BenchControl, BenchInput, CommandBench, ExitCode, Listener, NoAnswers, People, RunError,
    RunOutcome, RunRecord, RunRequest, ScriptedAnswers,
};
use tokio_util::sync::CancellationToken;

use crate::cli::{Format, Lang, Run};
use crate::command::plan::{derived, readable};
use crate::command::read_apart::reader;
use crate::command::report;
use crate::output::{Failure, Tone, paint};
use crate::progress::Progress;
use crate::prompting::Terminal;
use crate::{Done, findings, summary, timings};

/// Runs an assessment and writes the reports.
pub(crate) fn run(arguments: Run) -> Done {
    let declaration = readable(&arguments.folder)?;
    let bench = bench(&arguments)?;
    let plan = derived(&declaration, arguments.only.as_deref(), arguments.with.as_deref());
    let answers = answers(
        arguments.no_input,
        arguments.decisions.as_deref(),
        arguments.person.clone(),
        report::language(arguments.lang),
    )?;
    let control = CommandBench::new(&bench.bench, &bench.base).with_reader(reader());
    let control: Arc<dyn BenchControl> = Arc::new(control);
    let documents = arguments.folder.join("documents");
    let folder = arguments.out.unwrap_or_else(|| new_run_folder(&arguments.folder));
    let request = RunRequest {
        folder,
        declaration,
        documents: documents.is_dir().then_some(documents),
        plan,
        bench,
        date: arguments.date.unwrap_or_else(|| jiff::Zoned::now().date()),
        people: People::default(),
        demonstration: false,
    };
    let outcome = drive(|listener, cancel| harness::run(request, control, answers, listener, cancel))?;
    finish_timed(outcome, arguments.timings)
}

/// Where answers come from: a script, nobody, or the person at the terminal.
pub(crate) fn answers(
    no_input: bool,
    script: Option<&Path>,
    person: Option<String>,
    language: Language,
) -> Result<Arc<dyn Answers>, Failure> {
    if let Some(script) = script {
        return Ok(Arc::new(ScriptedAnswers::read(script).map_err(Failure::nothing_started)?));
    }
    if no_input || !Terminal::has_person() {
        return Ok(Arc::new(NoAnswers));
    }
    Ok(Arc::new(Terminal::new(person, language)))
}

/// A new folder below ./runs, named by the declaration and the time.
pub(crate) fn new_run_folder(of: &Path) -> PathBuf {
    let named = of.canonicalize().unwrap_or_else(|_| of.to_owned());
    let name = named.file_name().map(|name| name.to_string_lossy().into_owned());
    let time = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let base = PathBuf::from("runs").join(format!("{}-{time}", name.as_deref().unwrap_or("device")));
    // Two runs may begin within a second.
    let mut path = base.clone();
    let mut n = 2;
    while path.exists() {
        path = base.with_file_name(format!("{}-{n}", base.file_name().unwrap_or_default().to_string_lossy()));
        n += 1;
    }
    path
}

/// The bench that the run may use.
fn bench(arguments: &Run) -> Result<BenchInput, Failure> {
    if let Some(path) = &arguments.bench {
        return read_bench(path);
    }
    let path = arguments.folder.join("bench.toml");
    if !path.exists() {
        return Err(Failure::nothing_started(
            "there is no bench file, so it is not known where the device is",
        )
        .help("name one with --bench FILE; hantei init writes an example"));
    }
    let bytes = std::fs::read(&path)
        .map_err(|error| Failure::nothing_started(format!("{} cannot be read: {error}", path.display())))?;
    if !arguments.accept_bench && !acceptance::is_accepted(&bytes) {
        return Err(Failure::nothing_started(format!(
            "{} came with the declaration and is not trusted yet: it names programs to run and addresses to touch",
            path.display()
        ))
        .help(format!(
            "look at it, then: hantei bench accept {} (in CI: --accept-bench)",
            arguments.folder.display()
        )));
    }
    read_bench(&path)
}

/// Reads a bench file, or prints what is wrong with it.
pub(crate) fn read_bench(path: &Path) -> Result<BenchInput, Failure> {
    BenchInput::from_file(path).map_err(|error| {
        if let BenchInputError::NotUnderstood { diagnostics, .. } = &error {
            let errors: Vec<_> =
                diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect();
            findings::print(path.parent().unwrap_or(Path::new("")), &errors);
        }
        Failure::nothing_started(error)
    })
}

/// Runs the engine with progress on stderr; Ctrl-C stops it in order.
pub(crate) fn drive<F, R>(begin: F) -> Result<RunOutcome, Failure>
where
    F: FnOnce(Arc<dyn Listener>, CancellationToken) -> R,
    R: Future<Output = Result<RunOutcome, RunError>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::nothing_started(format!("the runtime cannot be started: {error}")))?;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    let listener: Arc<dyn Listener> = Arc::new(Progress::new());
    let result = runtime.block_on(begin(Arc::clone(&listener), cancel));
    // A prompt may still be waiting on stdin in a blocked worker; do not wait for it.
    runtime.shutdown_background();
    result.map_err(Failure::of_run)
}

/// The same as [`finish`], and where the time went if that is asked for.
pub(crate) fn finish_timed(outcome: RunOutcome, timings: bool) -> Done {
    let folder = outcome.folder.clone();
    let code = finish(outcome)?;
    if timings {
        timings::tell(&RunRecord::read(&folder).map_err(Failure::cannot_vouch)?);
    }
    Ok(code)
}

/// Writes the reports of an ended run, names them and what decides, gives the exit code.
pub(crate) fn finish(outcome: RunOutcome) -> Done {
    if outcome.assessment.is_some() {
        let record = RunRecord::read(&outcome.folder).map_err(Failure::cannot_vouch)?;
        let written =
            report::write(&record, &[Format::Html, Format::Json, Format::Junit], &[Lang::En, Lang::Ja])?;
        if let Some(assessment) = &outcome.assessment {
            eprint!("{}", summary::text(assessment));
        }
        eprintln!("\nReports:");
        for path in written {
            eprintln!("  {}", path.display());
        }
    }
    eprintln!("{}", paint(Tone::Quiet, ended(outcome.exit)));
    Ok(outcome.exit)
}

/// How a run ended, in the words of a run; the table of exit codes speaks of all commands.
fn ended(exit: ExitCode) -> &'static str {
    match exit {
        ExitCode::Pass => "Exit 0: PASS",
        ExitCode::Fail => "Exit 1: FAIL",
        ExitCode::NotStarted => "Exit 2: nothing was started",
        ExitCode::Open => {
            "Exit 3: no FAIL, but not everything is shown or decided; the report says what is missing"
        }
        ExitCode::CannotVouch => {
            "Exit 4: the run cannot vouch for itself (see the trouble named above); its verdict is not to be used"
        }
        ExitCode::Stopped => "Exit 130: stopped before the end",
    }
}

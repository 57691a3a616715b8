//! `hantei resume RUN`: go on after a stop or a crash.

use std::sync::Arc;

use harness::ixit::Bench;
use harness::store::BenchRecord;
use harness::{BenchControl, CommandBench, ResumeRequest, RunManifest};

use crate::Done;
use crate::cli::Resume;
use crate::command::{read_apart, report, run};
use crate::output::Failure;

/// Brings a built-in bench up again; what is done is kept, only what is open is asked.
pub(crate) fn resume(arguments: Resume) -> Done {
    let folder = arguments.run;
    let manifest = RunManifest::read(&folder).map_err(Failure::of_folder)?;
    if let BenchRecord::BuiltIn { device } = &manifest.bench {
        let decisions = arguments.decisions.as_deref();
        return built_in(&folder, device, arguments.no_input, decisions, arguments.timings);
    }
    let answers = run::answers(
        arguments.no_input,
        arguments.decisions.as_deref(),
        arguments.person.clone(),
        report::language(arguments.lang),
    )?;
    let bench = arguments.bench.as_deref().map(run::read_bench).transpose()?;
    // Without --bench the engine reads the file that the run names, if it has not changed.
    let (actions, base) = match (&bench, &manifest.bench) {
        (Some(bench), _) => (bench.bench.clone(), bench.base.clone()),
        (None, BenchRecord::File { path, .. }) => {
            let named = run::read_bench(std::path::Path::new(path))?;
            (named.bench, named.base)
        }
        (None, BenchRecord::BuiltIn { .. }) => (Bench::default(), std::path::PathBuf::new()),
    };
    let control = CommandBench::new(&actions, &base).with_reader(read_apart::reader());
    let control: Arc<dyn BenchControl> = Arc::new(control);
    let outcome = run::drive(|listener, cancel| async move {
        harness::resume(&folder, ResumeRequest { bench }, control, answers, listener, cancel).await
    })?;
    run::finish_timed(outcome, arguments.timings)
}

#[cfg(feature = "demo")]
fn built_in(
    folder: &std::path::Path,
    device: &serde_json::Value,
    no_input: bool,
    decisions: Option<&std::path::Path>,
    timings: bool,
) -> Done {
    super::demo::resume(folder, device, no_input, decisions, timings)
}

#[cfg(not(feature = "demo"))]
fn built_in(
    _: &std::path::Path,
    _: &serde_json::Value,
    _: bool,
    _: Option<&std::path::Path>,
    _: bool,
) -> Done {
    Err(Failure::nothing_started("this run was made on the built-in device, which this build does not have")
        .help("use a build with the feature demo"))
}

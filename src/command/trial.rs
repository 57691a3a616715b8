//! `hantei trial DIR`: the test cases of a plan as trials of a test program.
//!
//! A runner such as cargo-nextest starts the program once for each trial, and beside each other. Still the device is
//! assessed once: whoever comes first makes the run, all others read its assessment.

mod once;
mod outcome;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use harness::ExitCode;
use harness::ixit::Declaration;
use harness::testcases::plan::{self, Plan};
use libtest_mimic::Arguments;

use self::once::{Answer, Subject};
use self::outcome::Told;
use crate::Done;
use crate::cli::{Trial, Undecided};
use crate::command::plan::readable;
use crate::command::report::language;
use crate::command::run::new_run_folder;
use crate::output::Failure;

/// The trial of the overall verdict; the others are named `PROVISION::CASE`.
const OVERALL: &str = "overall::verdict";

/// Lists or carries out the trials. The exit code is of the table: 0 where no trial failed.
pub(crate) fn trial(arguments: &Trial) -> Done {
    let program = std::iter::once("hantei trial".to_owned());
    let libtest = Arguments::from_iter(program.chain(arguments.libtest.iter().cloned()));
    let declaration = declaration(arguments)?;
    let plan = plan::derive(&declaration, arguments.only.as_deref());
    let cases = cases(&plan);
    if cases.is_empty() {
        return Err(Failure::nothing_started("the plan is empty: there is no case to try")
            .help("hantei plan shows what applies and why"));
    }
    if libtest.list {
        // Nothing but the list: runners read it, and the device is not touched.
        let trials = names(&cases).map(|name| libtest_mimic::Trial::test(name, || Ok(())));
        // A list has no outcome.
        let _listed = libtest_mimic::run(&libtest, trials.collect());
        return Ok(ExitCode::Pass);
    }
    let subject = Subject::new(arguments, &declaration, run_folder(arguments));
    subject.refuse_another_run()?;
    let once = Arc::new(Once { subject, answer: OnceLock::new(), worst: Mutex::new(ExitCode::Pass) });
    let trials = names(&cases).map(|name| {
        let once = Arc::clone(&once);
        let case = name.split_once("::").filter(|_| name != OVERALL).map(|(_, case)| case.to_owned());
        let (undecided, language) = (arguments.inconclusive, language(arguments.lang));
        libtest_mimic::Trial::ignorable_test(name, move || {
            once.tell(
                |answer| match &case {
                    Some(case) => outcome::of_case(&answer.assessment, case, language),
                    None => outcome::overall(&answer.assessment, language),
                },
                undecided,
            )
        })
    });
    // The code of this program says more than whether a trial failed.
    let _conclusion = libtest_mimic::run(&libtest, trials.collect());
    let worst = *once.worst.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(worst)
}

/// The run of this process, made or read when the first trial asks for it.
struct Once {
    subject: Subject,
    answer: OnceLock<Result<Answer, (String, ExitCode)>>,
    worst: Mutex<ExitCode>,
}

impl Once {
    /// How a trial ends.
    fn tell(
        &self,
        of: impl FnOnce(&Answer) -> Told,
        undecided: Undecided,
    ) -> Result<libtest_mimic::Completion, libtest_mimic::Failed> {
        let answer = self.answer.get_or_init(|| self.subject.answer());
        let (told, code) = match answer {
            Err((why, code)) => (Told::Failed(why.clone()), *code),
            Ok(Answer { invalid: Some(why), .. }) => (Told::Failed(why.clone()), ExitCode::CannotVouch),
            Ok(answer) => match of(answer) {
                Told::Open(why) if undecided == Undecided::Ignored => (Told::Ignored(why), ExitCode::Pass),
                told @ Told::Open(_) => (told, ExitCode::Open),
                told @ Told::Failed(_) => (told, ExitCode::Fail),
                told => (told, ExitCode::Pass),
            },
        };
        let mut worst = self.worst.lock().unwrap_or_else(PoisonError::into_inner);
        if rank(code) > rank(*worst) {
            *worst = code;
        }
        match told {
            Told::Passed => Ok(libtest_mimic::Completion::Completed),
            Told::Ignored(why) => Ok(libtest_mimic::Completion::ignored_with(why)),
            Told::Failed(why) | Told::Open(why) => Err(why.into()),
        }
    }
}

/// Which code wins where trials end with several.
fn rank(code: ExitCode) -> u8 {
    match code {
        ExitCode::Pass => 0,
        ExitCode::Open => 1,
        ExitCode::Fail => 2,
        ExitCode::Stopped => 3,
        ExitCode::NotStarted => 4,
        ExitCode::CannotVouch => 5,
    }
}

/// The planned cases of a plan as (provision, case), in order.
fn cases(plan: &Plan) -> Vec<(String, String)> {
    let mut cases: Vec<(String, String)> = Vec::new();
    for unit in plan.units.iter().filter(|unit| unit.planned) {
        // `5.1-1-2:b` is a unit of the case `5.1-1-2`, which belongs to the provision `5.1-1`.
        let case = unit.id.split(':').next().unwrap_or(&unit.id);
        let provision = case.rsplit_once('-').map_or(case, |(provision, _)| provision);
        if cases.last().is_none_or(|(_, last)| last != case) {
            cases.push((provision.to_owned(), case.to_owned()));
        }
    }
    cases
}

fn names(cases: &[(String, String)]) -> impl Iterator<Item = String> {
    let of_case = |(provision, case): &(String, String)| format!("{provision}::{case}");
    cases.iter().map(of_case).chain(std::iter::once(OVERALL.to_owned())).collect::<Vec<_>>().into_iter()
}

fn declaration(arguments: &Trial) -> Result<Declaration, Failure> {
    #[cfg(feature = "demo")]
    if arguments.demo {
        return super::demo::declared(&arguments.faults, 1);
    }
    readable(arguments.folder.as_deref().expect("clap asks for a folder where there is no --demo"))
}

/// The run folder: as told, that of this run of cargo-nextest, or a new one.
fn run_folder(arguments: &Trial) -> PathBuf {
    if let Some(out) = &arguments.out {
        return out.clone();
    }
    let id = std::env::var("NEXTEST_RUN_ID").ok();
    let usable =
        |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match id.filter(usable) {
        Some(id) => Path::new("runs").join(format!("trial-{id}")),
        None => new_run_folder(arguments.folder.as_deref().unwrap_or(Path::new("trial"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_cases_are_named_once_below_their_provision() {
        let unit = |id: &str, planned: bool| {
            serde_json::json!({ "id": id, "planned": planned, "why": null, "by": null, "items": [], "probes": [],
                                "states": [], "channels": [], "minimum_effort": null })
        };
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "format": "hantei.plan/1", "edition": "", "catalogue": "", "only": null, "conditions": [],
            "provisions": [], "steps": [],
            "units": [unit("4-1-1:a", true), unit("5.1-1-1:a", true), unit("5.1-1-1:b", true),
                      unit("5.1-1-2:a", false), unit("5.1-1-2:b", true), unit("5.1-2-1:a", false)],
        }))
        .expect("a plan");
        let names: Vec<String> = names(&cases(&plan)).collect();
        assert_eq!(names, ["4-1::4-1-1", "5.1-1::5.1-1-1", "5.1-1::5.1-1-2", OVERALL]);
    }

    #[test]
    fn what_cannot_vouch_for_itself_wins_and_a_fail_wins_over_what_is_open() {
        let order = [
            ExitCode::Pass,
            ExitCode::Open,
            ExitCode::Fail,
            ExitCode::Stopped,
            ExitCode::NotStarted,
            ExitCode::CannotVouch,
        ];
        assert!(order.is_sorted_by_key(|code| rank(*code)));
        assert_eq!(order.len(), ExitCode::ALL.len());
    }
}

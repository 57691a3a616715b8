//! One run for all processes: a lock beside the run folder, and what a run folder that is there means.

use std::fs::{self, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use harness::ixit::Declaration;
use harness::store::BenchRecord;
use harness::testcases::assessment::Assessment;
use harness::{ExitCode, RunRecord};

use crate::cli::{Lang, Resume, Run, Trial};
use crate::command::{resume, run};
use crate::output::{Failure, Tone, paint};

/// Appended to the name of the run folder.
const LOCK_ENDING: &str = ".trial-lock";

/// What the trials are told from.
#[derive(Debug)]
pub(super) struct Answer {
    /// The assessment.
    pub(super) assessment: Assessment,
    /// Why the run cannot vouch for itself, if it cannot.
    pub(super) invalid: Option<String>,
}

/// What is assessed, and how.
pub(super) struct Subject {
    run: PathBuf,
    /// Declaration folder; `None` for the built-in device.
    folder: Option<PathBuf>,
    /// Declaration files and documents, each with its SHA-256 in hexadecimal.
    declared: Vec<(String, String)>,
    bench: Option<PathBuf>,
    accept_bench: bool,
    only: Option<String>,
    decisions: Option<PathBuf>,
    lang: Lang,
    #[cfg(feature = "demo")]
    faults: Vec<String>,
    #[cfg(feature = "demo")]
    profile: String,
}

/// What lies where the run is to be.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing.
    Free,
    /// A run of this subject that has not come to its end.
    Stopped,
    /// A run of this subject.
    Complete,
}

impl Subject {
    pub(super) fn new(arguments: &Trial, declaration: &Declaration, run: PathBuf) -> Self {
        let files = declaration.files.iter().map(|file| (file.name.clone(), file.sha256.clone()));
        let documents =
            declaration.documents.iter().map(|one| (format!("documents/{}", one.path), one.sha256.clone()));
        Self {
            run,
            folder: arguments.folder.clone(),
            declared: files.chain(documents).collect(),
            bench: arguments.bench.clone(),
            accept_bench: arguments.accept_bench,
            only: arguments.only.clone(),
            decisions: arguments.decisions.clone(),
            lang: arguments.lang,
            #[cfg(feature = "demo")]
            faults: arguments.faults.clone(),
            #[cfg(feature = "demo")]
            profile: arguments.profile.clone(),
        }
    }

    /// Refuses a run folder that holds something else, before the first trial is told of.
    pub(super) fn refuse_another_run(&self) -> Result<(), Failure> {
        // While another process makes the run, its folder may be there in part.
        match self.lock_file()?.try_lock() {
            Ok(()) => self.standing().map(drop),
            Err(_) => Ok(()),
        }
    }

    /// Makes the run, or waits for whoever makes it, and reads the assessment.
    pub(super) fn answer(&self) -> Result<Answer, (String, ExitCode)> {
        self.made().and_then(|()| self.read()).map_err(|failure| (failure.text(), failure.code()))
    }

    fn made(&self) -> Result<(), Failure> {
        // Held until the run is there; the system lets go of it when this process ends, however it ends.
        let _lock = self.lock()?;
        let code = match self.standing()? {
            Standing::Complete => {
                self.say("read, and the device is not touched: the run is there already");
                return Ok(());
            }
            Standing::Free => self.assess()?,
            Standing::Stopped => {
                self.say("goes on: it was stopped before its end");
                self.go_on()?
            }
        };
        match code {
            ExitCode::Stopped => Err(Failure::of_code(
                format!(
                    "the run {} was stopped before its end; the next trial goes on with it",
                    self.run.display()
                ),
                code,
            )),
            _ => Ok(()),
        }
    }

    fn say(&self, what: &str) {
        eprintln!("{} {} {what}", paint(Tone::Quiet, "trial:"), self.run.display());
    }

    fn assess(&self) -> Result<ExitCode, Failure> {
        #[cfg(feature = "demo")]
        if self.folder.is_none() {
            return super::super::demo::demo(crate::cli::Demo {
                faults: self.faults.clone(),
                out: Some(self.run.clone()),
                decisions: self.decisions.as_ref().map(|path| path.display().to_string()),
                seed: 1,
                list_faults: false,
                json: false,
                profile: self.profile.clone(),
                only: self.only.clone(),
                with: None,
                timings: false,
            });
        }
        run::run(Run {
            folder: self.folder.clone().expect("a folder where there is no --demo"),
            bench: self.bench.clone(),
            accept_bench: self.accept_bench,
            out: Some(self.run.clone()),
            only: self.only.clone(),
            with: None,
            no_input: true,
            decisions: self.decisions.clone(),
            date: None,
            person: None,
            lang: self.lang,
            timings: false,
        })
    }

    fn go_on(&self) -> Result<ExitCode, Failure> {
        resume::resume(Resume {
            run: self.run.clone(),
            bench: self.bench.clone(),
            // A demonstration without decisions of its own takes those of the lab, as from the start.
            no_input: self.folder.is_some(),
            decisions: self.decisions.clone(),
            person: None,
            lang: self.lang,
            timings: false,
        })
    }

    /// What lies in the run folder.
    fn standing(&self) -> Result<Standing, Failure> {
        if fs::read_dir(&self.run).map_or(true, |mut entries| entries.next().is_none()) {
            return Ok(Standing::Free);
        }
        let record = RunRecord::read(&self.run).map_err(|error| {
            Failure::of_folder(error).help("name another run folder with --out, or remove what is there")
        })?;
        if let Some(what) = self.other_than(&record) {
            return Err(Failure::nothing_started(format!(
                "the run in {} is of another {what} than this trial",
                self.run.display()
            ))
            .help("name a run folder of its own for each build with --out, e.g. by the commit"));
        }
        Ok(if record.state().stopped { Standing::Stopped } else { Standing::Complete })
    }

    /// In what a run differs from what is to be assessed.
    fn other_than(&self, record: &RunRecord) -> Option<&'static str> {
        let manifest = &record.manifest;
        if manifest.only != self.only {
            return Some("selection (--only)");
        }
        if self.folder.is_none() {
            return self.other_device(record);
        }
        let plain = |sha256: &str| sha256.strip_prefix("sha256:").unwrap_or(sha256).to_owned();
        let files = manifest.declaration.iter().map(|file| (file.name.clone(), plain(&file.sha256)));
        let documents =
            manifest.documents.iter().map(|one| (format!("documents/{}", one.path), plain(&one.sha256)));
        if files.chain(documents).collect::<Vec<_>>() != self.declared {
            return Some("declaration");
        }
        let bench = match (&self.bench, &self.folder) {
            (Some(bench), _) => bench.clone(),
            (None, Some(folder)) => folder.join("bench.toml"),
            (None, None) => return None,
        };
        let digest = |bytes: Vec<u8>| harness::probes::observation::digest(&bytes);
        match &manifest.bench {
            BenchRecord::File { sha256, .. } if fs::read(bench).map(digest).ok().as_ref() == Some(sha256) => {
                None
            }
            _ => Some("bench"),
        }
    }

    #[cfg(feature = "demo")]
    fn other_device(&self, record: &RunRecord) -> Option<&'static str> {
        match &record.manifest.bench {
            BenchRecord::BuiltIn { device } if super::super::demo::same_device(device, &self.faults, 1) => {
                None
            }
            _ => Some("device"),
        }
    }

    #[cfg(not(feature = "demo"))]
    fn other_device(&self, _: &RunRecord) -> Option<&'static str> {
        Some("device")
    }

    fn read(&self) -> Result<Answer, Failure> {
        let record = RunRecord::read(&self.run).map_err(Failure::of_folder)?;
        let invalid = record.state().cannot_vouch().then(|| invalid(&record, self.lang));
        Ok(Answer { assessment: record.assess(), invalid })
    }

    fn lock_file(&self) -> Result<File, Failure> {
        let path = lock_path(&self.run);
        let opened = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| File::options().read(true).write(true).create(true).truncate(false).open(&path));
        opened.map_err(|error| {
            Failure::nothing_started(format!("{} cannot be opened: {error}", path.display()))
        })
    }

    /// Takes the lock, and leaves the number of this process in it for those who wait.
    fn lock(&self) -> Result<File, Failure> {
        let mut file = self.lock_file()?;
        let failed = |error: std::io::Error| {
            Failure::nothing_started(format!("{} cannot be locked: {error}", lock_path(&self.run).display()))
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                (&file).take(20).read_to_string(&mut holder).ok();
                self.say(&format!("is being made by the process {}; waiting for it", holder.trim()));
                file.lock().map_err(failed)?;
            }
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(file)
    }
}

/// Why a run cannot vouch for itself.
fn invalid(record: &RunRecord, lang: Lang) -> String {
    let (run, why) = match (lang, &record.broken[..]) {
        (Lang::En, []) => {
            ("The run cannot vouch for itself", "the identity of the device is wrong or was lost".to_owned())
        }
        (Lang::Ja, []) => {
            ("この評価は自らの結果を保証できません", "機器の同一性が異なるか、失われました".to_owned())
        }
        (Lang::En, broken) => ("The record is broken", broken.join("; ")),
        (Lang::Ja, broken) => ("記録が壊れています", broken.join("; ")),
    };
    format!("{run}: {why}")
}

/// The lock lies beside the run folder: what lies in it belongs to the record.
fn lock_path(run: &Path) -> PathBuf {
    let mut name = run.as_os_str().to_owned();
    while name.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR) && name.len() > 1 {
        name = name.to_string_lossy().trim_end_matches(std::path::MAIN_SEPARATOR).to_owned().into();
    }
    name.push(LOCK_ENDING);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_lies_beside_the_run() {
        assert_eq!(lock_path(Path::new("runs/a")), Path::new("runs/a.trial-lock"));
        assert_eq!(lock_path(Path::new("runs/a/")), Path::new("runs/a.trial-lock"));
    }
}

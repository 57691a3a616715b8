//! The run folder: everything a judgement rests on, written so that a kill at any moment loses at
//! most the observation under way.

mod basis;
mod evidence;
mod extended_plan;
pub(crate) mod files;
pub mod journal;
mod manifest;
mod record;

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use ixit::{Bench, SourceFile};
use probes::observation::digest;
use testcases::plan::Plan;

use crate::exit::ExitCode;

pub use basis::{Basis, Difference, FOLDER as CATALOGUE_FOLDER};
pub use evidence::{Evidence, FOLDER as EVIDENCE_FOLDER};
pub use extended_plan::plan_file;
pub use journal::{Entry, Finished, IdentityDifference, IdentityRead, Line, Observed, Sealed, Started};
pub use manifest::{
    BenchRecord, FILE as RUN_FILE, FORMAT, NamedDigest, People, RunManifest, StoredDocument, tool,
};
pub use record::RunRecord;

pub(crate) use evidence::{hex_of, names};
pub(crate) use extended_plan::extended_plans;
pub(crate) use files::read_bounded;
pub(crate) use record::named_evidence;

/// Name of the first plan in a run folder; see [`plan_file`].
pub const PLAN_FILE: &str = "plan.json";
/// Name of the assessment in a run folder.
pub const ASSESSMENT_FILE: &str = "assessment.json";
/// Name of the folder with the declaration.
pub const DECLARATION_FOLDER: &str = "declaration";
/// Name of the folder for reports.
pub const REPORTS_FOLDER: &str = "reports";
const LOCK_FILE: &str = "lock";
/// Documents up to this size in bytes are copied into the run (16 MiB).
pub const LARGEST_COPIED_DOCUMENT: u64 = 16 << 20;

/// What is wrong with a run folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder for a new run holds something.
    #[error("the run folder {} is not empty; name a new or an empty folder with --out", .0.display())]
    NotEmpty(PathBuf),
    /// Another process writes into the run.
    #[error("another hantei is working in {}; wait until it has ended", .0.display())]
    Locked(PathBuf),
    /// There is no run in the folder.
    #[error("{} is no run folder: {why}", folder.display())]
    NoRun {
        /// The folder.
        folder: PathBuf,
        /// What is missing.
        why: String,
    },
    /// The format is newer than this build.
    #[error(
        "the run {} has the format {format}, this build writes {FORMAT}; use the hantei that made it, or a newer one",
        folder.display()
    )]
    NewerFormat {
        /// The folder.
        folder: PathBuf,
        /// Its format.
        format: String,
    },
    /// The record contradicts itself.
    #[error("the record in {} is broken: {}; hantei verify names every alteration", folder.display(), faults.join("; "))]
    Broken {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        faults: Vec<String>,
    },
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl StoreError {
    /// The exit code: 4 if the record is broken, else 2.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Broken { .. } => ExitCode::CannotVouch,
            _ => ExitCode::NotStarted,
        }
    }
}

/// Names the file in an error.
pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    move |cause| StoreError::Io { path: path.to_owned(), cause }
}

/// What a run folder is made from.
#[derive(Debug)]
pub struct NewRun<'a> {
    /// The manifest; the digests of plan and documents are filled in.
    pub manifest: RunManifest,
    /// The plan.
    pub plan: &'a Plan,
    /// Declaration files byte for byte.
    pub sources: &'a [SourceFile],
    /// The supplier's `documents/` folder, where there is one.
    pub documents: Option<&'a Path>,
    /// Name and bytes of the bench file; stored without its secrets.
    pub bench: (&'a str, &'a [u8]),
}

/// A run folder that is being written. Holds a lock until it is dropped.
#[derive(Debug)]
pub struct RunStore {
    folder: PathBuf,
    evidence: Evidence,
    journal: Mutex<journal::Journal>,
    _lock: File,
}

impl RunStore {
    /// Makes a run folder and writes the first line of its journal.
    ///
    /// # Errors
    /// The folder is not empty, another process has it, or it cannot be written.
    pub fn create(folder: &Path, new: NewRun<'_>) -> Result<Self, StoreError> {
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(StoreError::NotEmpty(folder.to_owned()));
        }
        for path in [
            folder.to_owned(),
            folder.join(evidence::FOLDER),
            folder.join(DECLARATION_FOLDER),
            folder.join(REPORTS_FOLDER),
        ] {
            files::make_private_folder(&path)?;
        }
        let lock = lock(folder)?;
        let declaration = folder.join(DECLARATION_FOLDER);
        let mut digests = BTreeMap::new();
        let mut write = |name: &str, bytes: &[u8]| -> Result<(), StoreError> {
            let path = declaration.join(name);
            if let Some(parent) = path.parent() {
                files::make_private_folder(parent)?;
            }
            files::replace(&path, bytes)?;
            digests.insert(name.to_owned(), digest(bytes));
            Ok(())
        };
        for source in new.sources {
            write(&source.name, &source.bytes)?;
        }
        let (bench_name, bench) = new.bench;
        let bench_name = if bench_name.ends_with(".json") { "bench.json" } else { "bench.toml" };
        write(bench_name, &Bench::withheld_copy(bench))?;
        let mut manifest = new.manifest;
        for document in &mut manifest.documents {
            document.copied = false;
            let Some(from) = new.documents else { continue };
            if document.size > LARGEST_COPIED_DOCUMENT || !stays_inside(&document.path) {
                continue;
            }
            let bytes = files::read_bounded(&from.join(&document.path), LARGEST_COPIED_DOCUMENT)?;
            if digest(&bytes).strip_prefix("sha256:") == Some(&document.sha256) {
                write(&format!("documents/{}", document.path), &bytes)?;
                document.copied = true;
            }
        }
        let catalogue = basis::keep(folder, &manifest)?;
        let plan = pretty(new.plan);
        manifest.plan = digest(&plan);
        let run = pretty(&manifest);
        files::replace(&folder.join(PLAN_FILE), &plan)?;
        files::replace(&folder.join(manifest::FILE), &run)?;
        let mut journal = journal::Journal::create(folder)?;
        journal.append(Entry::RunStarted(Started {
            tool: tool(),
            run: digest(&run),
            plan: digest(&plan),
            declaration: digests,
            catalogue,
        }))?;
        let evidence = Evidence::of(folder)?;
        Ok(Self { folder: folder.to_owned(), evidence, journal: Mutex::new(journal), _lock: lock })
    }

    /// Opens a run folder for writing and reads its record. A torn last line of the journal is moved to
    /// `journal.torn`; evidence that no line names (its observation was under way at a crash) is named; what was only
    /// half written is removed, and that is written down.
    ///
    /// # Errors
    /// No run, newer format, broken record, or another process writes into it.
    pub fn open(folder: &Path) -> Result<(Self, RunRecord), StoreError> {
        let record = RunRecord::read(folder)?;
        if !manifest::writable(&record.manifest.format) {
            return Err(StoreError::NewerFormat {
                folder: folder.to_owned(),
                format: record.manifest.format.clone(),
            });
        }
        let lock = lock(folder)?;
        // Read again: what was read before the lock may have been under way.
        let mut record = RunRecord::read(folder)?;
        if !record.broken.is_empty() {
            return Err(StoreError::Broken { folder: folder.to_owned(), faults: record.broken });
        }
        let reading = journal::read(folder)?;
        let journal = journal::Journal::open(folder, &reading)?;
        let evidence = Evidence::of(folder)?;
        let store = Self { folder: folder.to_owned(), evidence, journal: Mutex::new(journal), _lock: lock };
        let unfinished = store.evidence.remove_unfinished()?;
        if !unfinished.is_empty() {
            record.take(store.append(Entry::Event {
                code: "evidence-half-written".to_owned(),
                message: format!(
                    "Removed what was being written when the run was stopped: {}",
                    unfinished.join(", ")
                ),
                evidence: Vec::new(),
            })?);
        }
        let named = record.named_evidence();
        let left: Vec<String> =
            store.evidence.references().into_iter().filter(|found| !named.contains(found)).collect();
        if !left.is_empty() {
            record.take(store.append(Entry::Event {
                code: "evidence-left-over".to_owned(),
                message: "Evidence of an observation that was under way when the run was stopped".to_owned(),
                evidence: left,
            })?);
        }
        Ok((store, record))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends a line to the journal; it is on the disk when this returns.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn append(&self, entry: Entry) -> Result<Sealed, StoreError> {
        self.journal().append(entry)
    }

    /// Keeps bytes as evidence; see [`Evidence::keep`].
    ///
    /// # Errors
    /// They cannot be written.
    pub fn keep(&self, bytes: &[u8], ending: &str) -> Result<probes::EvidenceRef, StoreError> {
        self.evidence.keep(bytes, ending)
    }

    /// The bytes behind `sha256:…`.
    pub fn evidence(&self, reference: &str) -> Option<Vec<u8>> {
        self.evidence.read(reference)
    }

    /// Writes a file of the run folder other than journal and evidence (assessment, extended plan), in one go.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        write_file(&self.folder, name, bytes)
    }

    fn journal(&self) -> MutexGuard<'_, journal::Journal> {
        self.journal.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Writes a file of a run folder in one go.
pub(crate) fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    files::replace(&folder.join(name), bytes)
}

/// JSON as it is stored: indented, with a line end.
pub(crate) fn pretty<T: serde::Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("stored formats have string keys only");
    bytes.push(b'\n');
    bytes
}

fn stays_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// Takes the lock of a run folder; it is held until the file is dropped.
pub(crate) fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK_FILE);
    let file =
        files::private_file().write(true).create(true).truncate(false).open(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(folder.to_owned())),
        Err(TryLockError::Error(cause)) => Err(StoreError::Io { path, cause }),
    }
}

#[cfg(test)]
mod tests;

//! Verdicts again from the record: no network, no clock.

use std::path::{Path, PathBuf};

use testcases::assessment::Assessment;

use crate::run_state::RunState;
use crate::store::{ASSESSMENT_FILE, Difference, RunRecord, StoreError, at, write_file};

/// What judging again gave.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The assessment.
    pub assessment: Assessment,
    /// Its bytes as stored.
    pub bytes: Vec<u8>,
    /// What is not as it was when the run was made: catalogue, crypto policy.
    pub differences: Vec<Difference>,
    /// How the run stands; for the exit code.
    pub state: RunState,
    /// `assessment.json` is there and has the same bytes.
    pub same_as_stored: bool,
    /// The file that was written, if any: `assessment.json` where there was none, else
    /// `assessment.<n>.json` beside a differing one.
    pub written: Option<PathBuf>,
}

/// Makes the assessment from the record alone and compares it with the stored one, which is never replaced.
///
/// # Errors
/// There is no run in the folder, its record is broken (then nothing is written: what was altered is not
/// judged), or the assessment cannot be written.
pub fn judge(folder: &Path) -> Result<Judged, StoreError> {
    let record = RunRecord::read(folder)?;
    if !record.broken.is_empty() {
        return Err(StoreError::Broken { folder: folder.to_owned(), faults: record.broken });
    }
    let assessment = record.assess();
    let bytes = crate::store::pretty(&assessment);
    let stored = std::fs::read(folder.join(ASSESSMENT_FILE)).ok();
    let same_as_stored = stored.as_deref() == Some(bytes.as_slice());
    let name = match stored {
        None => Some(ASSESSMENT_FILE.to_owned()),
        Some(_) if same_as_stored => None,
        Some(_) => match beside(folder, &bytes)? {
            Beside::Free(name) => Some(name),
            Beside::There(_) => None,
        },
    };
    if let Some(name) = &name {
        write_file(folder, name, &bytes)?;
    }
    let written = name.map(|name| folder.join(name));
    Ok(Judged {
        state: record.state(),
        differences: record.basis.differences,
        assessment,
        bytes,
        same_as_stored,
        written,
    })
}

/// A place for an assessment that differs from the stored one.
pub(crate) enum Beside {
    /// A name that is free.
    Free(String),
    /// A file that has these bytes already.
    There(String),
}

/// The first `assessment.<n>.json`, from 2, that is free or has these bytes.
pub(crate) fn beside(folder: &Path, bytes: &[u8]) -> Result<Beside, StoreError> {
    let mut n = 2_u32;
    loop {
        let name = format!("assessment.{n}.json");
        let path = folder.join(&name);
        match std::fs::read(&path) {
            Ok(stored) if stored == bytes => return Ok(Beside::There(name)),
            Ok(_) => n += 1,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Beside::Free(name)),
            Err(error) => return Err(at(&path)(error)),
        }
    }
}

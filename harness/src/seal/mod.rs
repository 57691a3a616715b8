//! Seals: a list of all files of a run folder with their sums, and a signature over the list.
//!
//! Both have the form of programs that everybody has: `sha256sum -c` reads the list, `minisign -V` the
//! signature. Whoever gets a sealed run can tell without this program that it is as it was sealed, and by whom.
//!
//! The hash chain of a run shows that a record is in order; it does not show who wrote it, because whoever
//! alters a run could write a new chain. A signature does, and it covers the reports too.

mod check;
mod files;
mod key;
mod signature;
mod sums;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::Timestamp;
use testcases::assessment::Assessment;

pub use self::check::{SealCheck, Signer, check};
pub use self::key::{KeyError, PasswordCost, PublicKey, SecretKey};
pub use self::signature::{Signature, SignatureFault, sign};
pub use self::sums::{Sums, usable};

use self::files::Kind;
use crate::exit::ExitCode;
use crate::store::{Entry, RunRecord, StoreError, at, lock, read_bounded, tool, write_file};
use crate::verify::{Alteration, verify};

/// Name of the list in a run folder.
pub const SUMS_FILE: &str = "SHA256SUMS";
/// Name of the signature over the list.
pub const SIGNATURE_FILE: &str = "SHA256SUMS.minisig";
/// How the trusted comment of a run that had not come to its end begins.
const DRAFT: &str = "hantei draft seal";
const LARGEST_ASSESSMENT: u64 = 1 << 30;

/// Why a run is not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no run, its record is broken, or it cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is a seal.
    #[error("{0} is sealed already")]
    Sealed(String),
    /// The run was stopped, or has no assessment.
    #[error("the run has not come to its end: {0}")]
    Unfinished(&'static str),
    /// The device is not the one that was declared, or it is no longer known which one it is.
    #[error("the run cannot vouch for itself: the identity of the device is wrong or was lost")]
    CannotVouch,
    /// A file that no list of sums can name.
    #[error("{file} cannot be sealed: it is {why}")]
    File {
        /// The file.
        file: String,
        /// What it is.
        why: String,
    },
}

impl SealError {
    /// The exit code: 4 where the run cannot vouch for itself, else 2.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Store(error) => error.exit_code(),
            Self::CannotVouch => ExitCode::CannotVouch,
            _ => ExitCode::NotStarted,
        }
    }
}

/// How a run is to be sealed.
#[derive(Clone, Copy, Debug)]
pub struct SealRequest<'a> {
    /// The key.
    pub key: &'a SecretKey,
    /// Seal a run that has not come to its end or cannot vouch for itself; the trusted comment says so.
    pub draft: bool,
    /// Put a new seal in the place of the one there is.
    pub again: bool,
    /// The time that the trusted comment names.
    pub now: Timestamp,
}

/// A seal that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Files that it names.
    pub files: usize,
    /// The trusted comment.
    pub comment: String,
    /// What was not as the seal before it said, where there was one.
    pub replaced: Vec<Alteration>,
}

/// Whether there is a seal, or a part of one.
pub fn is_sealed(folder: &Path) -> bool {
    [SUMS_FILE, SIGNATURE_FILE].iter().any(|name| folder.join(name).symlink_metadata().is_ok())
}

/// Seals a run folder: writes [`SUMS_FILE`] and [`SIGNATURE_FILE`].
///
/// # Errors
/// See [`SealError`]. Nothing is written then.
pub fn seal(folder: &Path, request: SealRequest<'_>) -> Result<Seal, SealError> {
    let record = RunRecord::read(folder)?;
    // Nobody may write while the sums are made.
    let _lock = lock(folder)?;
    let altered = verify(folder)?.altered;
    if !record.broken.is_empty() || !altered.is_empty() {
        let altered = altered.into_iter().map(|one| format!("{}: {}", one.file, one.actual));
        let faults = record.broken.into_iter().chain(altered).collect();
        return Err(StoreError::Broken { folder: folder.to_owned(), faults }.into());
    }
    let sealed = is_sealed(folder);
    if sealed && !request.again {
        return Err(SealError::Sealed(folder.display().to_string()));
    }
    let assessment = match judged(folder, &record) {
        Err(SealError::Unfinished(_)) if request.draft => None,
        other => Some(other?),
    };
    if record.state().cannot_vouch() && !request.draft {
        return Err(SealError::CannotVouch);
    }
    let sums = sums(folder)?;
    let replaced =
        if sealed { check(folder, None)?.map(|check| check.altered).unwrap_or_default() } else { Vec::new() };
    let comment = comment(folder, &record, assessment.as_ref(), request);
    let list = sums.text().into_bytes();
    let signature = sign(request.key, &list, &comment);
    // A stop between the two leaves a list without its signature, which is no seal and is named as altered.
    write_file(folder, SUMS_FILE, &list)?;
    write_file(folder, SIGNATURE_FILE, signature.as_bytes())?;
    Ok(Seal { files: sums.0.len(), comment, replaced })
}

/// The assessment with which the run came to its end.
fn judged(folder: &Path, record: &RunRecord) -> Result<Assessment, SealError> {
    if record.state().stopped {
        return Err(SealError::Unfinished("it was stopped"));
    }
    let finished = record.journal.iter().rev().find_map(|line| match &line.line.entry {
        Entry::RunFinished(finished) => Some(finished),
        _ => None,
    });
    let finished = finished.ok_or(SealError::Unfinished("it has no assessment"))?;
    let path = folder.join(&finished.file);
    if !path.exists() {
        return Err(SealError::Unfinished("its assessment is not there"));
    }
    let bytes = read_bounded(&path, LARGEST_ASSESSMENT)?;
    let understood = serde_json::from_slice(&bytes).map_err(std::io::Error::other).map_err(at(&path));
    Ok(understood?)
}

/// The sums of all files but the two of the seal.
fn sums(folder: &Path) -> Result<Sums, SealError> {
    let mut sums = Sums::default();
    for (name, kind) in files::below(folder)? {
        if name == SUMS_FILE || name == SIGNATURE_FILE {
            continue;
        }
        let refused = |why: String| SealError::File { file: name.escape_debug().to_string(), why };
        if kind != Kind::File {
            return Err(refused(kind.words().to_owned()));
        }
        usable(&name).map_err(|why| refused(format!("a file with a name {why}")))?;
        let sum = files::sum(&folder.join(&name))?;
        sums.0.insert(name, sum);
    }
    Ok(sums)
}

/// The trusted comment: what whoever verifies sees, in ASCII, which every terminal prints.
fn comment(
    folder: &Path,
    record: &RunRecord,
    assessment: Option<&Assessment>,
    request: SealRequest<'_>,
) -> String {
    let named = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = vec![
        if request.draft { DRAFT } else { "hantei seal" }.to_owned(),
        format!("date: {}", request.now.strftime("%Y-%m-%dT%H:%M:%SZ")),
        format!("run: {}", plain(&name)),
        format!("edition: {}", plain(&record.manifest.edition)),
    ];
    match assessment {
        Some(assessment) => {
            parts.push(format!("verdict: {}", assessment.verdict.as_str()));
            parts.push(format!("mandatory: {}", assessment.verdict_mandatory.as_str()));
            if !assessment.complete {
                parts.push("partial".to_owned());
            }
        }
        None => parts.push("verdict: none yet".to_owned()),
    }
    if record.state().cannot_vouch() {
        parts.push("cannot vouch for itself".to_owned());
    }
    if record.manifest.demonstration {
        parts.push("demonstration".to_owned());
    }
    parts.push(format!("tool: {}", tool()));
    parts.join("; ")
}

/// Text without what a comment cannot hold: other characters than those of ASCII stand as `%XX`.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes().take(200) {
        if byte.is_ascii_graphic() && !matches!(byte, b';' | b'%') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

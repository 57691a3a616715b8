//! The journal of a run: one line an event, each with the digest of the line before.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use probes::Outcome;
use probes::observation::digest;
use serde::{Deserialize, Serialize};
use testcases::{Decision, DutState};

use super::files;
use super::{StoreError, at};
use crate::run_state::IdentityStanding;

/// Name of the journal in a run folder.
pub const JOURNAL: &str = "journal.jsonl";
/// Name of the file that holds count and digest of the last line.
pub const HEAD: &str = "journal.head";
/// Name of the file that keeps a line cut off by a crash.
pub const TORN: &str = "journal.torn";
const HEAD_FORMAT: &str = "hantei.journal-head/1";
/// Largest journal that is read (1 GiB).
const LARGEST: u64 = 1 << 30;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Number, from 1.
    pub n: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Digest of the line before, `sha256:…`; for the first line the digest of nothing.
    pub prev: String,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
pub enum Entry {
    /// The first line: digests of everything that was there before the run.
    RunStarted(Started),
    /// The run goes on after a stop or crash.
    RunResumed {
        /// Tool with version.
        tool: String,
        /// Digest of the bench file, where there is one.
        bench: Option<String>,
    },
    /// Provisions that what was found brings back are planned: the plan in force is from here on the next
    /// `plan.<n>.json`.
    ProvisionsReopened {
        /// Ids of the provisions, in order.
        provisions: Vec<String>,
        /// Digest of the extended plan.
        plan: String,
    },
    /// An observation begins.
    StepStarted {
        /// Key of the step, the same in every run of the plan.
        key: String,
        /// Probe.
        probe: String,
        /// Target.
        target: String,
    },
    /// The device was brought into a state.
    StateEntered {
        /// State.
        state: DutState,
        /// Action.
        action: String,
        /// `bench` or `operator`.
        by: String,
        /// Evidence: what the action printed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<String>,
    },
    /// An observation is stored.
    Observation(Observed),
    /// A person answered.
    Decision(Decision),
    /// The identity of a sample was compared.
    Identity(IdentityRead),
    /// Something worth to be known.
    Event {
        /// Stable code.
        code: String,
        /// In words.
        message: String,
        /// Evidence.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<String>,
    },
    /// Something of the lab did not work.
    Trouble {
        /// Stable code.
        code: String,
        /// In words.
        message: String,
        /// Evidence.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<String>,
    },
    /// Stopped in order; can be resumed.
    RunStopped {
        /// Why.
        reason: String,
    },
    /// The assessment is written.
    RunFinished(Finished),
}

/// Digests of everything that was there before the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// Tool with version.
    pub tool: String,
    /// Digest of `run.json`.
    pub run: String,
    /// Digest of `plan.json`.
    pub plan: String,
    /// Digests of the files below `declaration/`, by path in it.
    pub declaration: BTreeMap<String, String>,
    /// Digests of the files in `catalogue/`, by name; none in a run of a build that kept no copies.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub catalogue: BTreeMap<String, String>,
}

/// An observation that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Key of the step.
    pub key: String,
    /// Probe.
    pub probe: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Digest of the observation.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Digests of what belongs to it: transcripts, pages, captures.
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// An identity that was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRead {
    /// Sample.
    pub sample: String,
    /// State.
    pub state: DutState,
    /// Result.
    pub standing: IdentityStanding,
    /// What differs.
    #[serde(default)]
    pub differences: Vec<IdentityDifference>,
}

/// A field of the identity that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityDifference {
    /// `model`, `serial`, `firmware`, or `any` where a person said so.
    pub field: String,
    /// As declared by the supplier or written in the bench file.
    pub expected: String,
    /// As read.
    pub actual: String,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Tool with version.
    pub tool: String,
    /// Name of the assessment file.
    pub file: String,
    /// Digest of the assessment.
    pub assessment: String,
}

/// A line with its own digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// The line.
    pub line: Line,
    /// `sha256:…` of its bytes without the line end.
    pub hash: String,
}

/// What a journal file holds.
#[derive(Clone, Debug, Default)]
pub struct JournalReading {
    /// Complete lines up to the first fault.
    pub lines: Vec<Sealed>,
    /// Bytes after the last line end: a line cut off by a crash.
    pub torn: Vec<u8>,
    /// What is wrong, in words.
    pub faults: Vec<String>,
}

/// Count and digest of the last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    count: u64,
    last: String,
}

/// Reads the journal of a run folder and compares it with its head.
///
/// # Errors
/// The file cannot be read at all.
pub fn read(folder: &Path) -> Result<JournalReading, StoreError> {
    let path = folder.join(JOURNAL);
    let bytes = files::read_bounded(&path, LARGEST)?;
    let mut reading = JournalReading::default();
    let mut prev = digest(b"");
    let mut rest = bytes.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (text, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        let n = reading.lines.len() as u64 + 1;
        if !reading.faults.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line>(text) {
            Err(error) => reading.faults.push(format!("line {n} cannot be read: {error}")),
            Ok(line) if line.n != n => {
                reading.faults.push(format!("line {n} carries the number {}", line.n));
            }
            Ok(line) if line.prev != prev => {
                reading.faults.push(match n {
                    1 => "line 1 does not begin a journal".to_owned(),
                    _ => format!("line {n} does not follow from line {}: one of the two was altered", n - 1),
                });
            }
            Ok(line) => {
                prev = digest(text);
                reading.lines.push(Sealed { line, hash: prev.clone() });
            }
        }
    }
    reading.torn = rest.to_vec();
    compare_with_head(folder, &mut reading);
    Ok(reading)
}

/// The head is written after each line, so it is never ahead of the journal and at most one line behind.
fn compare_with_head(folder: &Path, reading: &mut JournalReading) {
    let bytes = match files::read_bounded(&folder.join(HEAD), 4096) {
        Ok(bytes) => bytes,
        // Missing right after the first line only.
        Err(_) if reading.lines.len() <= 1 => return,
        Err(_) => {
            reading.faults.push(format!("{HEAD} is missing, so the last lines cannot be vouched for"));
            return;
        }
    };
    let head = serde_json::from_slice::<Head>(&bytes)
        .ok()
        .filter(|head| head.format == HEAD_FORMAT && head_bytes(head) == bytes && head.count > 0);
    let Some(head) = head else {
        reading.faults.push(format!("{HEAD} cannot be read"));
        return;
    };
    let sealed = usize::try_from(head.count).ok().and_then(|count| reading.lines.get(count - 1));
    match sealed {
        None if reading.faults.is_empty() => reading.faults.push(format!(
            "{} lines are there, {HEAD} counts {}",
            reading.lines.len(),
            head.count
        )),
        Some(line) if line.hash != head.last => {
            reading.faults.push(format!("line {} is not the one that {HEAD} names", head.count));
        }
        Some(_) if reading.lines.len() as u64 > head.count + 1 => {
            reading.faults.push(format!("{HEAD} names line {}, more lines follow", head.count));
        }
        _ => {}
    }
}

fn head_bytes(head: &Head) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(head).expect("a head has string keys only");
    bytes.push(b'\n');
    bytes
}

/// Appends to the journal.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    file: File,
    count: u64,
    last: String,
}

impl Journal {
    /// Starts a journal.
    pub(super) fn create(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let file = files::private_file().append(true).create_new(true).open(&path).map_err(at(&path))?;
        Ok(Self { folder: folder.to_owned(), file, count: 0, last: digest(b"") })
    }

    /// Goes on with a journal whose faults were ruled out; a torn line is moved away.
    pub(super) fn open(folder: &Path, reading: &JournalReading) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let file = OpenOptions::new().append(true).open(&path).map_err(at(&path))?;
        if !reading.torn.is_empty() {
            let torn = folder.join(TORN);
            let mut keep = files::private_file().append(true).create(true).open(&torn).map_err(at(&torn))?;
            keep.write_all(&reading.torn).map_err(at(&torn))?;
            keep.write_all(b"\n").map_err(at(&torn))?;
            keep.sync_all().map_err(at(&torn))?;
            let length = file.metadata().map_err(at(&path))?.len();
            file.set_len(length - reading.torn.len() as u64).map_err(at(&path))?;
            file.sync_all().map_err(at(&path))?;
        }
        let last = reading.lines.last().map_or_else(|| digest(b""), |line| line.hash.clone());
        Ok(Self { folder: folder.to_owned(), file, count: reading.lines.len() as u64, last })
    }

    /// Appends a line; it is on the disk when this returns.
    pub(super) fn append(&mut self, entry: Entry) -> Result<Sealed, StoreError> {
        let at_time = jiff::Timestamp::now().round(jiff::Unit::Millisecond).unwrap_or_default().to_string();
        let line = Line { n: self.count + 1, at: at_time, prev: self.last.clone(), entry };
        let mut bytes = serde_json::to_vec(&line).expect("a line has string keys only");
        let hash = digest(&bytes);
        bytes.push(b'\n');
        let path = self.folder.join(JOURNAL);
        self.file.write_all(&bytes).map_err(at(&path))?;
        self.file.sync_data().map_err(at(&path))?;
        self.count += 1;
        self.last.clone_from(&hash);
        let head = Head { format: HEAD_FORMAT.to_owned(), count: self.count, last: hash.clone() };
        files::replace_unsynced(&self.folder.join(HEAD), &head_bytes(&head))?;
        Ok(Sealed { line, hash })
    }
}

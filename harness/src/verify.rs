//! Compares a record with the digests in it.

use std::collections::BTreeMap;
use std::path::Path;

use probes::observation::digest;
use serde::Serialize;

use crate::store::{
    ASSESSMENT_FILE, CATALOGUE_FOLDER, DECLARATION_FOLDER, EVIDENCE_FOLDER, Entry, PLAN_FILE, RUN_FILE,
    Sealed, Started, StoreError, extended_plans, hex_of, journal, names, read_bounded,
};

const LARGEST: u64 = 1 << 30;

/// What a comparison gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// What was altered; empty for a sound record.
    pub altered: Vec<Alteration>,
    /// What is no alteration but worth to be known, in words: a run that was killed, a line cut off.
    pub notes: Vec<String>,
    /// Files compared.
    pub compared: usize,
}

impl Verification {
    /// Whether nothing was altered.
    pub fn sound(&self) -> bool {
        self.altered.is_empty()
    }
}

/// A file that is not what the record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alteration {
    /// Path in the run folder.
    pub file: String,
    /// What the record says, e.g. a digest.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

/// Compares a run folder with its digests. Nothing is written, nothing is judged.
///
/// The journal carries the digests of all that was there before the run and of all evidence; each of
/// its lines carries the digest of the line before; `journal.head` carries that of the last line.
///
/// # Errors
/// There is no journal, so nothing can be compared.
pub fn verify(folder: &Path) -> Result<Verification, StoreError> {
    let reading = journal::read(folder).map_err(|error| StoreError::NoRun {
        folder: folder.to_owned(),
        why: format!("its journal cannot be read ({error})"),
    })?;
    let mut result = Verification { compared: 2, ..Verification::default() };
    for fault in &reading.faults {
        result.alter(journal::JOURNAL, "an unbroken chain of lines", fault);
    }
    if !reading.torn.is_empty() && reading.faults.is_empty() {
        result.notes.push("The last line of the journal was cut off; hantei resume moves it away".to_owned());
    }
    match reading.lines.first().map(|line| &line.line.entry) {
        Some(Entry::RunStarted(started)) => started_files(folder, started, &mut result)?,
        _ => result.alter(journal::JOURNAL, "a first line with the digests of the run", "another line"),
    }
    for (name, expected) in extended_plans(&reading.lines) {
        result.compare(folder, &name, &expected);
    }
    let settled = matches!(
        reading.lines.last().map(|line| &line.line.entry),
        Some(Entry::RunFinished(_) | Entry::RunStopped { .. })
    );
    let chained = reading.faults.is_empty();
    if !chained {
        // Where lines cannot be followed it is not known what they would have said.
        result
            .notes
            .push("The journal is broken, so evidence could be compared with its own digest only".to_owned());
    } else if !settled {
        result.notes.push("The run has not come to its end".to_owned());
    }
    let named = if chained && settled {
        Named::ByAll
    } else if chained {
        Named::SoFar
    } else {
        Named::Unknown
    };
    evidence(folder, &reading.lines, named, &mut result)?;
    if settled {
        assessment(folder, &reading.lines, &mut result);
    }
    Ok(result)
}

impl Verification {
    fn alter(&mut self, file: &str, expected: &str, actual: &str) {
        self.altered.push(Alteration {
            file: file.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        });
    }

    /// Compares one file with a digest.
    fn compare(&mut self, folder: &Path, name: &str, expected: &str) {
        self.compared += 1;
        match read_bounded(&folder.join(name), LARGEST) {
            Err(error) => self.alter(name, expected, &format!("cannot be read: {error}")),
            Ok(bytes) => {
                let actual = digest(&bytes);
                if actual != expected {
                    self.alter(name, expected, &actual);
                }
            }
        }
    }
}

fn started_files(folder: &Path, started: &Started, result: &mut Verification) -> Result<(), StoreError> {
    result.compare(folder, RUN_FILE, &started.run);
    result.compare(folder, PLAN_FILE, &started.plan);
    for (below_run, files) in
        [(DECLARATION_FOLDER, &started.declaration), (CATALOGUE_FOLDER, &started.catalogue)]
    {
        for (name, expected) in files {
            result.compare(folder, &format!("{below_run}/{name}"), expected);
        }
        for name in below(&folder.join(below_run), "", 0)? {
            if !files.contains_key(&name) {
                result.alter(&format!("{below_run}/{name}"), "no such file", "a file that was added");
            }
        }
    }
    Ok(())
}

/// Files below a folder, with `/`; deeper than a declaration can be is not looked into.
fn below(folder: &Path, prefix: &str, depth: u8) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for name in names(folder)? {
        let path = folder.join(&name);
        if path.is_dir() && depth < 32 {
            found.extend(below(&path, &format!("{prefix}{name}/"), depth + 1)?);
        } else {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(found)
}

/// How evidence that no line names is to be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// The journal has come to its end: it was added.
    ByAll,
    /// The run was under way: a line about it was still to come.
    SoFar,
    /// The journal is broken: a line behind the fault may name it.
    Unknown,
}

fn evidence(
    folder: &Path,
    lines: &[Sealed],
    naming: Named,
    result: &mut Verification,
) -> Result<(), StoreError> {
    let mut there: BTreeMap<String, String> = BTreeMap::new();
    for name in names(&folder.join(EVIDENCE_FOLDER))? {
        let digest = name.split_once('.').map(|(digest, _)| format!("sha256:{digest}"));
        match digest.filter(|digest| hex_of(digest).is_some() && !name.ends_with(".part")) {
            Some(digest) if !there.contains_key(&digest) => {
                there.insert(digest, name);
            }
            _ if naming == Named::ByAll || naming == Named::Unknown && !name.ends_with(".part") => {
                result.alter(&format!("{EVIDENCE_FOLDER}/{name}"), "no such file", "a file that was added");
            }
            _ => result.notes.push(format!("{EVIDENCE_FOLDER}/{name} was being written")),
        }
    }
    let named = crate::store::named_evidence(lines);
    for (expected, name) in &there {
        let file = format!("{EVIDENCE_FOLDER}/{name}");
        result.compare(folder, &file, expected);
        if named.contains(expected) {
            continue;
        }
        match naming {
            Named::ByAll => {
                result.alter(&file, "no such file", "evidence that no line of the journal names");
            }
            Named::SoFar => {
                result.notes.push(format!("{file} belongs to an observation that was under way"));
            }
            Named::Unknown => {}
        }
    }
    for reference in &named {
        if let Some(digest) = hex_of(reference)
            && !there.contains_key(reference)
        {
            result.alter(&format!("{EVIDENCE_FOLDER}/{digest}"), reference, "missing");
        }
    }
    Ok(())
}

/// The assessment can be made again, so a missing one is only noted.
fn assessment(folder: &Path, lines: &[Sealed], result: &mut Verification) {
    let finished = lines.iter().rev().find_map(|line| match &line.line.entry {
        Entry::RunFinished(finished) => Some(finished),
        _ => None,
    });
    let Some(finished) = finished else { return };
    if folder.join(&finished.file).exists() {
        result.compare(folder, &finished.file, &finished.assessment);
    } else {
        result.notes.push(format!("{ASSESSMENT_FILE} is not there; hantei judge makes it again"));
    }
}

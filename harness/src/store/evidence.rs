//! Evidence of a run, named by its content.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use probes::EvidenceRef;

use super::files;
use super::{StoreError, at};

/// Name of the folder in a run folder.
pub const FOLDER: &str = "evidence";
/// Largest piece of evidence that is read (1 GiB).
const LARGEST: u64 = 1 << 30;

/// The evidence folder of a run.
#[derive(Debug)]
pub struct Evidence {
    folder: PathBuf,
    /// Hex digest → ending.
    known: Mutex<BTreeMap<String, String>>,
}

impl Evidence {
    /// The evidence of a run folder. A folder that is not there yet counts as empty.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn of(run: &Path) -> Result<Self, StoreError> {
        let folder = run.join(FOLDER);
        let mut known = BTreeMap::new();
        for name in names(&folder)? {
            if let Some((digest, ending)) = name.split_once('.')
                && is_hex_digest(digest)
                && ending != files::UNFINISHED
                && !ending.ends_with(&format!(".{}", files::UNFINISHED))
            {
                known.insert(digest.to_owned(), ending.to_owned());
            }
        }
        Ok(Self { folder, known: Mutex::new(known) })
    }

    /// Removes what was being written when the run was killed: its observation is made again. Gives the names.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub(super) fn remove_unfinished(&self) -> Result<Vec<String>, StoreError> {
        let mut removed = names(&self.folder)?;
        removed.retain(|name| {
            let parts = name.split_once('.');
            parts.is_some_and(|(digest, ending)| {
                is_hex_digest(digest) && ending.ends_with(&format!(".{}", files::UNFINISHED))
            })
        });
        for name in &removed {
            let path = self.folder.join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(removed)
    }

    /// Keeps bytes. The ending is taken over if it is a short lower-case word, else `bin`.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn keep(&self, bytes: &[u8], ending: &str) -> Result<EvidenceRef, StoreError> {
        let reference = EvidenceRef::of(bytes, "");
        let digest = hex_of(&reference.reference).expect("a fresh reference is a digest").to_owned();
        let word = !ending.is_empty()
            && ending.len() <= 8
            && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && ending != files::UNFINISHED;
        let ending = if word { ending } else { "bin" };
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Entry::Vacant(place) = known.entry(digest) {
            let path = self.folder.join(format!("{}.{ending}", place.key()));
            files::replace(&path, bytes)?;
            place.insert(ending.to_owned());
        }
        Ok(reference)
    }

    /// The bytes behind `sha256:…`; `None` if they are not there. Whether they still have that digest is
    /// for the caller to see.
    pub fn read(&self, reference: &str) -> Option<Vec<u8>> {
        files::read_bounded(&self.path(reference)?, LARGEST).ok()
    }

    /// Where the bytes behind `sha256:…` lie.
    pub fn path(&self, reference: &str) -> Option<PathBuf> {
        let digest = hex_of(reference)?;
        let known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Some(self.folder.join(format!("{digest}.{}", known.get(digest)?)))
    }

    /// References of everything that is there, ascending.
    pub fn references(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.keys().map(|digest| format!("sha256:{digest}")).collect()
    }
}

/// File names in a folder, ascending; none if there is no such folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(at(folder))?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The hex digits of a `sha256:…` reference.
pub(crate) fn hex_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("sha256:").filter(|digest| is_hex_digest(digest))
}

fn is_hex_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

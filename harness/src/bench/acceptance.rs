//! Bench files found in a declaration folder are the supplier's until the lab accepts them, by digest.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use probes::observation::digest;

use crate::store::{StoreError, at};

const FILE: &str = "accepted-benches";

/// Why a bench file cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptanceError {
    /// There is no place for the list.
    #[error(
        "there is no folder for settings: neither XDG_CONFIG_HOME nor HOME is set; name the bench file with --bench"
    )]
    NoPlace,
    /// The list cannot be written.
    #[error("the list of accepted bench files cannot be written: {0}")]
    Store(#[from] StoreError),
}

/// Whether a bench file with these bytes was accepted.
pub fn is_accepted(bytes: &[u8]) -> bool {
    list(std::env::var_os("XDG_CONFIG_HOME"), std::env::var_os("HOME"))
        .is_some_and(|list| holds(&list, bytes))
}

/// Accepts a bench file with these bytes; gives the list that it was written to.
///
/// # Errors
/// There is no folder for settings, or the list cannot be written.
pub fn accept(bytes: &[u8]) -> Result<PathBuf, AcceptanceError> {
    let list = list(std::env::var_os("XDG_CONFIG_HOME"), std::env::var_os("HOME"))
        .ok_or(AcceptanceError::NoPlace)?;
    add(&list, bytes)?;
    Ok(list)
}

/// The list: one digest a line. Relative folders are not used, as the XDG specification has it.
fn list(config: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let config =
        config.and_then(absolute).or_else(|| home.and_then(absolute).map(|home| home.join(".config")))?;
    Some(config.join("hantei").join(FILE))
}

fn holds(list: &Path, bytes: &[u8]) -> bool {
    let digest = digest(bytes);
    fs::read_to_string(list).is_ok_and(|text| text.lines().any(|line| line.trim() == digest))
}

fn add(list: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    if holds(list, bytes) {
        return Ok(());
    }
    if let Some(folder) = list.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let mut file = OpenOptions::new().append(true).create(true).open(list).map_err(at(list))?;
    writeln!(file, "{}", digest(bytes)).map_err(at(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_lies_in_the_settings_of_the_user() {
        let some = |text: &str| Some(OsString::from(text));
        assert_eq!(list(some("/c"), some("/h")), Some("/c/hantei/accepted-benches".into()));
        assert_eq!(list(some(""), some("/h")), Some("/h/.config/hantei/accepted-benches".into()));
        assert_eq!(list(None, some("relative")), None);
        assert_eq!(list(None, None), None);
    }

    #[test]
    fn one_changed_byte_is_another_bench() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("hantei").join(FILE);
        assert!(!holds(&list, b"[lab]"));
        add(&list, b"[lab]").unwrap();
        add(&list, b"[lab]").unwrap();
        assert!(holds(&list, b"[lab]"));
        assert!(!holds(&list, b"[lac]"));
        assert_eq!(fs::read_to_string(&list).unwrap().lines().count(), 1);
    }
}

//! The files of a sealed folder: found without following a link, and summed.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::store::{StoreError, at};

/// Folders deeper than this are not looked into: they are named as what nobody can list.
const DEEPEST: u8 = 64;

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    File,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket, a device, or a folder that is too deep.
    Other,
    /// A file whose name is not text.
    NotText,
}

impl Kind {
    /// What it is, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Link => "a symbolic link",
            Self::Other => "neither a file nor a folder",
            Self::NotText => "a file whose name is not UTF-8",
        }
    }
}

/// Everything below a folder that is no folder itself, by its path with `/`. Unsorted.
pub(super) fn below(folder: &Path) -> Result<Vec<(String, Kind)>, StoreError> {
    let mut found = Vec::new();
    walk(folder, "", 0, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, depth: u8, found: &mut Vec<(String, Kind)>) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(at(&path))?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else {
            found.push((format!("{prefix}{}", entry.file_name().to_string_lossy()), Kind::NotText));
            continue;
        };
        if kind.is_symlink() {
            found.push((name, Kind::Link));
        } else if kind.is_dir() && depth < DEEPEST {
            walk(&path, &format!("{name}/"), depth + 1, found)?;
        } else {
            found.push((name, if kind.is_file() { Kind::File } else { Kind::Other }));
        }
    }
    Ok(())
}

/// The SHA-256 of a file in hexadecimal, read piece by piece: captures may be large.
pub(super) fn sum(path: &Path) -> Result<String, StoreError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece).map_err(at(path))?;
        if read == 0 {
            break;
        }
        digest.update(&piece[..read]);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

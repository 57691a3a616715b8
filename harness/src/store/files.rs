//! Writing so that a crash leaves either the old or the new file, and reading within bounds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::{StoreError, at};

/// Ending of a file that is not finished yet.
pub(super) const UNFINISHED: &str = "part";

/// Reads a file of at most `largest` bytes.
pub(crate) fn read_bounded(path: &Path, largest: u64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(at(path))?;
    file.take(largest + 1).read_to_end(&mut bytes).map_err(at(path))?;
    if bytes.len() as u64 > largest {
        return Err(at(path)(io::Error::other(format!("it is larger than {largest} bytes"))));
    }
    Ok(bytes)
}

/// Writes a file by way of a temporary one; it is on the disk when this returns.
pub(super) fn replace(path: &Path, bytes: &[u8], private: bool) -> Result<(), StoreError> {
    let part = write_part(path, bytes, private, true)?;
    fs::rename(&part, path).map_err(at(path))?;
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        // Not every file system can do it; the file itself is synced already.
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The same without waiting for the disk: for what can be told from another file.
pub(super) fn replace_unsynced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let part = write_part(path, bytes, false, false)?;
    fs::rename(&part, path).map_err(at(path))
}

fn write_part(path: &Path, bytes: &[u8], private: bool, sync: bool) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    let part = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut file = options.open(&part).map_err(at(&part))?;
    file.write_all(bytes).map_err(at(&part))?;
    if sync {
        file.sync_all().map_err(at(&part))?;
    }
    Ok(part)
}

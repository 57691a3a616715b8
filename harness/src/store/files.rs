//! Writing so that a crash leaves either the old or the new file, for its owner only, and reading within bounds.

use std::fs::{self, DirBuilder, File, OpenOptions};
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
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let part = write_part(path, bytes, true)?;
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
    let part = write_part(path, bytes, false)?;
    fs::rename(&part, path).map_err(at(path))
}

/// Makes a folder for its owner only, and those above it as usual. One that is there is left as it is.
pub(super) fn make_private_folder(path: &Path) -> Result<(), StoreError> {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).map_err(at(above))?;
    }
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    // Recursive: it may be there.
    builder.recursive(true).create(path).map_err(at(path))
}

/// Opens for writing what only its owner may read: a run holds what a supplier handed in, in confidence,
/// and captures may hold secrets.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn write_part(path: &Path, bytes: &[u8], sync: bool) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    let part = PathBuf::from(name);
    let mut file = private_file().write(true).create(true).truncate(true).open(&part).map_err(at(&part))?;
    file.write_all(bytes).map_err(at(&part))?;
    if sync {
        file.sync_all().map_err(at(&part))?;
    }
    Ok(part)
}

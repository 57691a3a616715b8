//! What a bench network consists of, line by line in a file, each line written before the thing is made.
//!
//! The file lies in the runtime folder of the user and is gone after a restart of the machine, as the
//! namespaces are.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::NetworkError;

const FORMAT: &str = "hantei.bench-network-ledger/1";
/// Largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// The first line.
    Begun {
        /// Format.
        format: String,
        /// Inode of the network namespace that `up` was run in.
        made_from: Option<u64>,
    },
    /// A namespace is about to be made.
    Making(String),
    /// It could not be made: it is not there, or somebody else's.
    NotMade(String),
    /// It is made.
    Made(Namespace),
    /// A real interface is about to be taken.
    Taking(Taken),
}

/// A namespace that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Namespace {
    pub(super) name: String,
    /// Tells it from another one of the same name; `None` if `up` was killed while it was made.
    pub(super) inode: Option<u64>,
}

/// A real interface that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    pub(super) interface: String,
    pub(super) mac: String,
    pub(super) was_up: bool,
}

/// The file, locked.
pub(super) struct Ledger {
    name: String,
    path: PathBuf,
    file: File,
    made_from: Option<u64>,
    namespaces: Vec<Namespace>,
    taken: Option<Taken>,
}

/// Folders in which ledgers lie, the one for new ones first: below `XDG_RUNTIME_DIR`, else `/run`.
pub fn runtime_folders() -> Vec<PathBuf> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let own = own.filter(|folder| folder.is_absolute() && folder.is_dir());
    own.into_iter().chain([PathBuf::from("/run")]).map(|folder| folder.join("hantei")).collect()
}

/// The folder of a network that is up.
pub(super) fn folder_of(name: &str) -> Option<PathBuf> {
    let files = runtime_folders().into_iter().map(|folder| file_of(&folder, name));
    files.filter(|file| file.exists()).map(|file| file.with_extension("")).next()
}

/// Whether there is a network of this name.
pub(super) fn exists(name: &str) -> bool {
    runtime_folders().iter().any(|folder| file_of(folder, name).exists())
}

impl Ledger {
    /// A new ledger. The name is taken from here on.
    pub(super) fn begin(name: &str, made_from: Option<u64>) -> Result<Self, NetworkError> {
        if exists(name) {
            return Err(NetworkError::Exists { name: name.to_owned() });
        }
        let folder = runtime_folders().swap_remove(0);
        let path = file_of(&folder, name);
        let failed = |error: std::io::Error| trouble(&path, format!("it cannot be written: {error}"));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
        let opened = OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(&path);
        let file = match opened {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(NetworkError::Exists { name: name.to_owned() });
            }
            opened => opened.map_err(failed)?,
        };
        lock(&file, &path, name)?;
        let mut ledger =
            Self { name: name.to_owned(), path, file, made_from, namespaces: Vec::new(), taken: None };
        ledger.note(Line::Begun { format: FORMAT.to_owned(), made_from })?;
        Ok(ledger)
    }

    /// The ledger of a network, also of one that was not finished.
    pub(super) fn open(name: &str) -> Result<Self, NetworkError> {
        let looked = runtime_folders();
        let path = looked.iter().map(|folder| file_of(folder, name)).find(|path| path.exists());
        let Some(path) = path else { return Err(NetworkError::NotUp { name: name.to_owned(), looked }) };
        let failed = |error: std::io::Error| trouble(&path, format!("it cannot be read: {error}"));
        let file = OpenOptions::new().read(true).append(true).open(&path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        // What it names is removed by root, so nobody else may have written it.
        if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o022 != 0 {
            return Err(trouble(
                &path,
                "others may write this file, so it is not used; see what it names and \
                remove that by hand (ip netns del), then the file"
                    .to_owned(),
            ));
        }
        lock(&file, &path, name)?;
        let mut text = String::new();
        (&file).take(LARGEST).read_to_string(&mut text).map_err(failed)?;
        let mut ledger = Self {
            name: name.to_owned(),
            path: path.clone(),
            file,
            made_from: None,
            namespaces: Vec::new(),
            taken: None,
        };
        for line in text.split_inclusive('\n') {
            // A line without its end was under way at a kill; what it names was not begun.
            let Some(line) = line.strip_suffix('\n') else { break };
            let line: Line = serde_json::from_str(line).map_err(|error| {
                trouble(&path, format!("it cannot be understood: {error}; remove what it names by hand"))
            })?;
            ledger.take(line);
        }
        Ok(ledger)
    }

    /// Writes a line; it is in the file when this returns.
    pub(super) fn note(&mut self, line: Line) -> Result<(), NetworkError> {
        let mut text = serde_json::to_string(&line).expect("lines have string keys only");
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| trouble(&self.path, format!("it cannot be written: {error}")))?;
        self.take(line);
        Ok(())
    }

    /// Folder for what belongs to the network, gone with it.
    pub(super) fn folder(&self) -> PathBuf {
        self.path.with_extension("")
    }

    /// Forgets the network.
    pub(super) fn remove(self) {
        // Only root writes here. A folder that is not there is nothing to remove.
        let _ = fs::remove_dir_all(self.folder());
        // A file that stays is no harm: `down` finds nothing of what it names.
        let _ = fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            // Goes only where it is empty.
            let _ = fs::remove_dir(folder);
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Namespaces that may be there, that of the tool first.
    pub(super) fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    pub(super) fn taken(&self) -> Option<&Taken> {
        self.taken.as_ref()
    }

    pub(super) fn made_from(&self) -> Option<u64> {
        self.made_from
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Begun { made_from, .. } => self.made_from = made_from,
            Line::Making(name) => self.namespaces.push(Namespace { name, inode: None }),
            Line::NotMade(name) => self.namespaces.retain(|namespace| namespace.name != name),
            Line::Made(made) => {
                self.namespaces.retain(|namespace| namespace.name != made.name);
                self.namespaces.push(made);
            }
            Line::Taking(taken) => self.taken = Some(taken),
        }
    }
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("bench-{name}.jsonl"))
}

fn lock(file: &File, path: &Path, name: &str) -> Result<(), NetworkError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(NetworkError::Busy(name.to_owned())),
        Err(TryLockError::Error(error)) => Err(trouble(path, format!("it cannot be locked: {error}"))),
    }
}

fn trouble(path: &Path, why: String) -> NetworkError {
    NetworkError::Ledger { path: path.to_owned(), why }
}

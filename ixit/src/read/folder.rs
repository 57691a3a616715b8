//! The files of a declaration folder. The folder is the supplier's and hostile: nothing outside it is
//! opened, nothing but regular files, and not without bounds.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::complaints::Complaints;
use crate::declaration::{Document, SourceFile};
use crate::located::At;
use crate::parse::SIZE_LIMIT;

/// Most documents listed.
const MOST_DOCUMENTS: usize = 10_000;
/// Most bytes of documents that are read for their digests (8 GiB).
const MOST_BYTES: u64 = 8 << 30;
/// Deepest folder below `documents/`.
const DEEPEST: usize = 16;

/// The declaration files that are there.
pub(super) fn sources(folder: &Path, to: &mut Complaints) -> Vec<SourceFile> {
    let mut found = Vec::new();
    for name in
        ["ics.toml", "ics.json", "ixit.toml", "ixit.json", "submission.toml", "guides.toml", "plus.toml"]
    {
        match read_file(folder, name) {
            Ok(Some(bytes)) => found.push(SourceFile::new(name, bytes)),
            Ok(None) => {}
            Err(error) => {
                to.incomplete = true;
                to.error(
                    "unreadable-file",
                    &At::whole_file(name),
                    format!("The file cannot be read: {error}"),
                    None,
                );
            }
        }
    }
    if found.is_empty() && !folder.is_dir() && !to.has_errors() {
        to.incomplete = true;
        for name in ["ics.toml", "ixit.toml"] {
            let message = format!("There is no folder {} to hold {name}", folder.display());
            let help = "Name a declaration folder; `hantei init` writes one to fill in".to_owned();
            to.error("missing-file", &At::whole_file(name), message, Some(help));
        }
    }
    found
}

fn read_file(folder: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let path = folder.join(name);
    match fs::symlink_metadata(&path) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    let real = path.canonicalize()?;
    if !real.starts_with(folder.canonicalize()?) {
        return Err(io::Error::other("it is a link that leads out of the declaration folder"));
    }
    if !real.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the reader sees that there is more.
    File::open(real)?.take(SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The files below `documents/` with their digests, by path.
pub(super) fn documents(folder: &Path, to: &mut Complaints) -> Vec<Document> {
    let top = folder.join("documents");
    if fs::symlink_metadata(&top).is_err() {
        return Vec::new();
    }
    let inside = top
        .canonicalize()
        .ok()
        .filter(|real| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)) && real.is_dir());
    let Some(inside) = inside else {
        to.error(
            "document-outside-folder",
            &At::whole_file("documents"),
            "`documents` is no folder inside the declaration folder",
            Some("Put the files themselves there, not a link".into()),
        );
        return Vec::new();
    };
    let mut walk = Walk { inside, found: Vec::new(), bytes: 0, to };
    walk.folder(&top, "", 0);
    let mut found = walk.found;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

struct Walk<'c> {
    inside: PathBuf,
    found: Vec<Document>,
    bytes: u64,
    to: &'c mut Complaints,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                return self.refuse(
                    "unreadable-document",
                    prefix,
                    &format!("The folder cannot be read: {error}"),
                );
            }
        };
        let mut names: Vec<_> =
            entries.filter_map(|entry| entry.ok().map(|entry| entry.file_name())).collect();
        names.sort();
        for name in names {
            let Some(text) = name.to_str() else {
                self.refuse("unreadable-document", prefix, "A document has a name that is not UTF-8");
                continue;
            };
            let path = if prefix.is_empty() { text.to_owned() } else { format!("{prefix}/{text}") };
            if self.found.len() >= MOST_DOCUMENTS {
                return self.refuse(
                    "too-many-documents",
                    prefix,
                    &format!("More than {MOST_DOCUMENTS} documents"),
                );
            }
            self.entry(&folder.join(&name), path, depth);
        }
    }

    fn entry(&mut self, file: &Path, path: String, depth: usize) {
        let Ok(kind) = fs::symlink_metadata(file).map(|metadata| metadata.file_type()) else {
            return self.refuse("unreadable-document", &path, "The document cannot be read");
        };
        if kind.is_dir() {
            if depth + 1 >= DEEPEST {
                return self.refuse(
                    "too-many-documents",
                    &path,
                    &format!("Folders more than {DEEPEST} deep"),
                );
            }
            return self.folder(file, &path, depth + 1);
        }
        let real = match file.canonicalize() {
            Ok(real) if real.starts_with(&self.inside) => real,
            _ => {
                return self.refuse(
                    "document-outside-folder",
                    &path,
                    "The link leads out of `documents` or nowhere",
                );
            }
        };
        if !real.is_file() {
            return self.refuse("unreadable-document", &path, "This is no regular file");
        }
        match self.digest(&real) {
            Ok((sha256, size)) => self.found.push(Document { path, sha256, size }),
            Err(error) => {
                self.refuse("unreadable-document", &path, &format!("The document cannot be read: {error}"))
            }
        }
    }

    fn digest(&mut self, file: &Path) -> io::Result<(String, u64)> {
        let mut file = File::open(file)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        let mut size = 0;
        loop {
            let count = file.read(&mut buffer)?;
            if count == 0 {
                return Ok((hex(&hasher.finalize()), size));
            }
            size += count as u64;
            self.bytes += count as u64;
            if self.bytes > MOST_BYTES {
                return Err(io::Error::other("the documents together are larger than 8 GiB"));
            }
            hasher.update(&buffer[..count]);
        }
    }

    fn refuse(&mut self, code: &str, path: &str, message: &str) {
        let name = if path.is_empty() { "documents".to_owned() } else { format!("documents/{path}") };
        self.to.error(
            code,
            &At::whole_file(&name),
            message,
            Some("Put the file itself below `documents`".into()),
        );
    }
}

/// SHA-256, lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

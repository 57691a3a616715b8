//! Secrets that a bench file names, and does not tell.

use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A secret and where it comes from. Never printed, never stored in a run.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Secret {
    /// From an environment variable.
    Env(String),
    /// From a file, without its last line end.
    File(String),
    /// Written in the bench file. Replaced by `{ withheld = true }` in the run.
    Value(String),
    /// Taken out when the run was stored.
    Withheld(bool),
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The environment variable is not set or not UTF-8.
    #[error(
        "the environment variable {0} is not set; set it before the run, the bench takes a secret from it"
    )]
    NoVariable(String),
    /// The file cannot be read.
    #[error("the secret file {} cannot be read ({cause}); paths are relative to the bench file", path.display())]
    NoFile {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The secret is larger than 64 KiB.
    #[error("the secret file {} is larger than 64 KiB", .0.display())]
    TooLarge(std::path::PathBuf),
    /// The bench file is the copy stored in a run.
    #[error("the secret was taken out when the run was stored; name the lab's own bench file with --bench")]
    Withheld,
}

impl Secret {
    /// The secret itself.
    ///
    /// `base` is the folder of the bench file; a relative file path starts there.
    ///
    /// # Errors
    /// Says which variable or file is missing, never what a secret holds.
    pub fn resolve(&self, base: &Path) -> Result<String, SecretError> {
        const LARGEST: u64 = 64 * 1024;
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Env(name) => std::env::var(name).map_err(|_| SecretError::NoVariable(name.clone())),
            Self::Withheld(_) => Err(SecretError::Withheld),
            Self::File(path) => {
                let path = base.join(path);
                let mut text = String::new();
                std::fs::File::open(&path)
                    .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
                    .map_err(|cause| SecretError::NoFile { path: path.clone(), cause })?;
                if text.len() as u64 > LARGEST {
                    return Err(SecretError::TooLarge(path));
                }
                let end = text
                    .strip_suffix('\n')
                    .map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
                Ok(end.to_owned())
            }
        }
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

//! The bench: what brings the device into its states, and the lab's file that describes it.

pub mod acceptance;
mod command;
mod lent_files;
#[cfg(target_os = "linux")]
pub mod network;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use ixit::{Bench, Diagnostic};
use probes::observation::digest;
use serde_json::Value;

pub use command::CommandBench;

use crate::store::{BenchRecord, read_bounded};

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Performed {
    /// The bench did it.
    Done {
        /// What it printed, kept as evidence; empty for nothing.
        output: String,
    },
    /// The bench cannot do it: the operator is asked.
    AskOperator,
}

/// Why an action of the bench failed. The lab's trouble, never the device's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BenchTrouble {
    /// What happened and what to do.
    pub message: String,
    /// What the action printed, kept as evidence; empty for nothing.
    pub output: String,
}

/// Ports of the tester's own host that answer at the address of the device (loopback benches only).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    /// TCP ports.
    pub tcp: Vec<u16>,
    /// UDP ports.
    pub udp: Vec<u16>,
}

/// Controls the bench.
pub trait BenchControl: Send + Sync {
    /// Carries out an action (`factory_reset`, `onboard` …) and returns when the device is ready.
    /// Dropping the future stops waiting for it.
    fn perform<'a>(&'a self, action: &'a str) -> BoxFuture<'a, Result<Performed, BenchTrouble>>;

    /// Ports that do not belong to the device.
    fn foreign(&self) -> Foreign {
        Foreign::default()
    }

    /// Opens the capture point of the bench, where the bench has one of its own; `None` for the network interface
    /// that the bench file names.
    fn tap(&self) -> Option<Result<tokio::sync::mpsc::Receiver<probes::capture::Frame>, String>> {
        None
    }

    /// The program that reads hostile files in a limited process, see [`probes::apart`]: the one that runs, where it
    /// knows `read-apart`. `None`: nothing is read so, which is a limit of the lab.
    fn reader(&self) -> Option<PathBuf> {
        None
    }

    /// TCP ports that the sweep of the profile `matrix` asks beside the declared and the usual ones.
    fn device_ports(&self) -> Vec<u16> {
        Vec::new()
    }
}

/// A bench file with all that the engine needs of it.
#[derive(Clone)]
pub struct BenchInput {
    /// The bench.
    pub bench: Bench,
    /// The bytes of the bench file. The copy in the run has no secrets.
    pub bytes: Vec<u8>,
    /// Name of the bench file, for its form: `bench.toml` or `bench.json`.
    pub name: String,
    /// Folder that paths of secret files start at.
    pub base: PathBuf,
    /// How it is written into `run.json`.
    pub record: BenchRecord,
}

impl std::fmt::Debug for BenchInput {
    /// Without the bytes, which may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BenchInput")
            .field("name", &self.name)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

/// Why a bench cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BenchInputError {
    /// The file cannot be understood.
    #[error("the bench file {} cannot be used", path.display())]
    NotUnderstood {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        diagnostics: Vec<Diagnostic>,
    },
    /// The file cannot be read.
    #[error("the bench file cannot be read: {0}")]
    Unreadable(#[from] crate::store::StoreError),
}

impl BenchInput {
    /// Reads a bench file.
    ///
    /// # Errors
    /// It cannot be read or understood; the error carries the diagnostics.
    pub fn from_file(path: &Path) -> Result<Self, BenchInputError> {
        let bytes = read_bounded(path, ixit::SIZE_LIMIT as u64)?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let record = BenchRecord::File { path: absolute.display().to_string(), sha256: digest(&bytes) };
        let base = absolute.parent().map_or_else(PathBuf::new, Path::to_owned);
        Self::new(path, bytes, base, record)
    }

    /// The bench of the built-in device: bytes of its `bench.toml`, and what brings the same one up again.
    ///
    /// # Errors
    /// The bytes cannot be understood.
    pub fn built_in(bytes: Vec<u8>, device: Value) -> Result<Self, BenchInputError> {
        Self::new(Path::new("bench.toml"), bytes, PathBuf::new(), BenchRecord::BuiltIn { device })
    }

    fn new(path: &Path, bytes: Vec<u8>, base: PathBuf, record: BenchRecord) -> Result<Self, BenchInputError> {
        let name = path
            .file_name()
            .map_or_else(|| "bench.toml".to_owned(), |name| name.to_string_lossy().into_owned());
        let (bench, diagnostics) = Bench::from_bytes(&name, &bytes);
        match bench {
            Some(bench) => Ok(Self { bench, bytes, name, base, record }),
            None => Err(BenchInputError::NotUnderstood { path: path.to_owned(), diagnostics }),
        }
    }

    /// User names and secrets by IXIT row id, and the password on the label of a sample by `label:SAMPLE`.
    ///
    /// # Errors
    /// Row id and reason of the first secret that cannot be had.
    pub(crate) fn credentials(
        &self,
    ) -> Result<BTreeMap<String, (String, String)>, (String, ixit::bench::SecretError)> {
        let credentials = self
            .bench
            .credentials
            .iter()
            .map(|(row, credential)| (row.clone(), credential.user.clone(), &credential.secret));
        let labels = self.bench.samples.iter().filter_map(|sample| {
            Some((label_key(&sample.id), String::new(), sample.label_password.as_ref()?))
        });
        credentials
            .chain(labels)
            .map(|(key, user, secret)| match secret.resolve(&self.base) {
                Ok(secret) => Ok((key, (user, secret))),
                Err(error) => Err((key, error)),
            })
            .collect()
    }
}

impl BenchInput {
    /// The authority that the supplier lent for the test.
    ///
    /// # Errors
    /// Why its certificate or key cannot be had.
    pub(crate) fn authority(
        &self,
    ) -> Result<Option<probes::context::LentAuthority>, ixit::bench::SecretError> {
        let Some(authority) = &self.bench.authority else { return Ok(None) };
        Ok(Some(probes::context::LentAuthority {
            certificate: authority.certificate.resolve(&self.base)?,
            key: authority.key.resolve(&self.base)?,
        }))
    }

    /// The authorities that the bench trusts, each as PEM.
    ///
    /// # Errors
    /// Name of the file that cannot be read, and why.
    pub(crate) fn trusted(&self) -> Result<Vec<String>, (String, String)> {
        const LARGEST: u64 = 64 * 1024;
        self.bench
            .tls
            .trust
            .iter()
            .map(|name| {
                let bytes = read_bounded(&self.base.join(name), LARGEST)
                    .map_err(|error| (name.clone(), error.to_string()))?;
                String::from_utf8(bytes).map_err(|_| (name.clone(), "it is no PEM file".to_owned()))
            })
            .collect()
    }
}

/// Key of the label password of a sample among the credentials.
pub(crate) fn label_key(sample: &str) -> String {
    format!("label:{sample}")
}

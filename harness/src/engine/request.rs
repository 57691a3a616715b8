//! What a run is asked for, how it ends, and why it could not begin.

use std::path::PathBuf;

use ixit::Declaration;
use jiff::civil::Date;
use testcases::assessment::Assessment;
use testcases::plan::Plan;

use crate::bench::{BenchInput, BenchInputError};
use crate::exit::ExitCode;
use crate::run_state::RunState;
use crate::store::{People, StoreError};

/// What a run is made from.
#[derive(Debug)]
pub struct RunRequest {
    /// The run folder: new or empty.
    pub folder: PathBuf,
    /// The declaration.
    pub declaration: Declaration,
    /// The supplier's `documents/` folder, where there is one; documents up to 16 MiB are copied.
    pub documents: Option<PathBuf>,
    /// The plan, as [`testcases::plan::derive`] made it from the declaration.
    pub plan: Plan,
    /// The bench.
    pub bench: BenchInput,
    /// Assessment date: what validity and support periods are measured against.
    pub date: Date,
    /// Who takes part; what is `None` is taken from the `[lab]` of the bench.
    pub people: People,
    /// The device is the simulated one; the reports say so on every page.
    pub demonstration: bool,
}

/// How a run is gone on with.
#[derive(Debug, Default)]
pub struct ResumeRequest {
    /// The bench. `None` for the bench file that the run names, if it has not changed since. A run on the
    /// built-in device needs it: the caller brings the device up from [`RunManifest::bench`](crate::store::RunManifest::bench).
    pub bench: Option<BenchInput>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// The run folder.
    pub folder: PathBuf,
    /// The assessment; `None` if the run was stopped before it.
    pub assessment: Option<Assessment>,
    /// How the run stands.
    pub state: RunState,
    /// The exit code.
    pub exit: ExitCode,
}

/// Why a run could not be started, or had to be given up.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan holds no unit.
    #[error("the plan is empty: no test unit is planned{}; hantei plan shows why", of_only(only))]
    EmptyPlan {
        /// The glob of `--only`.
        only: Option<String>,
    },
    /// The bench has no sample.
    #[error("the bench names no sample; add [[sample]] with id and address to the bench file")]
    NoSample,
    /// The crypto policy is not one of this build.
    #[error(
        "there is no crypto policy {named}; [method] crypto_policy of the bench file names one of: {known}"
    )]
    CryptoPolicy {
        /// As the bench names it.
        named: String,
        /// Those of this build.
        known: String,
    },
    /// A sample of the run is not in the bench.
    #[error(
        "the bench does not name the sample {0}, which this run was started with; name the bench of the run with --bench"
    )]
    SampleMissing(String),
    /// A host has no readable address.
    #[error("the bench gives no readable address for the host {0}; write e.g. \"192.0.2.20:443\"")]
    Host(String),
    /// A secret cannot be had.
    #[error("the credential for {row} cannot be had: {cause}")]
    Credential {
        /// IXIT row.
        row: String,
        /// Why.
        cause: ixit::bench::SecretError,
    },
    /// A certificate that the bench trusts cannot be had.
    #[error(
        "the trusted certificate {file} cannot be had: {cause}; [tls] trust names PEM files, relative to the bench file"
    )]
    Trust {
        /// As the bench names it.
        file: String,
        /// Why.
        cause: String,
    },
    /// An update package or a file that was handed in cannot be had.
    #[error(
        "the file {file} cannot be had: {cause}; [[update_package]], [[handed_in]] and [[vulnerability_data]] name files relative to the bench file"
    )]
    LentFile {
        /// As the bench names it.
        file: String,
        /// Why.
        cause: String,
    },
    /// The bench of the run cannot be used.
    #[error(transparent)]
    Bench(#[from] BenchInputError),
    /// The bench file is another one than when the run was started.
    #[error(
        "the bench file {0} has changed since the run was started; name it with --bench to use it all the same"
    )]
    BenchChanged(String),
    /// The built-in device has to be brought up by the caller.
    #[error(
        "this run was made on the built-in device, which has to be brought up again; use hantei resume of a build with the feature demo"
    )]
    BuiltInBench,
    /// The run folder cannot be used.
    #[error(transparent)]
    Folder(StoreError),
    /// The record can no longer be written.
    #[error("the run had to be given up, because its record cannot be written: {0}")]
    Recording(StoreError),
}

fn of_only(only: &Option<String>) -> String {
    only.as_ref().map(|glob| format!(" by --only {glob}")).unwrap_or_default()
}

impl RunError {
    /// The exit code: 2 if nothing was started, 4 if the record is broken or cannot be written.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Recording(_) | Self::Folder(StoreError::Broken { .. }) => ExitCode::CannotVouch,
            _ => ExitCode::NotStarted,
        }
    }
}

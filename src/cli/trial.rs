//! `hantei trial` on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Lang;

/// `trial`
#[derive(Debug, Args)]
pub(crate) struct Trial {
    /// Declaration folder, with ics.toml and ixit.toml
    #[cfg_attr(feature = "demo", arg(required_unless_present = "demo", conflicts_with = "demo"))]
    #[cfg_attr(not(feature = "demo"), arg(required = true))]
    pub(crate) folder: Option<PathBuf>,
    /// Take the built-in simulated device instead
    #[cfg(feature = "demo")]
    #[arg(long)]
    pub(crate) demo: bool,
    /// Give the simulated device this fault; may be repeated
    #[cfg(feature = "demo")]
    #[arg(long = "fault", value_name = "NAME", requires = "demo")]
    pub(crate) faults: Vec<String>,
    /// Limits of the demonstration: "normal" sweeps every port, "matrix" the device's own ports and a
    /// random sample
    #[cfg(feature = "demo")]
    #[arg(long, default_value = "normal", value_parser = ["normal", "matrix"], requires = "demo")]
    pub(crate) profile: String,
    /// Bench file of the lab [default: the accepted bench.toml of the declaration folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// Trust the bench file found in the declaration folder, for this run
    #[arg(long)]
    pub(crate) accept_bench: bool,
    /// Run folder: made by whoever comes first, read by all others. Name it for the build that is tested
    /// [default: runs/trial-ID within a run of cargo-nextest, else a new one below ./runs]
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// Assess only these: globs over the ids of provisions, cases and units, separated by commas
    /// [default: all that applies]
    #[arg(long, value_name = "GLOBS")]
    pub(crate) only: Option<String>,
    /// Answer the prompts from this decisions.toml [default: every prompt stays open; in the demonstration
    /// the answers of the lab]
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// What becomes of a case that could not be established
    #[arg(long, value_enum, default_value_t = Undecided::Failed)]
    pub(crate) inconclusive: Undecided,
    /// Language of the texts
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Arguments of a test program: --list, --exact, --format json, --test-threads N, a filter; see
    /// hantei trial DIR -- --help
    #[arg(last = true, value_name = "LIBTEST")]
    pub(crate) libtest: Vec<String>,
}

/// What becomes of a case that is INCONCLUSIVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Undecided {
    /// The trial fails
    Failed,
    /// The trial is ignored, with the reason
    Ignored,
}

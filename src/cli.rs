//! The command line as clap reads it. Names and shapes are the contract of DESIGN 4.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Conformance test harness for consumer IoT security baselines.
#[derive(Debug, Parser)]
#[command(name = "hantei", version, about, after_help = crate::exit_codes_help(), max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Assess the built-in simulated device on loopback and write the reports
    #[cfg(feature = "demo")]
    Demo(Demo),
    /// Write a declaration folder to fill in
    Init(Init),
    /// Judge declarations without a device
    Check(Check),
    /// Show what applies and why, and who decides each unit
    Plan(Plan),
    /// Assess a device
    Run(Run),
    /// Go on after a stop or a crash
    Resume(Resume),
    /// Answer the open prompts of a run
    Decide(Decide),
    /// Give the verdicts again from the record, without network
    Judge(OnRun),
    /// Write reports of a run
    Report(Report),
    /// Tell whether a run is as it was written
    Verify(OnRun),
    /// Show the catalogue, and how each unit is decided
    List(List),
    /// Print the JSON Schema of a declaration file
    Schema(Schema),
    /// Write a declaration as a spreadsheet
    Export(Export),
    /// Read a declaration from a spreadsheet
    Import(Import),
    /// Trust the bench file of a declaration folder
    #[command(subcommand)]
    Bench(Bench),
    /// Print completions for a shell
    Completions {
        /// Shell.
        shell: clap_complete::Shell,
    },
}

/// `demo`
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Switch a fault of the lab on; may be repeated
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
    /// Run folder; a new one below ./runs if not given
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// Scripted answers: a file, or "none" to leave every prompt open
    #[arg(long, value_name = "FILE|none")]
    pub(crate) decisions: Option<String>,
    /// Seed of the simulated device
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// List the faults instead
    #[arg(long)]
    pub(crate) list_faults: bool,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Limits: "normal", or "matrix" for the device's own ports plus a random sample
    #[arg(long, default_value = "normal", value_parser = ["normal", "matrix"])]
    pub(crate) profile: String,
    /// Units to run, as globs over ids
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder; made if it is not there, and nothing in it is overwritten
    pub(crate) folder: PathBuf,
    /// Edition
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
    /// Language of the comments
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Declaration folders
    #[arg(required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Declaration folder
    pub(crate) folder: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Units to run, as globs over ids
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Declaration folder
    pub(crate) folder: PathBuf,
    /// Bench file of the lab
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// Trust the bench file found in the declaration folder, for this run
    #[arg(long)]
    pub(crate) accept_bench: bool,
    /// Run folder; a new one below ./runs if not given
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// Units to run, as globs over ids
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
    /// Leave every prompt open
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Scripted answers
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// Assessment date, ISO 8601; today if not given
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<jiff::civil::Date>,
}

/// `resume`
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Run folder
    pub(crate) run: PathBuf,
    /// Bench file of the lab; the run keeps no secrets
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// Leave every prompt open
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Scripted answers
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
}

/// `decide`
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// Run folder
    pub(crate) run: PathBuf,
    /// Scripted answers
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// List the open prompts instead
    #[arg(long)]
    pub(crate) list: bool,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Name of the person who answers
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// Language of the prompts
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// `judge`, `verify`
#[derive(Debug, Args)]
pub(crate) struct OnRun {
    /// Run folder
    pub(crate) run: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `report`
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Run folder
    pub(crate) run: PathBuf,
    /// Formats, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub(crate) format: Vec<Format>,
    /// Languages, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "en")]
    pub(crate) lang: Vec<Lang>,
    /// Label scheme
    #[arg(long, value_name = "NAME")]
    pub(crate) scheme: Option<String>,
    /// Print to stdout instead of RUN/reports; one format and language only
    #[arg(long)]
    pub(crate) stdout: bool,
}

/// `list`
#[derive(Debug, Args)]
pub(crate) struct List {
    /// What
    #[arg(value_enum)]
    pub(crate) what: Listed,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Edition
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
    /// Language
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// What `list` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Provisions with status and conditions
    Provisions,
    /// Test cases
    Cases,
    /// Test units and who decides them
    Units,
    /// IXIT tables and fields
    Ixit,
    /// Label schemes
    Schemes,
    /// Probes
    Probes,
}

/// `schema`
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which file
    #[arg(value_enum)]
    pub(crate) file: SchemaFile,
    /// Edition
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
}

/// Files with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaFile {
    /// `ics.toml`
    Ics,
    /// `ixit.toml`
    Ixit,
    /// `bench.toml`
    Bench,
}

/// `export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Declaration folder
    pub(crate) folder: PathBuf,
    /// Spreadsheet to write (.xlsx); it must not be there yet
    pub(crate) file: PathBuf,
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Spreadsheet (.xlsx)
    pub(crate) file: PathBuf,
    /// Folder to write ics.toml and ixit.toml into; neither may be there yet
    pub(crate) folder: PathBuf,
}

/// `bench`
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Trust the bench.toml of a declaration folder, by its digest
    Accept {
        /// Declaration folder
        folder: PathBuf,
    },
}

/// Languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Japanese
    Ja,
}

/// Report formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One self-contained page
    Html,
    /// The assessment
    Json,
    /// For CI
    Junit,
}

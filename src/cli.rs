//! The command line as clap reads it. Names and shapes are the contract of DESIGN 4.

mod bench;
#[cfg(feature = "ble")]
mod ble;
mod crosswalk;
mod pack;
mod report;
mod seal;
mod trial;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::bench::{Bench, BenchSwitch, BenchUp};
#[cfg(feature = "ble")]
pub(crate) use self::ble::{Ble, BleAdapter, BleInspect, BlePairing, BleScan, BleSecureConnections};
pub(crate) use self::crosswalk::{Crosswalk, CrosswalkFormat};
pub(crate) use self::pack::Pack;
pub(crate) use self::report::{Diff, Format, Report};
pub(crate) use self::seal::{Seal, Verify};
pub(crate) use self::trial::{Trial, Undecided};

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
    /// Write a first declaration folder from what a live device shows
    Draft(Draft),
    /// Judge declarations without a device
    Check(Check),
    /// Show what applies and why, and who decides each unit
    Plan(Plan),
    /// Assess a device
    Run(Run),
    /// Go on after a stop or a crash
    Resume(Resume),
    /// Assess a device as a set of tests: each test case a trial, for cargo test, cargo-nextest and IDEs
    Trial(Trial),
    /// Answer the open prompts of a run
    Decide(Decide),
    /// Give the verdicts again from the record, without network
    Judge(OnRun),
    /// Write reports of a run
    Report(Report),
    /// Prepare a submission to a label scheme: documents, report, evidence, and what is missing
    Pack(Pack),
    /// Show which items of guides and schemes the results for each provision answer; needs no run
    Crosswalk(Crosswalk),
    /// Tell what moved from one run to another, and whether something is worse
    Diff(Diff),
    /// Sign a list of all files of a run, so that minisign and sha256sum verify it
    Seal(Seal),
    /// Tell whether a run is as it was written, and as it was sealed
    Verify(Verify),
    /// Show the catalogue, and how each unit is decided
    List(List),
    /// Print the JSON Schema of a declaration file
    Schema(Schema),
    /// Write a declaration as a spreadsheet
    Export(Export),
    /// Read a declaration from a spreadsheet, or take evidence of another tool into a run
    Import(Import),
    /// Read a capture: who talks with whom, and what goes in the clear
    Traffic(Traffic),
    /// Listen to Bluetooth LE nearby, or look at one device
    #[cfg(feature = "ble")]
    #[command(subcommand)]
    Ble(Ble),
    /// Trust a bench file, bring up or remove a bench network
    #[command(subcommand)]
    Bench(Bench),
    /// Read a file at the standard input in this process, limited; the program starts itself so
    #[command(hide = true)]
    ReadApart(ReadApart),
    /// Print completions for a shell
    Completions {
        /// Shell that is to complete the command line
        shell: clap_complete::Shell,
    },
}

/// `read-apart`
#[derive(Debug, Args)]
pub(crate) struct ReadApart {
    /// What to read and what it may cost, as JSON
    pub(crate) order: String,
}

/// `demo`
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Give the simulated device this fault; may be repeated [default: none, the device is sound]
    #[arg(long = "fault", value_name = "NAME")]
    pub(crate) faults: Vec<String>,
    /// Run folder to write; it must be empty or not be there yet [default: a new one below ./runs]
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// Answer the prompts from this decisions.toml; "none" leaves every prompt open [default: the answers
    /// of the lab]
    #[arg(long, value_name = "FILE|none")]
    pub(crate) decisions: Option<String>,
    /// Seed of the simulated device: the same seed gives the same device
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Show the faults, and run nothing
    #[arg(long)]
    pub(crate) list_faults: bool,
    /// Print the list of faults as JSON (hantei.faults/1); with --list-faults
    #[arg(long)]
    pub(crate) json: bool,
    /// Limits: "normal" sweeps every port, "matrix" the device's own ports and a random sample
    #[arg(long, default_value = "normal", value_parser = ["normal", "matrix"])]
    pub(crate) profile: String,
    /// Assess only these: globs over the ids of provisions, cases and units, separated by commas, such
    /// as '5.1-*,5.6-1-2:a'. The run is then partial and never PASS [default: all that applies]
    #[arg(long, value_name = "GLOBS")]
    pub(crate) only: Option<String>,
    /// Also run cases beyond the standard: hantei-plus. They touch no verdict of the standard; --only chooses among
    /// them as well, by ids such as plus-replay [default: none]
    #[arg(long, value_name = "SET", value_parser = [harness::testcases::plus::NAME])]
    pub(crate) with: Option<String>,
    /// Print at the end where the time went: the longest steps, and their share of the whole
    #[arg(long)]
    pub(crate) timings: bool,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder to fill in; made if it is not there, and nothing in it is overwritten
    pub(crate) folder: PathBuf,
    /// Edition of the standards: the version of EN 303 645, with or without that of TS 103 701
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
    /// Language of the comments
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Add a submission.toml with what this label scheme asks of the supplier, or a guides.toml with what this guide
    /// wants considered; may be repeated. In a folder that has been filled in, only these files are written
    #[arg(long = "scheme", value_name = "NAME", value_delimiter = ',')]
    pub(crate) schemes: Vec<String>,
}

/// `draft`
#[derive(Debug, Args)]
pub(crate) struct Draft {
    /// Address of the device; nothing else is contacted
    pub(crate) target: std::net::IpAddr,
    /// Folder to write; made if it is not there, and nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Bench file of the lab with the device as a sample: its source address and limits are used
    #[arg(long, value_name = "FILE", conflicts_with = "source")]
    pub(crate) bench: Option<PathBuf>,
    /// Address to look from [default: the system chooses]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source: Option<std::net::IpAddr>,
    /// TCP ports to ask, such as 22,80,8000-8100 [default: all]
    #[arg(long, value_name = "PORTS", value_parser = crate::command::draft::ports)]
    pub(crate) ports: Option<crate::command::draft::Ports>,
    /// UDP service to ask at another than its usual port, such as 15353/mdns; may be repeated
    #[arg(long, value_name = "PORT/SERVICE", value_parser = crate::command::draft::udp_service)]
    pub(crate) udp: Vec<(u16, String)>,
    /// Edition of the standards: the version of EN 303 645, with or without that of TS 103 701
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Declaration folders, with ics.toml and ixit.toml
    #[arg(required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Print every finding in full; else of more than 12 of one kind only the first three
    #[arg(long)]
    pub(crate) all: bool,
    /// Print the findings to stdout as JSON (hantei.findings/1) instead of excerpts
    #[arg(long)]
    pub(crate) json: bool,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Declaration folder, with ics.toml and ixit.toml
    pub(crate) folder: PathBuf,
    /// Print the plan as JSON instead of the summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Plan only these: globs over the ids of provisions, cases and units, separated by commas, such as
    /// '5.1-*,5.6-1-2:a'. A run of them is partial and never PASS [default: all that applies]
    #[arg(long, value_name = "GLOBS")]
    pub(crate) only: Option<String>,
    /// Also run cases beyond the standard: hantei-plus. They touch no verdict of the standard; --only chooses among
    /// them as well, by ids such as plus-replay [default: none]
    #[arg(long, value_name = "SET", value_parser = [harness::testcases::plus::NAME])]
    pub(crate) with: Option<String>,
}

/// `run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Declaration folder, with ics.toml and ixit.toml
    pub(crate) folder: PathBuf,
    /// Bench file of the lab: addresses, credentials, actions, limits [default: the accepted bench.toml of
    /// the declaration folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// Trust the bench file found in the declaration folder, for this run
    #[arg(long)]
    pub(crate) accept_bench: bool,
    /// Run folder to write; it must be empty or not be there yet [default: a new one below ./runs]
    #[arg(long, value_name = "RUN")]
    pub(crate) out: Option<PathBuf>,
    /// Assess only these: globs over the ids of provisions, cases and units, separated by commas, such
    /// as '5.1-*,5.6-1-2:a'. The run is then partial and never PASS [default: all that applies]
    #[arg(long, value_name = "GLOBS")]
    pub(crate) only: Option<String>,
    /// Also run cases beyond the standard: hantei-plus. They touch no verdict of the standard; --only chooses among
    /// them as well, by ids such as plus-replay [default: none]
    #[arg(long, value_name = "SET", value_parser = [harness::testcases::plus::NAME])]
    pub(crate) with: Option<String>,
    /// Ask nobody: every prompt stays open, and hantei decide asks later
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Answer the prompts from this decisions.toml instead of asking at the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// Assessment date, such as 2026-01-31; the validity of evidence depends on it [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) date: Option<jiff::civil::Date>,
    /// Name of the person who answers; the operator or assessor of the bench if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// Language of the questions
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Print at the end where the time went: the longest steps, and their share of the whole
    #[arg(long)]
    pub(crate) timings: bool,
}

/// `resume`
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Bench file of the lab, which has the secrets that the run does not keep [default: the file that the
    /// run names, if it has not changed]
    #[arg(long, value_name = "FILE")]
    pub(crate) bench: Option<PathBuf>,
    /// Ask nobody: every prompt stays open, and hantei decide asks later
    #[arg(long)]
    pub(crate) no_input: bool,
    /// Answer the prompts from this decisions.toml instead of asking at the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// Name of the person who answers; the operator or assessor of the bench if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// Language of the questions
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Print at the end where the time went: the longest steps, and their share of the whole
    #[arg(long)]
    pub(crate) timings: bool,
}

/// `decide`
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Take the answers from a decisions.toml instead of asking at the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Ask, list or answer only these prompts: globs over their ids, separated by commas, such as
    /// '5.6-*' or 'companion/*' [default: all that are open]
    #[arg(long, value_name = "GLOBS")]
    pub(crate) only: Option<String>,
    /// Ask line by line, in the order of the units, instead of full screen
    #[arg(long)]
    pub(crate) plain: bool,
    /// Show the open prompts by provision, and ask nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Print the open prompts with all that they show as JSON (hantei.prompts/1), and ask nothing
    #[arg(long)]
    pub(crate) json: bool,
    /// Name of the person who signs the answers or reviews them [default: operator or assessor of the bench file]
    #[arg(long, value_name = "NAME")]
    pub(crate) person: Option<String>,
    /// Language of the prompts
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// `judge`
#[derive(Debug, Args)]
pub(crate) struct OnRun {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Print the outcome as JSON instead of words
    #[arg(long)]
    pub(crate) json: bool,
}

/// `list`
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Which list to show
    #[arg(value_enum)]
    pub(crate) what: Listed,
    /// Print the list as JSON, with all that is known of each entry
    #[arg(long)]
    pub(crate) json: bool,
    /// Edition of the standards: the version of EN 303 645, with or without that of TS 103 701
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
    /// Language of the texts
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
    /// Label schemes, and guides that are read over the same evidence
    Schemes,
    /// Cases of hantei-plus, beyond the standard
    Plus,
    /// Probes
    Probes,
    /// Policies for cryptography, and what public catalogues say of its mechanisms
    Crypto,
    /// How every functional unit is decided, as a page
    Coverage,
}

/// `schema`
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// File of the declaration folder that the schema is for
    #[arg(value_enum)]
    pub(crate) file: SchemaFile,
    /// Edition of the standards: the version of EN 303 645, with or without that of TS 103 701
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
    /// Language of the instructions and notes; the headings of the standard stay
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// `import`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    /// Evidence made with another tool
    #[command(subcommand)]
    pub(crate) evidence: Option<ImportEvidence>,
    /// Spreadsheet (.xlsx)
    #[arg(required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Folder to write ics.toml and ixit.toml into; neither may be there yet
    #[arg(required = true)]
    pub(crate) folder: Option<PathBuf>,
}

/// What `import` takes into a run.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportEvidence {
    /// Take a report of nmap (nmap -oX) into a run as evidence; nmap itself is not run
    Nmap(ImportNmap),
}

/// `import nmap`
#[derive(Debug, Args)]
pub(crate) struct ImportNmap {
    /// Report, as nmap -oX wrote it
    pub(crate) file: PathBuf,
    /// Run folder, as hantei run wrote it
    #[arg(long, value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// Sample that was scanned [default: the one that the run has]
    #[arg(long, value_name = "SAMPLE")]
    pub(crate) sample: Option<String>,
    /// State in which it was scanned, such as initialized
    #[arg(long, value_name = "STATE", value_parser = crate::command::import_nmap::state)]
    pub(crate) state: harness::testcases::DutState,
    /// Address under which nmap saw the sample [default: the one of the bench file of the run]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) host: Option<std::net::IpAddr>,
}

/// `traffic`
#[derive(Debug, Args)]
pub(crate) struct Traffic {
    /// Capture in pcap or pcapng; - for the standard input
    pub(crate) file: PathBuf,
    /// Address of the device; may be repeated [default: every address, and who calls is taken as the device]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) device: Vec<std::net::IpAddr>,
    /// Address of the tester, whose talk with the device is counted and not looked at; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) tester: Vec<std::net::IpAddr>,
    /// Declaration folder: says which destinations its communication mechanisms (com_mech) name; needs
    /// --device
    #[arg(long, value_name = "DIR", requires = "device")]
    pub(crate) declaration: Option<PathBuf>,
    /// Print what was read as JSON (hantei.traffic/1)
    #[arg(long)]
    pub(crate) json: bool,
}

/// Languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Japanese
    Ja,
}

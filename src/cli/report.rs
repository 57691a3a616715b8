//! `hantei report` and `hantei diff` on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Lang;

/// `report`
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Formats, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    pub(crate) format: Vec<Format>,
    /// Languages, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "en")]
    pub(crate) lang: Vec<Lang>,
    /// Add the part for this label scheme, or write the page of this guide instead, for html, pdf, md and json;
    /// separated by commas, or repeated. hantei list schemes names them [default: none]
    #[arg(long = "scheme", value_name = "NAME", value_delimiter = ',')]
    pub(crate) schemes: Vec<String>,
    /// Print to stdout instead of RUN/reports; one format and language only
    #[arg(long)]
    pub(crate) stdout: bool,
    /// Print the files written, with their digests, as JSON (hantei.report-files/1)
    #[arg(long, conflicts_with = "stdout")]
    pub(crate) json: bool,
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
    /// A summary of one page in Markdown, for pull requests
    Md,
    /// The page, printed by an installed Chromium
    Pdf,
    /// SARIF 2.1.0 for code scanning; English
    Sarif,
    /// Assessment results of OSCAL 1.1
    Oscal,
    /// A workbook: the declaration with verdicts beside it, every result, what is open
    Xlsx,
    /// A MUD file (RFC 8520) proposed from what is declared and was seen, with a text of what it leaves out
    Mud,
}

impl Format {
    /// As on the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Md => "md",
            Self::Pdf => "pdf",
            Self::Sarif => "sarif",
            Self::Oscal => "oscal",
            Self::Xlsx => "xlsx",
            Self::Mud => "mud",
        }
    }
}

/// `diff`
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Run folder to compare from, such as that of the last release
    #[arg(value_name = "RUN_A")]
    pub(crate) a: PathBuf,
    /// Run folder to compare with it
    #[arg(value_name = "RUN_B")]
    pub(crate) b: PathBuf,
    /// Print the differences as JSON (hantei.diff/1)
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of the texts
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

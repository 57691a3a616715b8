//! `hantei crosswalk` on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use harness::testcases::guide::{Phase, Role};

use super::Lang;

/// `crosswalk`
#[derive(Debug, Args)]
pub(crate) struct Crosswalk {
    /// Format
    #[arg(long, value_enum, default_value_t = CrosswalkFormat::Html)]
    pub(crate) format: CrosswalkFormat,
    /// Language of the texts
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Edition of the standards: the version of EN 303 645, with or without that of TS 103 701
    #[arg(long, default_value = "en303645-2.1.1")]
    pub(crate) edition: String,
    /// Show this guide; may be repeated [default: all guides and schemes, or those named alone]
    #[arg(long = "guide", value_name = "NAME", value_delimiter = ',')]
    pub(crate) guides: Vec<String>,
    /// Show this label scheme or baseline; may be repeated. hantei list schemes names them [default: as for --guide]
    #[arg(long = "scheme", value_name = "NAME", value_delimiter = ',')]
    pub(crate) schemes: Vec<String>,
    /// Items of this phase of the life cycle, with those of every phase; schemes name none
    #[arg(long, value_name = "PHASE", value_parser = phases())]
    pub(crate) phase: Option<Phase>,
    /// Items that address this role; schemes name none
    #[arg(long, value_name = "ROLE", value_parser = roles())]
    pub(crate) role: Option<Role>,
    /// Items of the viewpoint with this id, of guides that have viewpoints
    #[arg(long, value_name = "ID")]
    pub(crate) viewpoint: Option<String>,
    /// This provision alone, such as 5.1-1
    #[arg(long, value_name = "ID")]
    pub(crate) provision: Option<String>,
    /// File to write; it must not be there yet [default: print to stdout]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Formats of the cross-walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CrosswalkFormat {
    /// One self-contained page that is searched in place
    Html,
    /// A table for spreadsheets, one line a link
    Csv,
    /// All of it for programs (hantei.crosswalk/1)
    Json,
}

fn phases() -> impl TypedValueParser<Value = Phase> {
    let parser = PossibleValuesParser::new(Phase::ALL.map(Phase::as_str));
    parser.map(|name| Phase::named(&name).expect("a possible value"))
}

fn roles() -> impl TypedValueParser<Value = Role> {
    let parser = PossibleValuesParser::new(Role::ALL.map(Role::as_str));
    parser.map(|name| Role::named(&name).expect("a possible value"))
}

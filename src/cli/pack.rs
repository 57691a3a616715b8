//! `hantei pack` on the command line.

use std::path::PathBuf;

use clap::Args;

use super::Lang;

/// `pack`
#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Scheme to submit to; hantei list schemes names them
    #[arg(long, value_name = "NAME")]
    pub(crate) scheme: String,
    /// Folder to write; it must be empty or not be there yet [default: RUN.NAME.pack beside the run folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Languages of the documents, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', default_value = "en")]
    pub(crate) lang: Vec<Lang>,
    /// Write a draft: also of a demonstration, a run that is not complete or a broken record. Every document
    /// says that it is one
    #[arg(long)]
    pub(crate) draft: bool,
    /// Print pack.json (hantei.pack/1)
    #[arg(long)]
    pub(crate) json: bool,
}

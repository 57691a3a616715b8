//! `hantei seal` and `hantei verify` on the command line.

use std::path::PathBuf;

use clap::Args;

/// `seal`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false).args(["run", "new_key"]))]
pub(crate) struct Seal {
    /// Run folder to seal, as hantei run wrote it
    #[arg(requires = "key")]
    pub(crate) run: Option<PathBuf>,
    /// Secret key of minisign; it must not lie in the run folder
    #[arg(long, value_name = "FILE", conflicts_with = "new_key")]
    pub(crate) key: Option<PathBuf>,
    /// Make a pair of keys: the secret one as FILE, the public one beside it with the ending .pub
    #[arg(long, value_name = "FILE")]
    pub(crate) new_key: Option<PathBuf>,
    /// The new key has no password, for machines that nobody sits at
    #[arg(long, requires = "new_key", conflicts_with_all = ["password_file", "password_env"])]
    pub(crate) no_password: bool,
    /// Read the password of the key from the first line of this file [default: ask at the terminal]
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// Take the password of the key from this environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
    /// Seal a run that has not come to its end, or cannot vouch for itself; the trusted comment says "draft"
    #[arg(long, conflicts_with = "new_key")]
    pub(crate) draft: bool,
    /// Put a new seal in the place of the one there is
    #[arg(long, conflicts_with = "new_key")]
    pub(crate) again: bool,
    /// Print what was written as JSON (hantei.seal/1)
    #[arg(long)]
    pub(crate) json: bool,
}

/// `verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Run folder, as hantei run wrote it
    pub(crate) run: PathBuf,
    /// Public key of minisign with which the run has to be sealed: a file, or the line of base64
    #[arg(long, value_name = "FILE|BASE64")]
    pub(crate) public_key: Option<String>,
    /// Print the outcome as JSON instead of words
    #[arg(long)]
    pub(crate) json: bool,
}

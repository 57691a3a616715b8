//! Why a bench network cannot be brought up, switched or taken down.

use std::path::PathBuf;

use super::layout::LayoutError;

/// Why a network cannot be brought up or taken down.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The request cannot be met.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// Not root.
    #[error("network namespaces need root; run this command as root (sudo hantei bench ...)")]
    NotRoot,
    /// Namespaces made here would be seen by nobody else.
    #[error(
        "this command runs in a mount namespace of its own, as ip netns exec makes one; what it made would be gone with it: run it outside"
    )]
    OwnMounts,
    /// The tool `ip` is not there.
    #[error("the program ip cannot be started: {0}; install iproute2")]
    NoIp(std::io::Error),
    /// There is a network of this name.
    #[error(
        "there is a bench network {name} already; take it down with hantei bench down --name {name}, or name another with --name"
    )]
    Exists {
        /// Its name.
        name: String,
    },
    /// There is a namespace of this name that no bench network made.
    #[error(
        "there is a network namespace {0} that this command did not make; name another network with --name"
    )]
    ForeignNamespace(String),
    /// There is no network of this name.
    #[error("no bench network {name} is up; looked for it in {}", listed(looked))]
    NotUp {
        /// Its name.
        name: String,
        /// Folders that were looked at.
        looked: Vec<PathBuf>,
    },
    /// Another process makes or removes the network.
    #[error("another hantei is working on the bench network {0}; wait until it has ended")]
    Busy(String),
    /// The real interface cannot be used.
    #[error("the interface {interface} cannot be put into the bench network: {why}")]
    Interface {
        /// The interface.
        interface: String,
        /// Why, and what to do.
        why: String,
    },
    /// The command runs inside the network that it should remove.
    #[error("this command runs inside the bench network {0}; run it outside of it")]
    Inside(String),
    /// The interface would come back to another place than it was taken from.
    #[error(
        "the interface {0} was taken from another network namespace than this one; run the command where hantei bench up was run"
    )]
    OtherPlace(String),
    /// A namespace was replaced.
    #[error(
        "the network namespace {0} is not the one that was made; it is left as it is: remove it by hand, then run the command again"
    )]
    Replaced(String),
    /// A step did not work.
    #[error("{command} failed: {said}")]
    Step {
        /// The command.
        command: String,
        /// What it said.
        said: String,
    },
    /// The file that says what was made cannot be used.
    #[error("{}: {why}", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The world is not played.
    #[error("the world of the bench network cannot be played: {0}")]
    World(String),
    /// A switch that the network does not have.
    #[error("{0}")]
    Switch(String),
    /// It failed, and so did clearing up.
    #[error(
        "{first}; clearing up failed as well: {second}. What is left is removed by hantei bench down --name {name}"
    )]
    LeftBehind {
        /// The network.
        name: String,
        /// What failed first.
        first: Box<NetworkError>,
        /// What failed then.
        second: Box<NetworkError>,
    },
}

fn listed(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}

//! Why the lab cannot do what it was asked.

use std::net::SocketAddr;

use crate::fault::FaultError;

/// Errors of the lab. None of them says anything about a device under test.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// There is no fault of that name.
    #[error("there is no fault named {name}; the list of faults names all of them")]
    UnknownFault {
        /// As asked.
        name: String,
    },
    /// A fault could not be brought about.
    #[error("the fault {name} could not be brought about: {source}")]
    Fault {
        /// Name of the fault.
        name: &'static str,
        /// Why.
        source: FaultError,
    },
    /// The simulated device does not know the action.
    #[error("the simulated device does not know the action {action}; it knows {known}")]
    UnknownAction {
        /// As asked.
        action: String,
        /// The known ones.
        known: String,
    },
    /// The address or port of a stored instance is in use.
    #[error(
        "{address} is in use, so the stored instance cannot come up again there: {source}; \
         end the run that uses it, then resume"
    )]
    Taken {
        /// Address and port.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// No free loopback address was found.
    #[error("no free address was found in 127.64.0.0/10 after {tried} tries, last {address}: {source}")]
    NoAddress {
        /// Number of tries.
        tried: u32,
        /// Last address tried.
        address: SocketAddr,
        /// What the operating system said of the last one.
        source: std::io::Error,
    },
    /// A port of the simulated device could not be opened.
    #[error("the simulated device could not open {address}: {source}")]
    Open {
        /// Address and port.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The operating system gave no thread or timer.
    #[error("the simulated device could not start: {0}")]
    Runtime(std::io::Error),
    /// A certificate or key could not be made or read.
    #[error("a certificate of the simulated device could not be made: {0}")]
    Certificate(String),
    /// A template asks for a value that does not exist.
    #[error("{file}, line {line}: {{{{{name}}}}} is not a placeholder; PLACEHOLDERS.md lists them")]
    UnknownPlaceholder {
        /// File of the template.
        file: String,
        /// Line, from 1.
        line: usize,
        /// As written.
        name: String,
    },
    /// The template has no such file.
    #[error("the template of the declaration has no file {file}")]
    NoTemplate {
        /// Name.
        file: &'static str,
    },
}

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
    /// A file of the reference declaration lacks a value that is individual to an instance.
    #[error(
        "{file} of the reference declaration no longer holds {token}, in whose place the value of the \
         instance goes; adapt the table in lab/src/declaration.rs and README.md beside the file"
    )]
    TokenMissing {
        /// File of the reference declaration.
        file: String,
        /// As expected there.
        token: &'static str,
    },
    /// A value that is individual to an instance stands in a file that should not hold it.
    #[error(
        "{file} of the reference declaration holds {token}, which belongs to one instance and was not \
         expected there; take it out or adapt the table in lab/src/declaration.rs"
    )]
    TokenUnexpected {
        /// File of the reference declaration.
        file: String,
        /// As found there.
        token: &'static str,
    },
    /// A file of the reference declaration was not written out.
    #[error(
        "{file}, line {line}: {{{{{name}}}}} is left open; write the value of the default instance there"
    )]
    LeftOpen {
        /// File of the reference declaration.
        file: String,
        /// Line, from 1.
        line: usize,
        /// As written.
        name: String,
    },
    /// The reference declaration has no such file, or it is not text.
    #[error("the reference declaration has no text file {file}")]
    NoReferenceFile {
        /// Name.
        file: &'static str,
    },
}

//! MUD files (RFC 8520): what the supplier tells a network that the device has to reach, and what has to reach it.
//! Read, compared with the declared communication mechanisms, and written.
//!
//! A MUD file is a document of the supplier and hostile input: whatever is wrong with it is a finding, never an
//! error that stops a run.

mod compare;
mod declared;
mod reading;
mod writing;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::complaints::Complaints;
use crate::declaration::{Declaration, is_placeholder};
use crate::diagnostic::{Blame, Diagnostic};
use crate::document_findings::{as_finding, finding};
use crate::located::At;
use crate::read::leaves_documents;

pub use compare::{compare, is_within};
pub use declared::{Communication, declared};

/// Largest MUD file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;
/// Most rules of a file that are read.
pub const MOST_RULES: usize = 1000;
/// Shortest and longest time that a network may keep the file without asking again, in hours (RFC 8520, 3.5).
pub const CACHE_VALIDITY: std::ops::RangeInclusive<u16> = 1..=168;

/// Codes of the findings on MUD files, each with the meaning that documentation gives it.
pub const CODES: &[(&str, &str)] = &[
    ("mud-not-understood", "the MUD file, or a part of it, does not have the form of RFC 8520"),
    ("mud-bad-value", "a value in the MUD file is not one that RFC 8520 allows"),
    ("mud-dangling-list", "a policy names an access list that is not there, or a list is in no policy"),
    ("mud-other-device", "the MUD file names another maker, model or firmware than the ICS"),
    ("mud-rule-undeclared", "a rule allows what no communication mechanism declares"),
    ("mud-lacks-mechanism", "a declared communication mechanism has no rule"),
];

/// A MUD file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mud {
    /// Where the network gets it (`mud-url`).
    pub url: String,
    /// When it was made, RFC 3339.
    pub last_update: String,
    /// How long a network may keep it, in hours.
    pub cache_validity: u16,
    /// The maker still maintains the device.
    pub is_supported: bool,
    /// What the device is, at most 60 characters.
    pub systeminfo: Option<String>,
    /// Maker.
    pub mfg_name: Option<String>,
    /// Model.
    pub model_name: Option<String>,
    /// Firmware.
    pub firmware_rev: Option<String>,
    /// The rules of all lists that a policy names.
    pub rules: Vec<Rule>,
}

/// A side of a communication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The device.
    Device,
    /// The other side.
    Peer,
}

/// Version of IP that a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Anybody.
    Any,
    /// A host by name, lower case.
    Name(String),
    /// Addresses, as `address/length`.
    Network(String),
    /// Everything on the local network.
    LocalNetworks,
    /// The controller that the network has for this device.
    MyController,
    /// A class of controllers, by its URI.
    Controller(String),
    /// Devices of the same maker.
    SameManufacturer,
    /// Devices of a maker, by the host name of its MUD URLs.
    Manufacturer(String),
    /// Devices of a model, by its MUD URL.
    Model(String),
}

/// Ports from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    /// First.
    pub first: u16,
    /// Last.
    pub last: u16,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Who sends what the rule is about: the policy that its list stands in.
    pub sender: Side,
    /// Name of the rule.
    pub name: String,
    /// It is let through.
    pub accept: bool,
    /// Version of IP.
    pub family: Family,
    /// The other side.
    pub peer: Peer,
    /// Number of the protocol over IP.
    pub protocol: Option<u8>,
    /// Ports of the device.
    pub device_ports: Option<Ports>,
    /// Ports of the other side.
    pub peer_ports: Option<Ports>,
    /// Who begins connections (`direction-initiated`, TCP).
    pub begun_by: Option<Side>,
    /// Place in the file.
    pub at: At,
}

impl Ports {
    /// One port.
    pub fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// Whether a port is among them.
    pub fn hold(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{} to {}", self.first, self.last)
        }
    }
}

impl Rule {
    /// Who calls, as far as the rule says it: by the beginning of connections, else by the side whose port it names.
    pub fn caller(&self) -> Option<Side> {
        self.begun_by.or(match (self.device_ports, self.peer_ports) {
            (None, Some(_)) => Some(Side::Device),
            (Some(_), None) => Some(Side::Peer),
            _ => None,
        })
    }

    /// Ports of the side that is called; `None` for any.
    pub fn called_ports(&self) -> Option<Ports> {
        match self.caller() {
            Some(Side::Device) => self.peer_ports,
            Some(Side::Peer) => self.device_ports,
            None => self.peer_ports.or(self.device_ports),
        }
    }
}

impl Mud {
    /// Reads a MUD file. `name` is that of the file in the declaration folder; what is wrong is a finding each.
    /// `None` where nothing can be made of it.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> (Option<Self>, Vec<Diagnostic>) {
        let mut to = Complaints::new(Blame::Documentation);
        let mud = reading::read(name, bytes, &mut to);
        (mud, to.into_sorted().into_iter().map(|diagnostic| as_finding(diagnostic, "mud")).collect())
    }

    /// The file as RFC 8520 has it; read again it is the same.
    pub fn to_json(&self) -> String {
        writing::json(self)
    }
}

/// Reads the MUD file that a declaration names, and compares it with the rest of the declaration. Nothing is said
/// of a declaration that names none.
pub fn check(declaration: &Declaration, folder: &Path) -> Vec<Diagnostic> {
    let Some(path) = declaration.ics.dut.mud.as_ref().filter(|path| !is_placeholder(&path.value)) else {
        return Vec::new();
    };
    // Only what the walk over `documents/` has found: it follows no link out of the folder. That a document is
    // missing is said with the other documents.
    if leaves_documents(&path.value)
        || !declaration.documents.iter().any(|document| document.path == path.value)
    {
        return Vec::new();
    }
    let name = format!("documents/{}", path.value);
    let mut bytes = Vec::new();
    let read =
        File::open(folder.join(&name)).and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return vec![finding(
            "mud-not-understood",
            &path.at,
            format!("The MUD file cannot be read: {error}"),
            "Put a readable file there",
        )];
    }
    let (mud, mut findings) = Mud::from_bytes(&name, &bytes);
    if let Some(mud) = mud {
        findings.extend(compare(&mud, declaration));
    }
    findings
}

#[cfg(test)]
mod tests;

//! One case: what is sent, in whose name it does not matter, and from which generator it comes.

use sha2::{Digest as _, Sha256};

use crate::ble::RawChannel;
use crate::probe::hostile_input::Family;

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// A value is written.
    Write { handle: u16, value: Vec<u8>, way: Way },
    /// Parts are queued, and executed with a flag; or nothing is.
    Queue { handle: u16, parts: Vec<(u16, Vec<u8>)>, flag: Option<u8> },
    /// Octets are sent one after the other on a channel; an answer is waited for only after the last.
    Raw { channel: RawChannel, frames: Vec<Vec<u8>>, answered: bool },
    /// Links are taken up and ended in a row.
    Links(u32),
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A request that is answered.
    Request,
    /// In prepared parts.
    Parts,
    /// A command that is not.
    Command,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// `lengths`, `types`, `queue`, `handles`, `att`, `mtu`, `l2cap`, `smp`, `links`, `drawn-att` …
    pub(super) generator: &'static str,
    /// Number in it; with the seed, the same case again.
    pub(super) number: u32,
    pub(super) family: Family,
    /// What it is, for the reader.
    pub(super) told: String,
    /// A sound device does not take it.
    pub(super) beyond: bool,
    pub(super) doing: Doing,
}

impl Case {
    /// Octets of the value that is written.
    pub(super) fn length(&self) -> Option<usize> {
        match &self.doing {
            Doing::Write { value, .. } => Some(value.len()),
            _ => None,
        }
    }

    /// The same case with a shorter value, cut at the end.
    pub(super) fn cut_to(&self, length: usize) -> Option<Self> {
        match &self.doing {
            Doing::Write { handle, value, way } => Some(Self {
                doing: Doing::Write { handle: *handle, value: value.get(..length)?.to_vec(), way: *way },
                ..self.clone()
            }),
            _ => None,
        }
    }

    /// What is sent, without what the layers below add.
    pub(super) fn octets(&self) -> Vec<u8> {
        match &self.doing {
            Doing::Write { value, .. } => value.clone(),
            Doing::Queue { parts, .. } => parts.iter().flat_map(|(_, part)| part.clone()).collect(),
            Doing::Raw { frames, .. } => frames.concat(),
            Doing::Links(_) => Vec::new(),
        }
    }
}

/// Numbers that follow from a seed; they guard nothing.
pub(super) struct Draw {
    seed: String,
    counter: u64,
    rest: Vec<u8>,
}

impl Draw {
    pub(super) fn of(seed: &str, purpose: &str, number: u32) -> Self {
        Self { seed: format!("{seed}\0{purpose}\0{number}"), counter: 0, rest: Vec::new() }
    }

    pub(super) fn octet(&mut self) -> u8 {
        if self.rest.is_empty() {
            let counter = self.counter.to_be_bytes();
            self.rest = Sha256::new().chain_update(&self.seed).chain_update(counter).finalize().to_vec();
            self.counter += 1;
        }
        self.rest.pop().unwrap_or(0)
    }

    /// A number below `bound`, which is at most 65536; 0 where it is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let drawn = usize::from(self.octet()) << 8 | usize::from(self.octet());
        drawn.checked_rem(bound).unwrap_or(0)
    }

    pub(super) fn octets(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.octet()).collect()
    }
}

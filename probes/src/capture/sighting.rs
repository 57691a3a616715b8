//! What readers of a stream in the clear tell: findings without their values.

use super::facts::Certainty;

/// Something to be told of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sighting {
    /// The name by which the peer was called.
    Name(String),
    /// A credential in the clear.
    Credential {
        /// `password`, `token`, `login-name`, `community`.
        what: &'static str,
        certainty: Certainty,
        place: String,
        /// Of the value, in octets.
        length: usize,
    },
    /// TLS begins in this stream.
    UpgradeToTls,
}

impl Sighting {
    /// A credential.
    pub(super) fn of(
        what: &'static str,
        certainty: Certainty,
        place: impl Into<String>,
        length: usize,
    ) -> Self {
        Self::Credential { what, certainty, place: place.into(), length }
    }
}

/// Where readers leave what they saw, with the side that sent it.
#[derive(Debug, Default)]
pub(super) struct Sightings(pub(super) Vec<(bool, Sighting)>);

impl Sightings {
    /// Adds one; a side that sends thousands at once is not heard to the end.
    pub(super) fn tell(&mut self, from_caller: bool, sighting: Sighting) {
        if self.0.len() < 256 {
            self.0.push((from_caller, sighting));
        }
    }
}

/// Collects lines from pieces; of a longer line the beginning is kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
}

/// Octets of a line that are kept.
const LINE_AT_MOST: usize = 4096;

impl Lines {
    /// Takes octets up to and with the next line end off the front; the line without its end when it is whole.
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> Option<Vec<u8>> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (taken, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        *bytes = rest;
        let room = LINE_AT_MOST.saturating_sub(self.line.len());
        self.line.extend(taken.iter().take(room));
        end?;
        let mut line = std::mem::take(&mut self.line);
        while line.last().is_some_and(|last| matches!(last, b'\r' | b'\n')) {
            line.pop();
        }
        Some(line)
    }

    /// Forgets what was begun.
    pub(super) fn clear(&mut self) {
        self.line = Vec::new();
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.line.capacity()
    }
}

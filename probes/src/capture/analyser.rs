//! Reads frames one by one into facts.

use std::net::IpAddr;

use super::facts::TrafficFacts;
use super::frame::Frame;

/// What a capture is read for.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    /// Addresses of the device; empty for every address (a capture of which nothing is known).
    pub device: Vec<IpAddr>,
    /// Its hardware address: finds the device before it has an IP address.
    pub hardware: Option<[u8; 6]>,
    /// Addresses of the tester: what goes between it and the device is counted, not looked at.
    pub tester: Vec<IpAddr>,
    /// What is searched for.
    pub needles: Vec<Needle>,
}

/// Something that a capture is searched for. Values shorter than 5 octets are not searched for.
#[derive(Clone)]
pub struct Needle {
    /// IXIT row id, or `credential:ROW`, `label:SAMPLE`.
    pub key: String,
    /// The value. Never kept.
    pub value: String,
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Needle").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Reads frames.
#[derive(Debug)]
pub struct Analyser {
    _questions: Questions,
    facts: TrafficFacts,
}

impl Analyser {
    /// Begins.
    pub fn new(questions: Questions) -> Self {
        Self { _questions: questions, facts: TrafficFacts::default() }
    }

    /// Takes the next frame.
    pub fn take(&mut self, _frame: &Frame) {
        self.facts.frames += 1;
    }

    /// Ends; `seconds` is how long the capture point was open.
    pub fn finish(mut self, seconds: f64) -> TrafficFacts {
        self.facts.seconds = seconds;
        self.facts
    }
}

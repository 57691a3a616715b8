//! What a sweep has to show in the end.

use std::collections::BTreeSet;

use super::asking::Answer;
use crate::probe::tcp_sweep::{Canary, Manner};

/// What a sweep has to show in the end.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) open: BTreeSet<u16>,
    pub(crate) foreign: Vec<u16>,
    pub(crate) asked: u32,
    pub(crate) attempted: u64,
    pub(crate) connections: u64,
    pub(crate) parallel: usize,
    pub(crate) canary: Canary,
    pub(crate) repeated: u32,
    pub(crate) manner: Manner,
    pub(crate) gaps: Vec<String>,
    /// The device did not come back.
    pub(crate) lost: bool,
    /// The time budget ended the sweep.
    pub(crate) out_of_time: bool,
    pub(crate) cancelled: bool,
    pub(crate) tester: Option<String>,
    /// Every port that was to be asked; `None` for one without any answer to go by.
    pub(super) answers: Vec<(u16, Option<Answer>)>,
}

impl Tally {
    /// Ports that refused.
    pub(crate) fn closed(&self) -> u32 {
        self.answers.iter().filter(|(_, answer)| *answer == Some(Answer::Closed)).count() as u32
    }

    /// Ports without a clear answer as ranges (first, last).
    pub(crate) fn unanswered(&self) -> Vec<(u16, u16)> {
        let mut ranges: Vec<(u16, u16)> = Vec::new();
        let unclear = self.answers.iter().filter(|(port, answer)| match answer {
            None | Some(Answer::Silent) => true,
            Some(Answer::Open) => !self.open.contains(port),
            Some(Answer::Closed) => false,
        });
        for (port, _) in unclear {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *port => *last = *port,
                _ => ranges.push((*port, *port)),
            }
        }
        ranges
    }
}

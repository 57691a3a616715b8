//! How a run stands, read from its journal alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::outstanding::outstanding;
use crate::store::{Entry, RunRecord};

/// What is known of the identity of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityStanding {
    /// Model, serial number and firmware are those declared.
    Confirmed,
    /// Not read and not answered yet.
    Unknown,
    /// Was read before and can no longer be read.
    Lost,
    /// Another model, serial number or firmware than declared.
    Wrong,
}

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunState {
    /// The worst of all samples. A wrong identity stays: what was seen may be of another device.
    pub identity: IdentityStanding,
    /// Stopped before its end, or killed: `resume` goes on.
    pub stopped: bool,
    /// Planned observations that were not made. As far as they are known: the ports of a sweep that was not
    /// made count as one.
    pub outstanding: usize,
    /// Why the record cannot be trusted, in words: broken journal, evidence missing or altered.
    pub broken: Vec<String>,
}

impl RunState {
    /// Reads the state of a run.
    pub fn of(record: &RunRecord) -> Self {
        let seen = record.seen();
        let stopped = record
            .journal
            .iter()
            .rev()
            .find_map(|line| match line.line.entry {
                Entry::RunFinished(_) => Some(false),
                Entry::RunStarted(_) | Entry::RunResumed { .. } | Entry::RunStopped { .. } => Some(true),
                _ => None,
            })
            .unwrap_or(true);
        Self {
            identity: identity(record),
            stopped,
            outstanding: outstanding(&record.plan, &record.manifest.searched(), &seen).len(),
            broken: record.broken.clone(),
        }
    }

    /// Whether every planned step was carried out on samples whose identity is known.
    pub fn complete(&self) -> bool {
        self.outstanding == 0 && self.identity == IdentityStanding::Confirmed
    }

    /// Whether the run cannot vouch for itself (exit code 4).
    pub fn cannot_vouch(&self) -> bool {
        !self.broken.is_empty() || matches!(self.identity, IdentityStanding::Wrong | IdentityStanding::Lost)
    }
}

/// The last standing of each sample, a wrong one for ever; the worst of all samples.
fn identity(record: &RunRecord) -> IdentityStanding {
    if !record.plan_reads_identity() {
        return IdentityStanding::Confirmed;
    }
    let mut by_sample: BTreeMap<&str, IdentityStanding> =
        record.manifest.samples.iter().map(|sample| (sample.as_str(), IdentityStanding::Unknown)).collect();
    for line in &record.journal {
        if let Entry::Identity(read) = &line.line.entry {
            let standing = by_sample.entry(&read.sample).or_insert(read.standing);
            if *standing != IdentityStanding::Wrong {
                *standing = read.standing;
            }
        }
    }
    by_sample.into_values().max().unwrap_or(IdentityStanding::Unknown)
}

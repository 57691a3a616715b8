//! Plans that grew: the first is `plan.json`; one that a reopened provision extended lies beside it and is
//! named, by its digest, in the journal.

use std::path::Path;

use probes::observation::digest;
use testcases::plan::Plan;

use super::{Entry, PLAN_FILE, Sealed, files};

/// Largest plan that is read (64 MiB).
const LARGEST: u64 = 64 << 20;

/// Name of the plan after so many extensions: `plan.json` for none, then `plan.2.json`, `plan.3.json` …
pub fn plan_file(extensions: usize) -> String {
    match extensions {
        0 => PLAN_FILE.to_owned(),
        extensions => format!("plan.{}.json", extensions + 1),
    }
}

/// File and digest of each extended plan that a journal names, in order.
pub(crate) fn extended_plans(journal: &[Sealed]) -> Vec<(String, String)> {
    let digests = journal.iter().filter_map(|line| match &line.line.entry {
        Entry::ProvisionsReopened { plan, .. } => Some(plan.clone()),
        _ => None,
    });
    digests.enumerate().map(|(earlier, digest)| (plan_file(earlier + 1), digest)).collect()
}

/// The plan in force: the last that the journal names. One that cannot be read leaves the one before in
/// force; what is wrong is added to `broken`.
pub(super) fn in_force(folder: &Path, journal: &[Sealed], first: Plan, broken: &mut Vec<String>) -> Plan {
    let mut plan = first;
    for (name, expected) in extended_plans(journal) {
        let bytes = match files::read_bounded(&folder.join(&name), LARGEST) {
            Ok(bytes) => bytes,
            Err(error) => {
                broken.push(format!("{name} cannot be read: {error}"));
                continue;
            }
        };
        if digest(&bytes) != expected {
            broken.push(format!("{name} was altered"));
        }
        match serde_json::from_slice(&bytes) {
            Ok(extended) => plan = extended,
            Err(error) => broken.push(format!("{name} cannot be understood: {error}")),
        }
    }
    plan
}

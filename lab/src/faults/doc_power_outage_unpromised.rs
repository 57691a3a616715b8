//! The mechanism against loss of power is declared to act on loss of the link alone.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-power-outage-unpromised",
    kind: Kind::Documentation,
    summary: "The mechanism against loss of power is declared to act on loss of the link alone",
    changes: &[
        Change { unit: "5.9-1-1:a", verdict: "FAIL", code: "outage-not-covered" },
        Change { unit: "5.9-1-1:b", verdict: "FAIL", code: "outages-of-another-type" },
        Change { unit: "5.9-2-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
        Change { unit: "5.9-2-1:c", verdict: "FAIL", code: "outages-of-another-type" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "description = \"Settings, passwords, counters of wrong logins and schedules are written with a journal and survive a loss of power at any moment.",
        "description = \"When the link is lost, settings, passwords, counters of wrong logins and schedules are written with a journal.",
    )?;
    folder.replace(
        "ixit.toml",
        "resilience = { outages = [\"power\"],",
        "resilience = { outages = [\"link\"],",
    )
}

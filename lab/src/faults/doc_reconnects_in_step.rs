//! The cloud link is declared to try again at fixed times without chance.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-reconnects-in-step",
    kind: Kind::Documentation,
    summary: "The cloud link is declared to try again at fixed times without chance",
    changes: &[Change { unit: "5.9-3-1:b", verdict: "FAIL", code: "declared-in-step" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "After a loss the device waits 0.5 s and up to half of that again by chance, then doubles the wait up to 5 minutes with the same share of chance, and returns to the first wait after a success;",
        "After a loss the device tries again every 0.5 s;",
    )?;
    folder.replace(
        "ixit.toml",
        "reconnection = { first_ms = 500, factor_percent = 200, longest_ms = 300000, jitter_percent = 50 }",
        "reconnection = { first_ms = 500, factor_percent = 100, jitter_percent = 0 }",
    )
}

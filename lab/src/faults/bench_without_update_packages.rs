//! The bench has no update packages.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "bench-without-update-packages",
    kind: Kind::Lab,
    summary: "The bench has no update packages",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "INCONCLUSIVE", code: "update-trials-left-out" },
        Change { unit: "5.3-2-2:b", verdict: "INCONCLUSIVE", code: "update-trials-left-out" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("bench.toml", "# Authentic packages of the maker", "[limits]")
}

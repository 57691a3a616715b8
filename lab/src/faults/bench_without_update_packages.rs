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
        Change { unit: "plus-update-endless", verdict: "INCONCLUSIVE", code: "plus-update-endless-left-out" },
        Change { unit: "plus-update-freeze", verdict: "INCONCLUSIVE", code: "plus-update-freeze-not-lent" },
        Change { unit: "plus-update-mix", verdict: "INCONCLUSIVE", code: "plus-update-mix-left-out" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("bench.toml", "# Authentic packages of the maker", "[limits]")
}

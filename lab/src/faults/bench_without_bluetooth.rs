//! The bench has no Bluetooth LE adapter.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "bench-without-bluetooth",
    kind: Kind::Lab,
    summary: "The bench has no Bluetooth LE adapter",
    changes: &[
        Change { unit: "5.1-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-1-2:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-3-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-5-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-4-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-4-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-4-2:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-5-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-5-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-6-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.6-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.6-1-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.11-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.11-1-2:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.13-1-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "plus-ble-address", verdict: "INCONCLUSIVE", code: "plus-ble-not-listened" },
        Change { unit: "plus-ownership", verdict: "INCONCLUSIVE", code: "plus-ownership-bond-unclear" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("bench.toml", "# A controller on the virtual air", "[hosts]\n")
}

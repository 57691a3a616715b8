//! The set temperature is there a second time over Bluetooth LE, and open.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-duplicate-characteristic",
    kind: Kind::Device,
    summary: "The set temperature is there a second time under the same identifier, and everybody reads and writes it",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "ble-undeclared-duplicate" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "ble-perhaps-in-the-clear" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "ble-undeclared-duplicate" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.duplicate_characteristic = true),
};

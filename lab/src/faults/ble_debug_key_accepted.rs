//! Who pairs with the published debug key is let in.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-debug-key-accepted",
    kind: Kind::Device,
    summary: "The key that is published for debugging is taken in a pairing over Bluetooth LE",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "ble-debug-key-taken" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "ble-debug-key-taken" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "ble-debug-key-taken" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-debug-key-taken" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-debug-key-taken" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "ble-debug-key-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.debug_key_accepted = true),
};

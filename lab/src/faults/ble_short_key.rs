//! The link is protected by a key of seven octets.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-short-key",
    kind: Kind::Device,
    summary: "Pairing over Bluetooth LE agrees on keys of seven octets",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "ble-short-key-taken" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "ble-short-key-taken" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "ble-short-key-taken" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-short-key-taken" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-short-key-taken" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "ble-short-key-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.short_key = true),
};

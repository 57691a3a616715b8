//! The device knows LE legacy pairing alone.

use crate::behaviour::ble::LegacyRule;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-legacy-only",
    kind: Kind::Device,
    summary: "The device knows no Secure Connections, only LE legacy pairing",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "ble-legacy-pairing-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.legacy = LegacyRule::Only),
};

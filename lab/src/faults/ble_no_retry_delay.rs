//! Wrong passkeys can be tried without a pause.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-no-retry-delay",
    kind: Kind::Device,
    summary: "Wrong passkeys can be tried over Bluetooth LE as fast as one likes",
    changes: &[Change { unit: "5.1-5-2:b", verdict: "FAIL", code: "ble-lock-out-not-seen" }],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.no_retry_delay = true),
};

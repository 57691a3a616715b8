//! Strangers pair at any time, without a key on the panel.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-stranger-re-pairs",
    kind: Kind::Device,
    summary: "Strangers pair over Bluetooth LE at any time, without anybody at the device",
    changes: &[
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "ble-uninvited-stranger-pairs" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-uninvited-stranger-pairs" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.strangers_pair = true),
};

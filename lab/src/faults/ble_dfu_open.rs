//! Everybody hands over an image by Bluetooth LE, and it is installed.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-dfu-open",
    kind: Kind::Device,
    summary: "The update service over Bluetooth LE is open to everybody and installs what it gets",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "ble-update-begun-by-stranger" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "ble-perhaps-in-the-clear" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.dfu_open = true),
};

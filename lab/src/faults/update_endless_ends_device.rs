//! An image is kept as long as it comes, until the device has no room for anything else.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-endless-ends-device",
    kind: Kind::Device,
    summary: "An image is kept as long as it comes, until the device has no room for anything else",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "FAIL", code: "update-leaves-device-dead" },
        Change { unit: "5.3-2-2:b", verdict: "FAIL", code: "update-leaves-device-dead" },
        Change { unit: "plus-update-endless", verdict: "FAIL", code: "plus-update-endless-ends-device" },
    ],
    apply: Apply::Device(|behaviour| behaviour.updates.memory_without_bound = true),
};

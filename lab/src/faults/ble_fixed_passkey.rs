//! The six digits of a pairing are 123456 always, on every unit.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-fixed-passkey",
    kind: Kind::Device,
    summary: "The passkey of a pairing is 123456 always, on every unit",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "FAIL", code: "ble-common-passkey-accepted" },
        Change { unit: "5.1-4-2:a", verdict: "FAIL", code: "ble-passkey-repeated" },
        Change { unit: "5.1-4-2:b", verdict: "FAIL", code: "ble-passkey-repeated" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.fixed_passkey = Some(123_456)),
};

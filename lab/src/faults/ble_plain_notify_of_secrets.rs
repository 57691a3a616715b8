//! Wi-Fi credentials are notified to everybody who subscribes.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-plain-notify-of-secrets",
    kind: Kind::Device,
    summary: "The state of the provisioning is notified to everybody, with the Wi-Fi credentials",
    changes: &[Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-critical-in-the-clear" }],
    apply: Apply::Device(|behaviour| behaviour.ble.plain_notify_of_secrets = true),
};

//! Wi-Fi credentials are notified to everybody who subscribes.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-plain-notify-of-secrets",
    kind: Kind::Device,
    summary: "The state of the provisioning is notified to everybody, with the Wi-Fi credentials",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-open-to-strangers" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-secret-in-the-clear" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "ble-perhaps-in-the-clear" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.plain_notify_of_secrets = true),
};

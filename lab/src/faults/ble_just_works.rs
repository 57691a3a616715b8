//! Pairing shows and compares nothing, and what is protected opens after it.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "ble-just-works",
    kind: Kind::Device,
    summary: "Pairing over Bluetooth LE shows and compares nothing, so that nobody knows who pairs",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "INCONCLUSIVE", code: "ble-passkey-not-read" },
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "ble-just-works-taken" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "ble-passkey-not-read" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "ble-passkey-not-read" },
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "ble-declared-passkey-not-asked" },
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "ble-update-begun-by-stranger" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "ble-just-works-taken" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "ble-open-without-authentication" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "ble-just-works-taken" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "ble-just-works-taken" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "ble-just-works-taken" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "ble-just-works-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.ble.pairing.just_works = true),
};

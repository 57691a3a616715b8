//! A token of the API opens the settings of the web interface.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "settings-take-api-token",
    kind: Kind::Device,
    summary: "A token of the API opens the settings of the web interface",
    changes: &[
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "open-to-unentitled" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "open-to-unentitled" },
    ],
    apply: Apply::Device(|behaviour| behaviour.holes.token_opens_settings = true),
};

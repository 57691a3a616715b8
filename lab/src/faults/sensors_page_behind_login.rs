//! The page on the sensors is shown only after a login.

use crate::behaviour::pages::SensorsPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "sensors-page-behind-login",
    kind: Kind::Device,
    summary: "The page on the sensors is shown only after a login",
    changes: &[
        Change { unit: "5.8-3-1:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "5.8-3-1:b", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.sensors = SensorsPage::BehindLogin),
};

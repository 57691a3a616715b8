//! The page on the sensors names none of them.

use crate::behaviour::pages::SensorsPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "sensors-page-omits-all",
    kind: Kind::Device,
    summary: "The page on the sensors names none of them",
    changes: &[Change { unit: "5.8-3-1:b", verdict: "FAIL", code: "sensors-not-told" }],
    apply: Apply::Device(|behaviour| behaviour.pages.sensors = SensorsPage::NamesNone),
};

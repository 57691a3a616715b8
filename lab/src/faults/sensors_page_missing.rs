//! The page on the sensors is not found.

use crate::behaviour::pages::SensorsPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "sensors-page-missing",
    kind: Kind::Device,
    summary: "The page on the sensors is not found",
    changes: &[
        Change { unit: "5.8-3-1:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "5.8-3-1:b", verdict: "INCONCLUSIVE", code: "publication-not-found" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.sensors = SensorsPage::Missing),
};

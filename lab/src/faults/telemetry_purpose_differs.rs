//! The page on telemetry names another purpose of the usage statistics than declared.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "telemetry-purpose-differs",
    kind: Kind::Device,
    summary: "The page on telemetry names another purpose of the usage statistics than declared",
    changes: &[
        Change { unit: "6-5-2:b", verdict: "FAIL", code: "telemetry-told-otherwise" },
        Change { unit: "6-5-2:d", verdict: "FAIL", code: "telemetry-told-otherwise" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::OtherTelemetryPurpose),
};

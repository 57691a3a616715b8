//! The page on personal data says nothing of telemetry.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "telemetry-not-told",
    kind: Kind::Device,
    summary: "The page on personal data says nothing of telemetry",
    changes: &[
        Change { unit: "6-5-2:b", verdict: "FAIL", code: "telemetry-not-told" },
        Change { unit: "6-5-2:c", verdict: "FAIL", code: "telemetry-not-told" },
        Change { unit: "6-5-2:d", verdict: "FAIL", code: "telemetry-not-told" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::OmitsTelemetry),
};

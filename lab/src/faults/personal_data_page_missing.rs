//! The page on personal data and telemetry is not found.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "personal-data-page-missing",
    kind: Kind::Device,
    summary: "The page on personal data and telemetry is not found",
    changes: &[
        Change { unit: "6-1-1:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "6-1-2:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "6-1-2:b", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "6-1-2:c", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "6-1-2:d", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "6-5-1:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "6-5-2:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "6-5-2:b", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "6-5-2:c", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "6-5-2:d", verdict: "INCONCLUSIVE", code: "publication-not-found" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::Missing),
};

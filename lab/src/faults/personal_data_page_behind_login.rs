//! The page on personal data and telemetry is shown only after a login.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "personal-data-page-behind-login",
    kind: Kind::Device,
    summary: "The page on personal data and telemetry is shown only after a login",
    changes: &[
        Change { unit: "6-1-1:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "6-1-2:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "6-1-2:b", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
        Change { unit: "6-1-2:c", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
        Change { unit: "6-1-2:d", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
        Change { unit: "6-5-1:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "6-5-2:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "6-5-2:b", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
        Change { unit: "6-5-2:c", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
        Change { unit: "6-5-2:d", verdict: "INCONCLUSIVE", code: "publication-behind-wall" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::BehindLogin),
};

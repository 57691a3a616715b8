//! The page on the secure set-up is not found.

use crate::behaviour::pages::SetupPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-page-missing",
    kind: Kind::Device,
    summary: "The page on the secure set-up is not found",
    changes: &[
        Change { unit: "5.12-2-1:b", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "5.12-2-1:c", verdict: "INCONCLUSIVE", code: "publication-not-found" },
        Change { unit: "5.12-3-1:b", verdict: "INCONCLUSIVE", code: "publication-not-found" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.setup = SetupPage::Missing),
};

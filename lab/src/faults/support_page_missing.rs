//! The page with the support period is not found.

use crate::behaviour::SupportPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "support-page-missing",
    kind: Kind::Device,
    summary: "The page with the support period is not found",
    changes: &[
        Change { unit: "5.3-13-2:a", verdict: "FAIL", code: "publication-not-found" },
        Change { unit: "5.3-13-2:b", verdict: "FAIL", code: "publication-not-found" },
    ],
    apply: Apply::Device(|behaviour| behaviour.support = SupportPage::Missing),
};

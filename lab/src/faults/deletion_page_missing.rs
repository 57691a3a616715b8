//! The page on deletion is not found.

use crate::behaviour::pages::DeletionPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-page-missing",
    kind: Kind::Device,
    summary: "The page on deletion is not found",
    changes: &[Change { unit: "5.11-3-1:b", verdict: "INCONCLUSIVE", code: "publication-not-found" }],
    apply: Apply::Device(|behaviour| behaviour.pages.deletion = DeletionPage::Missing),
};

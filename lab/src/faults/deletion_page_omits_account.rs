//! The page on deletion says nothing of the account.

use crate::behaviour::pages::DeletionPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "deletion-page-omits-account",
    kind: Kind::Device,
    summary: "The page on deletion says nothing of the account",
    changes: &[Change { unit: "5.11-3-1:b", verdict: "FAIL", code: "deletion-not-told" }],
    apply: Apply::Device(|behaviour| behaviour.pages.deletion = DeletionPage::OmitsAccount),
};

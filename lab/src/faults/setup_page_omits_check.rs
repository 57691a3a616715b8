//! The page on the secure set-up does not say how to check the settings.

use crate::behaviour::pages::SetupPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-page-omits-check",
    kind: Kind::Device,
    summary: "The page on the secure set-up does not say how to check the settings",
    changes: &[Change { unit: "5.12-3-1:b", verdict: "FAIL", code: "check-not-told" }],
    apply: Apply::Device(|behaviour| behaviour.pages.setup = SetupPage::OmitsCheck),
};

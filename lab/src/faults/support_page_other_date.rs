//! The page names another end of support than the declaration.

use crate::behaviour::SupportPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "support-page-other-date",
    kind: Kind::Device,
    summary: "The page names another end of support than the declaration",
    changes: &[Change { unit: "5.3-13-2:c", verdict: "FAIL", code: "support-period-differs" }],
    apply: Apply::Device(|behaviour| behaviour.support = SupportPage::OtherDate),
};

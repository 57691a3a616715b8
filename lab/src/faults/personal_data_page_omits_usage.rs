//! The page on personal data says nothing of the usage history.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "personal-data-page-omits-usage",
    kind: Kind::Device,
    summary: "The page on personal data says nothing of the usage history",
    changes: &[Change { unit: "6-1-2:b", verdict: "FAIL", code: "processing-not-told" }],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::OmitsUsage),
};

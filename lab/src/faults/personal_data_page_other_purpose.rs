//! The page on personal data names another purpose of the usage history than declared.

use crate::behaviour::pages::PersonalDataPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "personal-data-page-other-purpose",
    kind: Kind::Device,
    summary: "The page on personal data names another purpose of the usage history than declared",
    changes: &[Change { unit: "6-1-2:b", verdict: "FAIL", code: "processing-told-otherwise" }],
    apply: Apply::Device(|behaviour| behaviour.pages.personal_data = PersonalDataPage::OtherPurpose),
};

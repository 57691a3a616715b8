//! The page with the support period asks for a login.

use crate::behaviour::SupportPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "support-page-behind-login",
    kind: Kind::Device,
    summary: "The page with the support period asks for a login",
    changes: &[
        Change { unit: "5.3-13-2:a", verdict: "FAIL", code: "publication-behind-wall" },
        Change { unit: "5.3-13-2:b", verdict: "FAIL", code: "publication-behind-wall" },
    ],
    apply: Apply::Device(|behaviour| behaviour.support = SupportPage::BehindLogin),
};

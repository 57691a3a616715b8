//! The file security.txt, by which the policy is declared to be found, has expired.

use crate::behaviour::pages::SecurityTxt;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "security-txt-expired",
    kind: Kind::Device,
    summary: "The file security.txt, by which the policy is declared to be found, has expired",
    changes: &[Change { unit: "5.2-1-2:b", verdict: "FAIL", code: "security-txt-expired" }],
    apply: Apply::Device(|behaviour| behaviour.pages.security_txt = SecurityTxt::Expired),
};

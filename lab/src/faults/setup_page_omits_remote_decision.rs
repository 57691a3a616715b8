//! The page on the secure set-up says nothing of remote operation.

use crate::behaviour::pages::SetupPage;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "setup-page-omits-remote-decision",
    kind: Kind::Device,
    summary: "The page on the secure set-up says nothing of remote operation",
    changes: &[
        Change { unit: "5.12-2-1:b", verdict: "FAIL", code: "decision-not-told" },
        Change { unit: "5.12-2-1:c", verdict: "FAIL", code: "decision-not-told" },
    ],
    apply: Apply::Device(|behaviour| behaviour.pages.setup = SetupPage::OmitsRemote),
};

//! Every answer names another version of the web server than the reviewed one.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "server-names-other-version",
    kind: Kind::Device,
    summary: "Every answer names another version of the web server than the reviewed one",
    changes: &[
        Change { unit: "5.5-2-2:a", verdict: "FAIL", code: "implementation-differs" },
        Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" },
    ],
    apply: Apply::Device(|behaviour| behaviour.server_header = Some("hinode-controller/1.3.9")),
};

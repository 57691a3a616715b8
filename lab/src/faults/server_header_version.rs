//! Every answer names the web server and its version.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "server-header-version",
    kind: Kind::Device,
    summary: "Every answer names the web server and its version",
    changes: &[Change { unit: "5.6-2-2:a", verdict: "FAIL", code: "undeclared-disclosure" }],
    apply: Apply::Device(|behaviour| behaviour.server_header = Some("lighttpd/1.4.35")),
};

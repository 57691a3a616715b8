//! Web interface and API answer nobody while the way to the internet is down.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "local-interface-needs-uplink",
    kind: Kind::Device,
    summary: "Web interface and API answer nobody while the way to the internet is down",
    changes: &[
        Change { unit: "5.9-1-2:a", verdict: "FAIL", code: "local-function-lost-in-outage" },
        Change { unit: "5.9-2-2:a", verdict: "FAIL", code: "local-function-lost-in-outage" },
    ],
    apply: Apply::Device(|behaviour| behaviour.frailty.web_needs_uplink = true),
};

//! The device logs in to a second broker without TLS, with its secret.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "second-broker-in-the-clear",
    kind: Kind::Device,
    summary: "The device logs in to a second broker without TLS, with its secret",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "secret-in-clear" },
        Change { unit: "5.13-1-2:c", verdict: "FAIL", code: "undeclared-standing-connection" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.second_broker = true),
};

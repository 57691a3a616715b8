//! The device sends serial number and secret in the clear to a host of somebody else, beside good TLS to its own.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "registration-in-the-clear",
    kind: Kind::Device,
    summary: "The device sends serial number and secret in the clear to a host of somebody else, beside good TLS to its own",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "secret-in-clear" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "peer-may-reach-in" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.clear_registration = true),
};

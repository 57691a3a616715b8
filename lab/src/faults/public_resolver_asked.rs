//! The device looks names up at a public resolver too, over HTTPS.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "public-resolver-asked",
    kind: Kind::Device,
    summary: "The device looks names up at a public resolver too, over HTTPS",
    changes: &[
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "may-bring-updates" },
        Change { unit: "5.5-5-2:b", verdict: "FAIL", code: "undeclared-destination" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "peer-may-reach-in" },
        Change { unit: "plus-traffic-profile", verdict: "FAIL", code: "plus-undeclared-destination" },
    ],
    apply: Apply::Device(|behaviour| behaviour.errands.public_resolver = true),
};

//! The device takes a certificate for the update server that any server of the maker could have signed.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "update-takes-issuer-without-ca-bit",
    kind: Kind::Device,
    summary: "The device takes a certificate for the update server that any server of the maker could have signed",
    changes: &[Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" }],
    apply: Apply::Device(|behaviour| behaviour.update_caller = Caller::TakesIssuerWithoutCaBit),
};

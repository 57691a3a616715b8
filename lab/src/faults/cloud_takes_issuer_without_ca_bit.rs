//! The device takes a certificate for its cloud that any server of the maker could have signed.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-takes-issuer-without-ca-bit",
    kind: Kind::Device,
    summary: "The device takes a certificate for its cloud that any server of the maker could have signed",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
        Change { unit: "5.5-4-2:a", verdict: "FAIL", code: "stranger-taken-for-peer" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "issuer-without-ca-bit-accepted" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::TakesIssuerWithoutCaBit),
};

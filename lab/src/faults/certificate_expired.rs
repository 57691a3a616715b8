//! The certificate of the web interface ended last year.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "certificate-expired",
    kind: Kind::Device,
    summary: "The certificate of the web interface ended last year",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "certificate-not-valid" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "certificate-not-valid" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "certificate-not-valid" },
    ],
    apply: Apply::Device(|behaviour| behaviour.certificate_expired = true),
};

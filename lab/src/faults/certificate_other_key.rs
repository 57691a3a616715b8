//! The certificate holds another key than declared.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "certificate-other-key",
    kind: Kind::Device,
    summary: "The certificate holds another key than declared",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
    ],
    apply: Apply::Device(|behaviour| behaviour.certificate_p384 = true),
};

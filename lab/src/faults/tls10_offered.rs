//! The web interface still agrees to TLS 1.0 and 1.1.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "tls10-offered",
    kind: Kind::Device,
    summary: "The web interface still agrees to TLS 1.0 and 1.1",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
    ],
    apply: Apply::Device(|behaviour| behaviour.old_tls = true),
};

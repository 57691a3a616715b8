//! The web interface agrees to a TLS 1.2 suite with RSA key exchange and CBC.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cbc-suite-offered",
    kind: Kind::Device,
    summary: "The web interface agrees to a TLS 1.2 suite with RSA key exchange and CBC",
    changes: &[
        Change { unit: "5.1-3-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-5-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "crypto-differs-from-declaration" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cbc_suite = true),
};

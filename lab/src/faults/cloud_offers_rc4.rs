//! The device offers its cloud a suite on RC4, and goes on with it.

use crate::behaviour::Caller;
use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "cloud-offers-rc4",
    kind: Kind::Device,
    summary: "The device offers its cloud a suite on RC4, and goes on with it",
    changes: &[
        Change { unit: "5.5-1-2:a", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        Change { unit: "5.5-4-2:a", verdict: "INCONCLUSIVE", code: "peer-not-shown" },
        Change { unit: "5.5-4-2:b", verdict: "INCONCLUSIVE", code: "peer-not-shown" },
        Change { unit: "5.5-4-2:c", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        Change { unit: "5.5-6-2:a", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        Change { unit: "5.5-7-2:a", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        Change { unit: "5.8-1-2:a", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        Change { unit: "5.8-2-2:a", verdict: "FAIL", code: "client-crypto-differs-from-declaration" },
        // It knocks in the old way first, and calls again at once.
        Change { unit: "5.9-3-2:a", verdict: "FAIL", code: "reconnects-without-pause" },
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-without-trust" },
        Change {
            unit: "plus-local-priority",
            verdict: "INCONCLUSIVE",
            code: "plus-orders-service-not-taken",
        },
        Change { unit: "plus-remote-stop", verdict: "INCONCLUSIVE", code: "plus-orders-service-not-taken" },
        Change { unit: "plus-replay", verdict: "INCONCLUSIVE", code: "plus-orders-service-not-taken" },
    ],
    apply: Apply::Device(|behaviour| behaviour.cloud_caller = Caller::Rc4Suite),
};

//! The device accepts no connection any more after one that said nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "device-freezes-under-scan",
    kind: Kind::Lab,
    summary: "The device accepts no connection any more after one that said nothing",
    changes: &[
        Change { unit: "5.1-1-2:a", verdict: "INCONCLUSIVE", code: "device-stopped-answering" },
        Change { unit: "5.1-1-2:b", verdict: "INCONCLUSIVE", code: "negative-control-unclear" },
        Change { unit: "5.1-1-2:c", verdict: "INCONCLUSIVE", code: "label-not-accepted" },
        Change { unit: "5.1-2-2:a", verdict: "INCONCLUSIVE", code: "label-not-accepted" },
        Change { unit: "5.1-3-2:a", verdict: "INCONCLUSIVE", code: "observation-missing" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "negative-control-unclear" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "negative-control-unclear" },
        Change { unit: "5.1-5-2:a", verdict: "INCONCLUSIVE", code: "service-not-identified" },
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.5-1-2:a", verdict: "INCONCLUSIVE", code: "observation-missing" },
        Change { unit: "5.5-2-2:a", verdict: "INCONCLUSIVE", code: "device-stopped-answering" },
        Change { unit: "5.5-4-2:a", verdict: "INCONCLUSIVE", code: "access-not-tried" },
        Change { unit: "5.5-4-2:b", verdict: "INCONCLUSIVE", code: "access-not-tried" },
        Change { unit: "5.5-4-2:c", verdict: "INCONCLUSIVE", code: "observation-missing" },
        Change { unit: "5.5-5-2:a", verdict: "INCONCLUSIVE", code: "access-not-tried" },
        Change { unit: "5.5-5-2:b", verdict: "INCONCLUSIVE", code: "device-stopped-answering" },
        Change { unit: "5.5-6-2:a", verdict: "INCONCLUSIVE", code: "observation-missing" },
        Change { unit: "5.5-7-2:a", verdict: "INCONCLUSIVE", code: "device-made-no-connection" },
        Change { unit: "5.6-1-2:a", verdict: "INCONCLUSIVE", code: "interface-not-observed" },
        Change { unit: "5.6-1-2:b", verdict: "INCONCLUSIVE", code: "device-stopped-answering" },
        Change { unit: "5.6-2-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "observation-missing" },
        Change { unit: "5.8-2-2:a", verdict: "INCONCLUSIVE", code: "device-made-no-connection" },
    ],
    apply: Apply::Device(|behaviour| behaviour.freezes_after = Some(1)),
};

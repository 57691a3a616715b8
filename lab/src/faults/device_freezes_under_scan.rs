//! The device accepts no connection any more after 400 of them.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "device-freezes-under-scan",
    kind: Kind::Lab,
    summary: "The device accepts no connection any more after 400 of them",
    changes: &[Change { unit: "5.6-1-2:b", verdict: "INCONCLUSIVE", code: "device-stopped-answering" }],
    apply: Apply::Device(|behaviour| behaviour.freezes_after = Some(400)),
};

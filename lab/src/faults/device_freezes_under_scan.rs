//! The device accepts no connection any more after three that said nothing.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "device-freezes-under-scan",
    kind: Kind::Lab,
    summary: "The device accepts no connection any more after three that said nothing",
    changes: &[Change { unit: "5.6-1-2:b", verdict: "INCONCLUSIVE", code: "device-stopped-answering" }],
    apply: Apply::Device(|behaviour| behaviour.freezes_after = Some(3)),
};

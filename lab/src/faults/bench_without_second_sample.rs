//! The bench names one sample only, so that its label cannot be compared with another.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "bench-without-second-sample",
    kind: Kind::Lab,
    summary: "The bench names one sample only, so that its label cannot be compared with another",
    changes: &[
        Change { unit: "5.1-1-2:c", verdict: "INCONCLUSIVE", code: "label-effort-too-small" },
        Change { unit: "5.1-2-2:a", verdict: "INCONCLUSIVE", code: "label-effort-too-small" },
    ],
    apply: Apply::Bench(|folder| {
        folder.cut("bench.toml", "# A second unit", "[credentials.\"AuthMech-WebLogin\"]")
    }),
};

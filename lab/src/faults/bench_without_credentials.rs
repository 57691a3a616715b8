//! The bench file has no credentials for the web login.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "bench-without-credentials",
    kind: Kind::Lab,
    summary: "The bench file has no credentials for the web login",
    changes: &[
        Change { unit: "5.1-1-2:b", verdict: "INCONCLUSIVE", code: "no-credential" },
        Change { unit: "5.1-4-2:a", verdict: "INCONCLUSIVE", code: "no-credential" },
        Change { unit: "5.1-4-2:b", verdict: "INCONCLUSIVE", code: "no-credential" },
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "no-credential" },
        Change { unit: "5.11-1-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.11-1-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.11-1-2:c", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.13-1-2:a", verdict: "INCONCLUSIVE", code: "input-control-failed" },
        Change { unit: "5.3-6-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.3-6-2:b", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.3-6-2:c", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.3-6-2:d", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.5-4-2:b", verdict: "INCONCLUSIVE", code: "entitled-not-tried" },
        Change { unit: "5.5-5-2:a", verdict: "INCONCLUSIVE", code: "entitled-not-tried" },
        Change { unit: "plus-maintenance-mode", verdict: "INCONCLUSIVE", code: "plus-maintenance-not-asked" },
        Change { unit: "plus-ownership", verdict: "INCONCLUSIVE", code: "plus-ownership-unclear" },
    ],
    apply: Apply::Bench(|folder| {
        folder.cut("bench.toml", "[credentials.\"AuthMech-WebLogin\"]", "[credentials.\"AuthMech-ApiToken\"]")
    }),
};

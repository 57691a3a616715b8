//! The bench file does not say where the host of the maker's pages is.

use crate::fault::{Apply, Change, Fault, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "published-host-not-mapped",
    kind: Kind::Lab,
    summary: "The bench file does not say where the host of the maker's pages is",
    changes: &[
        Change { unit: "5.2-1-1:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.2-1-2:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.3-13-2:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.3-13-2:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.8-3-1:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.8-3-1:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.11-3-1:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.12-2-1:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.12-2-1:c", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "5.12-3-1:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-1-2:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-1-2:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-1-2:c", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-1-2:d", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-5-2:a", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-5-2:b", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-5-2:c", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
        Change { unit: "6-5-2:d", verdict: "INCONCLUSIVE", code: "resource-not-fetched" },
    ],
    apply: Apply::Bench(|folder| {
        folder.cut("bench.toml", "\"www.hinode.example\" =", "\"cloud.hinode.example\" =")
    }),
};

//! The bench does not agree that the peers of the device are played.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "bench-without-played-peers",
    kind: Kind::Lab,
    summary: "The bench does not agree that the peers of the device are played",
    changes: &[
        Change { unit: "5.3-1-2:a", verdict: "INCONCLUSIVE", code: "update-trials-left-out" },
        Change { unit: "5.3-2-2:b", verdict: "INCONCLUSIVE", code: "update-trials-left-out" },
        Change { unit: "5.5-1-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.5-4-2:a", verdict: "INCONCLUSIVE", code: "peer-not-shown" },
        Change { unit: "5.5-4-2:b", verdict: "INCONCLUSIVE", code: "peer-not-shown" },
        Change { unit: "5.5-4-2:c", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.5-6-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.5-7-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.8-1-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
        Change { unit: "5.8-2-2:a", verdict: "INCONCLUSIVE", code: "observation-incomplete" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("bench.toml", "play_peers = true\n", "play_peers = false\n")
}

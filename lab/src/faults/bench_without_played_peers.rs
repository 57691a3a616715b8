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
        Change { unit: "plus-clock-attack", verdict: "INCONCLUSIVE", code: "plus-dates-not-played" },
        Change { unit: "plus-cloned-peer", verdict: "INCONCLUSIVE", code: "plus-peer-not-played" },
        Change { unit: "plus-local-priority", verdict: "INCONCLUSIVE", code: "plus-orders-not-played" },
        Change { unit: "plus-remote-stop", verdict: "INCONCLUSIVE", code: "plus-orders-not-played" },
        Change { unit: "plus-replay", verdict: "INCONCLUSIVE", code: "plus-orders-not-played" },
        Change { unit: "plus-update-endless", verdict: "INCONCLUSIVE", code: "plus-update-endless-left-out" },
        Change { unit: "plus-update-freeze", verdict: "INCONCLUSIVE", code: "plus-update-freeze-left-out" },
        Change { unit: "plus-update-mix", verdict: "INCONCLUSIVE", code: "plus-update-mix-left-out" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("bench.toml", "play_peers = true\n", "play_peers = false\n")
}

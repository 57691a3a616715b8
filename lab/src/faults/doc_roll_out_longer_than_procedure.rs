//! One step of the update procedure takes longer than the whole procedure is said to take.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-roll-out-longer-than-procedure",
    kind: Kind::Documentation,
    summary: "One step of the update procedure takes longer than the whole procedure is said to take",
    changes: &[Change { unit: "5.3-8-1:a", verdict: "FAIL", code: "times-contradict-prose" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "{ step = \"all devices\", days = 10 }",
        "{ step = \"all devices\", days = 60 }",
    )
}

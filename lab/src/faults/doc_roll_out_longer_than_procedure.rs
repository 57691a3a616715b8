//! One step of the update procedure takes longer in figures than in the words beside them.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-roll-out-longer-than-procedure",
    kind: Kind::Documentation,
    summary: "One step of the update procedure takes longer in figures than in the words beside them",
    changes: &[Change { unit: "5.3-8-1:a", verdict: "FAIL", code: "times-contradict-prose" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "time_frame = \"30 days from the decision to publish to the last device; 7 days where the vulnerability is rated critical or is exploited.\"",
        "time_frame = \"Build and test within 14 days, signing within 2 days, first devices within 4 days, all devices within 10 days.\"",
    )?;
    folder.replace(
        "ixit.toml",
        "{ step = \"all devices\", days = 10 }",
        "{ step = \"all devices\", days = 60 }",
    )
}

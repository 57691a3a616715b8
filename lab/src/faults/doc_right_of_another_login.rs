//! The schedules are declared to open to the login of another service.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-right-of-another-login",
    kind: Kind::Documentation,
    summary: "The schedules are declared to open to the login of another service",
    changes: &[
        Change { unit: "5.5-4-1:d", verdict: "FAIL", code: "right-without-reference" },
        Change { unit: "5.5-5-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "target = \"/schedules\", who = [\"AuthMech-WebLogin\"] }",
        "target = \"/schedules\", who = [\"AuthMech-ApiToken\"] }",
    )
}

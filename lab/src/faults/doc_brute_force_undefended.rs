//! The login of the API is declared to have no defence against brute force.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-brute-force-undefended",
    kind: Kind::Documentation,
    summary: "The login of the API is declared to have no defence against brute force",
    changes: &[
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "defence-not-stated" },
        Change { unit: "5.1-5-1:a", verdict: "FAIL", code: "no-defence-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "brute_force_prevention = \"A counter of its own",
        "login = { kind = \"bearer\"",
    )?;
    folder.replace(
        "ixit.toml",
        "login = { kind = \"bearer\"",
        "brute_force_prevention = \"None\"\nlogin = { kind = \"bearer\"",
    )
}

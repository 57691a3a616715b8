//! No defence against brute force is declared for the login of the API.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-brute-force-undefended",
    kind: Kind::Documentation,
    summary: "No defence against brute force is declared for the login of the API",
    changes: &[
        Change { unit: "5.1-5-2:b", verdict: "INCONCLUSIVE", code: "defence-not-stated" },
        Change { unit: "5.1-5-1:a", verdict: "FAIL", code: "no-defence-declared" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ixit.toml", "brute_force_prevention = \"A counter of its own", "login = { kind = \"bearer\"")
}

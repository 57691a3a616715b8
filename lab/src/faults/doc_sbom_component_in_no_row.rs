//! The bill of materials names the C library of the system image, and no row of the software components does.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-sbom-component-in-no-row",
    kind: Kind::Documentation,
    summary: "The bill of materials names the C library of the system image, and no row of the software components does",
    changes: &[Change { unit: "5.3-1-1:a", verdict: "INCONCLUSIVE", code: "component-in-no-row" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "components = [\"linux\", \"musl\"]", "components = [\"linux\"]")
}

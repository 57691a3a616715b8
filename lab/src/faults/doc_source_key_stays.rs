//! The key of the wire to the heater stands in the source code and is not replaced.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-source-key-stays",
    kind: Kind::Documentation,
    summary: "The key of the wire to the heater stands in the source code and is not replaced",
    changes: &[
        Change { unit: "5.4-3-1:b", verdict: "FAIL", code: "hard-coded-value-stays-in-use" },
        Change { unit: "5.4-3-2:a", verdict: "INCONCLUSIVE", code: "notes-incomplete" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Agreed between controller and heater by X25519 when the installer presses the pairing keys of both; never transmitted.", "Stands in the source code of the bus firmware and stays in use.")?;
    folder.replace("ixit.toml", "(ComMech-HeaterBus). Not in the source code, no identity.\"\ntype = \"critical\"\nhard_coded_identity = false\nhard_coded_in_source = false", "(ComMech-HeaterBus). Hard-coded in the source code, no identity.\"\ntype = \"critical\"\nhard_coded_identity = false\nhard_coded_in_source = true")?;
    folder.replace(
        "ixit.toml",
        "provisioning = { way = \"peer\" }\ngenerator = { source = \"key-agreement\", bits = 128",
        "provisioning = { way = \"source-code\", replaced_before_operation = false }\ngenerator = { source = \"key-agreement\", bits = 128",
    )
}

//! The key of the wire to the heater stands in the source code and is declared not to.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-source-key-unstated",
    kind: Kind::Documentation,
    summary: "The key of the wire to the heater stands in the source code and is declared not to",
    changes: &[Change { unit: "5.4-3-1:a", verdict: "FAIL", code: "hard-coding-not-stated" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Agreed between controller and heater by X25519 when the installer presses the pairing keys of both; never transmitted.", "Stands in the source code of the bus firmware.")?;
    folder.replace(
        "ixit.toml",
        "provisioning = { way = \"peer\" }\ngenerator = { source = \"key-agreement\", bits = 128",
        "provisioning = { way = \"source-code\" }\ngenerator = { source = \"key-agreement\", bits = 128",
    )
}

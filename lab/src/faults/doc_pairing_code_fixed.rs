//! The code that links the device to an account is declared to be the same on every unit.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-pairing-code-fixed",
    kind: Kind::Documentation,
    summary: "The code that links the device to an account is declared to be the same on every unit",
    changes: &[Change { unit: "5.4-4-1:b", verdict: "FAIL", code: "value-is-fixed" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "60 bit from the generator of the kernel, seeded by the secure element; a new one each time, so that nothing is shared among devices.", "A fixed number of the model line.")?;
    folder.replace(
        "ixit.toml",
        "generator = { source = \"software-generator\", bits = 60, unique_per_device = true }",
        "generator = { source = \"none\", unique_per_device = false }",
    )
}

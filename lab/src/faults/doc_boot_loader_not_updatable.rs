//! The boot loader, which checks signatures, has no update mechanism.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-boot-loader-not-updatable",
    kind: Kind::Documentation,
    summary: "The boot loader, which checks signatures, has no update mechanism",
    changes: &[Change { unit: "5.5-3-1:a", verdict: "FAIL", code: "cryptography-without-update" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "The first stage is in the read-only memory of the processor and part of the hardware.\"\nupdate_mechanism = [\"UpdMech-Cloud\"]", "The first stage is in the read-only memory of the processor and part of the hardware. It is not updated, so that nobody replaces it.\"\nupdate_mechanism = []\nno_update_reason = \"security\"")
}

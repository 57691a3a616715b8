//! By its declaration the update service and not the device verifies who made an update.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-authenticity-by-service",
    kind: Kind::Documentation,
    summary: "By its declaration the update service and not the device verifies who made an update",
    changes: &[Change { unit: "5.3-9-1:c", verdict: "FAIL", code: "update-not-checked-by-device" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "authenticity_by_dut = true", "authenticity_by_dut = false")?;
    folder.replace("ixit.toml", "over HTTPS, checks signature, model and version, writes it", "over HTTPS, where the update service has verified the signature, checks model and version, writes it")
}

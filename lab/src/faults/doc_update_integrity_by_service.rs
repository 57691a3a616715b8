//! By its declaration the update service and not the device verifies that an update was not altered.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-integrity-by-service",
    kind: Kind::Documentation,
    summary: "By its declaration the update service and not the device verifies that an update was not altered",
    changes: &[Change { unit: "5.3-9-1:d", verdict: "FAIL", code: "update-not-checked-by-device" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "integrity_by_dut = true", "integrity_by_dut = false")?;
    folder.replace(
        "ixit.toml",
        "writes it to the partition not in use, checks it again and starts it",
        "writes it to the partition not in use and starts it",
    )
}

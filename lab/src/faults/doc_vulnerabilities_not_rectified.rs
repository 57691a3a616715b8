//! The monitoring of vulnerabilities leads to no rectification.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-vulnerabilities-not-rectified",
    kind: Kind::Documentation,
    summary: "The monitoring of vulnerabilities leads to no rectification",
    changes: &[Change { unit: "5.2-3-1:c", verdict: "FAIL", code: "monitoring-topic-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Rectification: what affects the device goes as a blocking entry to the firmware team and follows VulnTypes-Firmware; until the fix, a setting of the cloud can switch off remote operation for affected versions.",
        "What affects the device is kept in a list.",
    )?;
    folder.replace("ixit.toml", "\"responsible-person\", \"rectification\"]", "\"responsible-person\"]")
}

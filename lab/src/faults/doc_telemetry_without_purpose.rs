//! The usage statistics carry personal data for no declared purpose.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-telemetry-without-purpose",
    kind: Kind::Documentation,
    summary: "The usage statistics carry personal data for no declared purpose",
    changes: &[Change { unit: "6-4-1:a", verdict: "FAIL", code: "telemetry-without-purpose" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "purpose = \"Forecast of wear of burner, fan and heat exchanger, and improvement of the firmware, by the maintenance department of the maker.\"",
        "purpose = \"None\"",
    )?;
    folder.replace("ixit.toml", "purposes = [\"forecasts the wear\", \"improves the firmware\"], ", "")
}

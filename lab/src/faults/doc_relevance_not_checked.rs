//! Nobody checks whether a vulnerability concerns the device.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-relevance-not-checked",
    kind: Kind::Documentation,
    summary: "Nobody checks whether a vulnerability concerns the device",
    changes: &[Change { unit: "5.2-3-1:b", verdict: "FAIL", code: "monitoring-topic-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Identification: a named engineer decides within three working days whether the affected code is in the image and can be reached, and writes it down as a VEX statement.",
        "A named engineer keeps the list of what was found.",
    )?;
    folder.replace("ixit.toml", "\"relevance-check\", ", "")
}

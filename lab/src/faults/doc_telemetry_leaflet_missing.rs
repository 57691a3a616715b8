//! The telemetry is said to be told in a leaflet that the supplier did not hand in.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-telemetry-leaflet-missing",
    kind: Kind::Documentation,
    summary: "The telemetry is said to be told in a leaflet that the supplier did not hand in",
    changes: &[Change { unit: "6-5-1:a", verdict: "FAIL", code: "published-document-not-handed-in" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    let (telemetry, deletion) = ("documentation_of_telemetry_data", "documentation_of_deletion");
    for (start, value) in [
        (" = \"http", "\"Leaflet on telemetry in the box (documents/telemetry.pdf)\""),
        (" = { kind", "{ kind = \"document\", place = \"telemetry.pdf\" }"),
    ] {
        let next = format!("{deletion}{start}");
        folder.cut("ixit.toml", &format!("{telemetry}{start}"), &next)?;
        folder.replace("ixit.toml", &next, &format!("{telemetry} = {value}\n{next}"))?;
    }
    Ok(())
}

//! The IXIT names no place yet where consumers will be told of personal data.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-personal-data-without-place",
    kind: Kind::Documentation,
    summary: "The IXIT names no place yet where consumers will be told of personal data",
    changes: &[Change { unit: "6-1-1:a", verdict: "FAIL", code: "publication-without-place" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    let (personal, telemetry) = ("documentation_of_personal_data", "documentation_of_telemetry_data");
    for (start, value) in [
        (" = \"http", "\"On a page of the maker, to be set up before the launch\""),
        (" = { kind", "{ kind = \"url\", place = \"tbd\" }"),
    ] {
        let next = format!("{telemetry}{start}");
        folder.cut("ixit.toml", &format!("{personal}{start}"), &next)?;
        folder.replace("ixit.toml", &next, &format!("{personal} = {value}\n{next}"))?;
    }
    Ok(())
}

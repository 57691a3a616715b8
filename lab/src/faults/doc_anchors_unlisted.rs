//! The authority against which the device checks cloud and update service is missing from the list of security parameters.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-anchors-unlisted",
    kind: Kind::Documentation,
    summary: "The authority against which the device checks cloud and update service is missing from the list of security parameters",
    changes: &[Change { unit: "5.4-1-1:d", verdict: "FAIL", code: "parameter-not-listed" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ixit.toml", "[[sec_param]]\nid = \"SecParam-TrustAnchors\"", "# Table 11")
}

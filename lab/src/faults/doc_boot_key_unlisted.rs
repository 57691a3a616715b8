//! The key of the secure boot is missing from the list of security parameters.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-boot-key-unlisted",
    kind: Kind::Documentation,
    summary: "The key of the secure boot is missing from the list of security parameters",
    changes: &[Change { unit: "5.4-1-1:d", verdict: "FAIL", code: "parameter-not-listed" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut(
        "ixit.toml",
        "[[sec_param]]\nid = \"SecParam-BootKey\"",
        "[[sec_param]]\nid = \"SecParam-TrustAnchors\"",
    )
}

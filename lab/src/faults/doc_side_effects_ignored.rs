//! The side effects of an update of the cryptography of the application are not considered.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-side-effects-ignored",
    kind: Kind::Documentation,
    summary: "The side effects of an update of the cryptography of the application are not considered",
    changes: &[Change { unit: "5.5-3-1:b", verdict: "FAIL", code: "side-effects-not-considered" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "contains rustls and ring.\"\nupdate_mechanism = [\"UpdMech-Cloud\"]\ncryptographic_usage = \"yes / side effects considered: yes\"", "contains rustls and ring.\"\nupdate_mechanism = [\"UpdMech-Cloud\"]\ncryptographic_usage = \"yes / side effects considered: no\"")
}

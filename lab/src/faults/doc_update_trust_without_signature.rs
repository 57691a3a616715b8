//! By its declaration an update is trusted for its signature, and has none.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-trust-without-signature",
    kind: Kind::Documentation,
    summary: "By its declaration an update is trusted for its signature, and has none",
    changes: &[Change { unit: "5.3-10-1:b", verdict: "FAIL", code: "update-trust-contradicted" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "  { purpose = \"signature\", primitive = \"Ed25519\", key_bits = 256 },
",
        "",
    )?;
    folder.replace("ixit.toml", "Manifest signed with Ed25519; it names", "Manifest, which names")
}

//! The key of the data partition is declared, in Japanese, to have no protection.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-storage-key-unprotected",
    kind: Kind::Documentation,
    summary: "The key that encrypts the data partition is declared, in Japanese, to have no protection",
    changes: &[Change { unit: "5.4-1-1:c", verdict: "FAIL", code: "protection-denied" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Wrapped by the secure element, released only after a verified boot to the key service in TrustZone; kept in the memory of the kernel while the device runs.", "保護なし。")
}

//! Of the key that encrypts the data partition nothing but a hash is said to be stored.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-storage-key-hashed",
    kind: Kind::Documentation,
    summary: "Of the key that encrypts the data partition nothing but a hash is said to be stored",
    changes: &[Change { unit: "5.4-1-1:c", verdict: "FAIL", code: "hash-of-a-key-in-use" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Wrapped by the secure element, released only after a verified boot to the key service in TrustZone; kept in the memory of the kernel while the device runs.", "Kept as a SHA-256 hash in the table of partitions.")
}

//! The factory reset is declared to keep the cryptographic material of the user.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-reset-keeps-keys",
    kind: Kind::Documentation,
    summary: "The factory reset is declared to keep the cryptographic material of the user",
    changes: &[Change { unit: "5.11-1-1:c", verdict: "FAIL", code: "user-data-not-covered" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        ", settings of the user (network, temperatures, switches) and cryptographic material of the user (password hash, sessions, web key, Bluetooth bonds, Wi-Fi credentials, user part of the storage key). Destroying the storage key makes the old contents unreadable, then the partition is written anew.",
        " and settings of the user (network, temperatures, switches). The partition is overwritten; passwords and keys stay.",
    )?;
    folder.replace(
        "ixit.toml",
        "covers = [\"personal-data\", \"user-configuration\", \"user-cryptographic-material\"]",
        "covers = [\"personal-data\", \"user-configuration\"]",
    )
}

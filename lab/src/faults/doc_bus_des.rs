//! The wire to the heater is declared to be protected by DES.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-bus-des",
    kind: Kind::Documentation,
    summary: "The wire to the heater is declared to be protected by DES",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "AES-128-CMAC of 8 bytes", "DES-CBC-MAC of 8 bytes")?;
    folder.replace(
        "ixit.toml",
        "primitive = \"AES-128-CMAC\", key_bits = 128",
        "primitive = \"DES-CBC-MAC\", key_bits = 56",
    )
}

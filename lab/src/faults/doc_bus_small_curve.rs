//! The key of the wire to the heater is declared to be agreed on a curve of 192 bit.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-bus-small-curve",
    kind: Kind::Documentation,
    summary: "The key of the wire to the heater is declared to be agreed on a curve of 192 bit",
    changes: &[
        Change { unit: "5.5-1-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.5-1-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "key agreed by X25519 at pairing (SecParam-BusKey)",
        "key agreed on P-192 at pairing (SecParam-BusKey)",
    )?;
    folder.replace(
        "ixit.toml",
        "{ purpose = \"key-agreement\", primitive = \"X25519\", key_bits = 256 }",
        "{ purpose = \"key-agreement\", primitive = \"P-192\", key_bits = 192 }",
    )
}

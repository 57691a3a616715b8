//! The update mechanism is declared to take TLS 1.1, too.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-tls11",
    kind: Kind::Documentation,
    summary: "The update mechanism is declared to take TLS 1.1, too",
    changes: &[
        Change { unit: "5.3-7-1:c", verdict: "FAIL", code: "broken-cryptography" },
        Change { unit: "5.3-7-1:d", verdict: "FAIL", code: "broken-cryptography" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Transport over TLS 1.2 or 1.3 with a pinned authority",
        "Transport over TLS 1.1 to 1.3 with a pinned authority",
    )?;
    folder.replace("ixit.toml", "{ purpose = \"integrity\", primitive = \"SHA-512\" },\n  { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.2\", \"1.3\"]", "{ purpose = \"integrity\", primitive = \"SHA-512\" },\n  { purpose = \"transport\", protocol = \"TLS\", versions = [\"1.1\", \"1.2\", \"1.3\"]")
}

//! The start prints the device secret for the cloud at the serial contacts.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-cloud-secret",
    kind: Kind::Device,
    summary: "The start prints the device secret for the cloud at the serial contacts",
    changes: &[
        Change { unit: "5.4-1-2:a", verdict: "FAIL", code: "value-in-the-clear" },
        Change { unit: "5.4-2-2:a", verdict: "FAIL", code: "value-in-the-clear" },
    ],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    let known = "[credentials.\"SecParam-CloudSecret\"]\nsecret = { value = \"tR7bZq9WmK3xPvC5nHd8YgTf\" }\n\n[hosts]\n";
    folder.replace("bench.toml", "[hosts]\n", known)?;
    let printed = "console off\\r\\ncloud: id tR7bZq9WmK3xPvC5nHd8YgTf\\r\\n\"";
    folder.replace("bench.toml", "console off\\r\\n\"", printed)
}

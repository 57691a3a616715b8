//! The serial log was taken at a wrong rate and cannot be read.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-garbage",
    kind: Kind::Lab,
    summary: "The serial log was taken at a wrong rate and cannot be read",
    changes: &[Change { unit: "5.6-4-2:a", verdict: "INCONCLUSIVE", code: "log-not-readable" }],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    // What a wrong rate makes of text: octets that are none.
    let noise = "\\u0001\\u0012\\u0006x\\u001f\\u0002\\u0010\\u0018".repeat(40);
    folder.cut("bench.toml", "text = \"HK ROM", "\n[method]")?;
    folder.replace("bench.toml", "\n[method]\n", &format!("text = \"{noise}\"\n\n[method]\n"))
}

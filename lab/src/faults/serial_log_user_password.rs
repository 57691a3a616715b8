//! The start prints the password of the user at the serial contacts.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "serial-log-user-password",
    kind: Kind::Device,
    summary: "The start prints the password of the user at the serial contacts",
    changes: &[Change { unit: "5.4-1-2:a", verdict: "FAIL", code: "value-in-the-clear" }],
    apply: Apply::Bench(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    let text = folder.text("bench.toml")?;
    let login = text.split("[credentials.\"AuthMech-WebLogin\"]").nth(1).unwrap_or_default();
    let password =
        login.split("value = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let printed = format!("console off\\r\\nweb: admin {password}\\r\\n\"");
    folder.replace("bench.toml", "console off\\r\\n\"", &printed)
}

//! The notice of changed software is declared to go to a service that no communication mechanism names.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-alert-over-unknown-service",
    kind: Kind::Documentation,
    summary: "The notice of changed software is declared to go to a service that no communication mechanism names",
    changes: &[Change { unit: "5.7-2-1:b", verdict: "FAIL", code: "alert-endpoint-of-no-mechanism" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "which reports the fault and asks for a repair image, with DHCP and DNS for it;",
        "which reports the fault and asks for a repair image, with DHCP and DNS for it, and one to stats.hinode.example, which counts such faults;",
    )?;
    folder.replace(
        "ixit.toml",
        "host = \"*\" }]\nguarantees = [\"integrity\", \"authenticity\"]\n\n# Table 21",
        "host = \"*\" }, { transport = \"tcp\", port = 8445, application = \"https\", host = \"stats.hinode.example\" }]\nguarantees = [\"integrity\", \"authenticity\"]\n\n# Table 21",
    )
}

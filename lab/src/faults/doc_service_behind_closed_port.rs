//! The interface for programs is declared to be on and to run over the diagnostic port, which is declared to be off.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-service-behind-closed-port",
    kind: Kind::Documentation,
    summary: "The interface for programs is declared to be on and to run over the diagnostic port, which is declared to be off",
    changes: &[Change {
        unit: "5.6-5-1:a",
        verdict: "FAIL",
        code: "enabled-service-behind-disabled-interface",
    }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "excluded_protocol = false\ninterfaces = [\"Intf-HttpsUi\"]",
        "excluded_protocol = false\ninterfaces = [\"Intf-HttpsUi\", \"Intf-Debug\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "in factory default it refuses everything.\"",
        "in factory default it refuses everything. The same answers on the diagnostic port.\"",
    )
}

//! The label password is declared to be derived from the name of a network.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-password-from-network-name",
    kind: Kind::Documentation,
    summary: "The label password is declared to be derived from the name of a network",
    changes: &[
        Change { unit: "5.1-2-1:c", verdict: "FAIL", code: "generation-uses-public-data" },
        Change { unit: "5.1-2-1:d", verdict: "FAIL", code: "complexity-too-low" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Drawn for each unit at the end of the production line from the hardware random generator of the programming station (conforms to AIS 20/31 class PTG.2): ",
        "Derived from the name of the network that the unit opens at set-up: ",
    )?;
    folder.replace("ixit.toml", "inputs = [\"random\"], length = 12", "inputs = [\"ssid\"], length = 12")
}

//! The label password is declared to be the same for every unit.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-password-constant",
    kind: Kind::Documentation,
    summary: "The label password is declared to be the same for every unit",
    changes: &[
        Change { unit: "5.1-1-1:a", verdict: "FAIL", code: "password-not-unique" },
        Change { unit: "5.1-2-1:b", verdict: "FAIL", code: "generation-has-common-pattern" },
        Change { unit: "5.1-2-1:d", verdict: "FAIL", code: "complexity-too-low" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Drawn for each unit at the end of the production line from the hardware random generator of the programming station (conforms to AIS 20/31 class PTG.2): ",
        "Chosen once for the model and printed on every label: ",
    )?;
    folder.replace("ixit.toml", "inputs = [\"random\"], length = 12", "inputs = [\"constant\"], length = 12")
}

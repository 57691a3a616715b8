//! The label password is declared to be made by a counter.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-password-counter",
    kind: Kind::Documentation,
    summary: "The label password is declared to be made by a counter",
    changes: &[
        Change { unit: "5.1-2-1:a", verdict: "FAIL", code: "generation-has-regularity" },
        Change { unit: "5.1-2-1:d", verdict: "FAIL", code: "complexity-too-low" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Drawn for each unit at the end of the production line from the hardware random generator of the programming station (conforms to AIS 20/31 class PTG.2): ",
        "The number of the unit in its production lot, counted up and written in the letters of the label: ",
    )?;
    folder.replace("ixit.toml", "inputs = [\"random\"], length = 12", "inputs = [\"counter\"], length = 12")
}

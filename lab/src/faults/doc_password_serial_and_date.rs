//! The label password is declared to be made of serial number and date of production.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-password-serial-and-date",
    kind: Kind::Documentation,
    summary: "The label password is declared to be made of serial number and date of production",
    changes: &[
        Change { unit: "5.1-2-1:a", verdict: "FAIL", code: "generation-has-regularity" },
        Change { unit: "5.1-2-1:c", verdict: "FAIL", code: "generation-uses-public-data" },
        Change { unit: "5.1-2-1:d", verdict: "FAIL", code: "complexity-too-low" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Drawn for each unit at the end of the production line from the hardware random generator of the programming station (conforms to AIS 20/31 class PTG.2): ",
        "Made of the serial number of the unit and the date of its production by a fixed rule: ",
    )?;
    folder.replace(
        "ixit.toml",
        "inputs = [\"random\"], length = 12",
        "inputs = [\"serial\", \"date\"], length = 12",
    )
}

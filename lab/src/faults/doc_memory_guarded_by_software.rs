//! The separation of processes is declared to be checked by the operating system alone.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-memory-guarded-by-software",
    kind: Kind::Documentation,
    summary: "The separation of processes is declared to be checked by the operating system alone",
    changes: &[Change { unit: "5.6-8-1:a", verdict: "FAIL", code: "works-in-software-alone" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "description = \"Memory management unit of the Cortex-A7 processor, set up by Linux: separate address spaces of processes, memory either writable or executable, kernel memory out of reach of services. Implemented in hardware.\"\nin_hardware = true",
        "description = \"Checks of Linux at each call that hands memory over; the memory management unit is not used. Implemented in software.\"\nin_hardware = false",
    )
}

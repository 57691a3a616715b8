//! A mechanism is declared for the control of memory that controls none.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-memory-not-controlled",
    kind: Kind::Documentation,
    summary: "A mechanism is declared for the control of memory that controls none",
    changes: &[Change { unit: "5.6-8-1:b", verdict: "FAIL", code: "controls-no-memory" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "description = \"TrustZone address space controller of the processor: the memory of the key service can be reached from the secure world only. Implemented in hardware, set up by the second boot stage and locked.\"\nin_hardware = true\ncontrols_memory = true",
        "description = \"Watchdog of the processor, which restarts it when it hangs. Implemented in hardware.\"\nin_hardware = true\ncontrols_memory = false",
    )
}

//! The key of the wire to the heater is declared to be stored without confidentiality.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-bus-key-readable",
    kind: Kind::Documentation,
    summary: "The key of the wire to the heater is declared to be stored without confidentiality",
    changes: &[Change { unit: "5.4-1-1:b", verdict: "FAIL", code: "parameter-guarantee-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "security_guarantees = [\"integrity\", \"confidentiality\"]\nprotection_scheme = \"In the internal memory of the bus processor, read protection on; no command gives it out.\"", "security_guarantees = [\"integrity\"]\nprotection_scheme = \"In the internal memory of the bus processor, write protection on; a service command gives it out.\"")?;
    folder.replace("ixit.toml", "guarantees = [\"integrity\", \"confidentiality\"]\ncontent = \"secret-key\"\nprovisioning = { way = \"peer\" }\ngenerator = { source = \"key-agreement\", bits = 128", "guarantees = [\"integrity\"]\ncontent = \"secret-key\"\nprovisioning = { way = \"peer\" }\ngenerator = { source = \"key-agreement\", bits = 128")
}

//! The wire to the heater is declared to be confidential, though it carries nothing but codes of authentication.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-bus-confidential",
    kind: Kind::Documentation,
    summary: "The wire to the heater is declared to be confidential, though it carries nothing but codes of authentication",
    changes: &[Change { unit: "5.5-1-1:b", verdict: "FAIL", code: "guarantee-not-given" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "security_guarantees = [\"authenticity of origin\", \"integrity\", \"anti-replay\"]\ncryptographic_details = \"AES-128-CMAC", "security_guarantees = [\"authenticity of origin\", \"integrity\", \"confidentiality\", \"anti-replay\"]\ncryptographic_details = \"AES-128-CMAC")?;
    folder.replace(
        "ixit.toml",
        " No confidentiality: the frames hold temperatures and valve states only.",
        "",
    )?;
    folder.replace(
        "ixit.toml",
        "guarantees = [\"authenticity\", \"integrity\", \"replay-protection\"]",
        "guarantees = [\"authenticity\", \"integrity\", \"confidentiality\", \"replay-protection\"]",
    )
}

//! The web login is declared without authenticity among its guarantees.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-login-without-authenticity",
    kind: Kind::Documentation,
    summary: "The web login is declared without authenticity among its guarantees",
    changes: &[
        Change { unit: "5.1-3-1:a", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.5-4-1:c", verdict: "FAIL", code: "guarantee-missing" },
        Change { unit: "5.5-5-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "security_guarantees = [\"integrity\", \"authenticity\", \"confidentiality\", \"replay protection\"]",
        "security_guarantees = [\"integrity\", \"confidentiality\", \"replay protection\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "guarantees = [\"integrity\", \"authenticity\", \"confidentiality\", \"replay-protection\"]\n\n[[auth_mech]]\nid = \"AuthMech-ApiToken\"",
        "guarantees = [\"integrity\", \"confidentiality\", \"replay-protection\"]\n\n[[auth_mech]]\nid = \"AuthMech-ApiToken\"",
    )
}

//! The monitoring of vulnerabilities names no sources.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-monitoring-without-sources",
    kind: Kind::Documentation,
    summary: "The monitoring of vulnerabilities names no sources",
    changes: &[Change { unit: "5.2-3-1:a", verdict: "FAIL", code: "monitoring-topic-missing" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Sources: the bill of materials of every supported firmware (documents/sbom.cdx.json) is compared daily by a program with NVD, JVN iPedia and OSV; the security office reads the lists of rustls, the Linux kernel and the makers of processor and secure element, and the mailbox security@hinode.example on every working day.",
        "The security office looks every day whether a component of the bill of materials is talked about.",
    )?;
    folder.replace("ixit.toml", "covers = [\"sources\", \"frequency\",", "covers = [\"frequency\",")
}

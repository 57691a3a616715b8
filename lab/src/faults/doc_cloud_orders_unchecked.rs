//! No check of input covers the link over which the orders of the cloud arrive.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-orders-unchecked",
    kind: Kind::Documentation,
    summary: "No check of input covers the link over which the orders of the cloud arrive",
    changes: &[Change { unit: "5.13-1-1:a", verdict: "FAIL", code: "input-source-uncovered" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Orders of the cloud (ExtAPI-Cloud, ComMech-CloudMqtt): message",
        "Orders of the cloud (ExtAPI-Cloud): message",
    )?;
    folder.replace(
        "ixit.toml",
        "sources = [\"ExtAPI-Cloud\", \"ComMech-CloudMqtt\"]",
        "sources = [\"ExtAPI-Cloud\"]",
    )
}

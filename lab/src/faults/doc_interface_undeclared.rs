//! The interface of mDNS is left out of the IXIT.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-interface-undeclared",
    kind: Kind::Documentation,
    summary: "The interface of mDNS is left out of the IXIT",
    changes: &[
        Change { unit: "5.6-1-2:b", verdict: "FAIL", code: "undeclared-interface-open" },
        // A service names the interface that is no longer there.
        Change { unit: "5.6-5-1:a", verdict: "INCONCLUSIVE", code: "documentation-finding" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.cut("ixit.toml", "[[intf]]\nid = \"Intf-Mdns\"", "[[intf]]\nid = \"Intf-Bluetooth\"")
}

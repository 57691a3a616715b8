//! The private key of the web interface is declared to be a public parameter.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-web-key-called-public",
    kind: Kind::Documentation,
    summary: "The private key of the web interface is declared to be a public parameter",
    changes: &[Change { unit: "5.4-1-1:a", verdict: "FAIL", code: "secret-called-public" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "Used by ComMech-WebUI. Not in the source code, no identity.\"\ntype = \"critical\"", "Used by ComMech-WebUI. Public, as the certificate is. Not in the source code, no identity.\"\ntype = \"public\"")
}

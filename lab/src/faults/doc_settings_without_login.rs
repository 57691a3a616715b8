//! The web interface, which configures, is declared to need no authentication.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-settings-without-login",
    kind: Kind::Documentation,
    summary: "The web interface, which configures, is declared to need no authentication",
    changes: &[
        Change { unit: "5.5-4-1:a", verdict: "FAIL", code: "service-without-authentication" },
        Change { unit: "5.5-5-1:a", verdict: "FAIL", code: "service-without-authentication" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "authentication_mechanism = [\"AuthMech-WebLogin\", \"AuthMech-Setup\"]",
        "authentication_mechanism = []",
    )
}

//! A radio module that nothing uses is declared, and declared to be on.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-idle-radio-on",
    kind: Kind::Documentation,
    summary: "A radio module that nothing uses is declared, and declared to be on",
    changes: &[
        Change { unit: "5.6-3-1:b", verdict: "FAIL", code: "unneeded-air-interface-enabled" },
        Change { unit: "5.6-3-2:c", verdict: "INCONCLUSIVE", code: "notes-incomplete" },
        Change { unit: "5.1-5-2:a", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.13-1-2:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.3-10-1:c", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.5-5-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
        Change { unit: "5.6-1-2:b", verdict: "INCONCLUSIVE", code: "radio-not-scanned" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "# Table 16: less code\n",
        "[[intf]]\nid = \"Intf-Radio\"\ndescription = \"Radio module of a variant for another market, fitted on the circuit board; no function of this model uses it, exposure is never required.\"\ntype = [\"physical\"]\nstatus = \"enabled\"\ndebug_interface = false\nprotection = \"Inside the casing.\"\nis_air = true\nexposure = \"never\"\nprotected_by = [\"casing\"]\ntakes_passwords = false\n\n# Table 16: less code\n",
    )
}

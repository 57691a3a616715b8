//! The device refuses hot water without the consent to an account.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-consent-tied-to-hot-water",
    kind: Kind::Documentation,
    summary: "The device refuses hot water without the consent to an account",
    changes: &[Change { unit: "6-2-1:a", verdict: "FAIL", code: "consent-tied-to-other-functions" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "with the purpose in one sentence; operation at home does not depend on it.",
        "with the purpose in one sentence; without it the device gives no hot water.",
    )?;
    folder.replace(
        "ixit.toml",
        "opt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n[[pers_data]]\nid = \"PersData-Schedule\"",
        "opt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = true }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n[[pers_data]]\nid = \"PersData-Schedule\"",
    )
}

//! The consent to usage statistics is on until the user objects.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-consent-on-at-first",
    kind: Kind::Documentation,
    summary: "The consent to usage statistics is on until the user objects",
    changes: &[Change { unit: "6-2-1:a", verdict: "FAIL", code: "consent-on-at-first" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "under Settings, off at first, with purpose",
        "under Settings, on at first, with purpose",
    )?;
    folder.replace(
        "ixit.toml",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n# Table 22",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = false, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n# Table 22",
    )
}

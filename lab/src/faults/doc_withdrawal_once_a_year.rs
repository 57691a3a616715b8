//! The consent to usage statistics can be withdrawn once a year only.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-withdrawal-once-a-year",
    kind: Kind::Documentation,
    summary: "The consent to usage statistics can be withdrawn once a year only",
    changes: &[Change { unit: "6-3-1:a", verdict: "FAIL", code: "withdrawal-not-at-any-time" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "withdrawing_consent = \"The same switch, at any time;",
        "withdrawing_consent = \"The same switch, in January of each year;",
    )?;
    folder.replace(
        "ixit.toml",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n# Table 22",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = false }\n\n# Table 22",
    )
}

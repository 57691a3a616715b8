//! The consent to usage statistics cannot be withdrawn on the device.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-withdrawal-at-service-only",
    kind: Kind::Documentation,
    summary: "The consent to usage statistics cannot be withdrawn on the device",
    changes: &[Change { unit: "6-3-1:a", verdict: "FAIL", code: "withdrawal-leaves-out-a-place" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "withdrawing_consent = \"The same switch, at any time;",
        "withdrawing_consent = \"A switch in the account of the app, at any time;",
    )?;
    folder.replace(
        "ixit.toml",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"device\", \"associated-service\"], any_time = true }\n\n# Table 22",
        "services = [\"Hinode Home cloud\"]\nopt_in = { asked_before = true, off_at_first = true, per_purpose = true, tied_to_other_functions = false }\nwithdrawal = { places = [\"associated-service\"], any_time = true }\n\n# Table 22",
    )
}

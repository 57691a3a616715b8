//! A service socket that is needed now and then is declared to stay on.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-service-socket-on",
    kind: Kind::Documentation,
    summary: "A service socket that is needed now and then is declared to stay on",
    changes: &[
        Change { unit: "5.6-3-1:c", verdict: "FAIL", code: "enabled-while-not-needed" },
        Change { unit: "5.6-3-2:d", verdict: "INCONCLUSIVE", code: "notes-incomplete" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "# Table 16: less code\n",
        "[[intf]]\nid = \"Intf-ServiceSocket\"\ndescription = \"USB socket behind a flap, for the service to read logs; exposure is required now and then. It is always on.\"\ntype = [\"physical\"]\nstatus = \"enabled\"\ndebug_interface = false\nprotection = \"A flap with a screw.\"\nis_air = false\nexposure = \"intermittent\"\nprotected_by = [\"like-casing\"]\ntakes_passwords = false\ndisabled_while_not_needed = false\n\n# Table 16: less code\n",
    )
}

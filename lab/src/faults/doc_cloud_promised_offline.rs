//! Remote operation through the cloud is promised to go on while the cloud is away.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-cloud-promised-offline",
    kind: Kind::Documentation,
    summary: "Remote operation through the cloud is promised to go on while the cloud is away",
    changes: &[
        Change { unit: "5.9-1-1:b", verdict: "FAIL", code: "goes-on-without-its-peer" },
        Change { unit: "5.9-2-1:a", verdict: "FAIL", code: "failed-where-it-is-judged-first" },
        Change { unit: "5.9-2-1:b", verdict: "FAIL", code: "goes-on-without-its-peer" },
    ],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "goes_on = [\"SoftServ-Api\", \"SoftServ-WebUI\"]",
        "goes_on = [\"SoftServ-Api\", \"SoftServ-WebUI\", \"SoftServ-CloudLink\"]",
    )?;
    folder.replace(
        "ixit.toml",
        "The app shows that the device is not reachable.",
        "The app operates the heater as before.",
    )
}

//! The key that checks updates is declared to be secret, and not to be for updates.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-key-purpose-hidden",
    kind: Kind::Documentation,
    summary: "The key that checks updates is declared to be secret, and not to be for updates",
    changes: &[Change { unit: "5.4-4-1:a", verdict: "FAIL", code: "purpose-left-out" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "type = \"public\"\nhard_coded_identity = false\nhard_coded_in_source = false\npurposes = [\"update-check\"]\nsecurity_guarantees = [\"integrity\"]", "type = \"critical\"\nhard_coded_identity = false\nhard_coded_in_source = false\npurposes = [\"other\"]\nsecurity_guarantees = [\"integrity\", \"confidentiality\"]")?;
    folder.replace("ixit.toml", "Everybody may read it.\"\nguarantees = [\"integrity\"]\ncontent = \"public-key\"\nprovisioning = { way = \"image\" }", "Only the update service may read it.\"\nprovisioning_mechanism = \"Part of the software image.\"\ncommunication_mechanisms = []\nguarantees = [\"integrity\", \"confidentiality\"]\ncontent = \"secret-key\"\nprovisioning = { way = \"image\" }")?;
    folder.replace("ixit.toml", "Public key that checks the signature of updates (UpdMech-Cloud), the same for all devices of the model. No identity.", "Secret key that checks the authentication code of updates (UpdMech-Cloud), the same for all devices of the model. Not in the source code, no identity.")
}

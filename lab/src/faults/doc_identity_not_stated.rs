//! A second secret by which the device proves who it is is declared to be no identity.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-identity-not-stated",
    kind: Kind::Documentation,
    summary: "A second secret by which the device proves who it is is declared to be no identity",
    changes: &[Change { unit: "5.4-2-1:a", verdict: "FAIL", code: "identity-not-stated" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "[[sec_param]]\nid = \"SecParam-LabelPassword\"", "[[sec_param]]\nid = \"SecParam-ServiceSecret\"\ndescription = \"Second secret of the device, by which it logs in to the cloud after a service (AuthMech-Cloud). It protects communication with the associated services. Not in the source code, no identity.\"\ntype = \"critical\"\nhard_coded_identity = false\nhard_coded_in_source = false\npurposes = [\"associated-service\", \"authentication\"]\nsecurity_guarantees = [\"confidentiality\", \"integrity\", \"tamper resistance\"]\nprotection_scheme = \"In the secure element, beside SecParam-CloudSecret.\"\nprovisioning_mechanism = \"Written into the secure element at production.\"\ncommunication_mechanisms = [\"ComMech-CloudMqtt\"]\ngeneration_mechanism = \"Hardware random generator of the programming station, one for each unit.\"\nguarantees = [\"confidentiality\", \"integrity\", \"tamper-resistance\"]\ncontent = \"token\"\nprovisioning = { way = \"production\" }\ngenerator = { source = \"hardware-generator\", bits = 138, unique_per_device = true, standard = \"AIS 20/31 PTG.2\" }\nserves = [\"AuthMech-Cloud\"]\nof_user = false\n\n[[sec_param]]\nid = \"SecParam-LabelPassword\"")
}

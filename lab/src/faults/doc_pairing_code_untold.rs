//! Of the code that links the device to an account it is not told how it is generated.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-pairing-code-untold",
    kind: Kind::Documentation,
    summary: "Of the code that links the device to an account it is not told how it is generated",
    changes: &[Change { unit: "5.4-4-1:a", verdict: "FAIL", code: "generation-not-told" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace("ixit.toml", "generation_mechanism = \"60 bit from the generator of the kernel, seeded by the secure element; a new one each time, so that nothing is shared among devices.\"\n", "")?;
    folder.replace(
        "ixit.toml",
        "generator = { source = \"software-generator\", bits = 60, unique_per_device = true }\n",
        "",
    )
}

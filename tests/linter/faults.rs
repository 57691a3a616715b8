//! The planted faults.

#[path = "faults/completeness.rs"]
mod completeness;
#[path = "faults/contradictions.rs"]
mod contradictions;
#[path = "faults/references.rs"]
mod references;
#[path = "faults/relations.rs"]
mod relations;

use crate::folder::{Edit, Place};

use Edit::In;

/// A fault of the documents with the findings that it has to give.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [Edit],
    pub(crate) moved: &'static [Moved],
}

/// A finding.
pub(crate) struct Moved {
    pub(crate) code: &'static str,
    pub(crate) place: Place,
    pub(crate) unit: &'static str,
}

const fn moved(code: &'static str, place: Place, unit: &'static str) -> Moved {
    Moved { code, place, unit }
}

const IXIT: &str = "ixit.toml";
const ICS: &str = "ics.toml";

/// No interface is one for debugging; those that are not physical have to say so too.
pub(crate) const NO_DEBUGGING: &[Edit] = &[
    In("Intf-Uart", "debug_interface = true", "debug_interface = false"),
    In("Intf-HttpsUi", "is_air = false", "is_air = false\ndebug_interface = false"),
    In("Intf-Mdns", "is_air = false", "is_air = false\ndebug_interface = false"),
    In("Intf-Debug", "is_air = false", "is_air = false\ndebug_interface = false"),
];

/// All of them; those without a finding are the sound twins.
pub(crate) fn faults() -> impl Iterator<Item = &'static Fault> {
    [relations::FAULTS, references::FAULTS, contradictions::FAULTS, completeness::FAULTS]
        .into_iter()
        .flatten()
}

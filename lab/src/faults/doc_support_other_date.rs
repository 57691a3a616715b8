//! The IXIT declares a longer support period than the maker publishes.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};
use crate::model;

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-support-other-date",
    kind: Kind::Documentation,
    summary: "The IXIT declares a longer support period than the maker publishes",
    changes: &[Change { unit: "5.3-13-2:c", verdict: "FAIL", code: "support-period-differs" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace_all("ixit.toml", model::SUPPORT_UNTIL, "2034-12-31")
}

//! Users are told of updates on a page of the maker alone.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-update-notice-on-web-page",
    kind: Kind::Documentation,
    summary: "Users are told of updates on a page of the maker alone",
    changes: &[Change { unit: "5.3-11-1:a", verdict: "FAIL", code: "notice-on-web-page-only" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "Panel and web interface of the device itself and, where linked, the app show: update available,",
        "The page http://www.hinode.example/support/news and, before the restart, the panel show: update available,",
    )?;
    folder.replace(
        "ixit.toml",
        "notice_ways = [\"panel\", \"web-interface\", \"app\"]",
        "notice_ways = [\"web-page\"]",
    )
}

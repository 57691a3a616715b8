//! The restart of an update is announced in the app only, not on the device.

use crate::fault::{Apply, Change, Fault, FaultError, Folder, Kind};

/// The fault.
pub static FAULT: Fault = Fault {
    name: "doc-disruption-told-in-app-only",
    kind: Kind::Documentation,
    summary: "The restart of an update is announced in the app only, not on the device",
    changes: &[Change { unit: "5.3-12-1:a", verdict: "FAIL", code: "disruption-notice-not-on-device" }],
    apply: Apply::Documentation(edit),
};

fn edit(folder: &mut Folder) -> Result<(), FaultError> {
    folder.replace(
        "ixit.toml",
        "when it installs, and that remote operation pauses for about 90 seconds. The notice",
        "and when it installs; the app alone says that remote operation pauses for about 90 seconds. The notice",
    )?;
    folder.replace("ixit.toml", "disruption_notice_on_device = true", "disruption_notice_on_device = false")
}

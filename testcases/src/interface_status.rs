//! Whether an interface is declared enabled: by its status, or in a state of the device.

use ixit::Row;

/// That an interface is enabled.
pub struct Enabled {
    /// Where: `status`, or a state of the device.
    pub place: String,
    /// Key of the field or companion that says so.
    pub shown_by: &'static str,
}

/// Where a row of 15-Intf is declared enabled; `None` where nothing says so.
pub fn enabled_somewhere(row: &Row) -> Option<Enabled> {
    if row.text("status") == Some("enabled") {
        return Some(Enabled { place: "status".to_owned(), shown_by: "status" });
    }
    let (state, _) = row.companions.status_in.iter().find(|(_, status)| status.value == "enabled")?;
    Some(Enabled { place: state.clone(), shown_by: "status_in" })
}

//! 5.6-5: only services that are needed are enabled.

use ixit::Row;

use crate::assisted::{Look, each_row, required};
use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::interface_status::enabled_somewhere;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::reason::Reason;
use crate::selection::Item;
use crate::verdict::Verdict;

/// 5.6-5.
pub static GROUP: Group = Group {
    id: "5.6-5",
    judges: &[Judge {
        unit: "5.6-5-1:a",
        by: By::Assisted,
        machine_can: &[Verdict::Fail],
        needs: &[],
        judge: enabled_services_are_needed,
    }],
};

/// 5.6-5-1 a: what is enabled by default is needed. A service that is declared to have no justification, and one
/// behind an interface that is declared disabled, contradict that; whether a justification convinces is for a person.
fn enabled_services_are_needed(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    each_row(facts, unit, |item| {
        let row = item.row;
        if let Err(look) = required(item, "justification", "service-without-justification") {
            return look;
        }
        let interfaces = interfaces(facts, row);
        let disabled: Vec<&str> =
            interfaces.iter().filter(|row| is_disabled(row)).map(|row| row.id.as_str()).collect();
        if !disabled.is_empty() {
            let reason = Reason::new("enabled-service-behind-disabled-interface")
                .with("row", &row.id)
                .with("interfaces", disabled.join(", "))
                .expected_by("criterion");
            return Look::Contradiction { reason, shown_by: "interfaces" };
        }
        beside(item, &interfaces)
    })
}

/// Rows of 15-Intf over which a service runs.
fn interfaces<'a>(facts: &Facts<'a>, service: &Row) -> Vec<&'a Row> {
    let named = service.companions.interfaces.iter();
    named
        .filter_map(|id| facts.row(&id.value))
        .filter(|(table, _)| *table == "intf")
        .map(|(_, row)| row)
        .collect()
}

/// Declared disabled, and enabled in no state of the device.
fn is_disabled(interface: &Row) -> bool {
    interface.text("status") == Some("disabled") && enabled_somewhere(interface).is_none()
}

/// What a person is shown: where the service is reached, in which states, over which interfaces, and what they are
/// there for. A service with a justification at enabled interfaces is expected to pass.
fn beside(item: &Item<'_>, interfaces: &[&Row]) -> Look {
    let companions = &item.row.companions;
    let expected = (!interfaces.is_empty()).then_some(Verdict::Pass);
    let mut look =
        Look::question(item, &["endpoint", "gatt", "network_accessible_in", "interfaces"], expected);
    for interface in interfaces {
        let status = interface.text("status").unwrap_or("-");
        let exposure = interface.companions.exposure.as_ref().map_or("-", |exposure| exposure.value.as_str());
        let text = format!("{}: {status}, exposure {exposure}", interface.id);
        look = look.computed("computed.interface", text);
    }
    let calls_out = !companions.network_accessible_in.is_empty()
        && companions.network_accessible_in.iter().all(|state| state.value == "never");
    if calls_out {
        look = look.computed("computed.reach", "it only calls out; no port is open for it".to_owned());
    }
    look
}

#[cfg(test)]
#[path = "enabled_services/tests.rs"]
mod tests;

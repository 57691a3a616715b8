//! What is reached over a network runs over an interface that is declared, enabled and a network interface
//! (5.5-5-2 b, 5.6-1, 5.6-5).

use std::collections::{BTreeSet, HashMap};

use super::{declared, is_stated_empty};
use crate::check::Check;
use crate::declaration::Row;

/// State in a list of states that stands for none.
const NEVER: &str = "never";

pub(super) fn check(check: &mut Check<'_>) {
    let ixit = &check.declaration.ixit;
    let services = |row: &&Row| row.text("status") != Some("disabled");
    let interfaces: HashMap<&str, &Row> =
        ixit.rows("intf").iter().map(|row| (row.id.as_str(), row)).collect();
    for row in declared(ixit, "com_mech") {
        of_row(check, &interfaces, row, "mechanism-without-interface", "5.6-1-2:b");
    }
    for row in declared(ixit, "soft_serv").filter(services) {
        of_row(check, &interfaces, row, "service-without-interface", "5.6-5-1:a");
    }
}

fn of_row(check: &mut Check<'_>, interfaces: &HashMap<&str, &Row>, row: &Row, code: &str, unit: &str) {
    if check.is_full() {
        return;
    }
    let ixit = &check.declaration.ixit;
    let on_network = !row.companions.endpoint.is_empty();
    let states: BTreeSet<&str> = row
        .companions
        .network_accessible_in
        .iter()
        .map(|state| state.value.as_str())
        .filter(|state| *state != NEVER)
        .collect();
    let named = &row.companions.interfaces;
    let Some(first) = named.first() else {
        let told = is_stated_empty(ixit, "intf") || !interfaces.is_empty();
        if on_network && told && interfaces.values().all(|one| !is_network(one) || is_disabled(one, &states))
        {
            let message =
                format!("{} is reached over a network, but no network interface is enabled", row.id);
            let help = "Declare the interface in `intf` with type \"network\" and status \"enabled\"";
            check.finding(code, &row.at, Some(unit), message, help);
        }
        return;
    };
    let mut known = 0;
    let mut networks = 0;
    for id in named {
        let Some(interface) = interfaces.get(id.value.as_str()) else { continue };
        known += 1;
        networks += usize::from(is_network(interface));
        if is_disabled(interface, &states) {
            let message = format!("{} runs over {}, which is declared to be disabled", row.id, id.value);
            let help = "Correct `interfaces`, or `status` and `status_in` of the interface";
            check.finding(code, &id.at, Some(unit), message, help);
        }
    }
    if on_network && known == named.len() && networks == 0 {
        let message = format!("{} is reached over a network, but names no network interface", row.id);
        let help = "Name the network interface in `interfaces`; its `type` holds \"network\"";
        check.finding(code, &first.at, Some(unit), message, help);
    }
}

fn is_network(interface: &Row) -> bool {
    interface.texts("type").contains(&"network")
}

/// Whether an interface is disabled in each of these states; in all that are named, where there are none.
fn is_disabled(interface: &Row, states: &BTreeSet<&str>) -> bool {
    let Some(status) = interface.text("status") else { return false };
    let in_states = &interface.companions.status_in;
    let disabled = |state: &str| in_states.get(state).map_or(status, |status| &status.value) == "disabled";
    if states.is_empty() {
        status == "disabled" && in_states.values().all(|status| status.value == "disabled")
    } else {
        states.iter().all(|state| disabled(state))
    }
}

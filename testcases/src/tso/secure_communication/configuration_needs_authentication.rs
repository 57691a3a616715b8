//! 5.5-5: what changes security-relevant configuration over a network needs authentication.
//!
//! The units of 5.5-4 applied to what configures, in factory default too, and the search for communication mechanisms
//! that are not declared.

use crate::assessor::empty_selection;
use crate::assisted;
use crate::catalogue::Unit;
use crate::completeness::{self, Comparison};
use crate::facts::Facts;
use crate::judge::{By, Group, ItemResult, Judge};
use crate::observing::access_control::reachable_in;
use crate::selection::Item;
use crate::state::DutState;
use crate::traffic_seen;
use crate::tso::secure_communication::services_need_authentication;
use crate::verdict::Verdict;

#[path = "configuration_needs_authentication/declared.rs"]
mod declared;

/// 5.5-5.
pub static GROUP: Group = Group {
    id: "5.5-5",
    judges: &[
        Judge {
            unit: "5.5-5-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: declared::configuration_is_protected,
        },
        Judge {
            unit: "5.5-5-2:a",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &["access-control", "tls-server", "identify", "tls-client", "ble-access", "ble-pairing"],
            judge: configuration_is_for_those_who_may,
        },
        Judge {
            unit: "5.5-5-2:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[
                "tcp-sweep",
                "identify",
                "udp-services",
                "discovery",
                "host-presence",
                "traffic",
                "interruption",
                "ble-surface",
            ],
            judge: found_mechanisms_are_declared,
        },
    ],
};

/// 5.5-5-2 a: in every state in which it can be reached, a service that configures refuses strangers, lets in who
/// may, and its mechanisms are protected as declared.
fn configuration_is_for_those_who_may(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let selected = facts.selected(unit);
    if let Some(result) = empty_selection(unit, &selected.emptiness) {
        return vec![result];
    }
    let mut results = Vec::new();
    let mut mechanisms: Vec<(&str, DutState)> = Vec::new();
    for item in &selected.items {
        let states: Vec<DutState> = [DutState::FactoryDefault, DutState::Initialized]
            .into_iter()
            .filter(|state| reachable_in(item.row, *state) == Some(true))
            .collect();
        if states.is_empty() {
            // Reached in no state by the declaration, or nothing is said: a person sees to it.
            results.push(assisted::ask_about(facts, unit, item, Vec::new(), None));
        }
        for state in states {
            results.extend(services_need_authentication::strangers(facts, unit, item, state));
            let name = format!("{}/entitled", item.row.id);
            results.extend(services_need_authentication::entitled(facts, unit, item, state, name));
            for mechanism in item.row.texts("authentication_mechanism") {
                if !mechanisms.contains(&(mechanism, state)) {
                    mechanisms.push((mechanism, state));
                }
            }
        }
    }
    for (id, state) in mechanisms {
        let Some((table, row)) = facts.row(id) else { continue };
        let item = Item { table, row, unclassified: false };
        results.extend(services_need_authentication::protection(facts, unit, &item, state));
    }
    results
}

/// 5.5-5-2 b: every communication mechanism that is found at a network interface is declared, whether the device
/// answers by it or calls by it.
fn found_mechanisms_are_declared(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = completeness::everything_found_is_declared(
        facts,
        unit,
        &Comparison {
            table: "com_mech",
            undeclared: "undeclared-communication-mechanism",
            all_declared: "only-declared-mechanisms-found",
        },
    );
    results.extend(traffic_seen::only_declared_destinations(facts, unit));
    results
}

#[cfg(test)]
#[path = "configuration_needs_authentication/tests.rs"]
mod tests;

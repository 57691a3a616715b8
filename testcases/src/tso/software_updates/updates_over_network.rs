//! 5.3-10: updates over a network are verified by a trust relationship, and there are no others than the declared
//! ones.

#[path = "updates_over_network/trust.rs"]
mod trust;

use ixit::Blame;
use probes::capture::{Initiator, Transport};

use crate::catalogue::Unit;
use crate::facts::Facts;
use crate::inventory::{self, Inventory};
use crate::judge::{By, Group, ItemResult, Judge, RestsOn};
use crate::reason::Reason;
use crate::traffic_seen::{self, Destination, Mechanisms, Standing};
use crate::updates_declared::verification::{Property, properly_verified};
use crate::verdict::Verdict;

/// 5.3-10.
pub static GROUP: Group = Group {
    id: "5.3-10",
    judges: &[
        Judge {
            unit: "5.3-10-1:a",
            by: By::Assisted,
            machine_can: &[Verdict::Fail],
            needs: &[],
            judge: properly_verified_as_in_5_3_9,
        },
        Judge {
            unit: "5.3-10-1:b",
            by: By::Machine,
            machine_can: &[Verdict::Pass, Verdict::Fail],
            needs: &[],
            judge: trust::verification_rests_on_trust,
        },
        Judge {
            unit: "5.3-10-1:c",
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
                "ble-access",
            ],
            judge: no_undeclared_update_mechanism,
        },
    ],
};

/// Parts of names of hosts from which software comes.
const OF_UPDATES: &[&str] =
    &["dfu", "firmware", "fota", "fw", "ota", "swupdate", "update", "updates", "upgrade", "upgrades"];

/// Applications over which software is brought into devices, and nothing else.
const UPDATE_SERVICES: &[&str] = &["tftp", "swupdate", "hawkbit", "esp-ota", "mcumgr"];

/// 5.3-10-1 a: authenticity and integrity are verified as 5.3-9-1 a and b demand.
fn properly_verified_as_in_5_3_9(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    properly_verified(facts, unit, &[Property::Authenticity, Property::Integrity])
}

/// 5.3-10-1 c: nothing that brings software in is found that no row declares, neither a service that waits for it nor a
/// fetch of it.
fn no_undeclared_update_mechanism(facts: &Facts<'_>, unit: &Unit) -> Vec<ItemResult> {
    let mut results = Vec::new();
    for inventory in inventory::inventories(facts, &inventory::required_states(facts, unit)) {
        results.extend(services(facts, unit, &inventory));
    }
    results.extend(crate::bluetooth::access::no_update_for_strangers(facts));
    let mechanisms = Mechanisms::of_tables(facts.declaration, &["upd_mech", "com_mech"]);
    results.extend(traffic_seen::judged(facts, unit, &mechanisms, "no-undeclared-fetch", &fetch));
    results
}

/// Services that wait for software.
fn services(facts: &Facts<'_>, unit: &Unit, inventory: &Inventory<'_>) -> Vec<ItemResult> {
    let declared = |port: u16| {
        let mut rows = facts.declaration.ixit.rows("upd_mech").iter().filter(|row| !row.observed_only);
        rows.any(|row| {
            let mut endpoints = row.companions.endpoint.iter().map(|endpoint| &endpoint.value);
            endpoints.any(|endpoint| endpoint.host.is_none() && endpoint.port == port)
        })
    };
    let finding = |item: String, found: String, evidence: Vec<probes::EvidenceRef>| {
        let reason = Reason::new("undeclared-update-source")
            .with("item", &item)
            .with("found", found)
            .expected_by("declaration:ixit.toml#upd_mech");
        let mut result = ItemResult::machine(&item, Verdict::Fail, RestsOn::Observed, reason);
        result = result.blame(Blame::DeviceOrDocumentation);
        result.evidence = evidence;
        result.effort = Some(inventory.effort());
        result
    };
    let mut results: Vec<ItemResult> = Vec::new();
    for port in inventory.ports.iter().filter(|port| !declared(port.port)) {
        if UPDATE_SERVICES.contains(&port.application()) {
            results.push(finding(port.item(), port.description(), port.evidence()));
        }
    }
    for asked in inventory.services.iter().filter(|asked| asked.answered() && !declared(asked.service.port)) {
        if UPDATE_SERVICES.contains(&asked.service.service.as_str()) {
            let evidence = vec![asked.seen.at(asked.item())];
            results.push(finding(asked.item(), asked.service.service.clone(), evidence));
        }
    }
    let shortfall = inventory
        .shortfall_of_search(inventory::minimum_ports(unit))
        .or_else(|| inventory.shortfall_of_identification());
    if let Some(shortfall) = shortfall {
        results.push(shortfall.result("-"));
    } else if results.is_empty() {
        let found: Vec<String> = inventory.ports.iter().map(|port| port.item()).collect();
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        let reason = Reason::new("no-undeclared-update-service")
            .with("found", found)
            .expected_by("declaration:ixit.toml#upd_mech");
        let mut result = ItemResult::machine("-", Verdict::Pass, RestsOn::Observed, reason);
        result.evidence = inventory.evidence();
        result.effort = Some(inventory.effort());
        results.push(result);
    }
    results.into_iter().map(|result| inventory.place(result)).collect()
}

/// A flow by which software may come from somewhere that no row declares. Where the name says so it does; inside TLS,
/// or in an unknown protocol, nobody can tell from outside.
fn fetch(
    destination: &Destination<'_, '_>,
    standing: Standing<'_>,
    mechanisms: &Mechanisms<'_>,
) -> Option<ItemResult> {
    let flow = destination.flow;
    let fetches =
        flow.initiator != Initiator::Peer && matches!(flow.transport, Transport::Tcp | Transport::Udp);
    if !fetches || !matches!(standing, Standing::Undeclared | Standing::WithoutName(_)) {
        return None;
    }
    let named = destination.names.iter().any(|name| speaks_of_updates(name));
    let service = flow.application.as_deref().is_some_and(|name| UPDATE_SERVICES.contains(&name));
    let (verdict, code, blame) = if matches!(standing, Standing::Undeclared) && (named || service) {
        (Verdict::Fail, "undeclared-update-source", Blame::DeviceOrDocumentation)
    } else if flow.established > 0 || flow.received > 0 {
        (Verdict::Inconclusive, "may-bring-updates", Blame::DeviceOrDocumentation)
    } else {
        return None;
    };
    let item = destination.item();
    let reason = Reason::new(code)
        .with("item", &item)
        .with("found", destination.description())
        .with("frame", flow.frame)
        .expected_by(mechanisms.source());
    let result = ItemResult::machine(&item, verdict, RestsOn::Observed, reason).blame(blame);
    Some(destination.capture.place(result, Some(flow.frame)))
}

/// `firmware.vendor.example`, `eu-ota.vendor.example`.
fn speaks_of_updates(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|part| OF_UPDATES.contains(&part))
}

#[cfg(test)]
#[path = "updates_over_network/tests.rs"]
mod tests;

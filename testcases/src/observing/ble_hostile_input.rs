//! Every declared input over Bluetooth LE, late: beside the inputs of the network.

use std::collections::{BTreeMap, BTreeSet};

use ixit::companion::{Gatt, PairingTime};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::sorted;
use super::ble_access::uuid;
use super::ble_pairing::declared_pairing;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Input over Bluetooth LE that is not expected.
pub static OBSERVING: Observing = Observing {
    probe: "ble-hostile-input",
    order: 993,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::HostileInput, Disturbance::Pair],
    actions: &["allow_pairing", "read_passkey", "confirm_number", "power_off", "power_on"],
    budget_seconds: 1800,
    wanted,
};

/// Tables whose rows say where something is reached over Bluetooth LE.
const TABLES: [&str; 6] = ["soft_serv", "ext_api", "com_mech", "upd_mech", "intf", "user_intf"];

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    if state != DutState::Initialized {
        return Vec::new();
    }
    let inputs: Vec<Value> =
        sorted(declaration, "inp_val").into_iter().flat_map(|row| inputs_of(declaration, row)).collect();
    if inputs.is_empty() {
        return Vec::new();
    }
    let params = json!({ "inputs": inputs, "pairing": pairing(declaration) });
    vec![Wanted::with("declared inputs over Bluetooth LE", params)]
}

/// How the user pairs, as the probe takes it.
pub(crate) fn pairing(declaration: &Declaration) -> Option<Value> {
    declared_pairing(declaration).map(|(_, pairing)| {
        json!({
            "method": pairing.method.as_str(),
            "strangers": pairing.strangers.map(PairingTime::as_str),
        })
    })
}

/// Whether a check is about values over Bluetooth LE.
pub(crate) fn is_over_bluetooth(declaration: &Declaration, row: &Row) -> bool {
    !row.observed_only && !services_of(declaration, row).is_empty()
}

/// Services whose values a check is about: its own, and those of the sources that it names.
fn services_of(declaration: &Declaration, row: &Row) -> BTreeSet<String> {
    let names = |other: &&Row| row.companions.sources.iter().any(|source| source.value == other.id);
    let sources = TABLES.into_iter().flat_map(|table| sorted(declaration, table)).filter(names);
    let entries = std::iter::once(row).chain(sources).flat_map(|row| &row.companions.gatt);
    entries.map(|gatt| uuid(&gatt.value.service)).collect()
}

/// The inputs of a check: each characteristic that some row says may be written, and each service as a whole, so that
/// what is there beside them is tried too.
fn inputs_of(declaration: &Declaration, row: &Row) -> Vec<Value> {
    let services = services_of(declaration, row);
    let mut found: BTreeMap<(String, String), Vec<&Gatt>> = BTreeMap::new();
    let rows = TABLES.into_iter().flat_map(|table| sorted(declaration, table)).chain([row]);
    for gatt in rows.flat_map(|row| &row.companions.gatt).map(|gatt| &gatt.value) {
        let service = uuid(&gatt.service);
        if let Some(characteristic) = gatt.characteristic.as_deref().filter(|_| services.contains(&service)) {
            found.entry((service, uuid(characteristic))).or_default().push(gatt);
        }
    }
    let single = found.into_iter().filter(|(_, told)| told.iter().any(|gatt| !gatt.writers.is_empty()));
    let single = single.map(|((service, characteristic), told)| {
        let writers: BTreeSet<&String> = told.iter().flat_map(|gatt| &gatt.writers).collect();
        json!({
            "row": row.id,
            "service": service,
            "characteristic": characteristic,
            "writers": writers,
            "critical": told.iter().any(|gatt| gatt.critical),
            "largest": told.iter().filter_map(|gatt| gatt.largest).min(),
        })
    });
    let whole = services.iter().map(|service| json!({ "row": row.id, "service": service }));
    single.chain(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Pairing"
pairing = { method = "passkey-shown", strangers = "invited" }
[[soft_serv]]
id = "SoftServ-Ble"
gatt = [
  { service = "FFF0", characteristic = "fff1", writers = ["AuthMech-Pairing"], largest = 20 },
  { service = "fff0", characteristic = "fff2", readers = ["anyone"] },
  { service = "fff8", characteristic = "fff9", writers = ["anyone"] },
]
[[ext_api]]
id = "ExtAPI-Ble"
gatt = [{ service = "fff0" }]
[[inp_val]]
id = "InpVal-Ble"
sources = ["ExtAPI-Ble"]
[[inp_val]]
id = "InpVal-Panel"
sources = ["UserIntf-Panel"]
"#;

    #[test]
    fn what_may_be_written_in_the_services_of_a_source_is_asked_for_as_the_probe_reads_it() {
        let facts = TestFacts::declared(IXIT);
        let facts = facts.facts();
        let wanted = wanted(facts.declaration, DutState::Initialized);
        assert_eq!(wanted.len(), 1);
        let params: probes::probe::ble_hostile_input::Params =
            serde_json::from_value(wanted[0].params.clone()).expect("it is read");
        let named: Vec<(Option<&str>, Option<u32>)> =
            params.inputs.iter().map(|input| (input.characteristic.as_deref(), input.largest)).collect();
        assert_eq!(named, [(Some("fff1"), Some(20)), (None, None)]);
        assert!(params.inputs.iter().all(|input| input.row == "InpVal-Ble" && input.service == "fff0"));
        assert_eq!(params.pairing.map(|pairing| pairing.method).as_deref(), Some("passkey-shown"));
        let of = |id: &str| {
            let row = facts.declaration.ixit.rows("inp_val").iter().find(|row| row.id == id).expect("a row");
            is_over_bluetooth(facts.declaration, row)
        };
        assert!(of("InpVal-Ble") && !of("InpVal-Panel"));
    }

    #[test]
    fn without_such_a_check_nothing_is_sent() {
        let facts = TestFacts::declared("[[inp_val]]\nid = \"InpVal-Web\"\n");
        assert!(wanted(facts.facts().declaration, DutState::Initialized).is_empty());
        let facts = TestFacts::declared(IXIT);
        assert!(wanted(facts.facts().declaration, DutState::FactoryDefault).is_empty());
    }
}

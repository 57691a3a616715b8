//! What a deletion leaves over Bluetooth LE: last of all, because the device comes out of it as new.

use ixit::companion::{Erasure, Gatt};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::{mechanisms, sorted};
use super::ble_access::uuid;
use super::ble_hostile_input::pairing;
use super::deletion::{is_driven, order};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::selection::{self, Item};
use crate::state::DutState;

/// The deletion, seen over Bluetooth LE.
pub static OBSERVING: Observing = Observing {
    probe: "ble-reset",
    order: 995,
    states: &[DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::EraseData, Disturbance::Pair],
    actions: &["allow_pairing", "read_passkey", "confirm_number", "factory_reset", "onboard"],
    budget_seconds: 600,
    wanted,
};

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let Some(pairing) = pairing(declaration).filter(|_| state == DutState::Initialized) else {
        return Vec::new();
    };
    let rows = selection::rows(declaration, "del_func", Some("deletes-on-device")).items;
    let mut functions: Vec<&Row> =
        rows.iter().filter(|item| concerns_bonds(declaration, item)).map(|item| item.row).collect();
    functions.sort_by(|one, other| one.id.cmp(&other.id));
    let of = |row: &Row| {
        let erasure = erasure(row);
        let params = json!({
            "function": row.id,
            "pairing": pairing,
            "mechanisms": mechanisms(declaration, state),
            "erasure": erasure.map(order),
            "plants": plants(declaration),
        });
        let reset = if erasure.is_some() { None } else { Some("factory_reset") };
        let actions =
            ["allow_pairing", "read_passkey", "confirm_number"].into_iter().chain(reset).chain(["onboard"]);
        let actions = Some(actions.map(str::to_owned).collect());
        Wanted { actions, ..Wanted::with(&row.id, params) }
    };
    functions.into_iter().map(of).collect()
}

/// The deletion as a program carries it out.
fn erasure(row: &Row) -> Option<&Erasure> {
    row.companions.erasure.as_ref().filter(|_| is_driven(row)).map(|erasure| &erasure.value)
}

/// Whether a function on the device is about the bonds of its user: users pair, and it is a reset, or says that it
/// covers the cryptographic material of the user.
pub(crate) fn concerns_bonds(declaration: &Declaration, item: &Item<'_>) -> bool {
    let row = item.row;
    if item.unclassified || row.observed_only || pairing(declaration).is_none() {
        return false;
    }
    let covers = row.companions.covers.iter().any(|kind| kind.value == "user-cryptographic-material");
    covers || row.companions.erasure.as_ref().is_some_and(|erasure| erasure.value.resets)
}

/// Characteristics that the user writes and reads, with a good value, and that are no secret.
fn plants(declaration: &Declaration) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let users = |who: &[String]| who.iter().any(|who| who != "anyone");
    let told =
        |gatt: &&Gatt| users(&gatt.readers) && users(&gatt.writers) && !gatt.critical && !gatt.begins_update;
    let rows = ["soft_serv", "ext_api"].into_iter().flat_map(|table| sorted(declaration, table));
    for gatt in rows.flat_map(|row| &row.companions.gatt).map(|gatt| &gatt.value).filter(told) {
        let (Some(characteristic), Some(example)) = (&gatt.characteristic, &gatt.example) else { continue };
        let plant = json!({
            "service": uuid(&gatt.service),
            "characteristic": uuid(characteristic),
            "example": example,
            "largest": gatt.largest,
        });
        if !found.contains(&plant) {
            found.push(plant);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Pairing"
pairing = { method = "passkey-shown", strangers = "first-or-invited" }
[[soft_serv]]
id = "SoftServ-Ble"
gatt = [
  { service = "fff0", characteristic = "fff1", readers = ["AuthMech-Pairing"], writers = ["AuthMech-Pairing"], example = "4d2e", largest = 48 },
  { service = "fff0", characteristic = "fff2", writers = ["AuthMech-Pairing"], example = "00" },
]
[[del_func]]
id = "DelFunc-Reset"
target_type = "user data on the device"
covers = ["user-cryptographic-material"]
DELETES
[[del_func]]
id = "DelFunc-Account"
target_type = "personal data on associated services"
covers = ["user-cryptographic-material"]
[[del_func]]
id = "DelFunc-History"
target_type = "user data on the device"
covers = ["personal-data"]
"#;

    fn params(deletes: &str) -> (Vec<String>, probes::probe::ble_reset::Params) {
        let facts = TestFacts::declared(&IXIT.replace("DELETES", deletes));
        let mut wanted = wanted(facts.facts().declaration, DutState::Initialized);
        assert_eq!(wanted.len(), 1);
        let mut wanted = wanted.remove(0);
        wanted.params["address"] = json!("127.0.0.1");
        (wanted.actions.expect("named"), serde_json::from_value(wanted.params).expect("it is read"))
    }

    #[test]
    fn a_function_that_ends_bonds_is_carried_out_as_declared_or_by_the_bench() {
        let (actions, by_bench) = params("");
        assert_eq!((by_bench.function.as_str(), by_bench.erasure), ("DelFunc-Reset", None));
        assert!(actions.iter().any(|action| action == "factory_reset"));
        assert_eq!(by_bench.plants.len(), 1, "what is written and read, not what is written alone");
        let (actions, declared) = params(
            "deletes = [{ data = \"settings\", port = 443, target = \"/name\", field = \"name\", read = \"/name\" }]\n\
             erasure = { port = 443, target = \"/reset\", resets = true }",
        );
        assert!(declared.erasure.is_some_and(|order| order.resets));
        assert!(actions.iter().all(|action| action != "factory_reset"));
    }

    #[test]
    fn without_pairing_there_is_no_bond() {
        let facts = TestFacts::declared(
            "[[del_func]]\nid = \"DelFunc-1\"\ntarget_type = \"user data on the device\"\n",
        );
        assert!(wanted(facts.facts().declaration, DutState::Initialized).is_empty());
    }
}

//! Every declared access over Bluetooth LE, in the states in which the service can be reached.

use std::collections::BTreeMap;

use ixit::companion::{Gatt, PairingWay};
use ixit::{Declaration, Row};
use serde_json::{Value, json};

use super::access_control::{reachable_in, sorted};
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// The access control over Bluetooth LE.
pub static OBSERVING: Observing = Observing {
    probe: "ble-access",
    // Before wrong passkeys are tried, after which the device may refuse to pair.
    order: 70,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[],
    actions: &[],
    budget_seconds: 600,
    wanted,
};

/// Tables whose rows say where something is reached, and who may.
pub(crate) const TABLES: [&str; 4] = ["soft_serv", "ext_api", "com_mech", "upd_mech"];

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let keep_state = state == DutState::FactoryDefault;
    let reached = sorted(declaration, "soft_serv")
        .into_iter()
        .any(|row| !row.companions.gatt.is_empty() && reachable_in(row, state) == Some(true));
    let accesses = accesses(declaration);
    if accesses.is_empty() || keep_state && !reached {
        return Vec::new();
    }
    let params =
        json!({ "mechanisms": mechanisms(declaration), "accesses": accesses, "keep_state": keep_state });
    let mut wanted = Wanted::with("declared characteristics", params);
    if !keep_state {
        wanted.disturbs = vec![Disturbance::ChangeState, Disturbance::Pair];
        wanted.actions = Some(vec!["allow_pairing".to_owned(), "read_passkey".to_owned()]);
    }
    vec![wanted]
}

/// Every declared characteristic, and service as a whole, with all that the rows say of it together.
fn accesses(declaration: &Declaration) -> Vec<Value> {
    let mut all: BTreeMap<(String, Option<String>), Access> = BTreeMap::new();
    for (row, gatt) in entries(declaration) {
        let key = (uuid(&gatt.service), gatt.characteristic.as_deref().map(uuid));
        all.entry(key).or_default().add(row, gatt);
    }
    // A row that names a service names what is in it.
    let whole: Vec<(String, Vec<String>)> = all
        .iter()
        .filter(|((_, characteristic), _)| characteristic.is_none())
        .map(|((service, _), access)| (service.clone(), access.rows.clone()))
        .collect();
    for (service, rows) in whole {
        for access in all.iter_mut().filter(|((other, _), _)| *other == service).map(|(_, access)| access) {
            add(&mut access.rows, rows.iter());
        }
    }
    all.into_iter()
        .map(|((service, characteristic), access)| access.described(&service, characteristic))
        .collect()
}

fn entries(declaration: &Declaration) -> impl Iterator<Item = (&Row, &Gatt)> {
    let rows = TABLES.into_iter().flat_map(|table| sorted(declaration, table));
    rows.flat_map(|row| row.companions.gatt.iter().map(move |gatt| (row, &gatt.value)))
}

/// What the rows say of one place.
#[derive(Debug, Default)]
struct Access {
    rows: Vec<String>,
    readers: Vec<String>,
    writers: Vec<String>,
    notified: Vec<String>,
    critical: bool,
    example: Option<String>,
    begins_update: bool,
}

impl Access {
    fn add(&mut self, row: &Row, gatt: &Gatt) {
        add(&mut self.rows, [&row.id]);
        add(&mut self.readers, &gatt.readers);
        add(&mut self.writers, &gatt.writers);
        add(&mut self.notified, &gatt.notified);
        self.critical |= gatt.critical;
        self.begins_update |= gatt.begins_update;
        self.example = self.example.take().or_else(|| gatt.example.clone());
    }

    fn described(self, service: &str, characteristic: Option<String>) -> Value {
        json!({
            "rows": self.rows,
            "service": service,
            "characteristic": characteristic,
            "readers": self.readers,
            "writers": self.writers,
            "notified": self.notified,
            "critical": self.critical,
            "example": self.example,
            "begins_update": self.begins_update,
        })
    }
}

fn add<'a>(to: &mut Vec<String>, from: impl IntoIterator<Item = &'a String>) {
    for one in from {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// A UUID as the probe writes it: in lower case, four digits where the Bluetooth SIG gave it a number.
pub(crate) fn uuid(text: &str) -> String {
    text.trim().parse::<probes::ble::Uuid>().map_or_else(|_| text.to_lowercase(), |uuid| uuid.to_string())
}

/// The mechanisms that are a pairing.
fn mechanisms(declaration: &Declaration) -> Vec<Value> {
    let rows = sorted(declaration, "auth_mech").into_iter();
    rows.filter_map(|row| {
        let pairing = &row.companions.pairing.as_ref()?.value;
        let lockout = row.companions.brute_force.as_ref().and_then(|defence| defence.value.lockout_seconds);
        Some(json!({ "row": row.id, "method": pairing.method.as_str(), "lockout_seconds": lockout.unwrap_or(0) }))
    })
    .collect()
}

/// Whether a mechanism of a row makes sure of who pairs; `None` where it is no pairing.
pub(crate) fn authenticates(row: &Row) -> Option<bool> {
    row.companions.pairing.as_ref().map(|pairing| pairing.value.method != PairingWay::JustWorks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Pairing"
pairing = { method = "passkey-shown" }
brute_force = { failures = 3, lockout_seconds = 2 }
[[com_mech]]
id = "ComMech-Ble"
gatt = [{ service = "FFF0" }]
[[soft_serv]]
id = "SoftServ-Ble"
network_accessible_in = ["initialized"]
gatt = [
  { service = "fff0", characteristic = "fff1", readers = ["anyone"], writers = ["AuthMech-Pairing"], critical = true },
  { service = "fff0", characteristic = "fff1", example = "2a", begins_update = true },
]
"#;

    #[test]
    fn what_the_rows_say_of_a_characteristic_comes_together_as_the_probe_reads_it() {
        let facts = TestFacts::declared(IXIT);
        let wanted = wanted(facts.facts().declaration, DutState::Initialized);
        assert_eq!(wanted.len(), 1);
        let read: probes::probe::ble_access::Params =
            serde_json::from_value(wanted[0].params.clone()).expect("it is read");
        assert_eq!(read.accesses.len(), 2);
        let one = read.accesses.iter().find(|access| access.characteristic.is_some()).expect("fff1");
        assert_eq!(one.rows, ["SoftServ-Ble", "ComMech-Ble"]);
        assert!(one.critical && one.begins_update && one.example.as_deref() == Some("2a"));
        assert_eq!(
            (one.readers.as_slice(), one.writers.as_slice()),
            (&["anyone".to_owned()][..], &["AuthMech-Pairing".to_owned()][..])
        );
        assert_eq!(
            (read.mechanisms[0].method.as_str(), read.mechanisms[0].lockout_seconds),
            ("passkey-shown", 2.0)
        );
        assert!(!read.keep_state && wanted[0].disturbs.contains(&Disturbance::Pair));
        assert_eq!(authenticates(facts.facts().row("AuthMech-Pairing").unwrap().1), Some(true));
    }

    #[test]
    fn in_factory_default_nobody_pairs_and_only_what_is_reached_there_is_tried() {
        let of = |states: &str| {
            let facts = TestFacts::declared(&IXIT.replace("\"initialized\"", states));
            wanted(facts.facts().declaration, DutState::FactoryDefault)
        };
        assert!(of("\"initialized\"").is_empty());
        let both = of("\"factory_default\", \"initialized\"");
        assert_eq!((both.len(), &both[0].params["keep_state"], both[0].disturbs.len()), (1, &json!(true), 0));
        assert!(wanted(TestFacts::declared("").facts().declaration, DutState::Initialized).is_empty());
    }
}

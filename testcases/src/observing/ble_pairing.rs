//! How the device pairs over Bluetooth LE, once in each state in which the declaration lets strangers pair: a device
//! has one security manager, whatever many rows tell of it.

use ixit::companion::{Pairing, PairingTime};
use ixit::{Declaration, Row};
use serde_json::json;

use super::access_control::sorted;
use crate::plan::{Disturbance, Observing, Wanted};
use crate::state::DutState;

/// Pairings. Late, for a lock-out ends them, and before whatever harms.
pub static OBSERVING: Observing = Observing {
    probe: "ble-pairing",
    order: 985,
    states: &[DutState::FactoryDefault, DutState::Initialized],
    feeds: &[],
    disturbs: &[Disturbance::Pair],
    actions: &["allow_pairing", "read_passkey", "confirm_number"],
    budget_seconds: 1800,
    wanted,
};

/// The row that the pairings are made by: a mechanism of authentication before one of communication.
pub(crate) fn declared_pairing(declaration: &Declaration) -> Option<(&Row, &Pairing)> {
    ["auth_mech", "com_mech"].into_iter().find_map(|table| {
        sorted(declaration, table)
            .into_iter()
            .find_map(|row| Some((row, &row.companions.pairing.as_ref()?.value)))
    })
}

fn wanted(declaration: &Declaration, state: DutState) -> Vec<Wanted> {
    let Some((row, pairing)) = declared_pairing(declaration) else { return Vec::new() };
    let in_factory_default_only = pairing.strangers == Some(PairingTime::FactoryDefault);
    if state == DutState::FactoryDefault && !in_factory_default_only {
        return Vec::new();
    }
    let defence = row.companions.brute_force.as_ref().map(|defence| &defence.value);
    let params = json!({
        "row": row.id,
        "method": pairing.method.as_str(),
        "strangers": pairing.strangers.map(PairingTime::as_str),
        "only_uninvited": in_factory_default_only && state != DutState::FactoryDefault,
        "failures": defence.and_then(|defence| defence.failures),
        "lockout_seconds": defence.and_then(|defence| defence.lockout_seconds),
    });
    let lock_out = vec![Disturbance::LockOut];
    vec![Wanted { disturbs: lock_out, ..Wanted::with("pairing over Bluetooth LE", params) }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::TestFacts;

    const PAIRS: &str = "[[com_mech]]\nid = \"ComMech-Bluetooth\"\npairing = { method = \"passkey-shown\" }\n\
                         [[auth_mech]]\nid = \"AuthMech-Ble\"\n\
                         brute_force = { failures = 3, lockout_seconds = 2 }\n";

    fn of(strangers: &str, state: DutState) -> Vec<Wanted> {
        let pairing = format!("pairing = {{ method = \"passkey-shown\", strangers = \"{strangers}\" }}\n");
        wanted(TestFacts::declared(&format!("{PAIRS}{pairing}")).facts().declaration, state)
    }

    #[test]
    fn one_device_is_paired_with_by_the_row_that_authenticates() {
        let wanted = of("first-or-invited", DutState::Initialized);
        assert_eq!(wanted.len(), 1);
        let read: probes::probe::ble_pairing::Params =
            serde_json::from_value(wanted[0].params.clone()).expect("it is read");
        assert_eq!((read.row.as_str(), read.failures), ("AuthMech-Ble", Some(3)));
        assert_eq!(read.strangers.as_deref(), Some("first-or-invited"));
        assert!(!read.only_uninvited);
        assert!(of("first-or-invited", DutState::FactoryDefault).is_empty());
        assert!(super::wanted(TestFacts::declared("").facts().declaration, DutState::Initialized).is_empty());
    }

    #[test]
    fn where_strangers_pair_in_factory_default_only_they_are_turned_away_later() {
        assert_eq!(of("factory-default", DutState::FactoryDefault)[0].params["only_uninvited"], false);
        assert_eq!(of("factory-default", DutState::Initialized)[0].params["only_uninvited"], true);
    }
}

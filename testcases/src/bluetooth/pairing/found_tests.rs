use probes::ble::PairingMethod;
use probes::probe::ble_pairing::{AttemptKind, BlePairing};

use super::super::test_pairings::{ROW, refused, sound, with};
use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const AIR: &str = "[[intf]]\nid = \"Intf-Bluetooth\"\ntype = [\"network\"]\nstatus = \"enabled\"\nis_air = true\n\
                   gatt = [{ service = \"1800\" }]\n";

fn judged(row: &str, seen: BlePairing) -> Vec<(String, Verdict, String)> {
    let facts = TestFacts::declared(&format!("{ROW}{AIR}")).observed(Seen::by("ble-pairing", seen));
    let facts = facts.facts();
    let (table, row) = facts.row(row).expect("the row");
    let results = what_is_found_is_declared(&facts, table, row);
    assert!(results.iter().all(|result| !result.evidence.is_empty()));
    results.into_iter().map(|result| (result.item, result.verdict, result.reason.code)).collect()
}

fn asking(method: PairingMethod) -> BlePairing {
    let mut seen = sound();
    for one in &mut seen.attempts {
        one.report.as_mut().expect("a report").method = Some(method);
    }
    seen
}

#[test]
fn what_a_pairing_asks_for_is_declared_or_not() {
    for row in ["AuthMech-Ble", "Intf-Bluetooth"] {
        let one = |verdict, code: &str| vec![(row.to_owned(), verdict, code.to_owned())];
        assert_eq!(judged(row, sound()), one(Verdict::Pass, "ble-authentication-declared"));
        let compares = asking(PairingMethod::NumericComparison);
        assert_eq!(judged(row, compares), one(Verdict::Fail, "ble-other-pairing-than-declared"));
        let never = with(AttemptKind::RightWay, refused(0x05));
        assert_eq!(judged(row, never), one(Verdict::Inconclusive, "ble-right-way-not-taken"));
    }
    let nothing = judged("Intf-Bluetooth", BlePairing::default());
    assert_eq!(nothing[0].2, "radio-not-scanned");
}

#[test]
fn an_interface_without_a_declared_pairing_is_for_somebody_else() {
    let facts = TestFacts::declared(AIR);
    let facts = facts.facts();
    let (table, row) = facts.row("Intf-Bluetooth").expect("the row");
    assert!(what_is_found_is_declared(&facts, table, row).is_empty());
}

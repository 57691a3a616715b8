use probes::probe::ble_reset::PlantedValue;

use super::*;
use crate::deletion_seen::test_deletions;
use crate::judge::By;
use crate::test_facts::{Seen, TestFacts};

const CREATED: &str = "5.11-1-2:a";
const LEFT: &str = "5.11-1-2:c";
const PAIRS: &str = "[[auth_mech]]\nid = \"AuthMech-Pairing\"\npairing = { method = \"passkey-shown\" }\n";

fn sound() -> BleReset {
    BleReset {
        function: "DelFunc-Reset".to_owned(),
        bond_worked: true,
        not_scanned: false,
        planted: vec![PlantedValue {
            characteristic: "fff1".to_owned(),
            handle: 9,
            value: "62636466".to_owned(),
            shown: true,
            unmistakable: true,
            after: "gone".to_owned(),
        }],
        deleted_by: "declared".to_owned(),
        status: Some(200),
        confirmed: true,
        heard_after: Some(0.2),
        bond: "refused".to_owned(),
        bond_tries: 1,
        pairs_as_new: Some(true),
        set_up_again: "bench".to_owned(),
    }
}

/// A sound deletion over the network, and this over Bluetooth LE.
fn facts(reset: Option<Seen>) -> TestFacts {
    let declared = format!("{PAIRS}{}", test_deletions::DECLARED);
    let network = Seen::by(deletion_seen::PROBE, test_deletions::sound()).attempts(40);
    let facts = TestFacts::declared(&declared).observed(network);
    match reset {
        Some(reset) => facts.observed(reset),
        None => facts,
    }
}

/// The results over Bluetooth LE.
fn results(facts: &TestFacts, unit: &str) -> Vec<ItemResult> {
    let network = ["user-data-created", "nothing-survives-deletion"];
    let mut results = facts.judge(unit);
    results.retain(|result| !network.contains(&result.reason.code.as_str()));
    results
}

fn is(facts: &TestFacts, unit: &str, verdict: Verdict, code: &str) -> ItemResult {
    let mut results = results(facts, unit);
    assert_eq!(results.len(), 1, "{results:?}");
    let result = results.remove(0);
    assert_eq!((result.verdict, result.reason.code.as_str()), (verdict, code), "{:?}", result.reason);
    result
}

fn after(reset: BleReset) -> TestFacts {
    facts(Some(Seen::by(PROBE, reset)))
}

#[test]
fn a_sound_deletion_passes_over_bluetooth_too() {
    let facts = after(sound());
    let created = is(&facts, CREATED, Verdict::Pass, "ble-user-data-created");
    let left = is(&facts, LEFT, Verdict::Pass, "ble-nothing-survives");
    for result in [created, left] {
        assert_eq!(result.by, By::Machine);
        assert!(!result.evidence.is_empty() && result.effort.is_some());
    }
}

#[test]
fn a_bond_and_a_value_that_are_left_fail() {
    let bond = BleReset { bond: "taken".to_owned(), pairs_as_new: None, bond_tries: 3, ..sound() };
    let result = is(&after(bond), LEFT, Verdict::Fail, "ble-bond-survives");
    assert_eq!((result.blame, result.state), (Some(Blame::Device), Some(DutState::AfterReset)));
    let mut value = sound();
    "there".clone_into(&mut value.planted[0].after);
    is(&after(value.clone()), LEFT, Verdict::Fail, "ble-data-survives");
    value.planted[0].unmistakable = false;
    is(&after(value), LEFT, Verdict::Inconclusive, "deleted-value-may-be-a-default");
}

#[test]
fn what_is_left_of_a_deletion_that_was_not_carried_out_fails_nothing_here() {
    let refused = BleReset { bond: "taken".to_owned(), confirmed: false, ..sound() };
    // The network shows that the order works.
    is(&after(refused.clone()), LEFT, Verdict::Fail, "ble-bond-survives");
    let declared = format!("{PAIRS}{}", test_deletions::DECLARED);
    let alone = TestFacts::declared(&declared).observed(Seen::by(PROBE, refused.clone()));
    let codes: Vec<String> = alone.judge(LEFT).into_iter().map(|result| result.reason.code).collect();
    assert!(codes.contains(&"deletion-not-carried-out".to_owned()), "{codes:?}");
    let by_bench = BleReset { deleted_by: "bench".to_owned(), ..refused };
    is(&after(by_bench), LEFT, Verdict::Inconclusive, "deletion-not-carried-out");
}

#[test]
fn the_network_alone_does_not_pass_a_function_about_bonds() {
    for unit in [CREATED, LEFT] {
        let result = is(&facts(None), unit, Verdict::Inconclusive, "radio-not-scanned");
        assert_eq!(result.blame, Some(Blame::Lab));
        let trouble = Seen::by(PROBE, BleReset { bond_worked: false, ..sound() })
            .ended(Outcome::ToolTrouble, "no adapter");
        is(&facts(Some(trouble)), unit, Verdict::Inconclusive, "radio-not-scanned");
        let nobody = "nobody".to_owned();
        let no_adapter = BleReset { bond_worked: false, deleted_by: nobody, not_scanned: true, ..sound() };
        let no_adapter = Seen::by(PROBE, no_adapter).ended(Outcome::Partial, "no adapter");
        is(&facts(Some(no_adapter)), unit, Verdict::Inconclusive, "radio-not-scanned");
        let unpaired = BleReset {
            bond_worked: false,
            deleted_by: "nobody".to_owned(),
            bond: "unclear".to_owned(),
            ..sound()
        };
        let unpaired = Seen::by(PROBE, unpaired).ended(Outcome::Partial, "the device refused to pair");
        is(&facts(Some(unpaired)), unit, Verdict::Inconclusive, "observation-incomplete");
    }
    let unclear = Seen::by(PROBE, BleReset { bond: "unclear".to_owned(), ..sound() });
    is(&facts(Some(unclear)), LEFT, Verdict::Inconclusive, "observation-incomplete");
    let not_as_new = Seen::by(PROBE, BleReset { pairs_as_new: Some(false), ..sound() });
    is(&facts(Some(not_as_new)), LEFT, Verdict::Inconclusive, "observation-incomplete");
}

#[test]
fn a_device_that_nobody_pairs_with_has_no_bonds_to_delete() {
    let network = Seen::by(deletion_seen::PROBE, test_deletions::sound()).attempts(40);
    let facts = TestFacts::declared(test_deletions::DECLARED).observed(network);
    for unit in [CREATED, LEFT] {
        assert_eq!(facts.judge_one(unit).verdict, Verdict::Pass);
    }
}

#[test]
fn what_the_reset_of_the_bench_leaves_is_shown_to_a_person() {
    let prose = test_deletions::DECLARED.replace("erasure = ", "# ").replace(
        "target_type = \"user data on the device\"",
        "target_type = \"user data on the device\"\ncovers = [\"user-cryptographic-material\"]",
    );
    let reset = BleReset { deleted_by: "bench".to_owned(), bond: "taken".to_owned(), ..sound() };
    let facts = TestFacts::declared(&format!("{PAIRS}{prose}")).observed(Seen::by(PROBE, reset));
    let results = facts.judge(LEFT);
    let shown = results.iter().filter_map(|result| result.open.as_ref()).flat_map(|open| &open.shown);
    let told: Vec<&str> = shown
        .filter(|shown| shown.label == "observed.deletion.bluetooth")
        .map(|shown| shown.text.as_str())
        .collect();
    assert_eq!(told, ["deleted by bench: old bond taken, 0 of 1 values still there"]);
    assert!(results.iter().all(|result| result.verdict == Verdict::Inconclusive));
}

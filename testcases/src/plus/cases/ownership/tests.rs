//! Transfers made by hand, over the network and over Bluetooth LE.

use probes::Outcome;
use probes::probe::ble_reset::PlantedValue;
use probes::probe::deletion::{Deletion, Look};

use super::*;
use crate::deletion_seen::test_deletions::{self, DECLARED, residue};
use crate::test_facts::{self, TestFacts};

const PAIRS: &str = "[[auth_mech]]\nid = \"AuthMech-Pairing\"\npairing = { method = \"passkey-shown\" }\n";

/// The deletion of the other tests, with sessions tried before and after the set-up.
fn sound() -> Deletion {
    let mut deletion = test_deletions::sound();
    for state in ["after_reset", "initialized"] {
        deletion.looks.push(Look {
            state: state.to_owned(),
            subject: "old-session".to_owned(),
            account: Some("Web".to_owned()),
            target: "/mine".to_owned(),
            result: "looked".to_owned(),
            ..Look::default()
        });
    }
    deletion
}

fn bond() -> BleReset {
    BleReset {
        function: "DelFunc-Reset".to_owned(),
        bond_worked: true,
        planted: vec![PlantedValue {
            characteristic: "fff1".to_owned(),
            handle: 9,
            value: "62636466".to_owned(),
            shown: true,
            unmistakable: true,
            after: "gone".to_owned(),
        }],
        deleted_by: "declared".to_owned(),
        confirmed: true,
        bond: "refused".to_owned(),
        bond_tries: 1,
        pairs_as_new: Some(true),
        set_up_again: "bench".to_owned(),
        ..BleReset::default()
    }
}

#[track_caller]
fn one(facts: &TestFacts) -> ItemResult {
    let mut results = judge(&facts.facts());
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

fn of(deletion: &Deletion) -> ItemResult {
    one(&test_deletions::seen(deletion))
}

/// Beside a sound transfer over the network.
fn of_radio(reset: Option<&BleReset>) -> ItemResult {
    let mut facts = TestFacts::declared(&format!("{PAIRS}{DECLARED}"))
        .observed(test_facts::Seen::by("deletion", sound()).attempts(40));
    if let Some(reset) = reset {
        facts = facts.observed(test_facts::Seen::by(BLE, reset));
    }
    let mut results = judge(&facts.facts());
    assert_eq!((results.len(), results[0].verdict), (2, Verdict::Pass), "{results:#?}");
    results.remove(1)
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str) {
    let said = (result.verdict, result.reason.code.as_str());
    assert_eq!(said, (Verdict::Inconclusive, code), "{result:#?}");
    assert!(result.blame.is_some());
}

#[test]
fn where_nothing_of_the_old_owner_is_left_it_passes() {
    let result = of(&sound());
    let said = (result.verdict, result.reason.code.as_str());
    assert_eq!(said, (Verdict::Pass, "plus-ownership-nothing-left"), "{result:#?}");
    assert!(!result.evidence.is_empty() && result.effort.is_some());
    let result = of_radio(Some(&bond()));
    let said = (result.verdict, result.reason.code.as_str(), result.item.as_str());
    assert_eq!(said, (Verdict::Pass, "plus-ownership-bond-over", "DelFunc-Reset/bluetooth"));
}

#[test]
fn whatever_is_left_of_the_old_owner_fails() {
    for (kind, code) in [
        ("data", "plus-ownership-old-data-left"),
        ("traffic", "plus-ownership-old-data-left"),
        ("session", "plus-ownership-old-session-lets-in"),
        ("credential", "plus-ownership-old-credential-lets-in"),
    ] {
        for state in ["after_reset", "initialized"] {
            let mut left = sound();
            left.residue = vec![residue(kind, state, true)];
            assert_eq!(of(&left).fails(code).blame, Some(Blame::Device));
        }
    }
    // Each kind is told, not the first alone.
    let mut all = sound();
    all.residue = ["session", "data", "credential"].map(|kind| residue(kind, "after_reset", true)).to_vec();
    let results = judge(&test_deletions::seen(&all).facts());
    let codes: Vec<&str> = results.iter().map(|result| result.reason.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "plus-ownership-old-data-left",
            "plus-ownership-old-session-lets-in",
            "plus-ownership-old-credential-lets-in"
        ]
    );
    let taken = BleReset { bond: "taken".to_owned(), ..bond() };
    of_radio(Some(&taken)).fails("plus-ownership-old-bond-taken");
    let mut there = bond();
    "there".clone_into(&mut there.planted[0].after);
    of_radio(Some(&there)).fails("plus-ownership-old-value-left");
}

#[test]
fn a_reset_that_was_not_carried_out_shows_nothing() {
    let mut refused = sound();
    refused.gone_after = None;
    refused.answer = None;
    "without-effect".clone_into(&mut refused.attempts[1].result);
    refused.residue = vec![residue("data", "after_reset", true)];
    is_open(&of(&refused), "plus-ownership-not-reset");
    let not_agreed = Deletion { function: "DelFunc-Reset".to_owned(), resets: true, ..Deletion::default() };
    is_open(&of(&not_agreed), "plus-ownership-unclear");
    // The reset of the bench may be another one.
    let by_bench = BleReset { bond: "taken".to_owned(), deleted_by: "bench".to_owned(), ..bond() };
    is_open(&of_radio(Some(&by_bench)), "plus-ownership-bond-unclear");
}

#[test]
fn what_was_not_tried_is_open() {
    let changes: [fn(&mut Deletion); 6] = [
        |deletion| deletion.set_up_again = "nobody".to_owned(),
        |deletion| deletion.brought_back = None,
        |deletion| deletion.planted[0].shown = false,
        |deletion| deletion.looks.retain(|look| look.subject != "old-session"),
        |deletion| deletion.looks.retain(|look| look.subject != "old-credential"),
        |deletion| deletion.looks.retain(|look| look.subject != "new-user"),
    ];
    for (place, change) in changes.iter().enumerate() {
        let mut deletion = sound();
        change(&mut deletion);
        let result = of(&deletion);
        assert_eq!(result.reason.code, "plus-ownership-unclear", "change {place}: {result:#?}");
    }
    is_open(&one(&test_deletions::seen_at(&sound(), 3)), "plus-ownership-unclear");
    let mut nobody = sound();
    nobody.held.clear();
    is_open(&of(&nobody), "plus-ownership-no-login-before");
    let mut label = sound();
    label.held[0].chosen = Some(false);
    is_open(&of(&label), "plus-ownership-no-login-before");
    let mut default = sound();
    default.residue = vec![residue("data", "after_reset", false)];
    is_open(&of(&default), "plus-ownership-may-be-a-default");
    let stopped = test_facts::Seen::by("deletion", sound()).attempts(40).ended(Outcome::Partial, "stopped");
    is_open(&one(&TestFacts::declared(DECLARED).observed(stopped)), "plus-ownership-unclear");
    is_open(&of_radio(None), "plus-ownership-bond-not-tried");
    is_open(&of_radio(Some(&BleReset { pairs_as_new: None, ..bond() })), "plus-ownership-bond-unclear");
}

#[test]
fn without_a_declared_reset_or_without_a_look_it_is_open() {
    is_open(&one(&TestFacts::declared("")), "plus-ownership-no-reset");
    is_open(&one(&TestFacts::declared(DECLARED)), "plus-ownership-not-played");
}

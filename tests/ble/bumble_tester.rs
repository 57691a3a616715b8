//! Bumble as a tester of the lab's heater: an independent stack meets it as the back-end does.

use std::collections::BTreeMap;

use lab::behaviour::ble::{LegacyRule, PanelUse};
use lab::ble::Panel;
use serde_json::Value;

use crate::air::{Heater, heater};
use crate::bumble_programs::central;

/// What a person types where the tester wants the passkey.
#[derive(Clone, Copy, PartialEq)]
enum Typed {
    Right,
    Wrong,
}

/// How a pairing ended, and the characteristics that were read, or the error with which that was refused.
fn met(
    bench: &Heater,
    attempt: &str,
    more: &[&str],
    typed: Typed,
) -> (Option<Value>, BTreeMap<String, Option<u64>>) {
    let mut tester = central(bench, attempt, more);
    let (mut ended, mut reads) = (None, BTreeMap::new());
    while let Some(line) = tester.next() {
        match line["event"].as_str().unwrap() {
            "passkey-wanted" => {
                let shown = bench.displayed_passkey().expect("the panel shows one");
                let typed = if typed == Typed::Right { shown } else { (shown + 1) % 1_000_000 };
                tester.say(&typed.to_string());
            }
            "compare" => {
                let digits = line["number"].as_str().unwrap().parse().unwrap();
                assert_eq!(bench.panel(), Panel::Compare(digits));
                bench.press_button();
                tester.say("same");
            }
            "paired" | "not-paired" => ended = Some(line),
            "read" => {
                reads.insert(line["characteristic"].as_str().unwrap().to_owned(), line["refused"].as_u64());
            }
            "done" => return (ended, reads),
            other => panic!("{other}"),
        }
    }
    panic!("the tester on Bumble came to no end");
}

fn closed(reads: &BTreeMap<String, Option<u64>>) -> Vec<u64> {
    reads.values().flatten().copied().collect()
}

/// Serial number, firmware, temperature, owner and state of the update.
const CLOSED_TO_STRANGERS: [u64; 5] = [5; 5];
/// The state of the update, until the PIN is given.
const CLOSED_WITHOUT_PIN: [u64; 1] = [8];

#[test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
fn a_sound_heater_lets_in_who_types_its_passkey_and_nobody_else() {
    let (ended, reads) = met(&heater(|_| {}), "none", &[], Typed::Right);
    assert_eq!((ended, reads.len()), (None, 10));
    assert_eq!(closed(&reads), CLOSED_TO_STRANGERS);
    for (attempt, more, typed, reason) in [
        ("just-works", &[][..], Typed::Right, 3),
        ("legacy-just-works", &[], Typed::Right, 3),
        ("legacy-passkey", &[], Typed::Right, 3),
        ("passkey", &["--key-size", "7"], Typed::Right, 6),
        ("passkey", &[], Typed::Wrong, 4),
    ] {
        let bench = heater(|_| {});
        let (ended, reads) = met(&bench, attempt, more, typed);
        let ended = ended.unwrap();
        assert_eq!(
            (ended["event"].as_str(), ended["reason"].as_u64()),
            (Some("not-paired"), Some(reason)),
            "{attempt} {more:?}"
        );
        assert_eq!(closed(&reads), CLOSED_TO_STRANGERS, "{attempt}");
        assert_eq!(bench.bonds(), 0, "{attempt}");
    }
    let bench = heater(|_| {});
    let (ended, reads) = met(&bench, "passkey", &[], Typed::Right);
    let ended = ended.unwrap();
    assert_eq!(ended["event"], "paired");
    assert_eq!((&ended["authenticated"], &ended["secure_connections"]), (&true.into(), &true.into()));
    assert_eq!(closed(&reads), CLOSED_WITHOUT_PIN);
    assert_eq!(bench.bonds(), 1);
}

#[test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
fn numbers_are_compared() {
    let bench = heater(|behaviour| behaviour.panel = PanelUse::Comparison);
    let (ended, reads) = met(&bench, "numeric-comparison", &[], Typed::Right);
    let ended = ended.unwrap();
    assert_eq!((&ended["event"], &ended["authenticated"]), (&"paired".into(), &true.into()));
    assert_eq!(closed(&reads), CLOSED_WITHOUT_PIN);
}

#[test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
fn weak_heaters_let_in_who_asks_for_less() {
    let bench = heater(|behaviour| behaviour.pairing.just_works = true);
    let (ended, reads) = met(&bench, "just-works", &[], Typed::Right);
    let ended = ended.unwrap();
    assert_eq!((&ended["event"], &ended["authenticated"]), (&"paired".into(), &false.into()));
    assert_eq!(closed(&reads), CLOSED_WITHOUT_PIN);

    for legacy in [LegacyRule::Accepted, LegacyRule::Only] {
        let bench = heater(|behaviour| behaviour.pairing.legacy = legacy);
        let (ended, reads) = met(&bench, "legacy-passkey", &[], Typed::Right);
        let ended = ended.unwrap();
        assert_eq!((&ended["event"], &ended["secure_connections"]), (&"paired".into(), &false.into()));
        assert_eq!(closed(&reads), CLOSED_WITHOUT_PIN);
    }

    // The air compares the keys of both sides: both cut them to the same seven octets.
    let bench = heater(|behaviour| behaviour.pairing.short_key = true);
    let (ended, reads) = met(&bench, "passkey", &[], Typed::Right);
    assert_eq!(ended.unwrap()["event"], "paired");
    assert_eq!(closed(&reads), CLOSED_WITHOUT_PIN);
}

//! What a deletion leaves over Bluetooth LE, and that the heater is set up again afterwards.

use std::sync::Arc;

use harness::probes::Outcome;
use harness::probes::probe::ble_reset::BleReset;
use lab::behaviour::ble::Hostility;
use serde_json::{Value, json};

use crate::air::{Heater, heater, known};
use crate::probing::{CONSENT, EVERYTHING, Run, probed};

fn params(bench: &Heater) -> Value {
    use lab::ble::uuids;
    json!({
        "adapter": bench.tester_url(), "name": "HK-100", "listen_seconds": 0.5, "answer_seconds": 1.0,
        "recovery_seconds": 1.0, "profile": "matrix", "seed": "s", "address": "127.0.0.1",
        "function": "DelFunc-Reset",
        "pairing": { "method": "passkey-shown", "strangers": "first-or-invited" },
        "plants": [
            {
                "service": known(uuids::SETTINGS), "characteristic": known(uuids::OWNER_NAME),
                "example": "4d2e20486f7368696e6f", "largest": 48,
            },
            {
                "service": known(uuids::SETTINGS), "characteristic": known(uuids::TARGET_TEMPERATURE),
                "example": "2a", "largest": 1,
            },
        ],
    })
}

async fn looked(bench: &Arc<Heater>, actions: &'static [&'static str]) -> (Run, BleReset) {
    bench.onboard();
    let run = probed(bench, "ble-reset", params(bench), actions, &CONSENT).await;
    let seen = run.observation.read().expect("a result");
    (run, seen)
}

#[tokio::test]
async fn a_reset_ends_bond_and_values_and_the_heater_is_set_up_again() {
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let (run, seen) = looked(&bench, EVERYTHING).await;
    println!("{:.2} s, {}", run.observation.effort.seconds, run.observation.effort.what);
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
    assert!(seen.bond_worked && seen.heard_after.is_some());
    assert_eq!((seen.deleted_by.as_str(), seen.bond.as_str()), ("bench", "refused"));
    assert_eq!((seen.pairs_as_new, seen.set_up_again.as_str()), (Some(true), "bench"));
    assert!(
        seen.planted.iter().all(|planted| planted.shown && planted.after == "gone"),
        "{:?}",
        seen.planted
    );
    let unmistakable: Vec<bool> = seen.planted.iter().map(|planted| planted.unmistakable).collect();
    assert_eq!(
        unmistakable,
        [true],
        "the name alone: a temperature may be one that the heater has by itself"
    );
    // Of the owner alone: the tester left no bond on the device as it was new.
    assert_eq!(bench.bonds(), 1);
    assert_eq!(run.asked.last().map(String::as_str), Some("onboard"));
}

#[tokio::test]
async fn a_bond_that_outlives_the_reset_is_found() {
    let bench = heater(|behaviour| (behaviour.without_pin, behaviour.bond_survives_reset) = (true, true));
    let (run, seen) = looked(&bench, EVERYTHING).await;
    println!("{:.2} s, {}", run.observation.effort.seconds, run.observation.effort.what);
    assert_eq!((seen.bond.as_str(), seen.pairs_as_new), ("taken", None));
    assert!(seen.bond_tries >= 3, "one look may come too early");
    assert!(seen.planted.iter().all(|planted| planted.after == "gone"));
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
}

#[tokio::test]
async fn what_the_bench_cannot_do_is_said_and_nothing_is_deleted_without_a_bond() {
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let (run, seen) = looked(&bench, &["allow_pairing", "read_passkey", "factory_reset"]).await;
    assert_eq!((seen.bond.as_str(), seen.set_up_again.as_str()), ("refused", "nobody"));
    assert_eq!(run.observation.outcome, Outcome::Partial);
    assert!(run.observation.trouble.is_some_and(|trouble| trouble.contains("onboard")));

    for actions in [
        &["factory_reset", "onboard", "read_passkey"][..],
        &["factory_reset", "onboard", "allow_pairing"][..],
    ] {
        let bench = heater(|behaviour| behaviour.without_pin = true);
        let (run, seen) = looked(&bench, actions).await;
        assert!(!seen.was_ordered() && !seen.bond_worked);
        assert!(run.asked.iter().all(|action| action != "factory_reset"), "{:?}", run.asked);
        assert_eq!(run.observation.outcome, Outcome::Partial);
    }
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let (run, seen) = looked(&bench, &["allow_pairing", "read_passkey"]).await;
    assert!(seen.bond_worked && !seen.was_ordered());
    assert_eq!(run.observation.outcome, Outcome::Partial);
}

#[tokio::test]
async fn devices_that_mean_harm_end_no_run() {
    for hostility in
        [Hostility::MalformedAtt, Hostility::MalformedSmp, Hostility::DisconnectStorm, Hostility::Silent]
    {
        let bench = heater(|behaviour| behaviour.hostility = hostility);
        let guard = std::time::Duration::from_secs(120);
        let (run, seen) = tokio::time::timeout(guard, looked(&bench, EVERYTHING))
            .await
            .unwrap_or_else(|_| panic!("{hostility:?} was looked at without end"));
        println!("{hostility:?}: {:.2} s, {:?}", run.observation.effort.seconds, run.observation.trouble);
        assert!(seen.bond != "taken", "{hostility:?}");
        assert_ne!(run.observation.outcome, Outcome::Complete, "{hostility:?}");
    }
}

#[tokio::test]
async fn without_consent_nothing_is_done() {
    for consent in [&["pair"][..], &["erase_data"][..]] {
        let bench = heater(|_| {});
        bench.onboard();
        let run = probed(&bench, "ble-reset", params(&bench), EVERYTHING, consent).await;
        assert_eq!(run.observation.outcome, Outcome::Partial);
        assert!(run.asked.is_empty());
    }
}

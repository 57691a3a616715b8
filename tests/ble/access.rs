//! Who gets at what of the heater, as its reference declaration says it: strangers and the unauthenticated nothing of
//! the sound one, and each weak twin by the access that it grants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use harness::ixit::Declaration;
use harness::probes::probe::ble_access::{BleAccess, Trial};
use harness::probes::{
    self, Context, Dialer, EvidenceRef, Outcome, ProbeContext, Request, Scope, dialer::DialLimits,
};
use harness::testcases::DutState;
use harness::testcases::observing::ble_access::OBSERVING;
use lab::behaviour::ble::BleBehaviour;
use lab::ble::uuids;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::air::{Heater, heater, known};
use crate::probing::{EVERYTHING, Run, probed};

const CONSENT: [&str; 2] = ["pair", "change_state"];
const WIFI_PASSWORD: &str = "kaki-no-ki";

/// The heater as it is declared, with its owner's phone bonded.
fn owned(change: impl FnOnce(&mut BleBehaviour)) -> Arc<Heater> {
    let bench = heater(|behaviour| {
        behaviour.without_pin = true;
        change(behaviour);
    });
    bench.onboard();
    bench
}

/// What is asked for by the reference declaration.
fn params(bench: &Heater, state: DutState) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/devices/water-heater");
    let declaration = Declaration::read(&folder).declaration.expect("the reference declaration is read");
    let mut wanted = (OBSERVING.wanted)(&declaration, state);
    assert_eq!(wanted.len(), 1);
    let mut params = wanted.remove(0).params;
    for (name, value) in [
        ("adapter", json!(bench.tester_url())),
        ("name", json!("HK-100")),
        ("listen_seconds", json!(0.5)),
        ("answer_seconds", json!(1.0)),
        ("profile", json!("matrix")),
    ] {
        params[name] = value;
    }
    params
}

async fn tried(bench: &Arc<Heater>) -> (Run, BleAccess) {
    let run = probed(bench, "ble-access", params(bench, DutState::Initialized), EVERYTHING, &CONSENT).await;
    let seen = run.observation.read().expect("a result");
    (run, seen)
}

/// What somebody got who may not, by characteristic and act.
fn leaks(seen: &BleAccess, subject: &str) -> BTreeSet<(String, String)> {
    let got = |trial: &&Trial| {
        trial.subject == subject
            && trial.descriptor.is_none()
            && trial.result == "granted"
            && !trial.who.iter().any(|who| who == "anyone")
    };
    seen.trials.iter().filter(got).map(|trial| (trial.characteristic.clone(), trial.act.clone())).collect()
}

fn leak(uuid: uuids::Uuid, act: &str) -> (String, String) {
    (known(uuid).to_string(), act.to_owned())
}

fn link<'s>(seen: &'s BleAccess, subject: &str) -> &'s probes::probe::ble_access::LinkSeen {
    seen.links.iter().find(|link| link.subject == subject).expect("somebody tried to be it")
}

#[tokio::test]
async fn the_sound_heater_gives_strangers_nothing_and_its_owner_all() {
    let bench = owned(|_| {});
    let (run, seen) = tried(&bench).await;
    println!("{:.2} s, {}", run.observation.effort.seconds, run.observation.effort.what);
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
    assert!(leaks(&seen, "stranger").is_empty(), "{:?}", leaks(&seen, "stranger"));
    assert_eq!(link(&seen, "unauthenticated").outcome, "refused", "{:?}", seen.links);
    let paired = link(&seen, "authenticated");
    assert_eq!(
        (paired.outcome.as_str(), paired.encrypted, paired.authenticated),
        ("paired", Some(true), Some(true))
    );
    assert_eq!((paired.secure_connections, paired.key_size), (Some(true), Some(16)));
    let own = leaks(&seen, "authenticated");
    for (uuid, act) in [
        (uuids::SERIAL_NUMBER, "read"),
        (uuids::OWNER_NAME, "write"),
        (uuids::TARGET_TEMPERATURE, "write"),
        (uuids::WIFI_PASSWORD, "prepared-write"),
        (uuids::UPDATE_DATA, "prepared-write"),
        (uuids::PROVISIONING_STATUS, "subscribe"),
    ] {
        assert!(own.contains(&leak(uuid, act)), "{act} {uuid:?}: {own:?}");
    }
    let refused = |trial: &&Trial| trial.subject == "stranger" && trial.refused_for_security();
    assert!(seen.trials.iter().filter(refused).count() >= 14);
    let asked = |uuid, act: &str| {
        seen.trials.iter().any(|trial| {
            trial.subject == "stranger"
                && (trial.characteristic.clone(), trial.act.clone()) == leak(uuid, act)
        })
    };
    assert!(asked(uuids::UPDATE_CONTROL, "begin-update") && asked(uuids::WIFI_PASSWORD, "prepared-write"));
    assert!(seen.table_complete && seen.missing.is_empty() && seen.undeclared.is_empty());
    // Temperature and name are as before, and what cannot be put back was not written.
    assert!(seen.not_put_back.is_empty(), "{:?}", seen.not_put_back);
    let changed = seen.trials.iter().filter(|trial| trial.subject != "authenticated");
    assert!(changed.clone().all(|trial| trial.changed != Some(true)), "{seen:?}");
    assert!(run.kept.contains("insufficient authentication") && !bench.has_installed_update());
}

#[tokio::test]
async fn what_is_written_without_an_answer_is_read_back() {
    let bench = owned(|_| {});
    let mut params = params(&bench, DutState::Initialized);
    let data = known(uuids::UPDATE_DATA).to_string();
    for access in params["accesses"].as_array_mut().expect("accesses") {
        if access["characteristic"] == json!(data) {
            access["example"] = json!("01020304");
        }
    }
    let run = probed(&bench, "ble-access", params, EVERYTHING, &CONSENT).await;
    let seen: BleAccess = run.observation.read().expect("a result");
    let trial = seen
        .trials
        .iter()
        .find(|trial| trial.act == "write-without-response" && trial.subject == "stranger")
        .expect("it was sent");
    // Asked for an answer the heater refuses, and what is read beside it is as before.
    assert_eq!((trial.result.as_str(), trial.changed), ("refused", Some(false)), "{trial:?}");
}

#[tokio::test]
async fn settings_open_to_everybody_are_found_and_put_back() {
    let bench = owned(|behaviour| behaviour.open_config = true);
    let (_, seen) = tried(&bench).await;
    let got = leaks(&seen, "stranger");
    for (uuid, act) in [
        (uuids::WIFI_NAME, "write"),
        (uuids::WIFI_PASSWORD, "prepared-write"),
        (uuids::TARGET_TEMPERATURE, "read"),
        (uuids::TARGET_TEMPERATURE, "write"),
        (uuids::OWNER_NAME, "write"),
    ] {
        assert!(got.contains(&leak(uuid, act)), "{act} {uuid:?}: {got:?}");
    }
    let written = seen.trials.iter().find(|trial| {
        trial.subject == "stranger"
            && (trial.characteristic.clone(), trial.act.clone()) == leak(uuids::OWNER_NAME, "write")
    });
    assert_eq!(written.expect("it was written").changed, Some(true));
    // Only the name of the Wi-Fi cannot be read, and so not be put back.
    let name = seen.trials.iter().find(|trial| trial.characteristic == known(uuids::WIFI_NAME).to_string());
    assert_eq!(seen.not_put_back, [name.expect("it was tried").handle]);
    assert!(link(&seen, "stranger").encrypted == Some(false));
}

#[tokio::test]
async fn a_heater_that_pairs_with_anybody_lets_in_the_unauthenticated() {
    let bench = owned(|behaviour| behaviour.pairing.just_works = true);
    let (_, seen) = tried(&bench).await;
    assert!(leaks(&seen, "stranger").is_empty());
    let unknown = link(&seen, "unauthenticated");
    assert_eq!(
        (unknown.outcome.as_str(), unknown.encrypted, unknown.authenticated),
        ("paired", Some(true), Some(false))
    );
    let got = leaks(&seen, "unauthenticated");
    assert!(got.contains(&leak(uuids::TARGET_TEMPERATURE, "read")), "{got:?}");
    assert!(got.contains(&leak(uuids::OWNER_NAME, "write")), "{got:?}");
}

#[tokio::test]
async fn an_update_that_anybody_begins_is_begun_and_no_more() {
    let bench = owned(|behaviour| behaviour.dfu_open = true);
    let (_, seen) = tried(&bench).await;
    assert!(leaks(&seen, "stranger").contains(&leak(uuids::UPDATE_CONTROL, "begin-update")));
    assert!(!bench.has_installed_update());
}

#[tokio::test]
async fn the_second_handle_of_a_characteristic_is_tried_as_well() {
    let bench = owned(|behaviour| behaviour.duplicate_characteristic = true);
    let (_, seen) = tried(&bench).await;
    let temperature = known(uuids::TARGET_TEMPERATURE).to_string();
    let read = |trial: &&Trial| {
        trial.act == "read" && trial.subject == "stranger" && trial.characteristic == temperature
    };
    let results: Vec<(u16, &str)> = seen
        .trials
        .iter()
        .filter(|trial| trial.descriptor.is_none())
        .filter(read)
        .map(|trial| (trial.handle, trial.result.as_str()))
        .collect();
    assert_eq!(results.iter().map(|(_, result)| *result).collect::<Vec<_>>(), ["refused", "granted"]);
    assert_ne!(results[0].0, results[1].0);
    assert!(seen.not_put_back.is_empty(), "{:?}", seen.not_put_back);
}

#[tokio::test]
async fn credentials_that_are_told_to_everybody_are_known_by_what_was_planted_and_not_written_down() {
    let bench = owned(|behaviour| behaviour.plain_notify_of_secrets = true);
    let kept = Arc::new(Mutex::new(String::new()));
    let keeping = kept.clone();
    let context = ProbeContext::new(
        Dialer::new(Scope::default(), DialLimits::default()),
        Context::default(),
        BTreeMap::new(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            keeping.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
            EvidenceRef::of(bytes, "")
        }),
    );
    let plant = BTreeMap::from([("SecParam-WifiCredentials".to_owned(), vec![WIFI_PASSWORD.to_owned()])]);
    let request = Request {
        probe: "ble-access".to_owned(),
        target: "the heater".to_owned(),
        params: params(&bench, DutState::Initialized),
    };
    let observation = probes::run(request, Arc::new(context.with_lent(None, plant))).await;
    let seen: BleAccess = observation.read().expect("a result");
    assert!(leaks(&seen, "stranger").contains(&leak(uuids::PROVISIONING_STATUS, "subscribe")));
    let told = seen.told.first().expect("the heater tells it at once");
    assert_eq!(
        (told.subject.as_str(), told.holds.as_slice()),
        ("stranger", &["SecParam-WifiCredentials".to_owned()][..])
    );
    assert!(told.octets > 1);
    let hex: String = WIFI_PASSWORD.bytes().map(|octet| format!("{octet:02x}")).collect();
    let all = format!("{}{}", kept.lock().unwrap(), serde_json::to_string(&observation).unwrap());
    assert!(!all.contains(&hex) && !all.contains(WIFI_PASSWORD));
}

#[tokio::test]
async fn who_cannot_be_met_or_read_is_no_refusal() {
    let bench = owned(|_| {});
    bench.power_off();
    let (run, seen) = tried(&bench).await;
    assert_eq!(
        (run.observation.outcome, seen.no_way.expect("none").kind.as_str()),
        (Outcome::Refused, "not-heard")
    );
    bench.power_on();

    let run =
        probed(&bench, "ble-access", params(&bench, DutState::Initialized), &["allow_pairing"], &CONSENT)
            .await;
    let seen: BleAccess = run.observation.read().expect("a result");
    assert_eq!(run.observation.outcome, Outcome::Partial);
    assert_eq!(link(&seen, "authenticated").outcome, "not-tried", "{:?}", seen.links);
    assert!(seen.trials.iter().all(|trial| trial.subject != "authenticated"));
}

#[tokio::test]
async fn without_the_consent_of_the_bench_nothing_is_written_and_nobody_pairs() {
    let bench = owned(|_| {});
    let bonds = bench.bonds();
    let run = probed(&bench, "ble-access", params(&bench, DutState::Initialized), EVERYTHING, &[]).await;
    let seen: BleAccess = run.observation.read().expect("a result");
    assert_eq!(run.observation.outcome, Outcome::Partial);
    assert!(seen.trials.iter().all(|trial| matches!(trial.act.as_str(), "read" | "subscribe")));
    assert_eq!(link(&seen, "authenticated").outcome, "not-tried");
    assert!(run.observation.effort.gaps.iter().any(|gap| gap.contains("change_state")));
    assert_eq!((bench.bonds(), run.asked.len()), (bonds, 0));
}

#[tokio::test]
async fn as_delivered_the_heater_is_left_as_it_is() {
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let params = params(&bench, DutState::FactoryDefault);
    let run = probed(&bench, "ble-access", params, EVERYTHING, &CONSENT).await;
    let seen: BleAccess = run.observation.read().expect("a result");
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
    assert_eq!((bench.bonds(), run.asked.len(), seen.links.len()), (0, 0, 1));
    let acts: BTreeSet<&str> = seen.trials.iter().map(|trial| trial.act.as_str()).collect();
    assert_eq!(acts, BTreeSet::from(["prepared-write", "read", "subscribe"]));
    assert!(leaks(&seen, "stranger").is_empty());
}

//! The look of a stranger: nothing is missed at a weak heater, nothing is found at the sound one, and what cannot be
//! looked at is said.

use std::sync::Arc;

use harness::probes::ble::{AdvertisingPdu, Lasting, ReadAnswer};
use harness::probes::probe::ble_surface::BleSurface;
use harness::probes::{Observation, Outcome};
use lab::behaviour::ble::{BleBehaviour, Hostility};
use lab::ble::uuids;
use serde_json::{Value, json};

use crate::air::{Heater, heater, known};
use crate::probing::probed;

fn params(bench: &Heater) -> Value {
    json!({
        "adapter": bench.tester_url(), "name": "HK-100", "listen_seconds": 0.5, "answer_seconds": 1.0,
        "recovery_seconds": 1.0, "profile": "matrix", "serial": bench.serial(), "mac": "02:00:5e:10:20:30",
    })
}

async fn looked(bench: &Arc<Heater>, params: Value) -> (Observation, BleSurface) {
    // The look asks the bench for nothing, and needs no consent.
    let run = probed(bench, "ble-surface", params, &[], &[]).await;
    assert!(run.asked.is_empty(), "{:?}", run.asked);
    let seen = run.observation.read().expect("the result is readable");
    (run.observation, seen)
}

async fn look(change: impl FnOnce(&mut BleBehaviour)) -> (Observation, BleSurface) {
    let bench = heater(change);
    looked(&bench, params(&bench)).await
}

fn complete(observation: &Observation) {
    assert_eq!(observation.outcome, Outcome::Complete, "{:?} {:?}", observation.trouble, observation.effort);
    assert_eq!(observation.effort.attempted, observation.effort.completed);
}

#[tokio::test]
async fn a_sound_heater_shows_what_it_has_to_and_nothing_else() {
    let bench = heater(|_| {});
    let (observation, seen) = looked(&bench, params(&bench)).await;
    complete(&observation);
    assert_eq!(seen.known_by.as_deref(), Some("name"));
    assert!(seen.connectable());
    for advertiser in &seen.passive.advertisers {
        assert_eq!(advertiser.address.lasting(), Lasting::ResolvablePrivate);
        assert!(advertiser.packets.iter().all(|packet| packet.pdu == AdvertisingPdu::Connectable));
    }
    let active = seen.active.as_ref().expect("it answers to scans");
    let packets = active.advertisers.iter().flat_map(|one| &one.packets);
    assert!(packets.into_iter().any(|packet| packet.pdu == AdvertisingPdu::ScanResponse));
    let table = seen.table.as_ref().expect("it was connected to");
    assert!(table.complete && table.outside.is_empty());
    let sweep = seen.sweep.as_ref().expect("handles were asked for");
    assert!(sweep.complete && sweep.found.is_empty() && sweep.asked > 400, "{sweep:?}");
    assert_eq!(sweep.asked, sweep.absent);
    assert!(seen.tells.is_empty() && seen.anomalies.is_empty(), "{:?} {:?}", seen.tells, seen.anomalies);
    let refused = seen.reads.iter().filter(|read| matches!(read.answer, ReadAnswer::Refused(_))).count();
    assert!(refused >= 5, "{:?}", seen.reads);
    // Nobody paired, and nothing of the serial number is kept but that it was searched for.
    assert_eq!(bench.bonds(), 0);
    let stored = serde_json::to_string(&observation.data).unwrap();
    assert!(!stored.contains(&bench.serial()));
    println!("the sound heater in {:.2} s: {}", observation.effort.seconds, observation.effort.what);
}

#[tokio::test]
async fn a_serial_number_in_a_scan_response_is_found() {
    let (observation, seen) = look(|behaviour| behaviour.serial_in_advertising = true).await;
    complete(&observation);
    let told: Vec<_> = seen.tells.iter().map(|told| (told.what.as_str(), told.through.as_str())).collect();
    assert_eq!(told, [("serial", "scan-response")]);
}

#[tokio::test]
async fn verbose_device_information_is_read() {
    let (observation, seen) = look(|behaviour| behaviour.verbose_device_information = true).await;
    complete(&observation);
    assert_eq!(seen.tells.len(), 1, "{:?}", seen.tells);
    assert_eq!((seen.tells[0].what.as_str(), seen.tells[0].through.as_str()), ("serial", "read"));
    let table = seen.table.unwrap();
    let build = table.characteristics().find(|one| one.uuid == known(uuids::SOFTWARE_REVISION)).unwrap();
    let read = seen.reads.iter().find(|read| read.handle == build.handle).unwrap();
    assert!(matches!(&read.answer, ReadAnswer::Value(hex) if !hex.is_empty()), "{read:?}");
}

#[tokio::test]
async fn a_service_a_duplicate_and_a_hidden_handle_are_found() {
    let (observation, seen) = look(|behaviour| {
        behaviour.undeclared_service = true;
        behaviour.duplicate_characteristic = true;
        behaviour.hidden_handle = true;
    })
    .await;
    complete(&observation);
    let table = seen.table.unwrap();
    assert!(table.services.iter().any(|service| service.uuid == known(uuids::MAINTENANCE)));
    let temperature = known(uuids::TARGET_TEMPERATURE);
    assert_eq!(table.characteristics().filter(|one| one.uuid == temperature).count(), 2);
    let found = seen.sweep.unwrap().found;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].handle, 0x0180);
    assert!(matches!(found[0].answer, ReadAnswer::Value(_)));
}

#[tokio::test]
async fn a_static_address_is_seen_and_held_against_the_label() {
    let (observation, seen) = look(|behaviour| behaviour.static_address = true).await;
    complete(&observation);
    assert_eq!(seen.passive.advertisers[0].address.lasting(), Lasting::Public);
    // The label says another one.
    assert!(seen.tells.is_empty(), "{:?}", seen.tells);
    let bench = heater(|behaviour| behaviour.static_address = true);
    let address = crate::air::address(&bench).to_string();
    let mut params = params(&bench);
    params["mac"] = json!(address.trim_end_matches("/public"));
    let (_, seen) = looked(&bench, params).await;
    let told: Vec<_> = seen.tells.iter().map(|told| (told.what.as_str(), told.through.as_str())).collect();
    assert_eq!(told, [("mac", "address")]);
}

#[tokio::test]
async fn a_sample_that_nobody_named_is_known_by_what_it_tells_and_not_connected_to() {
    let bench = heater(|behaviour| behaviour.static_address = true);
    let address = crate::air::address(&bench).to_string();
    let mut params = params(&bench);
    params["name"] = Value::Null;
    params["mac"] = json!(address.trim_end_matches("/public"));
    let (observation, seen) = looked(&bench, params.clone()).await;
    assert_eq!(observation.outcome, Outcome::Partial, "{:?}", observation.trouble);
    assert_eq!((seen.known_by.as_deref(), seen.connected), (Some("mac"), None));
    // Where nothing tells it from its neighbours, nothing is sent and nobody is listened to.
    params["mac"] = Value::Null;
    params["serial"] = Value::Null;
    let (observation, seen) = looked(&bench, params).await;
    assert_eq!((observation.outcome, seen.heard()), (Outcome::Refused, false));
    assert!(observation.trouble.unwrap().contains("bluetooth_name"));
}

#[tokio::test]
async fn a_bench_without_adapter_refuses_and_a_broken_one_is_the_testers_trouble() {
    let bench = heater(|_| {});
    let mut params = params(&bench);
    params["adapter"] = Value::Null;
    let (observation, seen) = looked(&bench, params.clone()).await;
    assert_eq!((observation.outcome, seen), (Outcome::Refused, BleSurface::default()));
    assert!(observation.trouble.unwrap().contains("[bluetooth] adapter"));
    // Nobody listens at port 1 of the loopback.
    params["adapter"] = json!("tcp:127.0.0.1:1");
    assert_eq!(looked(&bench, params).await.0.outcome, Outcome::ToolTrouble);
}

#[tokio::test]
async fn a_device_that_is_off_is_not_heard_and_others_are_not_taken_for_it() {
    let bench = heater(|_| {});
    bench.power_off();
    let (observation, seen) = looked(&bench, params(&bench)).await;
    assert_eq!((observation.outcome, seen.heard()), (Outcome::Complete, false));
    assert!(seen.passive.seconds >= 0.5 && seen.table.is_none());
    let bench = heater(|_| {});
    let mut params = params(&bench);
    params["name"] = json!("HK-1000");
    let (_, seen) = looked(&bench, params).await;
    assert!(!seen.heard() && seen.connected.is_none() && seen.passive.others > 0, "{:?}", seen.passive);
}

#[tokio::test]
async fn hostile_heaters_end_the_look_and_are_not_blamed_on_the_tester() {
    for hostility in [
        Hostility::OversizedValues,
        Hostility::EndlessServices,
        Hostility::MalformedAtt,
        Hostility::DisconnectStorm,
        Hostility::Silent,
    ] {
        let bench = heater(|behaviour| behaviour.hostility = hostility);
        // The guard only keeps a test that hangs from hanging for ever.
        let guard = std::time::Duration::from_secs(120);
        let looking = tokio::time::timeout(guard, looked(&bench, params(&bench)));
        let (observation, seen) = looking.await.unwrap_or_else(|_| panic!("{hostility:?} has no end"));
        assert!(seen.heard());
        let strange = observation.outcome == Outcome::Partial || !seen.anomalies.is_empty();
        assert!(strange && observation.outcome != Outcome::ToolTrouble, "{hostility:?}: {observation:?}");
        let octets = serde_json::to_vec(&observation.data).unwrap().len();
        assert!(octets < 4 << 20, "{hostility:?}: {octets} octets");
        println!("{hostility:?} in {:.1} s: {:?}", observation.effort.seconds, observation.trouble);
    }
}

//! What the device says beside what is declared, when a fault makes it: seen at its uplink.

use std::net::Ipv4Addr;

use crate::visitor::{bench_value, ports, start};
use crate::wire::{Capture, Packet, holds};
use lab::{Instance, Ports, model};

/// Ports at which the hosts are that nobody declared.
const TLS: fn(&Ports) -> u16 = |ports| ports.https;
const HTTP: fn(&Ports) -> u16 = |ports| ports.basic_http;
const MQTT: fn(&Ports) -> u16 = |ports| ports.mqtt_broker;

/// A device with this fault, and a capture of it from its start on until its errand is done. Onboarded, where it is.
fn on_errand(fault: &str, port: fn(&Ports) -> u16, onboarded: bool) -> (Instance, Capture) {
    let instance = start(&[fault], 71);
    let port = port(&ports(&instance));
    if onboarded {
        instance.perform("onboard").unwrap();
    }
    let mut capture = Capture::of(&instance);
    capture.until("the errand", |capture| capture.ended(port));
    (instance, capture)
}

/// Addresses that the device calls and that are not those of its maker's world.
fn strangers(instance: &Instance, capture: &mut Capture) -> Vec<Ipv4Addr> {
    let world = instance.spec().world_address.unwrap();
    let called = |packet: &Packet| match packet {
        Packet::Tcp { from, to, .. } | Packet::Udp { from, to, .. } if *from.ip() == instance.address() => {
            Some(*to.ip())
        }
        _ => None,
    };
    let mut all: Vec<Ipv4Addr> = capture.read().iter().filter_map(|(_, packet)| called(packet)).collect();
    all.retain(|address| *address != world && !address.is_broadcast());
    all.dedup();
    all
}

fn asked_for(capture: &mut Capture, name: &str) -> bool {
    capture.names().iter().any(|(asked, _)| asked == name)
}

/// The password of the unit at the cloud goes only where a fault sends it, so that it has to be found there.
fn secret_of(said: &[u8]) -> bool {
    String::from_utf8_lossy(said).contains("password=")
}

#[test]
fn a_sound_device_calls_its_maker_alone() {
    let instance = start(&[], 71);
    instance.perform("onboard").unwrap();
    let mut capture = Capture::of(&instance);
    instance.perform("reconnect").unwrap();
    capture.until("the update check", |capture| capture.ended(ports(&instance).update));
    capture.pass(1000);
    assert_eq!(strangers(&instance, &mut capture), Vec::<Ipv4Addr>::new());
}

#[test]
fn undeclared_hosts_are_called_over_tls() {
    for (fault, name) in [
        ("analytics-host-called", Some("collect.tallyhouse.example")),
        ("public-resolver-asked", Some("dns.openlookup.example")),
        ("host-called-by-address", None),
    ] {
        let (instance, mut capture) = on_errand(fault, TLS, false);
        assert_eq!(strangers(&instance, &mut capture).len(), 1, "{fault}");
        let said = capture.said(TLS(&ports(&instance)));
        assert_eq!(said[0], 0x16, "{fault}");
        assert!(!holds(&said, "POST"));
        let Some(name) = name else {
            let own = [model::CLOUD_HOST, model::UPDATE_HOST];
            assert!(capture.names().iter().all(|(asked, _)| own.contains(&asked.as_str())));
            continue;
        };
        assert!(asked_for(&mut capture, name) && holds(&said, name), "{fault}");
    }
}

#[test]
fn secrets_go_in_the_clear_beside_good_tls() {
    let (instance, mut capture) = on_errand("registration-in-the-clear", HTTP, false);
    let said = capture.said(HTTP(&ports(&instance)));
    assert!(asked_for(&mut capture, "register.homeclock.example"));
    assert!(holds(&said, "POST /register HTTP/1.1") && secret_of(&said));
    assert!(holds(
        &said,
        &instance.folder().unwrap().text("bench.toml").unwrap().split_once("serial = \"").unwrap().1[..15]
    ));
    let cloud = ports(&instance).cloud;
    capture.until("the cloud", |capture| !capture.said(cloud).is_empty());
    assert_eq!(capture.said(cloud)[0], 0x16);

    let (instance, mut capture) = on_errand("second-broker-in-the-clear", MQTT, false);
    assert!(asked_for(&mut capture, "mqtt.partnerlink.example"));
    let said = capture.said(MQTT(&ports(&instance)));
    // CONNECT with user name and password, and the password is one of 24 characters.
    assert_eq!((said[0], &said[4..8], said[9]), (0x10, &b"MQTT"[..], 0b1100_0010));
}

#[test]
fn firmware_is_looked_for_at_a_host_of_somebody_else() {
    let (instance, mut capture) = on_errand("firmware-from-plain-mirror", HTTP, false);
    assert!(asked_for(&mut capture, "firmware.freemirror.example"));
    assert!(capture.said(HTTP(&ports(&instance))).starts_with(b"GET /hk-100/"));
}

#[test]
fn personal_data_go_in_the_clear() {
    let (instance, mut capture) = on_errand("statistics-without-consent", HTTP, false);
    assert!(holds(&capture.said(HTTP(&ports(&instance))), model::USAGE));
    let (instance, mut capture) = on_errand("owner-data-in-the-clear", HTTP, true);
    let said = capture.said(HTTP(&ports(&instance)));
    for planted in [model::OWNER_NAME, model::OWNER_MAIL, model::OWNER_SCHEDULE] {
        assert!(holds(&said, planted), "{planted}");
    }
}

#[test]
fn a_beacon_is_sent_again_and_again() {
    let instance = start(&["beacon-to-undeclared-host"], 71);
    let mut capture = Capture::of(&instance);
    let beacon = |packet: &Packet| matches!(packet, Packet::Udp { to, .. } if to.port() == 32100);
    capture.until("two of them", |capture| {
        capture.read().iter().filter(|(_, packet)| beacon(packet)).count() > 1
    });
    assert_eq!(strangers(&instance, &mut capture).len(), 1);
}

#[test]
fn a_changed_device_says_more_than_its_report_when_a_fault_says_so() {
    for (fault, cloud, stranger) in [
        (None, false, false),
        (Some("cloud-link-after-detected-change"), true, false),
        (Some("third-party-after-detected-change"), false, true),
    ] {
        let instance = start(fault.as_slice(), 71);
        let ports = ports(&instance);
        let mut capture = Capture::of(&instance);
        instance.perform("alter_software").unwrap();
        capture.clear();
        instance.perform("reconnect").unwrap();
        let done = |capture: &mut Capture| {
            capture.ended(ports.update)
                && (!cloud || capture.reached(ports.cloud))
                && (!stranger || capture.reached(TLS(&ports)))
        };
        capture.until("the calls", done);
        capture.pass(500);
        assert_eq!(!capture.calls(ports.cloud).is_empty(), cloud, "{fault:?}");
        assert_eq!(!strangers(&instance, &mut capture).is_empty(), stranger, "{fault:?}");
    }
}

#[test]
fn what_is_planted_never_leaves_a_sound_device_in_the_clear() {
    let instance = start(&[], 72);
    instance.perform("onboard").unwrap();
    let mut capture = Capture::of(&instance);
    instance.perform("reconnect").unwrap();
    capture.until("the cloud", |capture| capture.reached(ports(&instance).cloud));
    capture.pass(500);
    let secrets =
        [model::OWNER_NAME, model::OWNER_MAIL, model::OWNER_SCHEDULE, model::USAGE].map(str::to_owned);
    let password = bench_value(&instance, "AuthMech-WebLogin");
    for port in [ports(&instance).cloud, ports(&instance).update] {
        let said = capture.said(port);
        assert!(secrets.iter().chain([&password]).all(|secret| !holds(&said, secret)));
    }
}

//! The simulated uplink: what goes over it, and what of it fails.

use std::collections::HashMap;
use std::net::SocketAddrV4;

use crate::visitor::{bench_value, connect, get, ports, post_token, start};
use crate::wire::{ACK, Capture, FIN, Packet, RST, SYN, holds};
use lab::model;

#[test]
fn a_device_that_is_switched_on_asks_for_address_names_and_peers() {
    let instance = start(&[], 41);
    instance.perform("power_off").unwrap();
    let mut capture = Capture::of(&instance);
    capture.pass(100);
    assert!(capture.seen.is_empty(), "{:?}", capture.told());
    instance.perform("power_on").unwrap();
    let ports = ports(&instance);
    capture.until("the update check ends", |capture| capture.ended(ports.update));
    let leases = capture
        .seen
        .iter()
        .filter(|(_, packet)| matches!(packet, Packet::Udp { to, .. } if to.port() == 67 || to.port() == 68));
    assert_eq!(leases.count(), 4);
    assert_eq!(capture.seen.iter().filter(|(_, packet)| *packet == Packet::Arp).count(), 2);
    let names: Vec<String> = capture.names().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [model::CLOUD_HOST, model::UPDATE_HOST]);
    assert!(capture.names().iter().all(|(_, resolver)| resolver.port() == ports.names));
    assert_eq!((capture.calls(ports.cloud).len(), capture.calls(ports.update).len()), (1, 1));
    // Both begin with a handshake that names the peer, and say nothing in the clear.
    for (port, name) in [(ports.cloud, model::CLOUD_HOST), (ports.update, model::UPDATE_HOST)] {
        let said = capture.said(port);
        assert_eq!(said[0], 0x16);
        assert!(holds(&said, name));
        assert!(!holds(&said, "MQTT") && !holds(&said, "GET "));
    }
}

#[test]
fn every_connection_follows_the_rules_of_tcp() {
    let instance = start(&[], 42);
    let mut capture = Capture::of(&instance);
    instance.perform("power_off").unwrap();
    instance.perform("power_on").unwrap();
    let ports = ports(&instance);
    capture.until("the first calls", |capture| capture.reached(ports.cloud) && capture.ended(ports.update));
    instance.perform("services_down").unwrap();
    capture.until("a further try", |capture| capture.calls(ports.cloud).len() > 1);
    instance.perform("services_up").unwrap();
    instance.perform("reconnect").unwrap();
    capture.until("further calls", |capture| capture.calls(ports.update).len() > 1);
    capture.pass(500);
    let connections = follow(&capture.seen, instance.address());
    assert!(connections.values().filter(|connection| connection.established).count() >= 3);
    assert!(connections.values().any(|connection| !connection.established && connection.reset));
    assert!(connections.values().any(|connection| connection.established && connection.reset));
    assert!(connections.values().any(|connection| connection.ended == [true, true]));
}

#[derive(Debug, Default)]
struct Connection {
    established: bool,
    reset: bool,
    /// By the device, by the peer.
    ended: [bool; 2],
    next: [Option<u32>; 2],
}

/// Follows the connections of the device; each segment has to continue what was said before it.
fn follow(
    seen: &[(u64, Packet)],
    device: std::net::Ipv4Addr,
) -> HashMap<(SocketAddrV4, SocketAddrV4), Connection> {
    let mut connections: HashMap<_, Connection> = HashMap::new();
    for (_, packet) in seen {
        let Packet::Tcp { from, to, sequence, acknowledged, flags, payload } = packet else { continue };
        let side = usize::from(*from.ip() != device);
        let key = if side == 0 { (*from, *to) } else { (*to, *from) };
        let opens = flags & SYN != 0;
        let Some(connection) = (match *flags == SYN {
            true => {
                assert!(!connections.contains_key(&key), "a port was used again");
                Some(connections.entry(key).or_default())
            }
            false => connections.get_mut(&key),
        }) else {
            continue; // begun before the capture
        };
        assert!(!connection.reset, "{from} goes on after a reset");
        if let Some(next) = connection.next[side] {
            assert_eq!(*sequence, next, "{from}");
        } else {
            assert!(opens || flags & RST != 0);
        }
        if flags & ACK != 0 && !opens {
            assert_eq!(Some(*acknowledged), connection.next[1 - side], "{from}");
        }
        let length = payload.len() as u32 + u32::from(opens) + u32::from(flags & FIN != 0);
        connection.next[side] = Some(sequence.wrapping_add(length));
        connection.established |= *flags == SYN | ACK;
        connection.reset |= flags & RST != 0;
        connection.ended[side] |= flags & FIN != 0;
    }
    connections
}

#[test]
fn visitors_of_the_device_are_not_in_the_capture() {
    let instance = start(&[], 43);
    let mut capture = Capture::of(&instance);
    capture.until("the device has called its cloud", |capture| capture.reached(ports(&instance).cloud));
    get(&instance, "/identity");
    let https = ports(&instance).https;
    let concerns = |packet: &Packet| match packet {
        Packet::Tcp { from, to, .. } => from.port() == https || to.port() == https,
        _ => false,
    };
    assert!(!capture.read().iter().any(|(_, packet)| concerns(packet)));
}

/// A device that has called its cloud, and a capture of what follows.
fn connected(faults: &[&str], seed: u64) -> (lab::Instance, Capture) {
    let instance = start(faults, seed);
    instance.perform("onboard").unwrap();
    let mut capture = Capture::of(&instance);
    let cloud = ports(&instance).cloud;
    instance.perform("reconnect").unwrap();
    capture.until("the device calls its cloud", |capture| capture.reached(cloud));
    capture.clear();
    (instance, capture)
}

#[test]
fn in_an_outage_of_the_services_the_device_tries_again_with_growing_waits_and_serves_its_home() {
    let (instance, mut capture) = connected(&[], 44);
    let cloud = ports(&instance).cloud;
    instance.perform("services_down").unwrap();
    capture.until("three tries", |capture| capture.calls(cloud).len() > 2);
    let password = bench_value(&instance, "AuthMech-WebLogin");
    assert!(post_token(&instance, &password).contains("\"token\""));
    // The first frame is the reset of the connection.
    let tries = capture.calls(cloud);
    let waits = [tries[0], tries[1] - tries[0], tries[2] - tries[1]];
    for (wait, least) in waits.into_iter().zip([0.5, 1.0, 2.0]) {
        assert!(wait >= least, "{waits:?}");
    }
    assert!(!capture.reached(cloud));
    instance.perform("services_up").unwrap();
    instance.perform("reconnect").unwrap();
    capture.until("the device is back", |capture| capture.reached(cloud));
}

#[test]
fn without_an_uplink_neither_peers_nor_names_answer_and_the_home_does() {
    let (instance, mut capture) = connected(&[], 45);
    let cloud = ports(&instance).cloud;
    instance.perform("uplink_down").unwrap();
    capture.until("a try", |capture| !capture.calls(cloud).is_empty());
    assert!(!capture.reached(cloud));
    assert!(capture.seen.iter().any(|(_, packet)| matches!(packet, Packet::Icmp { kind: 3, .. })));
    assert!(get(&instance, "/identity").contains(model::MODEL));
    capture.clear();
    instance.perform("reconnect").unwrap();
    // The address was forgotten, and nobody tells it.
    capture.until("a look-up", |capture| !capture.names().is_empty());
    assert!(
        !capture
            .seen
            .iter()
            .any(|(_, packet)| matches!(packet, Packet::Udp { to, .. } if *to.ip() == instance.address()))
    );
    instance.perform("uplink_up").unwrap();
    capture.until("the device is back", |capture| capture.reached(cloud));
}

#[test]
fn without_names_the_device_asks_in_vain_and_comes_back() {
    let (instance, mut capture) = connected(&[], 46);
    let cloud = ports(&instance).cloud;
    instance.perform("names_down").unwrap();
    capture.until("a look-up", |capture| !capture.names().is_empty());
    assert!(capture.calls(cloud).is_empty());
    assert!(get(&instance, "/identity").contains(model::MODEL));
    instance.perform("names_up").unwrap();
    capture.until("the device is back", |capture| capture.reached(cloud));
}

#[test]
fn without_link_nothing_is_said_and_the_device_keeps_what_it_knows() {
    let (instance, mut capture) = connected(&[], 47);
    let ports = ports(&instance);
    instance.perform("link_down").unwrap();
    capture.clear();
    capture.pass(300);
    assert!(capture.seen.is_empty(), "{:?}", capture.told());
    assert!(connect(instance.address(), ports.https).is_err());
    instance.perform("link_up").unwrap();
    let password = bench_value(&instance, "AuthMech-WebLogin");
    assert!(post_token(&instance, &password).contains("\"token\""));
    capture.until("the device is back", |capture| capture.reached(ports.cloud));
    // It asks the network for its address first, and calls its cloud after the first wait.
    assert!(matches!(&capture.seen[0].1, Packet::Udp { to, .. } if to.port() == 67));
    assert!(capture.calls(ports.cloud)[0] >= 0.5);
}

#[test]
fn a_loss_of_power_takes_nothing_along() {
    let instance = start(&[], 48);
    instance.perform("onboard").unwrap();
    let password = bench_value(&instance, "AuthMech-ApiToken");
    set_target(&instance, &password, 55);
    for _ in 0..model::LOCKOUT_FAILURES - 1 {
        assert!(post_token(&instance, "not the password").starts_with("HTTP/1.1 401"));
    }
    instance.perform("power_off").unwrap();
    instance.perform("power_on").unwrap();
    // The counter goes on where it was.
    assert!(post_token(&instance, "not the password").starts_with("HTTP/1.1 401"));
    assert!(post_token(&instance, &password).starts_with("HTTP/1.1 429"));
    std::thread::sleep(std::time::Duration::from_secs(u64::from(model::LOCKOUT_SECONDS)));
    assert!(status(&instance, &password).contains("\"target_celsius\":55"));
}

#[test]
fn a_device_whose_software_was_changed_reports_it_once_and_does_no_more() {
    let (instance, mut capture) = connected(&[], 49);
    let ports = ports(&instance);
    // Being asked to call its peers anew it also looks for updates.
    capture.pass(500);
    capture.clear();
    instance.perform("alter_software").unwrap();
    assert!(instance.is_altered());
    capture.until("a report", |capture| capture.ended(ports.update));
    capture.pass(500);
    assert_eq!((capture.calls(ports.update).len(), capture.calls(ports.cloud).len()), (1, 0));
    assert_eq!(capture.names().len(), 1);
    assert!(get(&instance, "/").contains("F-81"));
    assert!(get(&instance, "/identity").contains(model::FIRMWARE));
    assert!(get(&instance, "/api/status").starts_with("HTTP/1.1 503"));
    let password = bench_value(&instance, "AuthMech-WebLogin");
    assert!(!post_token(&instance, &password).contains("\"token\""));
    instance.perform("restore_software").unwrap();
    assert!(post_token(&instance, &password).contains("\"token\""));
    capture.until("the cloud", |capture| capture.reached(ports.cloud));
}

fn token(instance: &lab::Instance, password: &str) -> String {
    let answer = post_token(instance, password);
    answer.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

fn set_target(instance: &lab::Instance, password: &str, celsius: u8) {
    let (token, body) = (token(instance, password), format!("{{\"target_celsius\": {celsius}}}"));
    let request = format!(
        "PUT /api/target HTTP/1.1\r\nHost: device\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert!(crate::visitor::ask(instance, &request).starts_with("HTTP/1.1 200"));
}

fn status(instance: &lab::Instance, password: &str) -> String {
    let token = token(instance, password);
    let head = format!("Authorization: Bearer {token}\r\nConnection: close");
    crate::visitor::ask(instance, &format!("GET /api/status HTTP/1.1\r\nHost: device\r\n{head}\r\n\r\n"))
}

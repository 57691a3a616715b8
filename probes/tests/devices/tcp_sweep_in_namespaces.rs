//! Sweeps over a virtual link, past the guards that a device or its network may have. Needs root.

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "the tests build the bench and play the device")]

use std::net::IpAddr;
use std::time::Duration;

use crate::namespaces::{DEVICE, DEVICE_6, Link, SERVICES, skip};
use probes::dialer::DialLimits;
use probes::probe::tcp_sweep::{Method, PortInventory};
use probes::{Dialer, Observation, Outcome, ProbeContext, Request, Scope};
use serde_json::{Value, json};

/// A sweep from the tester's side of the link.
fn sweep(link: &Link, address: &str, parallel: usize, params: Value) -> (Observation, PortInventory) {
    sweep_at(link, address, parallel, 0, params)
}

/// The same with a limit of questions a second.
fn sweep_at(
    link: &Link,
    address: &str,
    parallel: usize,
    per_second: u32,
    mut params: Value,
) -> (Observation, PortInventory) {
    params["address"] = json!(address);
    link.as_tester(move || {
        let address: IpAddr = address.parse().expect("an address");
        let scope = Scope { devices: vec![address], ..Scope::default() };
        let limits = DialLimits { parallel, per_second, timeout: Duration::from_millis(300) };
        let context = ProbeContext::for_tests(Dialer::new(scope, limits));
        let request = Request { probe: "tcp-sweep".to_owned(), target: "sample S1".to_owned(), params };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let observation = runtime.block_on(probes::run(request, context));
        let inventory = observation.read().unwrap_or_else(|| panic!("{:?}", observation.trouble));
        (observation, inventory)
    })
}

fn without_answer(inventory: &PortInventory) -> u32 {
    inventory.unanswered.iter().map(|(first, last)| u32::from(last - first) + 1).sum()
}

/// Nothing asked is ever forgotten, and no service passes as closed.
fn is_honest(inventory: &PortInventory, asked: &dyn Fn(u16) -> bool) {
    let sum = inventory.open.len() as u32 + inventory.closed + without_answer(inventory);
    assert_eq!(sum, inventory.asked, "{inventory:?}");
    for port in SERVICES.iter().copied().filter(|port| asked(*port)) {
        let left = inventory.unanswered.iter().any(|(first, last)| (*first..=*last).contains(&port));
        assert!(inventory.open.contains(&port) || left, "{port} passes as closed: {inventory:?}");
    }
}

fn every(_: u16) -> bool {
    true
}

#[test]
fn both_ways_and_both_families_find_the_same() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("both_ways_and_both_families_find_the_same", &why),
    };
    let link_local = link.link_local_address_of_the_device();
    for (address, method, interface) in [
        (DEVICE, "auto", None),
        (DEVICE, "connect", None),
        (DEVICE_6, "syn", None),
        (DEVICE_6, "connect", None),
        (link_local.as_str(), "syn", Some("lab0")),
        (link_local.as_str(), "connect", Some("lab0")),
    ] {
        // Gentle and fast take different ways through the engines.
        for parallel in [64, 4096] {
            let (observation, inventory) =
                sweep(&link, address, parallel, json!({ "method": method, "interface": interface }));
            let place = format!("{address} by {method}, {parallel} at once: {:?}", observation.trouble);
            assert_eq!(observation.outcome, Outcome::Complete, "{place}");
            assert_eq!(inventory.open, SERVICES, "{place}");
            assert_eq!(inventory.closed, 65_535 - SERVICES.len() as u32, "{place}");
            match (method, inventory.manner.frames) {
                ("connect", None) => assert_eq!(inventory.manner.method, Method::Connect),
                (_, Some(frames)) => {
                    assert_eq!(inventory.manner.method, Method::Syn);
                    assert!(frames.sent >= 65_535 && frames.answers >= 65_535, "{frames:?}");
                }
                (_, None) => panic!("{place}: no frames were counted"),
            }
        }
    }
    let params = json!({ "address": link_local });
    let request = Request { probe: "tcp-sweep".to_owned(), target: String::new(), params };
    let scope = Scope { devices: vec![link_local.parse().expect("an address")], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let observation = runtime.block_on(probes::run(request, context));
    assert_eq!(observation.outcome, Outcome::ToolTrouble);
    assert!(observation.trouble.is_some_and(|trouble| trouble.contains("no interface is named")));
}

#[test]
fn loss_on_the_way_hides_nothing() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("loss_on_the_way_hides_nothing", &why),
    };
    link.guard(&["numgen inc mod 50 == 7 drop"]);
    for method in ["syn", "connect"] {
        let (observation, inventory) = sweep(&link, DEVICE, 4096, json!({ "method": method }));
        assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
        assert_eq!(inventory.open, SERVICES, "by {method}");
        assert_eq!(without_answer(&inventory), 0, "by {method}");
        if let Some(frames) = inventory.manner.frames {
            assert!(frames.sent > 66_000, "nothing was asked again: {frames:?}");
        }
    }
}

#[test]
fn a_ban_is_noticed_waited_out_and_not_met_again() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("a_ban_is_noticed_waited_out_and_not_met_again", &why),
    };
    let ports: Vec<u16> = (1..=700).chain([8080, 8443]).collect();
    let asked = |port: u16| ports.contains(&port);
    for refusal in ["drop", "reject with tcp reset"] {
        link.no_guard();
        link.ban_above_100_a_second("8s", refusal);
        let params = json!({ "ports": ports, "likely": [22], "recovery_seconds": 60 });
        let (observation, inventory) = sweep(&link, DEVICE, 64, params);
        is_honest(&inventory, &asked);
        assert_eq!(observation.outcome, Outcome::Complete, "{refusal}: {:?}", observation.trouble);
        let expected: Vec<u16> = SERVICES.iter().copied().filter(|port| asked(*port)).collect();
        assert_eq!(inventory.open, expected, "{refusal}");
        assert_eq!(without_answer(&inventory), 0, "{refusal}");
        // A ban as short as this is worth one risk more.
        assert!((1..=3).contains(&inventory.canary.failures), "{refusal}: {:?}", inventory.canary);
        assert!(inventory.repeated > 0);
    }
}

#[test]
fn a_ban_longer_than_the_budget_leaves_an_honest_gap() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("a_ban_longer_than_the_budget_leaves_an_honest_gap", &why),
    };
    for refusal in ["drop", "reject with tcp reset"] {
        link.no_guard();
        link.ban_above_100_a_second("120s", refusal);
        let params = json!({ "likely": [22], "recovery_seconds": 180, "budget_seconds": 4 });
        let (observation, inventory) = sweep(&link, DEVICE, 64, params);
        is_honest(&inventory, &every);
        assert_eq!(observation.outcome, Outcome::Partial, "{refusal}");
        assert!(
            observation.trouble.is_some_and(|trouble| trouble.contains("time budget of 4 s")),
            "{refusal}"
        );
        assert!(inventory.closed < 2000, "{refusal}: {} ports were believed closed", inventory.closed);
        assert!(without_answer(&inventory) > 60_000, "{refusal}");
    }
}

#[test]
fn a_limit_that_drops_slows_the_sweep_and_hides_nothing() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("a_limit_that_drops_slows_the_sweep_and_hides_nothing", &why),
    };
    link.guard(&["tcp flags & (syn | ack) == syn limit rate over 3000/second burst 200 packets drop"]);
    for method in ["syn", "connect"] {
        let (observation, inventory) = sweep(&link, DEVICE, 512, json!({ "method": method, "likely": [22] }));
        is_honest(&inventory, &every);
        assert_eq!(observation.outcome, Outcome::Complete, "{method}: {:?}", observation.trouble);
        assert_eq!(inventory.open, SERVICES, "{method}");
        assert_eq!(without_answer(&inventory), 0, "{method}");
    }
}

#[test]
fn where_every_port_takes_a_connection_that_is_said() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("where_every_port_takes_a_connection_that_is_said", &why),
    };
    link.tarpit();
    for method in ["syn", "connect"] {
        let (observation, inventory) =
            sweep(&link, DEVICE, 64, json!({ "method": method, "likely": [23, 80] }));
        is_honest(&inventory, &every);
        assert_eq!(observation.outcome, Outcome::Partial, "{method}");
        let alike = inventory.manner.all_alike.unwrap_or_else(|| panic!("{method}: {inventory:?}"));
        assert!(alike.open >= 500 && alike.open <= alike.asked, "{alike:?}");
        assert!(alike.asked < 5000, "it went on after all was clear: {alike:?}");
        assert!(inventory.open.len() <= 18 && inventory.open.contains(&23), "{:?}", inventory.open);
        assert!(observation.trouble.is_some_and(|trouble| trouble.contains("all look alike")));
    }
}

#[test]
fn silence_is_no_closed_port() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("silence_is_no_closed_port", &why),
    };
    link.guard(&["tcp flags & (syn | ack) == syn tcp dport != { 22, 8080 } drop"]);
    let ports: Vec<u16> = (1..=2500).chain([8080, 8443]).collect();
    for method in ["syn", "connect"] {
        let params = json!({ "method": method, "ports": ports, "likely": [22] });
        let (observation, inventory) = sweep(&link, DEVICE, 1024, params);
        assert_eq!(inventory.open, [22, 8080], "{method}: {:?}", observation.trouble);
        assert_eq!(inventory.closed, 0, "{method}");
        assert_eq!(without_answer(&inventory), 2500 - 1 + 1, "{method}");
    }
}

#[test]
fn a_restart_under_the_sweep_hides_nothing() {
    let link = match Link::new() {
        Ok(link) => link,
        Err(why) => return skip("a_restart_under_the_sweep_hides_nothing", &why),
    };
    // Down after 20000 frames, for seven seconds; then everything but the shell refuses for two more.
    link.restart_after_frames(20_000, Duration::from_secs(7), Duration::from_secs(2));
    let params = json!({ "likely": [22], "recovery_seconds": 60, "budget_seconds": 30 });
    let (observation, inventory) = sweep_at(&link, DEVICE, 64, 8000, params);
    is_honest(&inventory, &every);
    assert!(inventory.canary.failures >= 1, "{:?} {:?}", inventory.canary, observation.trouble);
    assert!(inventory.closed > 15_000, "it went on: {}", inventory.closed);
}

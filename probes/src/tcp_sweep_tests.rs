#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

fn device(last: u8) -> IpAddr {
    IpAddr::from([127, 72, 1, last])
}

fn context_of(address: IpAddr) -> Arc<ProbeContext> {
    paced_context_of(address, 64, 0)
}

fn paced_context_of(address: IpAddr, parallel: usize, per_second: u32) -> Arc<ProbeContext> {
    let limits = DialLimits { parallel, per_second, timeout: Duration::from_millis(300) };
    let source = Some(IpAddr::from([127, 72, 9, 9]));
    let scope = Scope { devices: vec![address], source, ..Scope::default() };
    ProbeContext::for_tests(Dialer::new(scope, limits))
}

fn params(address: IpAddr, ports: Vec<u16>) -> Params {
    Params {
        address,
        ports,
        foreign: listeners_of_this_host(),
        likely: Vec::new(),
        recovery_seconds: None,
        method: WantedMethod::Auto,
        budget_seconds: None,
        interface: None,
    }
}

fn impatient() -> Patience {
    Patience { recovery: Duration::from_millis(300), ..Patience::default() }
}

fn inventory(findings: &Findings) -> PortInventory {
    serde_json::from_value(findings.data.clone()).unwrap()
}

fn unanswered_ports(inventory: &PortInventory) -> u32 {
    inventory.unanswered.iter().map(|(first, last)| u32::from(last - first) + 1).sum()
}

/// Nothing asked is ever forgotten.
fn adds_up(inventory: &PortInventory) {
    let sum = inventory.open.len() as u32
        + inventory.closed
        + unanswered_ports(inventory)
        + inventory.foreign.len() as u32;
    assert_eq!(sum, inventory.asked, "{inventory:?}");
}

/// Ports on which this host listens at every address, as the kernel lists them.
fn listeners_of_this_host() -> Vec<u16> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap());
    let rows = tables.iter().flat_map(|table| table.lines().skip(1));
    let listening = rows.filter_map(|row| {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let (address, port) = cells.get(1)?.split_once(':')?;
        let everywhere = address.bytes().all(|digit| digit == b'0') && *cells.get(3)? == "0A";
        everywhere.then(|| u16::from_str_radix(port, 16).ok()).flatten()
    });
    listening.collect()
}

/// A service that accepts and closes.
async fn service(address: IpAddr, port: u16) -> u16 {
    let listener = TcpListener::bind((address, port)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn all_ports_are_asked_and_the_open_ones_found() {
    let address = device(1);
    let mut open = vec![service(address, 0).await, service(address, 0).await, service(address, 0).await];
    open.sort_unstable();
    let params = params(address, Vec::new());
    let findings = sweep(params, &context_of(address), Patience::default()).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    assert_eq!(inventory.open, open);
    assert_eq!(inventory.asked, 65535);
    assert!(inventory.unanswered.is_empty());
    let own = 65535 - inventory.foreign.len() as u64;
    assert_eq!((findings.effort.attempted, findings.effort.completed), (own, own));
    assert!(open.contains(&inventory.canary.port.unwrap()));
    assert!(inventory.canary.checks >= 60, "{:?}", inventory.canary);
    assert_eq!(inventory.canary.failures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_refuses_for_good_leaves_a_gap_and_never_closed_ports() {
    let address = device(2);
    let open = service(address, 0).await;
    let context = context_of(address);
    // The guard: after 5000 connections every service is gone, the open port refuses like all others.
    let late = TcpListener::bind((address, 0)).await.unwrap();
    let hidden = late.local_addr().unwrap().port();
    let guard = TcpListener::bind((address, 0)).await.unwrap();
    let canary = guard.local_addr().unwrap().port();
    let dialer = context.dialer.clone();
    let guarding = tokio::spawn(async move {
        let mut late = Some(late);
        loop {
            tokio::select! {
                _ = guard.accept() => {}
                () = tokio::time::sleep(Duration::from_millis(5)) => {}
            }
            if dialer.counters.tcp_attempts.load(Ordering::Relaxed) > 5000 {
                late.take();
                return;
            }
        }
    });
    // `open` stays outside of what is asked: only the guarded ports are known to the sweep.
    let ports = (1..=u16::MAX).filter(|port| *port != open && *port != hidden).collect();
    let mut params = params(address, ports);
    params.likely = vec![canary];
    let findings = sweep(params, &context, impatient()).await;
    guarding.await.unwrap();
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(findings.outcome, Outcome::Refused);
    assert_eq!(inventory.canary.port, Some(canary));
    assert!(inventory.canary.failures > 0);
    assert!(unanswered_ports(&inventory) > 50_000, "{} ports", unanswered_ports(&inventory));
    assert!(inventory.closed < 10_000, "{} ports were believed closed", inventory.closed);
    assert!(!findings.effort.gaps.is_empty());
    assert!(findings.effort.completed < 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_passing_ban_hid_is_found_in_the_repetition() {
    let address = device(3);
    // Paced so that the ban falls into the sweep and not behind it.
    let context = paced_context_of(address, 8, 400);
    let guard = TcpListener::bind((address, 0)).await.unwrap();
    let canary = guard.local_addr().unwrap().port();
    // Held back: these ports open only after the ban, as if the ban had hidden them.
    let placeholder = TcpListener::bind((address, 0)).await.unwrap();
    let hidden = placeholder.local_addr().unwrap().port();
    drop(placeholder);
    let banned = Arc::new(AtomicBool::new(false));
    let flag = banned.clone();
    let dialer = context.dialer.clone();
    let guarding = tokio::spawn(async move {
        while dialer.counters.tcp_attempts.load(Ordering::Relaxed) < 40 {
            tokio::select! {
                _ = guard.accept() => {}
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
        drop(guard);
        flag.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(600)).await;
        service(address, canary).await;
        service(address, hidden).await;
    });
    let mut ports: Vec<u16> = (1..=400).collect();
    ports.extend([canary, hidden]);
    let mut params = params(address, ports);
    params.likely = vec![canary];
    let patience = Patience { recovery: Duration::from_secs(20), ..Patience::default() };
    let findings = sweep(params, &context, patience).await;
    guarding.await.unwrap();
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert!(banned.load(Ordering::Relaxed));
    assert!(inventory.repeated > 0);
    assert!(inventory.canary.failures > 0);
    assert!(inventory.open.contains(&hidden), "{inventory:?}");
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
}

#[tokio::test]
async fn foreign_ports_are_not_contacted_and_never_the_canary() {
    let address = device(4);
    let foreign = TcpListener::bind((address, 0)).await.unwrap();
    let foreign_port = foreign.local_addr().unwrap().port();
    let touched = Arc::new(AtomicU32::new(0));
    let counter = touched.clone();
    tokio::spawn(async move {
        while foreign.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut params = params(address, vec![1, 2, foreign_port]);
    params.foreign = vec![foreign_port, 65000];
    params.likely = vec![foreign_port];
    let findings = sweep(params, &context_of(address), impatient()).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(inventory.foreign, [foreign_port]);
    assert!(inventory.open.is_empty());
    assert_eq!(inventory.canary.port, None);
    assert_eq!(touched.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_port_that_drops_stays_unanswered() {
    let address = device(5);
    let open = service(address, 0).await;
    // A listener whose queue is full drops further connections.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::new(address, 0).into()).unwrap();
    socket.listen(0).unwrap();
    let full = socket.local_addr().unwrap().as_socket().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let connecting = tokio::net::TcpStream::connect(full);
        waiting.push(tokio::time::timeout(Duration::from_millis(100), connecting).await);
    }
    let findings =
        sweep(params(address, vec![7, full.port(), open]), &context_of(address), impatient()).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(inventory.unanswered, [(full.port(), full.port())]);
    assert_eq!(inventory.open, [open]);
    assert_eq!(inventory.closed, 1);
    assert_eq!(findings.outcome, Outcome::Complete);
    assert_eq!(findings.effort.completed, 2);
    assert!(!findings.effort.gaps.is_empty());
    drop(waiting);
}

#[tokio::test]
async fn a_source_that_this_host_does_not_have_is_tool_trouble() {
    let address = device(6);
    let source = Some(IpAddr::from([192, 0, 2, 1]));
    let scope = Scope { devices: vec![address], source, ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = sweep(params(address, vec![1, 2, 3]), &context, impatient()).await;
    assert_eq!(findings.outcome, Outcome::ToolTrouble);
    let inventory = inventory(&findings);
    assert_eq!(inventory.closed, 0);
    assert_eq!(inventory.unanswered, [(1, 3)]);
}

#[tokio::test]
async fn an_address_outside_the_scope_is_not_swept() {
    let context = context_of(device(7));
    let findings = sweep(params(device(8), vec![1]), &context, impatient()).await;
    assert_eq!(findings.outcome, Outcome::ToolTrouble);
    assert_eq!(context.dialer.counters.tcp_attempts.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_cancelled_sweep_is_partial_and_claims_nothing() {
    let address = device(9);
    let context = context_of(address);
    context.cancel.cancel();
    let findings = sweep(params(address, Vec::new()), &context, impatient()).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(inventory.closed, 0);
    assert_eq!(unanswered_ports(&inventory), 65535 - inventory.foreign.len() as u32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_falls_silent_leaves_a_gap() {
    let address = device(10);
    let context = context_of(address);
    // Accepts a few connections, then never again: its queue fills up and further ones are dropped.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::new(address, 0).into()).unwrap();
    socket.listen(2).unwrap();
    let canary = socket.local_addr().unwrap().as_socket().unwrap().port();
    let mut params = params(address, (1..=20_000).chain([canary]).collect());
    params.likely = vec![canary];
    let findings = sweep(params, &context, impatient()).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(findings.outcome, Outcome::Refused);
    assert_eq!(inventory.open, [canary], "an open port stays open, whatever came later");
    assert!(inventory.canary.failures > 0);
    assert!(unanswered_ports(&inventory) > 10_000, "{:?}", inventory.canary);
    assert!(findings.trouble.unwrap().contains("did not come back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_dies_of_the_sweep_is_named_while_the_device_lives_on() {
    let address = device(11);
    let context = context_of(address);
    let lasting = service(address, 0).await;
    let dying = TcpListener::bind((address, 0)).await.unwrap();
    let canary = dying.local_addr().unwrap().port();
    let dialer = context.dialer.clone();
    let dies = tokio::spawn(async move {
        while dialer.counters.tcp_attempts.load(Ordering::Relaxed) < 1500 {
            let _ = tokio::time::timeout(Duration::from_millis(1), dying.accept()).await;
        }
    });
    let mut params = params(address, (1..=6000).chain([canary, lasting]).collect());
    params.likely = vec![canary, lasting];
    let findings = sweep(params, &context, impatient()).await;
    dies.await.unwrap();
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(inventory.canary.port, Some(lasting));
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(findings.trouble.unwrap().contains(&format!("port {canary} stopped answering")));
    assert!(inventory.unanswered.is_empty(), "the region was asked again under another canary");
}

#[tokio::test]
async fn a_sweep_stopped_in_the_middle_keeps_what_was_confirmed() {
    let address = device(12);
    let open = service(address, 0).await;
    let context = paced_context_of(address, 16, 2000);
    let cancel = context.cancel.clone();
    let dialer = context.dialer.clone();
    tokio::spawn(async move {
        while dialer.counters.tcp_attempts.load(Ordering::Relaxed) < 3000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.cancel();
    });
    let mut params = params(address, Vec::new());
    params.likely = vec![open];
    let findings = sweep(params, &context, impatient()).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(inventory.open.contains(&open));
    assert!((1..60_000).contains(&inventory.closed), "{} closed", inventory.closed);
    assert!(unanswered_ports(&inventory) > 1000);
    assert!(findings.effort.attempted < 65535);
}

#[tokio::test]
async fn the_probe_runs_by_name_and_says_what_it_cannot_read() {
    let address = device(13);
    let open = service(address, 0).await;
    let request = |params: Value| crate::Request {
        probe: "tcp-sweep".to_owned(),
        target: "sample S1".to_owned(),
        params,
    };
    let good = serde_json::json!({ "address": address.to_string(), "ports": [open, 1] });
    let observation = crate::run(request(good), context_of(address)).await;
    assert_eq!(observation.outcome, Outcome::Complete);
    assert_eq!(observation.read::<PortInventory>().unwrap().open, [open]);

    let bad = serde_json::json!({ "address": "device.example" });
    let observation = crate::run(request(bad), context_of(address)).await;
    assert_eq!(observation.outcome, Outcome::ToolTrouble);
    assert!(observation.trouble.unwrap().contains("cannot be read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_of_other_systems_finds_the_same() {
    let address = device(14);
    let open = service(address, 0).await;
    let context = context_of(address);
    let params = params(address, (1..=3000).chain([open]).collect());
    let here = sweep(params.clone(), &context, impatient()).await;
    let by_the_runtime = prepared(&params, &context, impatient()).unwrap().by_the_runtime(&context);
    let elsewhere = conclude(&params, by_the_runtime.run(&context).await);
    for findings in [&here, &elsewhere] {
        assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
        let inventory = inventory(findings);
        adds_up(&inventory);
        assert_eq!(inventory.open, [open]);
        assert_eq!(inventory.manner, Manner::default(), "loopback is asked by connections");
    }
}

#[tokio::test]
async fn a_spent_budget_ends_the_sweep_with_a_gap() {
    let address = device(15);
    let open = service(address, 0).await;
    let context = paced_context_of(address, 16, 500);
    let mut params = params(address, Vec::new());
    params.likely = vec![open];
    let patience = Patience { budget: Some(Duration::from_secs(1)), ..impatient() };
    let findings = sweep(params, &context, patience).await;
    let inventory = inventory(&findings);
    adds_up(&inventory);
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(findings.trouble.unwrap().contains("time budget of 1 s"));
    assert!(inventory.open.contains(&open));
    assert!(inventory.closed < 2000 && unanswered_ports(&inventory) > 60_000, "{} closed", inventory.closed);
}

#[test]
fn observations_of_older_versions_are_read_as_made_by_connections() {
    let older = serde_json::json!({
        "address": "192.0.2.7", "open": [443], "closed": 65534, "unanswered": [], "asked": 65535,
        "foreign": [], "canary": { "port": 443, "checks": 66, "failures": 0 }, "repeated": 0,
    });
    let read: PortInventory = serde_json::from_value(older).unwrap();
    assert_eq!(read.manner, Manner { method: Method::Connect, frames: None, all_alike: None });
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written["method"], "connect", "beside the other fields");
    assert!(written.get("frames").is_none());
    let again: PortInventory = serde_json::from_value(written).unwrap();
    assert_eq!(again, read);
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn engines_of_many_ports_are_made_for_devices_of_the_scope_alone() {
    let outside = std::net::SocketAddr::from(([127, 72, 1, 17], 0));
    let published = std::net::SocketAddr::from(([127, 72, 1, 18], 8080));
    let hosts = [("support.example".to_owned(), published)].into();
    let scope = Scope { devices: vec![device(16)], hosts, ..Scope::default() };
    let dialer = Dialer::new(scope, DialLimits::default());
    for address in [outside, published] {
        assert!(matches!(dialer.connector(address), Err(crate::DialError::OutOfScope(_))), "{address}");
        assert!(matches!(dialer.syn_prober(address), Err(crate::DialError::OutOfScope(_))), "{address}");
    }
    assert_eq!(dialer.counters.out_of_scope.load(Ordering::Relaxed), 4);
    assert!(dialer.connector((device(16), 0).into()).is_ok());
}

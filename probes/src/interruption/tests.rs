use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::course::now;
use super::*;
use crate::capture::Frame;
use crate::dialer::{DialLimits, Dialer, Scope};
use crate::listening::test_frames::{PEER, segment_frame};
use crate::observation::{Context, EvidenceRef};

/// Nobody takes a port of it while the device of a test is off.
const LOCAL: Ipv4Addr = Ipv4Addr::new(127, 76, 1, 1);
const SYN: u8 = 0x02;
const SYN_ACK: u8 = 0x12;

/// A device and its bench.
#[derive(Default)]
struct House {
    port: AtomicU16,
    target: AtomicU32,
    /// The way to the peers is there.
    services: AtomicBool,
    /// What is wrong.
    stays_off: AtomicBool,
    forgets: AtomicBool,
    opens_up: AtomicBool,
    no_action: Mutex<Option<&'static str>>,
    server: Mutex<Option<JoinHandle<()>>>,
    performed: Mutex<Vec<String>>,
    tap: Mutex<Option<Sender<Frame>>>,
    sources: AtomicU16,
}

impl House {
    async fn new() -> Arc<Self> {
        let house = Arc::new(Self { target: AtomicU32::new(42), ..Self::default() });
        house.services.store(true, Ordering::Relaxed);
        house.power_on().await;
        house
    }

    async fn power_on(self: &Arc<Self>) {
        let port = self.port.load(Ordering::Relaxed);
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let listener = TcpListener::bind((LOCAL, port)).await.unwrap();
        self.port.store(listener.local_addr().unwrap().port(), Ordering::Relaxed);
        let house = Arc::clone(self);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(Arc::clone(&house), stream));
            }
        });
        *self.server.lock().unwrap() = Some(server);
    }

    async fn power_off(&self) {
        let server = self.server.lock().unwrap().take();
        if let Some(server) = server {
            server.abort();
            let _ = server.await;
        }
    }

    /// One try of the device to reach its peer.
    fn call(&self) {
        let source = 40_000 + self.sources.fetch_add(1, Ordering::Relaxed);
        if let Some(tap) = &*self.tap.lock().unwrap() {
            let _ = tap.try_send(segment_frame(now(), LOCAL, PEER, (source, 8883), 1, SYN));
            if self.services.load(Ordering::Relaxed) {
                let _ = tap.try_send(segment_frame(now(), PEER, LOCAL, (8883, source), 1, SYN_ACK));
            }
        }
    }

    async fn perform(self: Arc<Self>, action: String) -> Result<bool, String> {
        if *self.no_action.lock().unwrap() == Some(action.as_str()) {
            return Ok(false);
        }
        self.performed.lock().unwrap().push(action.clone());
        match action.as_str() {
            "reconnect" => self.call(),
            "services_down" | "uplink_down" => {
                self.services.store(false, Ordering::Relaxed);
                tokio::spawn(async move {
                    for wait in [40, 80, 160, 320] {
                        tokio::time::sleep(Duration::from_millis(wait)).await;
                        self.call();
                    }
                });
            }
            "services_up" | "uplink_up" => {
                self.services.store(true, Ordering::Relaxed);
                if self.opens_up.load(Ordering::Relaxed) || self.forgets.load(Ordering::Relaxed) {
                    self.target.store(40, Ordering::Relaxed);
                }
            }
            "power_off" => self.power_off().await,
            "power_on" if !self.stays_off.load(Ordering::Relaxed) => {
                self.power_on().await;
                self.call();
            }
            _ => {}
        }
        Ok(true)
    }

    fn performed(&self) -> Vec<String> {
        self.performed.lock().unwrap().clone()
    }

    fn context(self: &Arc<Self>, consent: bool, tap: bool) -> ProbeContext {
        let credentials =
            BTreeMap::from([("AuthMech-1".to_owned(), ("admin".to_owned(), "correct-horse".to_owned()))]);
        let context = ProbeContext::new(
            Dialer::new(
                Scope { devices: vec![LOCAL.into()], ..Scope::default() },
                DialLimits { timeout: Duration::from_millis(300), ..DialLimits::default() },
            ),
            Context::default(),
            credentials,
            Default::default(),
            Box::new(|_, _, _| {}),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        );
        let bench = Arc::clone(self);
        let context = context
            .with_actions(Box::new(move |action| Box::pin(Arc::clone(&bench).perform(action.to_owned()))));
        let consent = if consent { BTreeSet::from(["interrupt".to_owned()]) } else { BTreeSet::new() };
        let context = context.with_consent(consent);
        if !tap {
            return context;
        }
        let house = Arc::clone(self);
        context.with_tap(Box::new(move || {
            let (sender, receiver) = tokio::sync::mpsc::channel(256);
            *house.tap.lock().unwrap() = Some(sender);
            Ok(receiver)
        }))
    }

    fn params(&self, kind: &str) -> Value {
        let port = self.port.load(Ordering::Relaxed);
        let mechanism = json!({
            "row": "AuthMech-1", "kind": "basic", "port": port, "tls": false, "path": "/", "valid": true,
        });
        let access = |target: &str, who: &str| {
            json!({
                "rows": ["SoftServ-1"], "kind": "http", "port": port, "tls": false, "method": "GET",
                "target": target, "who": [who], "changes": false,
            })
        };
        json!({
            "address": LOCAL, "kind": kind, "repetitions": 1, "seconds": 0.25, "recovery_seconds": 1.5,
            "next_try_seconds": 0.2, "tester": ["127.0.0.9"], "ports": [port], "mechanisms": [mechanism],
            "accesses": [access("/status", "anyone"), access("/settings", "AuthMech-1")],
        })
    }
}

async fn answer(house: Arc<House>, mut stream: TcpStream) {
    let mut bytes = [0; 4096];
    let Ok(count) = stream.read(&mut bytes).await else { return };
    let head = String::from_utf8_lossy(&bytes[..count]).into_owned();
    let may = head.contains("authorization: Basic")
        || head.contains("Authorization: Basic")
        || (house.opens_up.load(Ordering::Relaxed) && house.target.load(Ordering::Relaxed) == 40);
    let target = house.target.load(Ordering::Relaxed);
    let (status, body) = match head.split(' ').nth(1) {
        Some("/settings") if !may => (401, "{\"error\":\"who are you\"}".to_owned()),
        _ => (200, format!("{{\"target\":{target},\"now\":\"2026-11-21T10:00:00\"}}")),
    };
    let text = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn observed(context: ProbeContext, params: Value) -> (Findings, Interruption) {
    let findings = (PROBE.observe)(params, Arc::new(context)).await;
    let seen = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, seen)
}

fn told(snapshot: &[Answered]) -> Vec<(&str, &str)> {
    snapshot.iter().map(|answer| (answer.subject.as_str(), answer.outcome.as_str())).collect()
}

#[tokio::test]
async fn an_outage_of_the_services_is_seen_from_both_sides() {
    let house = House::new().await;
    let mut params = house.params("services");
    params["repetitions"] = json!(2);
    let (findings, seen) = observed(house.context(true, true), params).await;
    assert_eq!((findings.outcome, &findings.trouble), (Outcome::Complete, &None), "{:?}", findings.effort);
    assert_eq!((findings.effort.attempted, findings.effort.completed), (2, 2));
    let as_before = [("entitled", "served"), ("entitled", "served"), ("stranger", "refused")];
    assert_eq!(told(&seen.before.answers), as_before);
    assert_eq!(seen.after, seen.before);
    assert!(seen.before.answers[1].digest.is_some());
    let port = house.port.load(Ordering::Relaxed);
    assert_eq!(seen.before.ports, [(port, true)]);
    for outage in &seen.outages {
        assert_eq!((outage.by.as_str(), told(&outage.during)), ("bench", as_before.to_vec()));
        assert!(outage.answered_after.is_some() && outage.seconds >= 0.25);
        let [call] = outage.calls.as_slice() else { panic!("{:?}", outage.calls) };
        assert_eq!((call.peer.as_str(), call.port), ("203.0.113.7", 8883));
        assert!(call.tries.len() >= 3 && call.tries.is_sorted(), "{call:?}");
        assert!(call.back_after.is_some());
        assert!(outage.traffic.as_ref().is_some_and(|traffic| traffic.frames > 2));
        assert!(outage.restored_at > outage.cut_at);
    }
    let performed = house.performed();
    assert_eq!(performed, ["reconnect", "services_down", "services_up", "services_down", "services_up"]);
}

#[tokio::test]
async fn a_device_without_power_is_not_asked_and_comes_back() {
    let house = House::new().await;
    let (findings, seen) = observed(house.context(true, true), house.params("power")).await;
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.effort);
    let [outage] = seen.outages.as_slice() else { panic!("{:?}", seen.outages) };
    assert!(outage.during.is_empty() && outage.answered_after.is_some());
    assert!(outage.calls.iter().any(|call| call.back_after.is_some()), "{:?}", outage.calls);
    assert_eq!(seen.after, seen.before);
}

#[tokio::test]
async fn settings_that_are_lost_and_doors_that_open_show_afterwards() {
    for (fault, expected) in [("forgets", "refused"), ("opens-up", "served")] {
        let house = House::new().await;
        house.forgets.store(fault == "forgets", Ordering::Relaxed);
        house.opens_up.store(fault == "opens-up", Ordering::Relaxed);
        let (findings, seen) = observed(house.context(true, true), house.params("uplink")).await;
        assert_eq!(findings.outcome, Outcome::Complete);
        assert_ne!(seen.after.answers[1].digest, seen.before.answers[1].digest, "{fault}");
        assert_eq!(told(&seen.after.answers)[2], ("stranger", expected), "{fault}");
    }
}

#[tokio::test]
async fn a_device_that_stays_away_is_said_to_and_no_further_outage_is_made() {
    let house = House::new().await;
    house.stays_off.store(true, Ordering::Relaxed);
    let (findings, seen) = observed(house.context(true, true), house.params("power")).await;
    assert_eq!(findings.outcome, Outcome::Complete);
    assert_eq!(seen.outages[0].answered_after, None);
    assert!(seen.after.ports.iter().all(|(_, open)| !open));
    assert!(seen.after.answers.iter().all(|answer| answer.outcome == "unreachable"), "{:?}", seen.after);

    let house = House::new().await;
    house.stays_off.store(true, Ordering::Relaxed);
    let mut params = house.params("power");
    params["repetitions"] = json!(3);
    let (findings, seen) = observed(house.context(true, true), params).await;
    assert_eq!((findings.outcome, seen.outages.len()), (Outcome::Partial, 1));
    assert_eq!((findings.effort.attempted, findings.effort.completed), (3, 1));
}

#[tokio::test]
async fn without_consent_nothing_is_taken_away() {
    let house = House::new().await;
    let (findings, seen) = observed(house.context(false, true), house.params("power")).await;
    assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Partial, 0));
    assert!(findings.effort.gaps[0].contains("interrupt under [consent]"));
    assert!(seen.outages.is_empty() && house.performed().is_empty());
}

#[tokio::test]
async fn without_a_capture_point_the_outage_is_seen_and_its_calls_are_not() {
    let house = House::new().await;
    let (findings, seen) = observed(house.context(true, false), house.params("services")).await;
    assert_eq!(findings.outcome, Outcome::Complete);
    assert!(findings.effort.gaps[0].starts_with("no capture: "), "{:?}", findings.effort.gaps);
    assert!(seen.outages[0].traffic.is_none() && seen.outages[0].calls.is_empty());
}

#[tokio::test]
async fn an_action_that_the_bench_does_not_have_is_named() {
    for action in ["power_off", "power_on"] {
        let house = House::new().await;
        *house.no_action.lock().unwrap() = Some(action);
        let (findings, seen) = observed(house.context(true, true), house.params("power")).await;
        assert_eq!(findings.outcome, Outcome::Partial);
        assert!(findings.effort.gaps.iter().any(|gap| gap.contains(action)), "{:?}", findings.effort.gaps);
        let by = if action == "power_off" { "nobody" } else { "bench" };
        assert_eq!(seen.outages[0].by, by);
        assert_eq!(findings.effort.completed, u64::from(by == "bench"));
    }
}

#[tokio::test]
async fn what_was_taken_is_given_back_when_the_probe_is_stopped_or_dropped() {
    let house = House::new().await;
    let mut params = house.params("services");
    params["seconds"] = json!(60.0);
    let context = house.context(true, true);
    let cancel = context.cancel.clone();
    let stopping = async {
        while house.performed().last().is_none_or(|action| action != "services_down") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.cancel();
    };
    let ((findings, _), ()) = tokio::join!(observed(context, params.clone()), stopping);
    assert_eq!((findings.outcome, findings.trouble.as_deref()), (Outcome::Partial, Some("stopped")));
    assert_eq!(house.performed().last().map(String::as_str), Some("services_up"));

    let house = House::new().await;
    let context = Arc::new(house.context(true, true));
    let dropped = tokio::spawn((PROBE.observe)(params_with(&house, 60.0), context));
    while house.performed().last().is_none_or(|action| action != "services_down") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    dropped.abort();
    while house.performed().last().is_none_or(|action| action != "services_up") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn params_with(house: &House, seconds: f64) -> Value {
    let mut params = house.params("services");
    params["seconds"] = json!(seconds);
    params
}

#[tokio::test]
async fn a_budget_that_is_too_short_makes_no_outage() {
    let house = House::new().await;
    let context = house.context(true, true).with_budget(Duration::from_secs(2));
    let (findings, seen) = observed(context, house.params("services")).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(findings.effort.gaps.iter().any(|gap| gap.contains("time budget")), "{:?}", findings.effort.gaps);
    assert!(seen.outages.is_empty() && house.performed().is_empty());
}

#[tokio::test]
async fn an_outage_that_is_none_is_told() {
    // The bench says that it cut the link, and the device still answers.
    let house = House::new().await;
    let (findings, _) = observed(house.context(true, true), house.params("link")).await;
    assert!(findings.effort.gaps.iter().any(|gap| gap.contains("answered during the outage")));
    assert_eq!(findings.outcome, Outcome::Partial);
}

#[tokio::test]
async fn a_device_without_open_ports_is_known_by_what_it_says() {
    let house = House::new().await;
    let mut params = house.params("power");
    (params["ports"], params["accesses"]) = (json!([]), json!([]));
    let (findings, seen) = observed(house.context(true, true), params.clone()).await;
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.effort);
    assert!(seen.outages[0].answered_after.is_some());

    // Who neither answers nor can be listened to is left alone.
    let house = House::new().await;
    let (findings, seen) = observed(house.context(true, false), params).await;
    assert_eq!((findings.outcome, seen.outages.len()), (Outcome::Partial, 0));
    assert!(house.performed().is_empty());
}

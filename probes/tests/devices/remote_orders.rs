//! The probe of remote orders against played heaters: a state over HTTP, and a session with the service over MQTT.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use probes::dialer::DialLimits;
use probes::probe::remote_orders::{Doing, OrdersSeen, SessionEnd, Step};
use probes::{Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::played::{self, Asked, LOCAL, Said, place_of_its_own};
use crate::tls_peers::{BOTH, HOST, Peer};

/// How a heater deals with orders; the default is sound.
#[derive(Clone, Copy, Default)]
struct Habits {
    obeys_twice: bool,
    overrides: bool,
    subscribes_elsewhere: bool,
    never_comes: bool,
    obeys_nothing: bool,
    tells_nothing: bool,
    local_refused: bool,
}

#[derive(Default)]
struct Memory {
    target: u64,
    number: u64,
    stopped: bool,
    operated: Option<Instant>,
    orders: Vec<String>,
}

#[derive(Default)]
struct Heater {
    habits: Habits,
    memory: Mutex<Memory>,
}

const HOLD: Duration = Duration::from_millis(900);

impl Heater {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("nobody panicked")
    }

    fn asked(&self, asked: &Asked) -> Said {
        let mut memory = self.memory();
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        match &*asked.method {
            "GET" if self.habits.tells_nothing => return Said::page(503, ""),
            "GET" => {}
            _ if self.habits.local_refused => return Said::page(403, ""),
            _ => {
                memory.operated = Some(Instant::now());
                memory.target = body["target"].as_u64().unwrap_or(memory.target);
                memory.stopped = body["stopped"].as_bool().unwrap_or(memory.stopped);
            }
        }
        Said::page(200, &json!({ "target": memory.target, "stopped": memory.stopped }).to_string())
    }

    fn ordered(&self, content: &[u8]) {
        let Ok(order) = serde_json::from_slice::<Value>(content) else { return };
        let mut memory = self.memory();
        memory.orders.push(order.to_string());
        let number = order["number"].as_u64().unwrap_or(0);
        if self.habits.obeys_nothing || number <= memory.number && !self.habits.obeys_twice {
            return;
        }
        memory.number = number;
        if order["stop"] == json!(true) {
            memory.stopped = true;
        } else if !memory.stopped
            && (self.habits.overrides || memory.operated.is_none_or(|at| at.elapsed() > HOLD))
        {
            memory.target = order["target"].as_u64().unwrap_or(memory.target);
        }
    }

    /// A session with the service, until it ends.
    async fn calls(self: Arc<Self>, to: SocketAddr, connector: TlsConnector) -> Option<()> {
        if self.habits.never_comes {
            return None;
        }
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let stream = TcpStream::connect(to).await.ok()?;
        let mut session =
            connector.connect(ServerName::try_from(HOST).expect("a name"), stream).await.ok()?;
        session.write_all(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02hk").await.ok()?;
        session.read_exact(&mut [0; 4]).await.ok()?;
        let topic: &[u8] = if self.habits.subscribes_elsewhere { b"hk/news" } else { b"hk/+/do" };
        let head = [0x82, topic.len() as u8 + 5, 0, 1, 0, topic.len() as u8];
        session.write_all(&[&head, topic, &[0]].concat()).await.ok()?;
        session.read_exact(&mut [0; 5]).await.ok()?;
        loop {
            let mut head = [0; 4];
            session.read_exact(&mut head).await.ok()?;
            let mut rest = vec![0; usize::from(head[1]) - 2];
            session.read_exact(&mut rest).await.ok()?;
            assert_eq!((head[0], &rest[..7]), (0x30, &b"hk/7/do"[..]));
            self.ordered(&rest[7..]);
        }
    }
}

/// A run of the probe: what it saw, what the bench was asked for, and the heater afterwards.
async fn run(habits: Habits, consent: &[&str]) -> (Observation, OrdersSeen, Vec<String>, Arc<Heater>) {
    let memory = Mutex::new(Memory { target: 44, ..Memory::default() });
    let heater = Arc::new(Heater { habits, memory });
    let asked = Arc::clone(&heater);
    let port = played::http(move |request| asked.asked(request)).await;
    let at = place_of_its_own();
    let service = Peer::up().await;
    let connector = TlsConnector::from(Arc::new(service.client(BOTH)));
    let actions: Arc<Mutex<Vec<String>>> = Arc::default();
    let (done, caller) = (Arc::clone(&actions), Arc::clone(&heater));
    let act = move |action: &str| {
        let mut done = done.lock().expect("nobody panicked");
        done.push(action.to_owned());
        if action == "reconnect" && !done.contains(&"names_to_peers".to_owned()) {
            tokio::spawn(Arc::clone(&caller).calls(at, connector.clone()));
        }
        let agreed: Pin<Box<dyn Future<Output = Result<bool, String>> + Send>> = Box::pin(async { Ok(true) });
        agreed
    };
    let scope = Scope { devices: vec![LOCAL], world: vec![at], ..Scope::default() };
    let context = ProbeContext::new(
        Dialer::new(scope, DialLimits::default()),
        probes::Context::default(),
        Default::default(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
    )
    .with_consent(consent.iter().map(|agreed| (*agreed).to_owned()).collect())
    .with_lent(Some(service.authority), Default::default())
    .with_actions(Box::new(act));
    let access = |method: &str, body: Value| {
        json!({
            "rows": [], "kind": "http", "port": port, "tls": false, "method": method, "target": "/state",
            "body": if body.is_null() { body } else { json!(body.to_string()) }, "who": ["anyone"],
            "changes": method == "PUT",
        })
    };
    let order = |target: u64| json!({ "says": format!("{{\"number\":{{number}},\"target\":{target}}}"), "shows": [format!("\"target\": {target}")] });
    let local = |target: u64| json!({ "access": access("PUT", json!({ "target": target })), "shows": [format!("\"target\":{target}")] });
    let params = json!({
        "address": LOCAL, "row": "ComMech-Cloud", "host": HOST, "port": 8883, "listen": at, "serial": "7",
        "topic": "hk/{serial}/do", "mechanisms": [], "seen": access("GET", Value::Null),
        "orders": [order(50), order(51)],
        "stop": { "says": "{\"number\":{number},\"stop\":true}", "shows": ["\"stopped\":true"] },
        "local": [local(43), local(44)],
        "release": { "access": access("PUT", json!({ "stopped": false })), "shows": ["\"stopped\":false"] },
        "freshness": "number", "hold_seconds": HOLD.as_secs_f64(), "takes_seconds": 0.4, "connect_seconds": 2.0,
    });
    let request = Request { probe: "remote-orders".to_owned(), target: "cloud".to_owned(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let seen: OrdersSeen = observation.read().expect("facts");
    let actions = actions.lock().expect("nobody panicked").clone();
    (observation, seen, actions, heater)
}

const AGREED: &[&str] = &["play_peers", "change_state"];

#[track_caller]
fn step(seen: &OrdersSeen, doing: Doing) -> &Step {
    seen.step(doing).unwrap_or_else(|| panic!("{doing:?} was not made: {seen:#?}")).1
}

#[tokio::test]
async fn a_sound_heater_obeys_once_and_lets_whoever_stands_before_it_decide() {
    let (observation, seen, actions, heater) = run(Habits::default(), AGREED).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(
        (seen.session, seen.reader.as_str(), seen.restored),
        (SessionEnd::Subscribed, "open", Some(true))
    );
    for doing in
        [Doing::Order, Doing::OtherOrder, Doing::Local, Doing::OrderAfterHold, Doing::Stop, Doing::Release]
    {
        assert_eq!(
            (step(&seen, doing).before, step(&seen, doing).shown),
            (Some(false), Some(true)),
            "{doing:?}"
        );
    }
    for doing in [Doing::Replay, Doing::ReplayAnew, Doing::OrderInHold, Doing::OrderWhileStopped] {
        assert_eq!(
            (step(&seen, doing).before, step(&seen, doing).shown),
            (Some(false), Some(false)),
            "{doing:?}"
        );
    }
    assert_eq!(step(&seen, Doing::Replay).sent, step(&seen, Doing::Order).sent);
    assert_eq!(step(&seen, Doing::OrderInHold).kept, Some(true));
    assert_eq!(step(&seen, Doing::OrderWhileStopped).kept, Some(true));
    assert_eq!((observation.effort.attempted, observation.effort.completed), (11, 11));
    // As it was found.
    let memory = heater.memory();
    assert_eq!((memory.target, memory.stopped), (44, false));
    drop(memory);
    assert_eq!(actions[0], "names_to_bench");
    assert_eq!(actions[actions.len() - 2..], ["names_to_peers", "reconnect"]);
}

#[tokio::test]
async fn one_that_obeys_twice_shows_both_times() {
    let (_, seen, ..) = run(Habits { obeys_twice: true, ..Habits::default() }, AGREED).await;
    for doing in [Doing::Replay, Doing::ReplayAnew] {
        assert_eq!(
            (step(&seen, doing).before, step(&seen, doing).shown),
            (Some(false), Some(true)),
            "{doing:?}"
        );
    }
}

#[tokio::test]
async fn one_that_goes_by_the_last_order_loses_what_was_set_here() {
    let (_, seen, ..) = run(Habits { overrides: true, ..Habits::default() }, AGREED).await;
    let in_hold = step(&seen, Doing::OrderInHold);
    assert_eq!((in_hold.before, in_hold.shown, in_hold.kept), (Some(false), Some(true), Some(false)));
    assert_eq!(seen.restored, Some(true));
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_and_nothing_is_ordered_without_need() {
    let (observation, seen, _, heater) =
        run(Habits { subscribes_elsewhere: true, ..Habits::default() }, AGREED).await;
    assert_eq!((observation.outcome, seen.session), (Outcome::Partial, SessionEnd::NotSubscribed));
    assert!(seen.session_detail.is_some_and(|detail| detail.contains("hk/news")));
    assert!(heater.memory().orders.is_empty() && seen.steps.is_empty());

    let (observation, seen, actions, _) =
        run(Habits { never_comes: true, ..Habits::default() }, AGREED).await;
    assert_eq!((observation.outcome, seen.session), (Outcome::Partial, SessionEnd::NoConnection));
    assert!(actions.contains(&"names_to_peers".to_owned()));

    let (observation, seen, actions, _) =
        run(Habits { tells_nothing: true, ..Habits::default() }, AGREED).await;
    assert_eq!((observation.outcome, seen.session), (Outcome::Partial, SessionEnd::NotTried));
    assert!(actions.is_empty());

    let (observation, seen, ..) = run(Habits { obeys_nothing: true, ..Habits::default() }, AGREED).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(seen.step(Doing::Replay).is_none() && step(&seen, Doing::Order).shown == Some(false));

    let (_, seen, ..) = run(Habits { local_refused: true, ..Habits::default() }, AGREED).await;
    let local = step(&seen, Doing::Local);
    assert_eq!((local.status, local.shown), (Some(403), Some(false)));
    assert_eq!(seen.restored, Some(false));
}

#[tokio::test]
async fn without_consent_nothing_is_done() {
    for missing in AGREED {
        let consent: Vec<&str> = AGREED.iter().copied().filter(|agreed| agreed != missing).collect();
        let (observation, seen, actions, _) = run(Habits::default(), &consent).await;
        assert_eq!((observation.outcome, seen.session), (Outcome::Partial, SessionEnd::NotTried));
        assert!(observation.trouble.is_some_and(|trouble| trouble.contains(missing)));
        assert!(actions.is_empty());
    }
}

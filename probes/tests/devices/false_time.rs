//! The probe of false time against played devices: each asks for the time, or not, before it calls its peer, and holds
//! the dates of certificates against what it believes.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use probes::context::LentAuthority;
use probes::dialer::DialLimits;
use probes::probe::false_time::FalseTimeFacts;
use probes::probe::tls_client::PlayedPeer;
use probes::world::ending::Ending;
use probes::{Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::played::{LOCAL, place_of_its_own};
use crate::tls_peers::{BOTH, HOST, Peer};

const TIME_HOST: &str = "time.test";

/// When a device asks for the time.
#[derive(Clone, Copy, PartialEq)]
enum Asks {
    Never,
    BeforeEachCall,
    AtStart,
}

#[derive(Debug, Default)]
struct Clock {
    ahead: AtomicI64,
}

impl Clock {
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_second() + self.ahead.load(Ordering::SeqCst)
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.now().unsigned_abs())))
    }
}

struct Device {
    asks: Asks,
    believes: bool,
    clock: Arc<Clock>,
    time_host: SocketAddr,
    peer: SocketAddr,
    config: Arc<rustls::ClientConfig>,
}

impl Device {
    async fn ask(&self) -> Option<()> {
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let socket = UdpSocket::bind((LOCAL, 0)).await.ok()?;
        let mut question = [0; 48];
        question[0] = 4 << 3 | 3;
        socket.send_to(&question, self.time_host).await.ok()?;
        let mut answer = [0; 48];
        let receiving = socket.recv_from(&mut answer);
        tokio::time::timeout(Duration::from_millis(300), receiving).await.ok()?.ok()?;
        let told = u32::from_be_bytes([answer[40], answer[41], answer[42], answer[43]]);
        let told = i64::from(told) - 2_208_988_800;
        if self.believes {
            self.clock.ahead.store(told - jiff::Timestamp::now().as_second(), Ordering::SeqCst);
        }
        Some(())
    }

    async fn calls(&self) {
        if self.asks == Asks::BeforeEachCall {
            let _untold = self.ask().await;
        }
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let Ok(stream) = TcpStream::connect(self.peer).await else { return };
        let name = ServerName::try_from(HOST).expect("a name");
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let Ok(mut session) = connector.connect(name, stream).await else { return };
        let _ = session.write_all(b"the water is warm").await;
        let _ = session.read(&mut [0; 64]).await;
    }
}

struct Bench {
    asks: Asks,
    believes: bool,
    trusts_the_authority: bool,
    consent: Vec<&'static str>,
    world: bool,
    lent: bool,
    cancel: CancellationToken,
    actions: Arc<Mutex<Vec<String>>>,
    clock: Arc<Clock>,
}

impl Bench {
    fn new(asks: Asks, believes: bool) -> Self {
        Self {
            asks,
            believes,
            trusts_the_authority: true,
            consent: vec!["play_peers"],
            world: true,
            lent: true,
            cancel: CancellationToken::new(),
            actions: Arc::default(),
            clock: Arc::default(),
        }
    }

    async fn look(&self) -> (Observation, FalseTimeFacts) {
        let at = place_of_its_own();
        let real = Peer::up().await;
        let stranger = Peer::up().await;
        let mut config = if self.trusts_the_authority { &real } else { &stranger }.client(BOTH);
        config.time_provider = Arc::clone(&self.clock) as Arc<dyn TimeProvider>;
        let device = Arc::new(Device {
            asks: self.asks,
            believes: self.believes,
            clock: Arc::clone(&self.clock),
            time_host: at,
            peer: at,
            config: Arc::new(config),
        });
        let scope = Scope { devices: vec![LOCAL], world: vec![at], ..Scope::default() };
        let (actions, at_bench) = (Arc::clone(&self.actions), AtomicBool::new(false));
        let cancel = self.cancel.clone();
        let act = move |action: &str| {
            actions.lock().expect("nobody panicked").push(action.to_owned());
            let device = Arc::clone(&device);
            match action {
                "names_to_bench" => at_bench.store(true, Ordering::SeqCst),
                "names_to_peers" => at_bench.store(false, Ordering::SeqCst),
                "power_on" if device.asks == Asks::AtStart => {
                    tokio::spawn(async move { device.ask().await });
                }
                "reconnect" if at_bench.load(Ordering::SeqCst) => {
                    tokio::spawn(async move { device.calls().await });
                }
                // Somebody stops the run while the device is without power.
                "power_off" if device.asks == Asks::Never => cancel.cancel(),
                _ => {}
            }
            let done: Pin<Box<dyn Future<Output = Result<bool, String>> + Send>> =
                Box::pin(async { Ok(true) });
            done
        };
        let lent: Option<LentAuthority> = self.lent.then_some(real.authority);
        let context = ProbeContext::new(
            Dialer::new(scope, DialLimits::default()),
            probes::Context::default(),
            Default::default(),
            self.cancel.clone(),
            Box::new(|_, _, _| {}),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        )
        .with_consent(self.consent.iter().map(|agreed| (*agreed).to_owned()).collect())
        .with_lent(lent, Default::default())
        .with_actions(Box::new(act));
        let listen = self.world.then_some(at);
        let params = json!({
            "row": "ComMech-Cloud", "host": HOST, "port": 8883, "listen": listen,
            "time_hosts": [{ "host": TIME_HOST, "port": 123, "listen": listen }],
            "connect_seconds": 2.0, "answer_seconds": 1.0, "ask_seconds": 0.5, "settle_seconds": 0.0,
            "outage_seconds": 0.1,
        });
        let request = Request { probe: "false-time".to_owned(), target: "cloud".to_owned(), params };
        let observation = probes::run(request, Arc::new(context)).await;
        let facts = observation.read().expect("facts");
        (observation, facts)
    }

    fn actions(&self) -> Vec<String> {
        self.actions.lock().expect("nobody panicked").clone()
    }
}

fn ending(facts: &FalseTimeFacts, peer: PlayedPeer) -> Option<Ending> {
    facts.trials.iter().find(|trial| trial.peer == peer).map(|trial| trial.ending)
}

#[tokio::test]
async fn a_device_that_believes_whoever_tells_the_time_takes_what_has_ended() {
    let bench = Bench::new(Asks::BeforeEachCall, true);
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(ending(&facts, PlayedPeer::LentAuthority), Some(Ending::ApplicationData));
    assert_eq!(ending(&facts, PlayedPeer::FalseTime), Some(Ending::ApplicationData));
    assert!(facts.asked >= 1 && facts.asked_before >= 1 && facts.names_turned, "{facts:#?}");
    let today = jiff::Zoned::now().date().to_string();
    let (told, [from, until]) = (facts.told.expect("a time"), facts.certificate.expect("dates"));
    assert!(from < told && told < until && until < today, "{from} {told} {until}");
    // Afterwards it goes by the truth again, and finds its peers.
    assert_eq!(facts.put_right, Some(true));
    for _ in 0..200 {
        if bench.clock.ahead.load(Ordering::SeqCst).abs() < 60 {
            break;
        }
        // The answer is on its way.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(bench.clock.ahead.load(Ordering::SeqCst).abs() < 60);
    let actions = bench.actions();
    assert_eq!(actions[0], "names_to_bench");
    assert_eq!(actions[actions.len() - 2..], ["names_to_peers", "reconnect"]);
    assert!(!actions.contains(&"power_off".to_owned()));
}

#[tokio::test]
async fn a_device_that_asks_and_does_not_believe_refuses_what_has_ended() {
    let (observation, facts) = Bench::new(Asks::BeforeEachCall, false).look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(ending(&facts, PlayedPeer::LentAuthority), Some(Ending::ApplicationData));
    assert!(ending(&facts, PlayedPeer::FalseTime).is_some_and(Ending::refused), "{facts:#?}");
    assert!(facts.asked >= 1);
    assert_eq!((observation.effort.attempted, observation.effort.completed), (2, 2));
}

#[tokio::test]
async fn a_device_that_asks_when_it_starts_is_started() {
    let consent = vec!["play_peers", "interrupt"];
    let bench = Bench { consent, ..Bench::new(Asks::AtStart, true) };
    let (observation, facts) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(ending(&facts, PlayedPeer::FalseTime), Some(Ending::ApplicationData));
    assert_eq!(facts.put_right, Some(true));
    assert_eq!(bench.actions().iter().filter(|action| *action == "power_on").count(), 2);
    // Without consent to that, nothing false is told.
    let bench = Bench::new(Asks::AtStart, true);
    let (_, facts) = bench.look().await;
    assert_eq!((facts.asked, facts.told), (0, None));
    assert!(!bench.actions().contains(&"power_off".to_owned()));
}

#[tokio::test]
async fn a_device_that_asks_nobody_is_told_of_and_meets_no_such_peer() {
    let (observation, facts) = Bench::new(Asks::Never, true).look().await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!((facts.asked, facts.told, facts.put_right), (0, None, None));
    assert_eq!(facts.trials.len(), 1);
    assert_eq!(facts.not_tried[0].peer, PlayedPeer::FalseTime);
    assert!(facts.not_tried[0].why.contains("did not ask time.test"), "{:?}", facts.not_tried);
}

#[tokio::test]
async fn an_authority_that_the_device_does_not_trust_shows_nothing() {
    let bench = Bench { trusts_the_authority: false, ..Bench::new(Asks::BeforeEachCall, true) };
    let (_, facts) = bench.look().await;
    assert!(ending(&facts, PlayedPeer::LentAuthority).is_some_and(Ending::refused));
    assert_eq!((facts.asked, ending(&facts, PlayedPeer::FalseTime)), (0, None));
    assert!(facts.not_tried[0].why.contains("sound certificate"), "{:?}", facts.not_tried);
}

#[tokio::test]
async fn nothing_is_done_without_consent_place_or_authority() {
    let usual = || Bench::new(Asks::BeforeEachCall, true);
    for (bench, named) in [
        (Bench { consent: vec![], ..usual() }, "play_peers"),
        (Bench { world: false, ..usual() }, "[world]"),
        (Bench { lent: false, ..usual() }, "[authority]"),
    ] {
        let (observation, facts) = bench.look().await;
        assert_eq!(observation.outcome, Outcome::Partial);
        assert!(observation.trouble.is_some_and(|trouble| trouble.contains(named)), "{named}");
        assert!(facts.trials.is_empty() && bench.actions().is_empty());
    }
}

#[tokio::test]
async fn a_stop_gives_power_and_names_back() {
    let consent = vec!["play_peers", "interrupt"];
    let bench = Bench { consent, ..Bench::new(Asks::Never, true) };
    let (observation, _) = bench.look().await;
    assert_eq!(observation.outcome, Outcome::Partial);
    let actions = bench.actions();
    assert_eq!(actions[actions.len() - 4..], ["power_off", "power_on", "names_to_peers", "reconnect"]);
}

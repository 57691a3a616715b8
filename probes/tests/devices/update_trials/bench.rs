//! A bench of the tests: a device that fetches or takes update packages, with a habit, and the probe beside it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use probes::context::{LentAuthority, UpdatePackage};
use probes::dialer::DialLimits;
use probes::probe::update_trials::{Attack, UpdateFacts, UpdateTrial};
use probes::{Dialer, EvidenceRef, Observation, ProbeContext, Request, Scope};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::played::{LOCAL, listen, place_of_its_own};

pub(crate) const HOST: &str = "update.test";
pub(crate) const FIRST: &str = "1.0";
const SECRET: &[u8] = b"of the supplier alone";
/// What the device takes for the time.
const NOW: &str = "2024-05-01T00:00:00Z";

/// What the device does with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Checks signature, model, version and digest.
    Verifies,
    /// Installs whatever comes to its end, and follows wherever it is sent.
    InstallsEverything,
    /// Checks everything after it has written the image: one that is too short ends it.
    DiesOfTruncated,
    /// Never looks.
    NeverAsks,
    /// Checks everything, and gives TLS up where it fails.
    GivesTlsUp,
    /// Looks for the list, and fetches nothing.
    OnlyLooks,
    /// Checks everything, and looks again at once where it installs nothing.
    LooksAgainAndAgain,
    /// Checks everything, once it has read whatever comes to its end.
    ReadsToTheEnd,
    /// Checks everything, and does not read on where an answer is long.
    StopsReading,
}

/// The device and its bench.
pub(crate) struct Bench {
    pub(crate) habit: Habit,
    pub(crate) consent: Vec<&'static str>,
    /// Actions that the bench does not have.
    pub(crate) without: Vec<&'static str>,
    pub(crate) packages: Vec<UpdatePackage>,
    pub(crate) lent: Option<LentAuthority>,
    pub(crate) plain: bool,
    pub(crate) upload: bool,
    /// Declared key of the list that holds its end.
    pub(crate) expires_key: Option<&'static str>,
    pub(crate) cancel: CancellationToken,
    pub(crate) device: Arc<Device>,
    at: SocketAddr,
    root: CertificateDer<'static>,
}

/// The state of the device.
pub(crate) struct Device {
    version: Mutex<String>,
    alive: AtomicBool,
    linked: AtomicBool,
    /// Outages so far: whatever was under way when one began is lost.
    outages: AtomicU32,
    pub(crate) performed: Mutex<Vec<String>>,
    port: u16,
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn signature(text: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(SECRET).chain_update(text).finalize().to_vec()
}

/// Model, version and substance of an image; the signature at its end is for whoever hands it in.
fn image(model: &str, version: &str) -> Vec<u8> {
    let mut image = format!("{model} {version} ").into_bytes();
    image.extend(version.bytes().cycle().take(40_000));
    let signature = signature(&image);
    image.extend(signature);
    image
}

fn package(kind: &str, model: &str, version: &str) -> UpdatePackage {
    package_until(kind, (model, version), "2090-01-01T00:00:00Z")
}

/// With a list that is valid until then.
pub(crate) fn package_until(kind: &str, (model, version): (&str, &str), until: &str) -> UpdatePackage {
    let image = image(model, version);
    let statement = json!({
        "model": model, "version": version, "digest": hex(&Sha256::digest(&image)), "expires": until,
    })
    .to_string();
    let list = json!({ "statement": statement, "signature": hex(&signature(statement.as_bytes())) });
    UpdatePackage {
        mechanism: "UpdMech-1".to_owned(),
        kind: kind.to_owned(),
        version: version.to_owned(),
        files: [
            ("/newest.json".to_owned(), list.to_string().into_bytes().into()),
            (format!("/{version}.bin"), image.into()),
        ]
        .into(),
    }
}

impl Bench {
    pub(crate) async fn new(habit: Habit) -> Self {
        let (identity, port) = listen().await;
        let device = Arc::new(Device {
            version: Mutex::new(FIRST.to_owned()),
            alive: AtomicBool::new(true),
            linked: AtomicBool::new(true),
            outages: AtomicU32::new(0),
            performed: Mutex::default(),
            port,
        });
        let served = Arc::clone(&device);
        tokio::spawn(async move {
            while let Ok((stream, _)) = identity.accept().await {
                let device = Arc::clone(&served);
                tokio::spawn(async move { device.serve(stream, habit).await });
            }
        });
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).expect("a root");
        let lent = LentAuthority { certificate: root.pem(), key: key.serialize_pem() };
        Self {
            habit,
            consent: vec!["install_updates", "play_peers", "interrupt"],
            without: Vec::new(),
            packages: vec![
                package("newer", "WH-100", "2.0"),
                package("older", "WH-100", "0.9"),
                package("other-model", "WH-900", "2.5"),
            ],
            lent: Some(lent),
            plain: false,
            upload: false,
            expires_key: None,
            cancel: CancellationToken::new(),
            device,
            at: place_of_its_own(),
            root: root.der().clone(),
        }
    }

    /// What the probe update-trials sees.
    pub(crate) async fn look(&self) -> (Observation, UpdateFacts) {
        self.observe("update-trials").await
    }

    /// What a probe sees that offers packages.
    pub(crate) async fn observe<F: DeserializeOwned>(&self, probe: &str) -> (Observation, F) {
        let scope = Scope { devices: vec![LOCAL], world: vec![self.at], ..Scope::default() };
        let device = Arc::clone(&self.device);
        let (habit, at, plain, without) = (self.habit, self.at, self.plain, self.without.clone());
        let root = self.root.clone();
        let act = move |action: &str| {
            let (device, root, action) = (Arc::clone(&device), root.clone(), action.to_owned());
            let can = !without.contains(&action.as_str());
            let done: Pin<Box<dyn Future<Output = Result<bool, String>> + Send>> = Box::pin(async move {
                if can {
                    device.performed.lock().expect("nobody panicked").push(action.clone());
                    device.undergo(&action, (habit, at, plain, root));
                }
                Ok(can)
            });
            done
        };
        let credentials =
            BTreeMap::from([("AuthMech-1".to_owned(), ("admin".to_owned(), "correct-horse".to_owned()))]);
        let context = ProbeContext::new(
            Dialer::new(scope, DialLimits { timeout: Duration::from_millis(300), ..DialLimits::default() }),
            probes::Context::default(),
            credentials,
            self.cancel.clone(),
            Box::new(|_, _, _| {}),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        )
        .with_consent(self.consent.iter().map(|agreed| (*agreed).to_owned()).collect())
        .with_lent(self.lent.clone(), Default::default())
        .with_files(self.packages.clone(), Vec::new())
        .with_actions(Box::new(act));
        let request =
            Request { probe: probe.to_owned(), target: "updates".to_owned(), params: self.params() };
        let observation = probes::run(request, Arc::new(context)).await;
        let facts = observation.read().expect("facts");
        (observation, facts)
    }

    fn params(&self) -> Value {
        let port = self.device.port;
        let mut params = json!({
            "address": LOCAL, "row": "UpdMech-1", "way": "pull", "host": HOST, "plain": self.plain,
            "listen": self.at, "manifest": "/newest.json", "image": "/{version}.bin",
            "signature": { "manifest_key": "signature" }, "primitives": ["Ed25519"],
            "settles_seconds": 0.4, "recovery_seconds": 0.6, "profile": "matrix",
            "identity": { "tls": false, "port": port, "path": "/identity" },
        });
        if let Some(key) = self.expires_key {
            params["expires_key"] = json!(key);
        }
        if self.upload {
            params["way"] = json!("upload");
            params["signature"] = json!({ "last_octets": 32 });
            params["upload"] = json!({
                "port": port, "tls": false, "path": "/update", "method": "POST", "field": "package",
                "who": "AuthMech-1",
            });
            params["mechanisms"] = json!([{
                "row": "AuthMech-1", "kind": "basic", "port": port, "tls": false, "path": "/", "valid": true,
            }]);
        }
        params
    }

    pub(crate) fn performed(&self) -> Vec<String> {
        self.device.performed.lock().expect("nobody panicked").clone()
    }

    pub(crate) fn version(&self) -> String {
        self.device.version()
    }
}

impl Device {
    fn version(&self) -> String {
        self.version.lock().expect("nobody panicked").clone()
    }

    fn install(&self, version: &str) {
        version.clone_into(&mut self.version.lock().expect("nobody panicked"));
    }

    fn undergo(
        self: &Arc<Self>,
        action: &str,
        (habit, at, plain, root): (Habit, SocketAddr, bool, CertificateDer<'static>),
    ) {
        match action {
            "trigger_update" if habit != Habit::NeverAsks => {
                let device = Arc::clone(self);
                tokio::spawn(async move {
                    let times = if habit == Habit::LooksAgainAndAgain { 60 } else { 1 };
                    for _ in 0..times {
                        if device.fetch(habit, at, plain, root.clone()).await.is_some() {
                            break;
                        }
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                });
            }
            "restore_software" => {
                self.install(FIRST);
                self.alive.store(true, Ordering::SeqCst);
            }
            "link_down" | "power_off" => {
                self.outages.fetch_add(1, Ordering::SeqCst);
                self.linked.store(false, Ordering::SeqCst);
            }
            "link_up" | "power_on" => self.linked.store(true, Ordering::SeqCst),
            _ => {}
        }
    }

    fn answers(&self) -> bool {
        self.alive.load(Ordering::SeqCst) && self.linked.load(Ordering::SeqCst)
    }

    /// Looks for an update, and does with it what is its habit.
    async fn fetch(
        &self,
        habit: Habit,
        at: SocketAddr,
        plain: bool,
        root: CertificateDer<'static>,
    ) -> Option<()> {
        if !self.answers() {
            return None;
        }
        let outages = self.outages.load(Ordering::SeqCst);
        let mut list = ask((at, plain), &root, "/newest.json", habit).await;
        let mut plain = plain;
        if list.is_none() && habit == Habit::GivesTlsUp {
            plain = true;
            list = ask((at, true), &root, "/newest.json", habit).await;
        }
        if habit == Habit::OnlyLooks {
            return None;
        }
        let list: Value = serde_json::from_slice(&list?).ok()?;
        let text = list["statement"].as_str()?;
        let statement: Value = serde_json::from_str(text).ok()?;
        let version = statement["version"].as_str()?;
        let good = list["signature"].as_str() == Some(&hex(&signature(text.as_bytes())))
            && statement["model"] == "WH-100"
            && statement["expires"].as_str().is_some_and(|until| NOW < until)
            && version > self.version().as_str();
        let careless = habit == Habit::InstallsEverything;
        if !good && !careless {
            return None;
        }
        let image = ask((at, plain), &root, &format!("/{version}.bin"), habit).await?;
        if self.outages.load(Ordering::SeqCst) != outages {
            return None;
        }
        if habit == Habit::DiesOfTruncated && image.len() < 30_000 {
            self.alive.store(false, Ordering::SeqCst);
            return None;
        }
        if careless || statement["digest"].as_str() == Some(&hex(&Sha256::digest(&image))) {
            self.restart(&version_of(&image).unwrap_or_else(|| version.to_owned())).await;
            return Some(());
        }
        None
    }

    async fn restart(&self, version: &str) {
        let outages = self.outages.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(30)).await;
        self.alive.store(false, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(60)).await;
        if self.outages.load(Ordering::SeqCst) == outages {
            self.install(version);
        }
        self.alive.store(true, Ordering::SeqCst);
    }

    /// Tells who it is, and takes packages.
    async fn serve(&self, mut stream: TcpStream, habit: Habit) {
        if !self.answers() {
            return;
        }
        let mut asked = Vec::new();
        let mut piece = vec![0; 64 * 1024];
        let (head, length) = loop {
            let Ok(count @ 1..) = stream.read(&mut piece).await else { return };
            asked.extend_from_slice(&piece[..count]);
            let Some(at) = asked.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&asked[..at]).to_lowercase();
            asked.drain(..at + 4);
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            break (head.clone(), length.map_or(Ok(0), str::parse::<usize>).unwrap_or(0));
        };
        let (status, body) = if head.starts_with("get /identity") {
            let body = json!({ "model": "WH-100", "firmware": self.version() }).to_string();
            (200, body)
        } else if !head.contains("authorization: basic") {
            (401, String::new())
        } else if head.contains("transfer-encoding") {
            (411, String::new())
        } else if head.starts_with("post /update") {
            while asked.len() < length {
                match stream.read(&mut piece).await {
                    Ok(count @ 1..) => asked.extend_from_slice(&piece[..count]),
                    _ => return,
                }
            }
            self.take(&asked, habit).await
        } else {
            (404, String::new())
        };
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = stream.write_all(text.as_bytes()).await;
    }

    async fn take(&self, body: &[u8], habit: Habit) -> (u16, String) {
        let start = body.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
        let end = body.windows(4).rposition(|four| four == b"\r\n--").unwrap_or(body.len());
        let image = &body[start..end.max(start)];
        let Some(bare) = image.len().checked_sub(32) else { return (422, String::new()) };
        let version = version_of(image).unwrap_or_default();
        let good = image[bare..] == signature(&image[..bare])
            && image.starts_with(b"WH-100 ")
            && version.as_str() > self.version().as_str();
        if !good && habit != Habit::InstallsEverything {
            return (422, "{\"error\":\"not an update\"}".to_owned());
        }
        self.restart(&version).await;
        (200, "{\"installed\":true}".to_owned())
    }
}

fn version_of(image: &[u8]) -> Option<String> {
    let words = image.split(|octet| *octet == b' ').nth(1)?;
    Some(String::from_utf8_lossy(words).into_owned())
}

/// Asks for a file; `None` if there is none that this device would take.
async fn ask(
    (at, plain): (SocketAddr, bool),
    root: &CertificateDer<'static>,
    path: &str,
    habit: Habit,
) -> Option<Vec<u8>> {
    let (mut at, mut plain, mut path) = (at, plain, path.to_owned());
    let mut name = ServerName::try_from(HOST).ok()?;
    for _ in 0..3 {
        #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
        let stream = TcpStream::connect(at).await.ok()?;
        let answer = if plain {
            exchange(stream, &path, habit).await?
        } else {
            let mut roots = RootCertStore::empty();
            roots.add(root.clone()).ok()?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .ok()?
                .with_root_certificates(roots)
                .with_no_client_auth();
            let connector = TlsConnector::from(Arc::new(config));
            exchange(connector.connect(name.clone(), stream).await.ok()?, &path, habit).await?
        };
        let (head, body) = answer;
        if let Some(to) = head.split("location: ").nth(1).and_then(|rest| rest.split("\r\n").next()) {
            if habit != Habit::InstallsEverything {
                return None;
            }
            let (scheme, rest) = to.split_once("://")?;
            let (place, rest) = rest.split_once('/')?;
            (plain, at, path) = (scheme == "http", place.parse().ok()?, format!("/{rest}"));
            name = ServerName::from(at.ip());
            continue;
        }
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let whole = length.is_none_or(|length| length.parse() == Ok(body.len()));
        return (whole && head.starts_with("HTTP/1.1 200") && body.len() < 100_000).then_some(body);
    }
    None
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    path: &str,
    habit: Habit,
) -> Option<(String, Vec<u8>)> {
    let text = format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    stream.write_all(text.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let mut piece = vec![0; 16 * 1024];
    // More than any stream of the bench has, so that the test ends in any case.
    let most = if habit == Habit::ReadsToTheEnd { 32 * 1024 * 1024 } else { 200_000 };
    while answer.len() < most {
        match stream.read(&mut piece).await {
            Ok(count @ 1..) => answer.extend_from_slice(&piece[..count]),
            _ => break,
        }
    }
    if habit == Habit::StopsReading && answer.len() >= most {
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let body = answer.split_off(at + 4);
    Some((String::from_utf8_lossy(&answer).into_owned(), body))
}

/// The trials with one attack.
pub(crate) fn trials(facts: &UpdateFacts, attack: Attack) -> Vec<&UpdateTrial> {
    facts.trials.iter().filter(|trial| trial.attack == attack).collect()
}

/// The one trial with an attack.
pub(crate) fn trial(facts: &UpdateFacts, attack: Attack) -> &UpdateTrial {
    trials(facts, attack).first().copied().unwrap_or_else(|| panic!("no {attack:?}: {:?}", facts.not_tried))
}

//! Logging in over protocols other than HTTP: one file for each. HTTP itself is in [`crate::login`].
//!
//! Every try is a connection of its own. What a server says is kept in memory to compare it; what is written down
//! has the secret replaced by its label.

use std::fmt::Write as _;
use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::dialer::Dialer;
use crate::disclosed::printable;
use crate::login::{Credential, LoginTrouble, Try};
use crate::probe::http_login::Attempt;

mod coap_psk;
mod dtls_psk;
mod ftp;
mod mqtt;
mod rtsp;
mod snmp;
pub(crate) mod ssh;
mod telnet;
mod wire;

/// A login that can be tried again and again.
pub trait Driver: Send {
    /// Access without any credential: the negative control.
    fn without_credential(&mut self) -> impl Future<Output = Result<Try, LoginTrouble>> + Send;

    /// One try with a credential: `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
    fn attempt(
        &mut self,
        credential: &Credential<'_>,
    ) -> impl Future<Output = Result<Try, LoginTrouble>> + Send;

    /// What was tried and answered, without secrets.
    fn transcript(&self) -> &str;
}

/// Longest time of one try. Text consoles take some seconds to refuse.
const TRY_TIME: Duration = Duration::from_secs(20);
/// Most characters of an answer that are written down.
const NOTED_AT_MOST: usize = 200;

/// Protocols with a login of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKind {
    /// Password, keyboard-interactive or key.
    Ssh,
    /// Prompts of a text console.
    Telnet,
    /// USER and PASS.
    Ftp,
    /// Basic or digest, as the server asks.
    Rtsp,
    /// User name and password of CONNECT.
    Mqtt,
    /// A pre-shared key of DTLS.
    CoapPsk,
    /// A community, SNMPv1 and SNMPv2c.
    SnmpCommunity,
}

impl NetworkKind {
    /// By the name it has in a declaration.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ssh" => Self::Ssh,
            "telnet" => Self::Telnet,
            "ftp" => Self::Ftp,
            "rtsp" => Self::Rtsp,
            "mqtt" => Self::Mqtt,
            "coap-psk" => Self::CoapPsk,
            "snmp-community" => Self::SnmpCommunity,
            _ => return None,
        })
    }
}

/// Where a login is.
pub(crate) struct Place<'a> {
    pub(crate) dialer: &'a Dialer,
    pub(crate) to: SocketAddr,
    /// Inside TLS.
    pub(crate) tls: bool,
    /// Stream, topic or resource; empty where there is none.
    pub(crate) path: &'a str,
    /// User name of the lab's credential: who is asked for where a protocol needs a name before anything else.
    pub(crate) account: &'a str,
    /// The lab's credential is a key.
    pub(crate) by_key: bool,
}

/// What became of a try.
struct Heard {
    result: &'static str,
    /// Status code of the protocol, where it has one.
    code: Option<u16>,
    /// What the server said.
    words: String,
}

impl Heard {
    fn new(result: &'static str, code: Option<u16>, words: impl Into<String>) -> Self {
        Self { result, code, words: words.into() }
    }
}

/// Why a try went no further.
enum Stop {
    /// That itself is the answer of the device.
    Heard(Heard),
    /// The tool or the bench stands in the way.
    Trouble(LoginTrouble),
}

impl Stop {
    fn heard(result: &'static str, words: impl Into<String>) -> Self {
        Self::Heard(Heard::new(result, None, words))
    }
}

/// User name and password.
type Pair<'a> = (&'a str, &'a str);

/// A login over one of these protocols.
pub(crate) struct NetworkDoor<'a> {
    place: Place<'a>,
    kind: NetworkKind,
    count: u32,
    transcript: String,
}

impl<'a> NetworkDoor<'a> {
    pub(crate) fn new(place: Place<'a>, kind: NetworkKind) -> Self {
        Self { place, kind, count: 0, transcript: String::new() }
    }

    async fn tried(&mut self, label: &str, pair: Option<Pair<'_>>) -> Result<Try, LoginTrouble> {
        self.count += 1;
        let started = Instant::now();
        let heard = match tokio::time::timeout(TRY_TIME, self.knock(pair)).await {
            Ok(Ok(heard) | Err(Stop::Heard(heard))) => heard,
            Ok(Err(Stop::Trouble(trouble))) => return Err(trouble),
            Err(_) => Heard::new("no-answer", None, format!("no end within {} s", TRY_TIME.as_secs())),
        };
        let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        // A console may repeat what was typed.
        let mut words = heard.words;
        if let Some((_, secret)) = pair.filter(|(_, secret)| !secret.is_empty()) {
            words = words.replace(secret, label);
        }
        let said = printable(words.as_bytes(), NOTED_AT_MOST);
        let code = heard.code.map(|code| format!(" ({code})")).unwrap_or_default();
        writeln!(
            self.transcript,
            "{:3} {label}: {}{code} in {seconds:.3} s: {}",
            self.count,
            heard.result,
            said.trim()
        )
        .expect("a String takes any text");
        let attempt = Attempt { n: self.count, status: heard.code, seconds, result: heard.result.to_owned() };
        Ok(Try { attempt, words: crate::login::fold_digits(&words) })
    }

    async fn knock(&self, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
        let place = &self.place;
        match self.kind {
            NetworkKind::Ssh => ssh::knock(place, pair).await,
            NetworkKind::Telnet => telnet::knock(place, pair).await,
            NetworkKind::Ftp => ftp::knock(place, pair).await,
            NetworkKind::Rtsp => rtsp::knock(place, pair).await,
            NetworkKind::Mqtt => mqtt::knock(place, pair).await,
            NetworkKind::CoapPsk => coap_psk::knock(place, pair).await,
            NetworkKind::SnmpCommunity => snmp::knock(place, pair).await,
        }
    }
}

impl Driver for NetworkDoor<'_> {
    async fn without_credential(&mut self) -> Result<Try, LoginTrouble> {
        self.tried("no credential", None).await
    }

    async fn attempt(&mut self, credential: &Credential<'_>) -> Result<Try, LoginTrouble> {
        self.tried(&credential.label, Some((credential.user, credential.password))).await
    }

    fn transcript(&self) -> &str {
        &self.transcript
    }
}

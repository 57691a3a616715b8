//! Whether a TCP port passes on what strangers ask for: as an HTTP proxy (CONNECT, whole addresses) or as a SOCKS
//! proxy without authentication.
//!
//! A relay is asked for the port at which it listens itself, for a port of its own that is closed, and for an address
//! reserved for documentation (RFC 5737, RFC 3849), at which nobody is. It shows by answering these differently, and
//! differently from a question that no relay passes on. Nobody else is contacted, whatever it passes on.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::dialogue::{Dialogue, Handshake};
use crate::http_answer;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Wait for the first octet of an answer.
const FIRST: Duration = Duration::from_secs(2);
/// Silence that ends an answer.
const QUIET: Duration = Duration::from_millis(300);
/// Rest before a connection that did not come about is tried again.
const REST: Duration = Duration::from_millis(300);
/// A port at which practically no device listens.
const CLOSED_PORT: u16 = 1;
/// Port asked for at the address for documentation.
const DOCUMENTATION_PORT: u16 = 80;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Open TCP port.
    pub port: u16,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RelayTrials {
    /// TCP port.
    pub port: u16,
    /// A TLS session came about, so that everything of HTTP was asked inside it too.
    pub tls: bool,
    /// What was asked, in order.
    pub trials: Vec<RelayTrial>,
    /// The port took a connection after all of it.
    pub alive: bool,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelayTrial {
    /// How it was asked to relay.
    pub way: RelayWay,
    /// Inside TLS.
    pub tls: bool,
    /// To whom.
    pub target: RelayTarget,
    /// What came back.
    pub reply: Reply,
    /// Status of HTTP, or reply code of SOCKS; `None` where the answer is in neither protocol.
    pub code: Option<u16>,
    /// Octets that came through the tunnel which was granted.
    #[serde(default)]
    pub through: u64,
}

/// How a port is asked to relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayWay {
    /// `CONNECT host:port` of HTTP.
    Connect,
    /// `GET http://host:port/`.
    WholeAddress,
    /// SOCKS 4.
    Socks4,
    /// SOCKS 5, no authentication offered.
    Socks5,
}

/// To whom it is asked to relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelayTarget {
    /// To nobody: a question of the same protocol that no relay passes on. For [`RelayWay::Connect`] a made-up method,
    /// for [`RelayWay::WholeAddress`] a page of its own under the name of the closed port.
    Nobody,
    /// To the port that is asked.
    Itself,
    /// To a port of the device that is closed.
    ClosedPort,
    /// To an address reserved for documentation.
    Documentation,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Octets.
    Answered,
    /// The end of the connection, without an octet.
    Closed,
    /// Nothing within the time.
    Silent,
    /// There was no connection.
    NoConnection,
}

impl RelayTrials {
    /// The trial of a way inside or outside of TLS with a target.
    pub fn of(&self, way: RelayWay, tls: bool, target: RelayTarget) -> Option<&RelayTrial> {
        self.trials.iter().find(|trial| (trial.way, trial.tls, trial.target) == (way, tls, target))
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "open-relay",
    version: 1,
    summary: "Asks an open TCP port to relay for a stranger: CONNECT, whole addresses, SOCKS 4 and 5",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of open-relay cannot be read: {error}")),
        };
        let mut asking = RelayAsking::new(&params, &context);
        let ended = tokio::select! {
            biased;
            () = context.cancel.cancelled() => None,
            ended = asking.go() => Some(ended),
        };
        asking.findings(ended, &context)
    })
}

struct RelayAsking<'a> {
    talk: Dialogue<'a>,
    to: SocketAddr,
    seen: RelayTrials,
}

impl<'a> RelayAsking<'a> {
    fn new(params: &Params, context: &'a ProbeContext) -> Self {
        let to = SocketAddr::new(params.address, params.port);
        let seen = RelayTrials { port: params.port, ..RelayTrials::default() };
        Self { talk: Dialogue::new(context, to), to, seen }
    }

    async fn go(&mut self) -> Result<(), DialError> {
        self.http(false).await?;
        for target in [RelayTarget::Itself, RelayTarget::Documentation] {
            self.socks4(target).await?;
            self.socks5(target).await?;
        }
        if let Some(stream) = self.connected("TLS").await?
            && let Handshake::Done(_) = self.talk.handshake(stream).await
        {
            self.seen.tls = true;
            self.http(true).await?;
        }
        self.seen.alive = self.connected("still there").await?.is_some();
        Ok(())
    }

    fn place(&self, target: RelayTarget) -> SocketAddr {
        match target {
            RelayTarget::Nobody | RelayTarget::Itself => self.to,
            RelayTarget::ClosedPort => SocketAddr::new(self.to.ip(), CLOSED_PORT),
            RelayTarget::Documentation => {
                let address = match self.to.ip() {
                    IpAddr::V4(_) => IpAddr::from([192, 0, 2, 1]),
                    IpAddr::V6(_) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]),
                };
                SocketAddr::new(address, DOCUMENTATION_PORT)
            }
        }
    }

    /// Both ways of HTTP. Whoever speaks no HTTP is not asked for further targets.
    async fn http(&mut self, tls: bool) -> Result<(), DialError> {
        for way in [RelayWay::Connect, RelayWay::WholeAddress] {
            let mut speaks = false;
            for target in [RelayTarget::Nobody, RelayTarget::Itself] {
                speaks |= self.http_trial(way, tls, target).await?;
            }
            if speaks {
                self.http_trial(way, tls, RelayTarget::ClosedPort).await?;
                self.http_trial(way, tls, RelayTarget::Documentation).await?;
            }
        }
        Ok(())
    }

    /// Whether an answer of HTTP came.
    async fn http_trial(&mut self, way: RelayWay, tls: bool, target: RelayTarget) -> Result<bool, DialError> {
        let place = self.place(target);
        let closed = self.place(RelayTarget::ClosedPort);
        let (line, host) = match (way, target) {
            (RelayWay::Connect, RelayTarget::Nobody) => ("HANTEI / HTTP/1.1".to_owned(), place),
            (RelayWay::Connect, _) => (format!("CONNECT {place} HTTP/1.1"), place),
            (_, RelayTarget::Nobody) => ("GET / HTTP/1.1".to_owned(), closed),
            (..) => (format!("GET http://{place}/ HTTP/1.1"), place),
        };
        let question = format!("{line}\r\nHost: {host}\r\nUser-Agent: hantei\r\nConnection: close\r\n\r\n");
        let tunnel = way == RelayWay::Connect && target != RelayTarget::Nobody;
        let Some(mut stream) = self.connected(&line).await? else {
            self.note(way, tls, target, Reply::NoConnection, None, 0);
            return Ok(false);
        };
        let (reply, code, through) = if tls {
            match self.talk.handshake(stream).await {
                Handshake::Done(mut inside) => self.ask_http(&mut inside, &question, tunnel).await,
                Handshake::Failed(_) | Handshake::NotTls => (Reply::NoConnection, None, 0),
            }
        } else {
            self.ask_http(&mut stream, &question, tunnel).await
        };
        self.note(way, tls, target, reply, code, through);
        Ok(code.is_some())
    }

    async fn ask_http(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        question: &str,
        tunnel: bool,
    ) -> (Reply, Option<u16>, u64) {
        self.talk.send(stream, question.as_bytes()).await;
        let head = |bytes: &[u8]| bytes.windows(4).any(|four| four == b"\r\n\r\n");
        let enough = |bytes: &[u8]| if tunnel { head(bytes) } else { http_answer::is_complete(bytes) };
        let (reply, bytes) = self.hear(stream, enough).await;
        let answer = http_answer::parse(&bytes).filter(|answer| answer.protocol == "HTTP");
        let code = answer.map(|answer| answer.status);
        let mut through = 0;
        if tunnel && code.is_some_and(|code| (200..300).contains(&code)) {
            self.talk.send(stream, b"HEAD / HTTP/1.0\r\n\r\n").await;
            through = self.hear(stream, head).await.1.len() as u64;
        }
        (reply, code, through)
    }

    async fn socks4(&mut self, target: RelayTarget) -> Result<(), DialError> {
        // Version 4 knows no other addresses.
        let SocketAddr::V4(place) = self.place(target) else { return Ok(()) };
        let way = RelayWay::Socks4;
        let Some(mut stream) = self.connected("SOCKS 4").await? else {
            self.note(way, false, target, Reply::NoConnection, None, 0);
            return Ok(());
        };
        let mut question = vec![4, 1];
        question.extend(place.port().to_be_bytes());
        question.extend(place.ip().octets());
        question.push(0);
        self.talk.send(&mut stream, &question).await;
        let (reply, bytes) = self.hear(&mut stream, |bytes| bytes.len() >= 8).await;
        let code = (bytes.len() == 8 && bytes[0] == 0 && (0x5a..=0x5d).contains(&bytes[1]))
            .then(|| u16::from(bytes[1]));
        self.note(way, false, target, reply, code, 0);
        Ok(())
    }

    async fn socks5(&mut self, target: RelayTarget) -> Result<(), DialError> {
        let way = RelayWay::Socks5;
        let Some(mut stream) = self.connected("SOCKS 5").await? else {
            self.note(way, false, target, Reply::NoConnection, None, 0);
            return Ok(());
        };
        self.talk.send(&mut stream, &[5, 1, 0]).await;
        let (reply, bytes) = self.hear(&mut stream, |bytes| bytes.len() >= 2).await;
        if bytes != [5, 0] {
            self.note(way, false, target, reply, None, 0);
            return Ok(());
        }
        let place = self.place(target);
        let mut question = vec![5, 1, 0];
        match place.ip() {
            IpAddr::V4(address) => {
                question.push(1);
                question.extend(address.octets());
            }
            IpAddr::V6(address) => {
                question.push(4);
                question.extend(address.octets());
            }
        }
        question.extend(place.port().to_be_bytes());
        self.talk.send(&mut stream, &question).await;
        let (reply, bytes) = self.hear(&mut stream, |bytes| bytes.len() >= 10).await;
        let code = match bytes[..] {
            [5, code, 0, ..] => Some(u16::from(code)),
            _ => None,
        };
        // Who agreed to take orders from anybody and then said nothing may be on its way.
        let reply = if code.is_none() { Reply::Silent } else { reply };
        self.note(way, false, target, reply, code, 0);
        Ok(())
    }

    async fn hear(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        enough: impl Fn(&[u8]) -> bool,
    ) -> (Reply, Vec<u8>) {
        let begun = tokio::time::Instant::now();
        let bytes = self.talk.read(stream, FIRST, QUIET, enough).await;
        let reply = match bytes.is_empty() {
            false => Reply::Answered,
            true if begun.elapsed() < FIRST => Reply::Closed,
            true => Reply::Silent,
        };
        (reply, bytes)
    }

    /// A connection, tried twice; `None` where the device gives none.
    async fn connected(&mut self, purpose: &str) -> Result<Option<TcpStream>, DialError> {
        for turn in 0..2 {
            match self.talk.open(purpose).await {
                Ok(stream) => return Ok(Some(stream)),
                Err(DialError::Refused | DialError::Silent) if turn == 0 => tokio::time::sleep(REST).await,
                Err(DialError::Refused | DialError::Silent) => {}
                Err(error) => return Err(error),
            }
        }
        self.talk.gaps.push(format!("{purpose}: no connection"));
        Ok(None)
    }

    fn note(
        &mut self,
        way: RelayWay,
        tls: bool,
        target: RelayTarget,
        reply: Reply,
        code: Option<u16>,
        through: u64,
    ) {
        self.seen.trials.push(RelayTrial { way, tls, target, reply, code, through });
    }

    fn findings(self, ended: Option<Result<(), DialError>>, context: &ProbeContext) -> Findings {
        context.attach(self.talk.transcript.as_bytes(), "txt");
        let mut gaps = self.talk.gaps;
        let settled = self.seen.trials.iter().filter(|trial| trial.reply != Reply::NoConnection).count();
        let outcome = match &ended {
            None => {
                gaps.push("stopped before everything was asked".to_owned());
                Outcome::Partial
            }
            Some(Err(error)) => {
                gaps.push(error.to_string());
                Outcome::ToolTrouble
            }
            Some(Ok(())) if settled == 0 => Outcome::Refused,
            Some(Ok(())) if gaps.is_empty() && settled == self.seen.trials.len() => Outcome::Complete,
            Some(Ok(())) => {
                gaps.push("some questions found no connection".to_owned());
                Outcome::Partial
            }
        };
        let effort = Effort {
            attempted: self.seen.trials.len() as u64,
            completed: settled as u64,
            what: format!(
                "{} questions to relay at tcp/{}: CONNECT, whole addresses, SOCKS 4 and 5{}",
                self.seen.trials.len(),
                self.seen.port,
                if self.seen.tls { ", HTTP also inside TLS" } else { "" },
            ),
            gaps: gaps.clone(),
            ..Effort::default()
        };
        let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
        let data = serde_json::to_value(self.seen).expect("the result has string keys only");
        Findings { outcome, effort, trouble, data }
    }
}

#[cfg(test)]
#[path = "../open_relay_tests.rs"]
mod tests;

//! How the device behaves as a TLS client: the bench listens in place of one of its peers, passes one
//! connection on to the real one and reads along, and meets the others as a stranger.
//!
//! The names of the peers lead to the bench for as long as that takes, and to the peers again afterwards,
//! whatever happened in between.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::world::certificates::{self, Identity};
use crate::world::client_hello::{self, First};
use crate::world::ending::Ending;
use crate::world::old_server::{OldServer, Weak};
use crate::world::relay::{self, RelayFacts};
use crate::world::stranger::{self, Taken};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// IXIT row of the communication.
    pub row: String,
    /// Name of the peer.
    pub host: String,
    /// TCP port of the peer.
    pub port: u16,
    /// What is spoken inside TLS, by declaration.
    #[serde(default)]
    pub application: Option<String>,
    /// Declared versions, e.g. `1.2`: older ones are offered to the device by the bench.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Where the bench listens in place of the peer; `None` if it names no such place.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Longest wait for a connection of the device, in seconds; `None`: 30 where the bench can make the
    /// device connect, 120 where it cannot.
    #[serde(default)]
    pub connect_seconds: Option<f64>,
    /// Longest wait for what the device does on a connection, in seconds; `None`: 5.
    #[serde(default)]
    pub answer_seconds: Option<f64>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientFacts {
    /// IXIT row.
    pub row: String,
    /// Name of the peer.
    pub host: String,
    /// TCP port of the peer.
    pub port: u16,
    /// The connection that was passed on to the real peer.
    pub relay: Option<RelayFacts>,
    /// Connections to played peers, in the order in which they were made.
    pub trials: Vec<Trial>,
    /// What was not tried, and why it could have told nothing or could not be done.
    pub not_tried: Vec<NotTried>,
}

/// A connection to a played peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What the peer was.
    pub peer: PlayedPeer,
    /// How it ended.
    pub ending: Ending,
    /// What says so, e.g. `alert 48 unknown_ca`.
    pub detail: Option<String>,
    /// Connections that were needed.
    pub connections: u32,
}

/// A trial that was left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotTried {
    /// What the peer would have been.
    pub peer: PlayedPeer,
    /// Why not.
    pub why: String,
}

/// What a played peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlayedPeer {
    /// A certificate for the right name, signed by itself.
    SelfSigned,
    /// A certificate for the right name, of an authority that nobody knows.
    UnknownAuthority,
    /// A certificate for another name.
    OtherName,
    /// A certificate that ended last year.
    Expired,
    /// Answers with TLS 1.1.
    #[serde(rename = "tls-1.1")]
    Tls11,
    /// Answers with TLS 1.0.
    #[serde(rename = "tls-1.0")]
    Tls10,
    /// Answers with a suite without encryption.
    NullSuite,
    /// Answers in plain text; the next connection is looked at.
    PlainText,
}

impl PlayedPeer {
    /// As it is written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfSigned => "self-signed",
            Self::UnknownAuthority => "unknown-authority",
            Self::OtherName => "other-name",
            Self::Expired => "expired",
            Self::Tls11 => "tls-1.1",
            Self::Tls10 => "tls-1.0",
            Self::NullSuite => "null-suite",
            Self::PlainText => "plain-text",
        }
    }

    /// Only the certificate is wrong.
    pub fn stranger(self) -> bool {
        matches!(self, Self::SelfSigned | Self::UnknownAuthority | Self::OtherName | Self::Expired)
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tls-client",
    version: 1,
    summary: "Listens in place of a peer of the device: what the device offers, and which peers it takes",
    observe,
};

/// Connections without a word that are passed over in one trial.
const MOST_WORDLESS: u32 = 3;
/// TLS_RSA_WITH_NULL_SHA256.
const NULL_SUITE: u16 = 0x003b;
/// Longest time to leave the bench as it was found, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => Play::new(params, context).run().await,
            Err(error) => trouble(format!("the parameters of tls-client cannot be read: {error}")),
        }
    })
}

/// Why a trial came to no end.
enum Stop {
    /// The tester's own trouble.
    Trouble(String),
    /// No time is left of the budget.
    Late,
}

struct Play {
    params: Params,
    context: Arc<ProbeContext>,
    facts: ClientFacts,
    effort: Effort,
    transcript: String,
    reconnects: bool,
}

impl Play {
    fn new(params: Params, context: Arc<ProbeContext>) -> Self {
        let facts = ClientFacts {
            row: params.row.clone(),
            host: params.host.clone(),
            port: params.port,
            relay: None,
            trials: Vec::new(),
            not_tried: Vec::new(),
        };
        let effort = Effort::default();
        Self { params, context, facts, effort, transcript: String::new(), reconnects: true }
    }

    async fn run(mut self) -> Findings {
        if !self.context.agrees_to("play_peers") {
            let gap = "the bench does not agree to it: play_peers under [consent] of the bench file";
            return self.left_out(gap.to_owned());
        }
        let Some(at) = self.params.listen else {
            let gap = format!(
                "the bench names no address to listen at in place of {}, under [world] of the bench file",
                self.params.host
            );
            return self.left_out(gap);
        };
        let context = Arc::clone(&self.context);
        let stopped = tokio::select! {
            biased;
            () = context.cancel.cancelled() => Some("stopped".to_owned()),
            ended = self.play(at) => match ended {
                Ok(()) => None,
                Err(Stop::Late) => Some("the time budget was used up".to_owned()),
                Err(Stop::Trouble(message)) => {
                    self.tidy_up().await;
                    return self.finish(Outcome::ToolTrouble, Some(message), at);
                }
            },
        };
        self.tidy_up().await;
        let outcome = match &stopped {
            None if self.all_clear() => Outcome::Complete,
            _ => Outcome::Partial,
        };
        self.effort.gaps.extend(stopped);
        self.finish(outcome, None, at)
    }

    async fn play(&mut self, at: SocketAddr) -> Result<(), Stop> {
        match self.act("names_to_bench").await? {
            true => self.line("the names of the peers lead to the bench"),
            false => self.line("the bench cannot turn the names; the device has to find the bench as it is"),
        }
        let mut relay = self.relay(at).await?;
        if !matches!(relay.ending, Ending::ApplicationData | Ending::Plain | Ending::NoConnection) {
            // It may have been a stray connection, or a server that was busy: once more decides.
            self.line(&format!("passed on to the real peer: {}; once more", relay.ending.as_str()));
            let again = self.relay(at).await?;
            if again.ending != Ending::NoConnection {
                relay = again;
            }
            self.effort.attempted -= 1;
        }
        self.effort.completed += u64::from(clear(relay.ending));
        let (ending, detail) = (relay.ending, relay.detail.clone());
        let protocols = relay.protocols.clone();
        self.note("passed on to the real peer", ending, detail.as_deref());
        self.facts.relay = Some(relay);
        if ending == Ending::NoConnection {
            self.effort.gaps.push(format!("the device made no connection to {at}"));
            return Ok(());
        }
        if ending == Ending::Plain {
            // A device that asks for no TLS never sees a certificate.
            return Ok(());
        }
        for (identity, peer) in [
            (Identity::SelfSigned, PlayedPeer::SelfSigned),
            (Identity::UnknownAuthority, PlayedPeer::UnknownAuthority),
        ] {
            self.stranger(at, identity, peer, &protocols).await?;
        }
        // The name and the dates can only be told from the authority where that one was not minded.
        for (identity, peer) in
            [(Identity::OtherName, PlayedPeer::OtherName), (Identity::Expired, PlayedPeer::Expired)]
        {
            if self.ending(PlayedPeer::UnknownAuthority).is_some_and(Ending::accepted) {
                self.stranger(at, identity, peer, &protocols).await?;
            } else {
                let why = "the bench has no authority that the device trusts, so this could not be told from \
                           an unknown authority";
                self.facts.not_tried.push(NotTried { peer, why: why.to_owned() });
            }
        }
        self.weak_peers(at).await?;
        self.plain_peer(at).await
    }

    async fn relay(&mut self, at: SocketAddr) -> Result<RelayFacts, Stop> {
        self.effort.attempted += 1;
        (self.context.progress)(0, 7, "a connection passed on to the real peer");
        let Some(device) = self.connection(at).await? else {
            return Ok(RelayFacts::without(Ending::NoConnection, None));
        };
        let peer = match self.context.dialer.resolve(&self.params.host, self.params.port) {
            Ok(to) => self.context.dialer.connect(to).await,
            Err(error) => Err(error),
        };
        let facts = match peer {
            Ok(peer) => relay::pass_on(device, peer, self.answer_time()).await,
            Err(error) => {
                // What the device offers is seen all the same.
                let mut facts =
                    RelayFacts::without(Ending::PeerUnreachable, Some(format!("the real peer: {error}")));
                self.offer_alone(device, &mut facts).await;
                facts
            }
        };
        Ok(facts)
    }

    async fn stranger(
        &mut self,
        at: SocketAddr,
        identity: Identity,
        peer: PlayedPeer,
        protocols: &[String],
    ) -> Result<(), Stop> {
        let config = certificates::server(identity, &self.params.host, protocols)
            .map_err(|error| Stop::Trouble(error.to_string()))?;
        let patience = self.answer_time();
        self.trial(at, peer, |stream| stranger::meet(stream, Arc::clone(&config), patience)).await
    }

    async fn weak_peers(&mut self, at: SocketAddr) -> Result<(), Stop> {
        let server = OldServer::new(&self.params.host).map_err(|error| Stop::Trouble(error.to_string()))?;
        let patience = self.answer_time();
        let declared: BTreeSet<String> = self.params.versions.iter().cloned().collect();
        for (peer, name, weak) in [
            (PlayedPeer::Tls11, "1.1", Weak { version: 0x0302, suite: None }),
            (PlayedPeer::Tls10, "1.0", Weak { version: 0x0301, suite: None }),
            (PlayedPeer::NullSuite, "", Weak { version: 0x0303, suite: Some(NULL_SUITE) }),
        ] {
            if declared.contains(name) {
                let why = format!("TLS {name} is declared");
                self.facts.not_tried.push(NotTried { peer, why });
                continue;
            }
            self.trial(at, peer, |stream| server.meet(stream, weak, patience)).await?;
        }
        Ok(())
    }

    /// Answers in plain text, and looks how the next connection begins.
    async fn plain_peer(&mut self, at: SocketAddr) -> Result<(), Stop> {
        let patience = self.answer_time();
        self.trial(at, PlayedPeer::PlainText, |mut stream| async move {
            match client_hello::take(&mut stream, patience).await {
                First::Hello(_) => {
                    let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
                    let _ = stream.shutdown().await;
                    (Ending::Closed, None)
                }
                First::NotTls => (Ending::Plain, Some("the device spoke without TLS".to_owned())),
                First::Unfinished => (Ending::NoConnection, Some("no ClientHello came".to_owned())),
            }
        })
        .await?;
        let next = match self.connection(at).await? {
            None => (Ending::Closed, Some("no further connection".to_owned())),
            Some(mut stream) => match client_hello::take(&mut stream, patience).await {
                First::Hello(_) => {
                    (Ending::Closed, Some("the next connection asks for TLS again".to_owned()))
                }
                First::NotTls => (Ending::Plain, Some("the next connection is without TLS".to_owned())),
                First::Unfinished => (Ending::Silent, Some("the next connection says nothing".to_owned())),
            },
        };
        self.note("the connection after it", next.0, next.1.as_deref());
        if let Some(trial) = self.facts.trials.last_mut().filter(|trial| trial.ending == Ending::Closed) {
            (trial.ending, trial.detail) = next;
            trial.connections += 1;
        }
        Ok(())
    }

    /// One trial. A connection that only closed, or decided nothing, may have been a stray one, so that is looked at
    /// twice.
    async fn trial<F>(
        &mut self,
        at: SocketAddr,
        peer: PlayedPeer,
        mut meet: impl FnMut(TcpStream) -> F,
    ) -> Result<(), Stop>
    where
        F: Future<Output = Taken>,
    {
        let done = self.facts.trials.len() as u64 + 1;
        (self.context.progress)(done, done.max(7), peer.as_str());
        self.effort.attempted += 1;
        let mut connections = 0;
        let (ending, detail) = loop {
            let taken = match self.connection(at).await? {
                None => (Ending::NoConnection, None),
                Some(stream) => {
                    connections += 1;
                    meet(stream).await
                }
            };
            // Nothing decides a connection that never came, and the trial in plain text is looked at twice anyway.
            let stray = (taken.0 == Ending::Closed || !clear(taken.0))
                && taken.0 != Ending::NoConnection
                && peer != PlayedPeer::PlainText;
            if !stray || connections > 1 {
                break taken;
            }
        };
        self.effort.completed += u64::from(clear(ending));
        self.note(peer.as_str(), ending, detail.as_deref());
        self.facts.trials.push(Trial { peer, ending, detail, connections });
        Ok(())
    }

    /// The next connection of the device, which is asked to make one; `None` if none came.
    async fn connection(&mut self, at: SocketAddr) -> Result<Option<TcpStream>, Stop> {
        if self.context.seconds_left().is_some_and(|left| left < 1.0) {
            return Err(Stop::Late);
        }
        // Opened anew each time: what the device tried in between does not wait in a queue.
        let listener = self
            .context
            .dialer
            .listen(at)
            .map_err(|error| Stop::Trouble(format!("the bench cannot listen at {at}: {error}")))?;
        if self.reconnects && !self.act("reconnect").await? {
            self.reconnects = false;
            self.line("the bench cannot make the device connect; its own connections are waited for");
        }
        let usual = if self.reconnects { 30.0 } else { 120.0 };
        let left = self.context.seconds_left().unwrap_or(f64::MAX);
        let wait = self.params.connect_seconds.unwrap_or(usual).clamp(0.1, 600.0).min(left);
        let coming = async {
            for _ in 0..MOST_WORDLESS {
                let stream = listener.accept().await?;
                let mut first = [0];
                // Connections that closed before they said a word are those of an earlier trial.
                if !matches!(stream.peek(&mut first).await, Ok(0) | Err(_)) {
                    return Ok(Some(stream));
                }
            }
            Ok(None)
        };
        match tokio::time::timeout(Duration::from_secs_f64(wait), coming).await {
            Err(_) => Ok(None),
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => {
                let error: crate::dialer::DialError = error;
                Err(Stop::Trouble(format!("the bench cannot listen at {at}: {error}")))
            }
        }
    }

    /// The offer of a device whose real peer cannot be reached.
    async fn offer_alone(&mut self, mut device: TcpStream, facts: &mut RelayFacts) {
        match client_hello::take(&mut device, self.answer_time()).await {
            First::Hello(offer) => {
                facts.server_name = offer.server_name;
                facts.protocols = offer.protocols;
                facts.versions = offer.versions.into_iter().map(client_hello::version_name).collect();
                facts.suites = offer.suites.into_iter().map(crate::tls::suites::suite_name).collect();
            }
            First::NotTls => facts.ending = Ending::Plain,
            First::Unfinished => {}
        }
    }

    fn ending(&self, peer: PlayedPeer) -> Option<Ending> {
        self.facts.trials.iter().find(|trial| trial.peer == peer).map(|trial| trial.ending)
    }

    /// Leaves the bench as it was found, also after a stop.
    async fn tidy_up(&mut self) {
        let act = &self.context.act;
        let tidying = async {
            let names = act("names_to_peers").await;
            let again = act("reconnect").await;
            (names, again)
        };
        let gap = match tokio::time::timeout(TIDY_UP, tidying).await {
            Err(_) => Some("names_to_peers was not confirmed in time".to_owned()),
            Ok((Err(error), _) | (_, Err(error))) => Some(error),
            Ok(_) => None,
        };
        if let Some(gap) = gap {
            self.effort.gaps.push(format!("the names of the peers may still lead to the bench: {gap}"));
        }
    }

    async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn answer_time(&self) -> Duration {
        Duration::from_secs_f64(self.params.answer_seconds.unwrap_or(5.0).clamp(0.1, 60.0))
    }

    fn all_clear(&self) -> bool {
        let relayed = self.facts.relay.as_ref().is_some_and(|relay| clear(relay.ending));
        relayed && self.facts.trials.iter().all(|trial| clear(trial.ending))
    }

    fn note(&mut self, what: &str, ending: Ending, detail: Option<&str>) {
        let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        self.line(&format!("{what}: {}{detail}", ending.as_str()));
    }

    fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }

    fn left_out(mut self, gap: String) -> Findings {
        self.effort.gaps.push(gap.clone());
        Findings {
            outcome: Outcome::Partial,
            effort: self.effort,
            trouble: Some(gap),
            data: serde_json::to_value(&self.facts).expect("string keys only"),
        }
    }

    fn finish(mut self, outcome: Outcome, trouble: Option<String>, at: SocketAddr) -> Findings {
        self.effort.what = format!(
            "1 connection passed on to {host} and {} to played peers at {at}",
            self.facts.trials.len(),
            host = self.params.host,
        );
        let unclear: Vec<String> = self
            .facts
            .trials
            .iter()
            .filter(|trial| !clear(trial.ending))
            .map(|trial| format!("{}: {}", trial.peer.as_str(), trial.ending.as_str()))
            .collect();
        self.effort.gaps.extend(unclear);
        self.context.attach(self.transcript.as_bytes(), "txt");
        let partial = (outcome == Outcome::Partial).then(|| self.effort.gaps.join("; "));
        Findings {
            outcome,
            trouble: trouble.or(partial.filter(|gaps| !gaps.is_empty())),
            effort: self.effort,
            data: serde_json::to_value(&self.facts).expect("string keys only"),
        }
    }
}

/// The ending says something of the device.
fn clear(ending: Ending) -> bool {
    ending.refused() || ending.accepted()
}

//! How the device behaves as a TLS client: the bench listens in place of one of its peers, passes one
//! connection on to the real one and reads along, and meets the others as a stranger.
//!
//! The names of the peers lead to the bench for as long as that takes, and to the peers again afterwards,
//! whatever happened in between.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::certificate;
use crate::world::cloned_peer;
use crate::world::door::{Door, Stop};
use crate::world::ending::Ending;
use crate::world::meetings::{Known, Meetings};
pub use crate::world::played_peer::{NotTried, PlayedPeer, Trial};
use crate::world::relay::{self, Recording, RelayFacts};

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
    /// Rest of the device once its names lead to its peers again, in seconds from 0 to 60; `None`: 2. Whoever asks it
    /// next finds a device that has spoken to its peers, not one that was just refused.
    #[serde(default)]
    pub rest_seconds: Option<f64>,
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
    /// The bench had an authority that the device is said to trust.
    #[serde(default)]
    pub lent_authority: bool,
    /// The bench let the names of the peers lead to it: a device that came followed a false answer to its look-up.
    #[serde(default)]
    pub names_turned: bool,
}

impl Params {
    fn answer_time(&self) -> Duration {
        Duration::from_secs_f64(self.answer_seconds.unwrap_or(5.0).clamp(0.1, 60.0))
    }
}

impl ClientFacts {
    fn nothing_of(params: &Params) -> Self {
        Self {
            row: params.row.clone(),
            host: params.host.clone(),
            port: params.port,
            relay: None,
            trials: Vec::new(),
            not_tried: Vec::new(),
            lent_authority: false,
            names_turned: false,
        }
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tls-client",
    version: 2,
    summary: "Listens in place of a peer of the device: what the device offers, and which peers it takes",
    observe,
};

/// False time is told by a probe of its own, which is made only where cases beyond the standard are asked for.
const ELSEWHERE: &str = "a false time is told by another observation (false-time), with hantei-plus alone";
/// Longest time to leave the bench as it was found, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params: Params = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of tls-client cannot be read: {error}"));
            }
        };
        if !context.agrees_to("play_peers") {
            let gap = "the bench does not agree to it: play_peers under [consent] of the bench file";
            return left_out(&params, gap.to_owned());
        }
        match params.listen {
            Some(at) => Play::new(params, context, at).run().await,
            None => {
                let gap = format!(
                    "the bench names no address to listen at in place of {}, under [world] of the bench file",
                    params.host
                );
                left_out(&params, gap)
            }
        }
    })
}

fn left_out(params: &Params, gap: String) -> Findings {
    Findings {
        outcome: Outcome::Partial,
        effort: Effort { gaps: vec![gap.clone()], ..Effort::default() },
        trouble: Some(gap),
        data: serde_json::to_value(ClientFacts::nothing_of(params)).expect("string keys only"),
    }
}

struct Play {
    params: Params,
    context: Arc<ProbeContext>,
    facts: ClientFacts,
    effort: Effort,
    meetings: Meetings,
    at: SocketAddr,
}

impl Play {
    fn new(params: Params, context: Arc<ProbeContext>, at: SocketAddr) -> Self {
        let facts =
            ClientFacts { lent_authority: context.authority.is_some(), ..ClientFacts::nothing_of(&params) };
        let door = Door::new(Arc::clone(&context), at, params.connect_seconds);
        let meetings = Meetings::new(Arc::clone(&context), door, params.answer_time());
        Self { params, context, facts, effort: Effort::default(), meetings, at }
    }

    async fn run(mut self) -> Findings {
        let context = Arc::clone(&self.context);
        let stopped = tokio::select! {
            biased;
            () = context.cancel.cancelled() => Some("stopped".to_owned()),
            ended = self.play() => match ended {
                Ok(()) => None,
                Err(Stop::Late) => Some("the time budget was used up".to_owned()),
                Err(Stop::Trouble(message)) => {
                    self.tidy_up().await;
                    return self.finish(Outcome::ToolTrouble, Some(message));
                }
            },
        };
        self.tidy_up().await;
        if stopped.is_none() {
            self.rest().await;
        }
        let outcome = match &stopped {
            None if self.all_clear() => Outcome::Complete,
            _ => Outcome::Partial,
        };
        self.effort.gaps.extend(stopped);
        self.finish(outcome, None)
    }

    async fn play(&mut self) -> Result<(), Stop> {
        self.facts.names_turned = self.act("names_to_bench").await?;
        match self.facts.names_turned {
            true => self.meetings.line("the names of the peers lead to the bench"),
            false => {
                self.meetings
                    .line("the bench cannot turn the names; the device has to find the bench as it is");
            }
        }
        let (mut relay, mut recording) = self.relay().await?;
        if !matches!(relay.ending, Ending::ApplicationData | Ending::Plain | Ending::NoConnection) {
            // It may have been a stray connection, or a server that was busy: once more decides.
            self.meetings.line(&format!("passed on to the real peer: {}; once more", relay.ending.as_str()));
            let again = self.relay().await?;
            if again.0.ending != Ending::NoConnection {
                (relay, recording) = again;
            }
            self.meetings.attempted -= 1;
        }
        self.meetings.completed += u64::from(relay.ending.clear());
        self.meetings.note("passed on to the real peer", relay.ending, relay.detail.as_deref());
        self.facts.relay = Some(relay.clone());
        match relay.ending {
            Ending::NoConnection => {
                self.effort.gaps.push(format!("the device made no connection to {}", self.at));
                return Ok(());
            }
            // A device that asks for no TLS never sees a certificate; what it does with repeated words is told.
            Ending::Plain => return self.meetings.replayed(&recording).await,
            _ => {}
        }
        if recording.chain.is_empty() {
            recording.chain = self.certificates_of_the_peer(&relay.protocols).await;
        }
        let known = Known {
            host: &self.params.host,
            protocols: &relay.protocols,
            suites: &relay.suites,
            declared: self.params.versions.iter().cloned().collect(),
            recording: &recording,
        };
        self.meetings.strangers(&known).await?;
        self.meetings.weak_peers(&known).await?;
        self.meetings.plain_peer().await?;
        self.meetings.almost_right(&known, self.context.authority.as_ref()).await?;
        self.meetings.leave_out(PlayedPeer::FalseTime, ELSEWHERE);
        Ok(())
    }

    async fn relay(&mut self) -> Result<(RelayFacts, Recording), Stop> {
        self.meetings.attempted += 1;
        (self.context.progress)(0, 7, "a connection passed on to the real peer");
        let Some(device) = self.meetings.door.next().await? else {
            return Ok((RelayFacts::without(Ending::NoConnection, None), Recording::default()));
        };
        let patience = self.params.answer_time();
        Ok(match self.real_peer().await {
            Ok(peer) => relay::pass_on(device, peer, patience).await,
            Err(error) => {
                // What the device offers is seen all the same.
                let mut facts =
                    RelayFacts::without(Ending::PeerUnreachable, Some(format!("the real peer: {error}")));
                relay::offer_alone(device, &mut facts, patience).await;
                (facts, Recording::default())
            }
        })
    }

    async fn real_peer(&self) -> Result<TcpStream, DialError> {
        let to = self.context.dialer.resolve(&self.params.host, self.params.port)?;
        self.context.dialer.connect(to).await
    }

    /// TLS 1.3 hides the certificates from whoever reads along: the bench asks for them itself.
    async fn certificates_of_the_peer(&mut self, protocols: &[String]) -> Vec<Vec<u8>> {
        let Ok(peer) = self.real_peer().await else { return Vec::new() };
        let patience = self.params.answer_time();
        let chain = cloned_peer::certificates_of(peer, &self.params.host, protocols, patience).await;
        if let Some(relay) = &mut self.facts.relay {
            relay.chain = chain.iter().filter_map(|der| certificate::facts(der)).collect();
        }
        chain
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

    /// Leaves the device alone for a moment, if it came at all.
    async fn rest(&self) {
        let came = self.facts.relay.as_ref().is_some_and(|relay| relay.ending != Ending::NoConnection);
        let seconds = self.params.rest_seconds.unwrap_or(2.0).clamp(0.0, 60.0);
        let left = self.context.seconds_left().unwrap_or(f64::MAX);
        if came {
            let rest = tokio::time::sleep(Duration::from_secs_f64(seconds.min(left)));
            let _stopped = self.context.cancel.run_until_cancelled(rest).await;
        }
    }

    async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn all_clear(&self) -> bool {
        let relayed = self.facts.relay.as_ref().is_some_and(|relay| relay.ending.clear());
        relayed && self.meetings.trials.iter().all(|trial| trial.ending.clear())
    }

    fn finish(mut self, outcome: Outcome, trouble: Option<String>) -> Findings {
        if !self.meetings.door.reconnects {
            self.meetings
                .line("the bench cannot make the device connect; its own connections were waited for");
        }
        self.effort.attempted = self.meetings.attempted;
        self.effort.completed = self.meetings.completed;
        self.facts.trials = self.meetings.trials;
        self.facts.not_tried = self.meetings.not_tried;
        self.effort.what = format!(
            "1 connection passed on to {host} and {} to played peers at {at}",
            self.facts.trials.len(),
            host = self.params.host,
            at = self.at,
        );
        let unclear = self.facts.trials.iter().filter(|trial| !trial.ending.clear());
        let unclear = unclear.map(|trial| format!("{}: {}", trial.peer.as_str(), trial.ending.as_str()));
        self.effort.gaps.extend(unclear);
        self.context.attach(self.meetings.transcript.as_bytes(), "txt");
        let partial = (outcome == Outcome::Partial).then(|| self.effort.gaps.join("; "));
        Findings {
            outcome,
            trouble: trouble.or(partial.filter(|gaps| !gaps.is_empty())),
            effort: self.effort,
            data: serde_json::to_value(&self.facts).expect("string keys only"),
        }
    }
}

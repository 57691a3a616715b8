//! Whether the device believes whoever tells it the time: the bench answers its questions for the time falsely, and
//! meets it as a peer whose certificate ended in truth and is valid at the time that was told.
//!
//! Before that a sound certificate of the same authority is shown, while the time is told truly. Afterwards the time is
//! told truly again, and the names lead to the peers again, whatever happened in between.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::{LentAuthority, ProbeContext};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::world::door::{Door, Stop};
use crate::world::ending::Ending;
use crate::world::false_time::FalseTime;
use crate::world::lent_authority::Authority;
use crate::world::meetings::Meetings;
use crate::world::played_peer::{NotTried, PlayedPeer, Trial};
use crate::world::time_hosts::TimeHosts;

/// A host that the device asks for the time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeHost {
    /// Name, as declared; `*` for whatever the network gives.
    pub host: String,
    /// UDP port.
    pub port: u16,
    /// Where the bench listens in its place; `None` if it names no such place.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
}

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// IXIT row of the communication with the peer.
    pub row: String,
    /// Name of the peer.
    pub host: String,
    /// TCP port of the peer.
    pub port: u16,
    /// Hosts that the device asks for the time.
    pub time_hosts: Vec<TimeHost>,
    /// Where the bench listens in place of the peer; `None` if it names no such place.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Longest wait for a connection of the device, in seconds; `None`: as for the behaviour as a TLS client.
    #[serde(default)]
    pub connect_seconds: Option<f64>,
    /// Longest wait for what the device does on a connection, in seconds; `None`: 5.
    #[serde(default)]
    pub answer_seconds: Option<f64>,
    /// Longest wait for a question for the time, in seconds from 0.1 to 300; `None`: 90.
    #[serde(default)]
    pub ask_seconds: Option<f64>,
    /// Time that the device has for further questions after the first one, in seconds from 0 to 60; `None`: 10.
    #[serde(default)]
    pub settle_seconds: Option<f64>,
    /// Time without power, where that makes the device ask, in seconds from 0.1 to 60; `None`: 5.
    #[serde(default)]
    pub outage_seconds: Option<f64>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FalseTimeFacts {
    /// IXIT row of the communication with the peer.
    pub row: String,
    /// Name of the peer.
    pub host: String,
    /// TCP port of the peer.
    pub port: u16,
    /// Hosts of the time that were played, as declared.
    pub time_hosts: Vec<String>,
    /// The bench let the names lead to it.
    pub names_turned: bool,
    /// The day that was told, ISO 8601; `None` where nothing false was told.
    pub told: Option<String>,
    /// Dates of the certificate that is valid then alone, ISO 8601.
    pub certificate: Option<[String; 2]>,
    /// Questions of the device that were answered with a false time, until it had met the peer.
    pub asked: u64,
    /// Questions that were answered truly before that.
    pub asked_before: u64,
    /// The device was told the true time afterwards; `None` where it was told nothing false.
    pub put_right: Option<bool>,
    /// Connections to played peers, in the order in which they were made.
    pub trials: Vec<Trial>,
    /// What was not tried, and why.
    pub not_tried: Vec<NotTried>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "false-time",
    version: 1,
    summary: "Tells the device a false time, at which the certificate of a played peer would be valid",
    observe,
};

/// Longest time to leave the bench as it was found, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params: Params = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of false-time cannot be read: {error}"));
            }
        };
        let places: BTreeSet<SocketAddr> = params.time_hosts.iter().filter_map(|host| host.listen).collect();
        let gap = match (params.listen, &context.authority) {
            _ if !context.agrees_to("play_peers") => {
                "the bench does not agree to it: play_peers under [consent] of the bench file".to_owned()
            }
            (None, _) => no_place(&params.host),
            _ if places.is_empty() => match params.time_hosts.iter().find(|host| host.host != "*") {
                Some(host) => no_place(&host.host),
                None => "the declaration names no host that is asked for the time".to_owned(),
            },
            (_, None) => {
                "the bench has no authority that the device trusts: [authority] of the bench file".to_owned()
            }
            (Some(at), Some(lent)) => {
                let lent = lent.clone();
                return match TimeHosts::open(&context.dialer, &places).await {
                    Ok(hosts) => Play::new(params, context, at, lent, hosts).run().await,
                    Err(error) => trouble(format!("the time cannot be told: {error}")),
                };
            }
        };
        Findings {
            outcome: Outcome::Partial,
            effort: Effort { gaps: vec![gap.clone()], ..Effort::default() },
            trouble: Some(gap),
            data: written(&nothing_of(&params)),
        }
    })
}

fn no_place(host: &str) -> String {
    format!("the bench names no address to listen at in place of {host}, under [world] of the bench file")
}

fn nothing_of(params: &Params) -> FalseTimeFacts {
    FalseTimeFacts {
        row: params.row.clone(),
        host: params.host.clone(),
        port: params.port,
        time_hosts: Vec::new(),
        names_turned: false,
        told: None,
        certificate: None,
        asked: 0,
        asked_before: 0,
        put_right: None,
        trials: Vec::new(),
        not_tried: Vec::new(),
    }
}

fn written(facts: &FalseTimeFacts) -> Value {
    serde_json::to_value(facts).expect("string keys only")
}

/// A number of seconds between bounds.
fn seconds(wanted: Option<f64>, usual: f64, least: f64, most: f64) -> Duration {
    Duration::from_secs_f64(wanted.filter(|wanted| wanted.is_finite()).unwrap_or(usual).clamp(least, most))
}

struct Play {
    params: Params,
    context: Arc<ProbeContext>,
    lent: LentAuthority,
    hosts: TimeHosts,
    facts: FalseTimeFacts,
    effort: Effort,
    meetings: Meetings,
    /// It is without power now.
    off: bool,
    /// It asked for the time only when it got its power back.
    asks_at_start: bool,
}

impl Play {
    fn new(
        params: Params,
        context: Arc<ProbeContext>,
        at: SocketAddr,
        lent: LentAuthority,
        hosts: TimeHosts,
    ) -> Self {
        let played = params.time_hosts.iter().filter(|host| host.listen.is_some());
        let time_hosts = played.map(|host| host.host.clone()).collect();
        let facts = FalseTimeFacts { time_hosts, ..nothing_of(&params) };
        let door = Door::new(Arc::clone(&context), at, params.connect_seconds);
        let patience = seconds(params.answer_seconds, 5.0, 0.1, 60.0);
        let meetings = Meetings::new(Arc::clone(&context), door, patience);
        let effort = Effort::default();
        Self { params, context, lent, hosts, facts, effort, meetings, off: false, asks_at_start: false }
    }

    async fn run(mut self) -> Findings {
        let context = Arc::clone(&self.context);
        let ended = tokio::select! {
            biased;
            () = context.cancel.cancelled() => Err(None),
            ended = self.play() => ended.map_err(Some),
        };
        self.tidy_up().await;
        let (outcome, trouble) = match ended {
            Ok(()) if self.facts_are_clear() => (Outcome::Complete, None),
            Ok(()) => (Outcome::Partial, None),
            Err(None) => {
                self.effort.gaps.push("stopped".to_owned());
                (Outcome::Partial, None)
            }
            Err(Some(Stop::Late)) => {
                self.effort.gaps.push("the time budget was used up".to_owned());
                (Outcome::Partial, None)
            }
            Err(Some(Stop::Trouble(message))) => (Outcome::ToolTrouble, Some(message)),
        };
        self.finish(outcome, trouble)
    }

    async fn play(&mut self) -> Result<(), Stop> {
        let authority = match Authority::read(&self.lent) {
            Ok(authority) => authority,
            Err(error) => return self.leave_out(&format!("the lent authority cannot be used: {error}")),
        };
        let today = jiff::Zoned::now().date();
        let Some(time) = authority.begins().and_then(|begins| FalseTime::fitting(today, begins)) else {
            return self.leave_out("the lent authority is too young for a certificate that has ended");
        };
        self.facts.names_turned = self.act("names_to_bench").await?;
        self.meetings.line(match self.facts.names_turned {
            true => "the names of peers and time hosts lead to the bench, which tells the time truly",
            false => "the bench cannot turn the names; the device has to find the bench as it is",
        });
        let Some(sound) =
            authority.server(PlayedPeer::LentAuthority, &self.params.host, &[]).map_err(certificates)?
        else {
            return self.leave_out("the lent authority cannot sign");
        };
        self.meetings.meet(PlayedPeer::LentAuthority, sound).await?;
        if !self.took() {
            let why = "the device did not take a sound certificate of the lent authority before, so that a refusal \
                       would tell nothing";
            return self.leave_out(why);
        }
        self.facts.asked_before = self.hosts.told().truly;

        let dates = [time.from, time.until];
        let false_peer = authority.server_between(&self.params.host, dates).map_err(certificates)?;
        let Some(false_peer) = false_peer else { return self.leave_out("the lent authority cannot sign") };
        self.hosts.tell(time.offset_seconds(jiff::Timestamp::now().as_second()) as f64);
        self.meetings.line(&format!("from now on the time is told falsely: {}", time.told));
        let asked = self.make_it_ask(|told| told.falsely).await?;
        if asked {
            // Some clients ask more than once before they believe.
            let settling = seconds(self.params.settle_seconds, 10.0, 0.0, 60.0);
            tokio::time::sleep(settling).await;
        }
        self.facts.asked = self.hosts.told().falsely;
        if !asked {
            let hosts = self.facts.time_hosts.join(", ");
            return self.leave_out(&format!("the device did not ask {hosts} for the time meanwhile"));
        }
        self.facts.told = Some(time.told.to_string());
        self.facts.certificate = Some(dates.map(|date| date.to_string()));
        self.meetings.line(&format!("{} questions were answered falsely", self.facts.asked));
        self.meetings.meet(PlayedPeer::FalseTime, false_peer).await?;
        self.facts.asked = self.hosts.told().falsely;
        self.put_right().await
    }

    /// The device is told the true time again, in the way in which it came by the false one.
    async fn put_right(&mut self) -> Result<(), Stop> {
        self.facts.put_right = Some(false);
        self.hosts.tell(0.0);
        if self.make_it_ask(|told| told.truly).await? {
            self.facts.put_right = Some(true);
            self.meetings.line("the device was told the true time again");
        } else {
            let gap = "the device may still go by the false time: it did not ask again";
            self.effort.gaps.push(gap.to_owned());
        }
        Ok(())
    }

    /// Makes the device ask for the time, as far as the bench can, and waits for that; `false` if it did not ask.
    async fn make_it_ask(&mut self, count: fn(&crate::world::time_hosts::Told) -> u64) -> Result<bool, Stop> {
        let before = count(&self.hosts.told());
        let _cannot = self.act("reconnect").await?;
        if !self.asks_at_start && self.is_asked(before, count).await? {
            return Ok(true);
        }
        if !self.context.agrees_to("interrupt") {
            return Ok(false);
        }
        self.off = true;
        let cut = self.act("power_off").await?;
        if cut {
            tokio::time::sleep(seconds(self.params.outage_seconds, 5.0, 0.1, 60.0)).await;
            let _given_back = self.act("power_on").await?;
        }
        self.off = false;
        if !cut {
            return Ok(false);
        }
        self.meetings.line("the device was without power for a moment");
        self.asks_at_start = true;
        self.is_asked(before, count).await
    }

    async fn is_asked(
        &self,
        before: u64,
        count: fn(&crate::world::time_hosts::Told) -> u64,
    ) -> Result<bool, Stop> {
        let left = self.context.seconds_left().unwrap_or(f64::MAX);
        if left < 1.0 {
            return Err(Stop::Late);
        }
        let longest = seconds(self.params.ask_seconds, 90.0, 0.1, 300.0).as_secs_f64().min(left);
        let longest = Duration::from_secs_f64(longest);
        Ok(self.hosts.wait_until(|told| count(told) > before, longest).await)
    }

    fn took(&self) -> bool {
        let last = self.meetings.trials.last();
        last.is_some_and(|trial| matches!(trial.ending, Ending::ApplicationData | Ending::WentOn))
    }

    /// Says why the device did not meet the peer. That is a fact, and no trouble.
    fn leave_out(&mut self, why: &str) -> Result<(), Stop> {
        self.meetings.leave_out(PlayedPeer::FalseTime, why);
        Ok(())
    }

    /// Leaves the bench as it was found, also after a stop: power, true time, names of the peers.
    async fn tidy_up(&mut self) {
        self.hosts.tell(0.0);
        let (act, off) = (&self.context.act, self.off);
        let tidying = async {
            if off {
                act("power_on").await?;
            }
            act("names_to_peers").await?;
            act("reconnect").await
        };
        let gap = match tokio::time::timeout(TIDY_UP, tidying).await {
            Err(_) => Some("names_to_peers was not confirmed in time".to_owned()),
            Ok(Err(error)) => Some(error),
            Ok(Ok(_)) => None,
        };
        if let Some(gap) = gap {
            self.effort.gaps.push(format!("the names of the peers may still lead to the bench: {gap}"));
        }
    }

    async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn facts_are_clear(&self) -> bool {
        self.meetings.trials.iter().all(|trial| trial.ending.clear())
    }

    fn finish(mut self, outcome: Outcome, trouble: Option<String>) -> Findings {
        self.effort.attempted = self.meetings.attempted;
        self.effort.completed = self.meetings.completed;
        self.facts.trials = self.meetings.trials;
        self.facts.not_tried = self.meetings.not_tried;
        self.effort.what = format!(
            "{} questions for the time answered falsely, and {} connections to a played {}",
            self.facts.asked,
            self.facts.trials.len(),
            self.params.host,
        );
        let unclear = self.facts.trials.iter().filter(|trial| !trial.ending.clear());
        let unclear = unclear.map(|trial| format!("{}: {}", trial.peer.as_str(), trial.ending.as_str()));
        self.effort.gaps.extend(unclear);
        self.context.attach(self.meetings.transcript.as_bytes(), "txt");
        let partial = (outcome == Outcome::Partial).then(|| self.effort.gaps.join("; "));
        Findings {
            outcome,
            trouble: trouble.or(partial.filter(|gaps| !gaps.is_empty())),
            data: written(&self.facts),
            effort: self.effort,
        }
    }
}

fn certificates(error: crate::world::certificates::CertificateTrouble) -> Stop {
    Stop::Trouble(error.to_string())
}

//! How the device lives through an outage: what goes on meanwhile, what it is like afterwards, and how it comes
//! back to its peers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::capture::{Questions, TrafficFacts, Transport};
use crate::context::ProbeContext;
use crate::listening::{self, Heard, Listening};
use crate::observation::{Effort, Outcome};
use crate::probe::access_control::{Access, Mechanism};
use crate::registry::{Findings, ProbeEntry, trouble};
use asking::Asker;

#[path = "../interruption/asking.rs"]
mod asking;
#[path = "../interruption/served.rs"]
mod served;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// All its addresses.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Its hardware address.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester.
    #[serde(default)]
    pub tester: Vec<IpAddr>,
    /// What fails: `link`, `uplink`, `names`, `services`, `power`. The actions are `<kind>_down` and `<kind>_up`,
    /// `power_off` and `power_on`.
    pub kind: String,
    /// Times that it fails.
    pub repetitions: u32,
    /// Length of an outage in seconds.
    pub seconds: f64,
    /// Longest wait for the device to be back, in seconds.
    pub recovery_seconds: f64,
    /// Longest declared wait for the next try of the device after an outage, in seconds: for as long it is listened
    /// to where it tried nobody.
    #[serde(default)]
    pub next_try_seconds: f64,
    /// Shortest time that the device is listened to after the outage, in seconds.
    #[serde(default)]
    pub listen_seconds: f64,
    /// Open TCP ports that are compared before and after.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Mechanisms behind the accesses.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// What is asked before, during (where the device can be reached) and after.
    #[serde(default)]
    pub accesses: Vec<Access>,
    /// `matrix`: compressed times of a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interruption {
    /// As in the parameters.
    pub kind: String,
    /// Before the first outage.
    pub before: Snapshot,
    /// The outages.
    pub outages: Vec<Outage>,
    /// After the last one.
    pub after: Snapshot,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// What the device is like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// TCP ports that were asked, and whether they were open.
    pub ports: Vec<(u16, bool)>,
    /// What was asked of it.
    pub answers: Vec<Answered>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// IXIT rows that the access belongs to.
    pub rows: Vec<String>,
    /// Method and target.
    pub asked: String,
    /// Asked as somebody who may (`entitled`), or as nobody (`stranger`).
    pub subject: String,
    /// `served`, `refused`, `unreachable`, `unclear`.
    pub outcome: String,
    /// Status of the answer, where the protocol has one.
    pub status: Option<u16>,
    /// Digest of what was served, without what changes by itself (dates, tokens); `None` for nothing.
    pub digest: Option<String>,
    /// Beginning of what was served, at most 400 characters, for the reader.
    pub excerpt: Option<String>,
}

/// One outage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// Who brought it about: `bench` or `nobody` (the bench has no such action).
    pub by: String,
    /// Seconds that it lasted.
    pub seconds: f64,
    /// What was asked of the device meanwhile; empty where it cannot be reached.
    pub during: Vec<Answered>,
    /// Seconds from the end of the outage until the device answered again at its address.
    pub answered_after: Option<f64>,
    /// Connections to peers, from the beginning of the outage on.
    pub calls: Vec<Call>,
    /// The capture from before the outage until the device was back; `None` without a capture point.
    pub traffic: Option<TrafficFacts>,
    /// Seconds from the opening of the capture to the beginning of the outage.
    pub cut_at: f64,
    /// Seconds from the opening of the capture to the end of the outage.
    pub restored_at: f64,
}

/// Tries of the device to reach one peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Name of the peer, else its address.
    pub peer: String,
    /// Port.
    pub port: u16,
    /// Starts of tries, in seconds from the beginning of the outage.
    pub tries: Vec<f64>,
    /// Seconds from the end of the outage to the first connection that was established.
    pub back_after: Option<f64>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "interruption",
    version: 1,
    summary: "Takes network or power away and gives it back: what goes on, what returns, and in which order",
    observe,
};

/// Tries of one peer that are written down.
const MOST_TRIES: usize = 256;
/// Longest time to give back what was taken, after a stop.
const TIDY_UP: Duration = Duration::from_millis(1500);
/// The same where the probe itself gives up.
const TIME_TO_RESTORE: Duration = Duration::from_secs(120);
/// Seconds of the time budget that are kept for giving back what was taken.
const RESERVE: f64 = 3.0;
/// Seconds in which a device that was asked to call its peers has called them.
const CALLING: f64 = 2.0;
/// Time between two looks at the device.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// Time for what follows a connection: what is said first on it belongs to the capture.
const AFTERGLOW: Duration = Duration::from_millis(300);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => conduct(params, context).await,
            Err(error) => trouble(format!("the parameters of interruption cannot be read: {error}")),
        }
    })
}

/// Why no further outage is made.
enum Stop {
    /// The bench failed.
    Trouble(String),
    /// Something is missing; what was seen until then is kept.
    Short(String),
}

/// What was taken away and has to be given back, however the probe ends.
struct Taken {
    context: Arc<ProbeContext>,
    action: String,
    taken: bool,
}

impl Taken {
    async fn give_back(&mut self) -> Result<bool, String> {
        let given = (self.context.act)(&self.action).await?;
        self.taken &= !given;
        Ok(given)
    }

    /// Gives it back if that is still to be done; says what may be left.
    async fn tidy_up(&mut self, time: Duration) -> Option<String> {
        if !self.taken {
            return None;
        }
        let why = match tokio::time::timeout(time, self.give_back()).await {
            Ok(Ok(true)) => return None,
            Ok(Ok(false)) => "the bench cannot do it".to_owned(),
            Ok(Err(error)) => error,
            Err(_) => "it was not confirmed in time".to_owned(),
        };
        Some(format!("{} may still be to be done: {why}", self.action))
    }
}

impl Drop for Taken {
    /// A probe that is dropped in the middle leaves nothing behind either.
    fn drop(&mut self) {
        if let (true, Ok(runtime)) = (self.taken, tokio::runtime::Handle::try_current()) {
            let (context, action) = (Arc::clone(&self.context), self.action.clone());
            runtime.spawn(async move { (context.act)(&action).await });
        }
    }
}

async fn conduct(params: Params, context: Arc<ProbeContext>) -> Findings {
    let mut seen = Interruption {
        kind: params.kind.clone(),
        profile: params.profile.clone(),
        ..Interruption::default()
    };
    let mut effort = Effort { attempted: u64::from(params.repetitions.max(1)), ..Effort::default() };
    effort.what = format!("0 outages of {}", params.kind);
    if !context.agrees_to("interrupt") {
        let gap = "the bench does not agree to it: interrupt under [consent] of the bench file".to_owned();
        effort.gaps.push(gap.clone());
        return findings(Outcome::Partial, effort, Some(gap), &seen);
    }
    let (down, up) = match params.kind.as_str() {
        "power" => ("power_off".to_owned(), "power_on".to_owned()),
        kind @ ("link" | "uplink" | "names" | "services") => (format!("{kind}_down"), format!("{kind}_up")),
        other => return trouble(format!("there is no outage of {other}")),
    };
    let addresses: Vec<IpAddr> =
        if params.addresses.is_empty() { vec![params.address] } else { params.addresses.clone() };
    let questions =
        listening::questions(&context, &addresses, params.hardware.as_deref(), &params.tester).await;
    let mut taken = Taken { context: Arc::clone(&context), action: up.clone(), taken: false };
    let asker = Asker::new(&params, &context);
    let mut course = Course {
        params: &params,
        context: &context,
        questions,
        down,
        up,
        asker,
        taken: &mut taken,
        seen: &mut seen,
        gaps: Vec::new(),
        known_port: None,
        no_outage: None,
    };
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => None,
        ended = course.go() => Some(ended),
    };
    let asked = course.asker.count();
    let transcript = course.asker.transcript().to_owned();
    effort.gaps.append(&mut course.gaps);
    let time = if ended.is_none() { TIDY_UP } else { TIME_TO_RESTORE };
    let left = taken.tidy_up(time).await;
    taken.taken = false;
    context.attach(transcript.as_bytes(), "txt");

    let made = seen.outages.iter().filter(|outage| outage.by == "bench").count() as u64;
    effort.completed = made.min(effort.attempted);
    let seconds: f64 = seen.outages.iter().map(|outage| outage.seconds).sum();
    effort.what = format!(
        "{made} outages of {}, {seconds:.1} s together, {asked} questions to the device",
        params.kind
    );
    let (outcome, trouble) = match ended {
        Some(Ok(())) if left.is_none() => (Outcome::Complete, None),
        Some(Ok(())) => (Outcome::Partial, left.clone()),
        Some(Err(Stop::Short(why))) => (Outcome::Partial, Some(why)),
        Some(Err(Stop::Trouble(why))) => (Outcome::ToolTrouble, Some(why)),
        None => (Outcome::Partial, Some("stopped".to_owned())),
    };
    effort.gaps.extend(trouble.clone());
    if trouble != left {
        effort.gaps.extend(left);
    }
    findings(outcome, effort, trouble, &seen)
}

fn findings(outcome: Outcome, effort: Effort, trouble: Option<String>, seen: &Interruption) -> Findings {
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

/// The outages, one after the other.
struct Course<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    questions: Questions,
    down: String,
    up: String,
    asker: Asker<'a>,
    taken: &'a mut Taken,
    seen: &'a mut Interruption,
    gaps: Vec<String>,
    /// A port that was open before.
    known_port: Option<u16>,
    /// Why an outage was none.
    no_outage: Option<String>,
}

impl Course<'_> {
    async fn go(&mut self) -> Result<(), Stop> {
        let repetitions = self.params.repetitions.max(1);
        self.has_time(0, repetitions)?;
        self.seen.before = self.asker.before().await;
        self.known_port = self.seen.before.ports.iter().find(|(_, open)| *open).map(|(port, _)| *port);
        for n in 0..repetitions {
            (self.context.progress)(
                u64::from(n),
                u64::from(repetitions),
                &format!("outage of {}", self.params.kind),
            );
            self.has_time(n, repetitions)?;
            self.outage().await?;
            if n + 1 < repetitions && !self.is_back() {
                return Err(Stop::Short(format!(
                    "the device did not answer after outage {} of {repetitions}, so that no further one was made",
                    n + 1
                )));
            }
        }
        self.seen.after = self.asker.snapshot().await;
        match self.no_outage.take() {
            Some(why) => Err(Stop::Short(format!("{why}: the action {} may not have worked", self.down))),
            None => Ok(()),
        }
    }

    /// Whether another outage can be ended in time.
    fn has_time(&self, made: u32, of: u32) -> Result<(), Stop> {
        let needed = self.params.seconds + self.params.next_try_seconds.min(self.params.recovery_seconds);
        if self.context.seconds_left().is_some_and(|left| left < needed + RESERVE) {
            return Err(Stop::Short(format!("the time budget ended after {made} of {of} outages")));
        }
        Ok(())
    }

    /// It answers, or it was never away.
    fn is_back(&self) -> bool {
        let answered = self.seen.outages.last().is_some_and(|outage| outage.answered_after.is_some());
        answered || !(self.goes_away() || self.known_port.is_some())
    }

    /// The outage takes the device itself away from its address.
    fn goes_away(&self) -> bool {
        matches!(self.params.kind.as_str(), "link" | "power")
    }

    /// One outage. What was seen of it is kept however it ends.
    async fn outage(&mut self) -> Result<(), Stop> {
        let listening = match Listening::open(self.context, &self.questions) {
            Ok(listening) => {
                self.wake(&listening).await;
                Some(listening)
            }
            Err(reason) if self.known_port.is_none() && self.goes_away() => {
                return Err(Stop::Short(format!(
                    "none of the declared TCP ports was open before the outage, and there is no capture ({reason}), \
                     so that nothing could tell when the device is back"
                )));
            }
            Err(reason) => {
                let gap = format!("no capture: {reason}");
                if !self.gaps.contains(&gap) {
                    self.gaps.push(gap);
                }
                None
            }
        };
        let mut outage = Outage { by: "nobody".to_owned(), ..Outage::default() };
        let opened =
            Instant::now() - Duration::from_secs_f64(listening.as_ref().map_or(0.0, Listening::seconds));
        let mut moments = Moments { opened, cut: now(), restored: None };
        outage.cut_at = opened.elapsed().as_secs_f64();
        let ended = self.take_and_give_back(&mut outage, &mut moments, listening.as_ref()).await;
        if let Some(listening) = listening {
            let heard = listening.close(self.context).await;
            if let Some(after) = heard.broke_after {
                self.gaps.push(format!("the capture point closed by itself after {after:.1} s"));
            }
            outage.calls = calls(&heard, &moments);
            outage.traffic = Some(heard.facts);
        }
        self.seen.outages.push(outage);
        ended
    }

    /// Has the device call its peers before the first outage, so that there is something to come back to.
    async fn wake(&mut self, listening: &Listening) {
        if !self.seen.outages.is_empty() || !matches!((self.context.act)("reconnect").await, Ok(true)) {
            return;
        }
        let end = Instant::now() + Duration::from_secs_f64(CALLING);
        while Instant::now() < end
            && !listening.calls(|calls| calls.since(0).any(|tried| tried.granted.is_some()))
        {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        tokio::time::sleep(AFTERGLOW).await;
    }

    async fn take_and_give_back(
        &mut self,
        outage: &mut Outage,
        moments: &mut Moments,
        listening: Option<&Listening>,
    ) -> Result<(), Stop> {
        moments.cut = now();
        // From here on something may be gone, whatever the bench answers.
        self.taken.taken = true;
        match (self.context.act)(&self.down).await {
            Ok(true) => outage.by = "bench".to_owned(),
            Ok(false) => {
                self.taken.taken = false;
                return Err(Stop::Short(missing(&self.down)));
            }
            Err(error) => return Err(Stop::Trouble(error)),
        }
        let cut = Instant::now();
        let end = cut + Duration::from_secs_f64(self.params.seconds.clamp(0.1, 3600.0));
        if matches!(self.params.kind.as_str(), "uplink" | "names" | "services") {
            outage.during = self.asker.answers().await;
        } else if let Some(port) = self.known_port
            && self.asker.is_open(port).await
        {
            let gap = format!("tcp/{port} answered during the outage of {}", self.params.kind);
            if self.params.kind == "link" {
                // Power may come from a battery; a link that is cut carries nothing.
                self.no_outage = Some(gap.clone());
            }
            self.gaps.push(gap);
            outage.during = self.asker.answers().await;
        }
        tokio::time::sleep_until(end).await;
        outage.restored_at = moments.opened.elapsed().as_secs_f64();
        outage.seconds = cut.elapsed().as_secs_f64();
        moments.restored = Some(now());
        let restored = Instant::now();
        match self.taken.give_back().await {
            Ok(true) => {}
            Ok(false) => return Err(Stop::Short(missing(&self.up))),
            Err(error) => return Err(Stop::Trouble(error)),
        }
        self.until_back(outage, moments, restored, listening).await
    }

    /// Waits until the device answers, and until it is back with its peers, or for as long as that may take.
    async fn until_back(
        &self,
        outage: &mut Outage,
        moments: &Moments,
        restored: Instant,
        listening: Option<&Listening>,
    ) -> Result<(), Stop> {
        let params = self.params;
        let left = self.context.seconds_left().map_or(f64::MAX, |left| (left - RESERVE).max(0.0));
        let longest = params.recovery_seconds.max(params.listen_seconds).clamp(0.1, 3600.0);
        let end = restored + Duration::from_secs_f64(longest.min(left));
        loop {
            let elapsed = restored.elapsed().as_secs_f64();
            if outage.answered_after.is_none() && self.answers(moments, listening).await {
                outage.answered_after = Some(elapsed);
            }
            let answered =
                outage.answered_after.is_some() || !(self.goes_away() || self.known_port.is_some());
            let peers = listening.is_none_or(|listening| self.peers_are_back(listening, moments, elapsed));
            if answered && peers && elapsed >= params.listen_seconds {
                break;
            }
            if Instant::now() >= end {
                if longest > left {
                    return Err(Stop::Short("the time budget ended before the device was back".to_owned()));
                }
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        tokio::time::sleep(AFTERGLOW).await;
        Ok(())
    }

    /// Whether the device is there: at a port that was open, else by what it says.
    async fn answers(&self, moments: &Moments, listening: Option<&Listening>) -> bool {
        match (self.known_port, listening) {
            (Some(port), _) => self.asker.is_open(port).await,
            (None, Some(listening)) => listening.last_sent() >= moments.restored.unwrap_or(u64::MAX),
            (None, None) => false,
        }
    }

    /// No peer is missed that was tried, and somebody was reached; or nobody was tried for as long as the next try
    /// may take. After a loss of power nothing is left of a connection, so that it is waited for.
    fn peers_are_back(&self, listening: &Listening, moments: &Moments, elapsed: f64) -> bool {
        if listening.is_broken() {
            return true;
        }
        let restored = moments.restored.unwrap_or(u64::MAX);
        listening.calls(|calls| {
            let reached = calls.since(moments.cut).any(|tried| tried.granted >= Some(restored));
            let before = calls.since(0).any(|tried| tried.at < moments.cut && tried.granted.is_some());
            let patient = elapsed >= self.params.next_try_seconds && !(before && self.params.kind == "power");
            calls.missing(moments.cut, restored).is_empty() && (reached || patient)
        })
    }
}

/// Moments of an outage: the capture by the clock of this process, the others in microseconds since 1970.
struct Moments {
    opened: Instant,
    cut: u64,
    restored: Option<u64>,
}

fn missing(action: &str) -> String {
    format!("the bench has no action {action}: name it under [actions] of the bench file")
}

fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_microsecond()).unwrap_or_default()
}

/// The tries by peer, in the order of the first.
fn calls(heard: &Heard, moments: &Moments) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for tried in heard.calls.since(moments.cut) {
        let named = heard.facts.flows.iter().filter(|flow| {
            (flow.transport, flow.peer, flow.port) == (Transport::Tcp, Some(tried.peer), tried.port)
        });
        let peer =
            named.filter_map(|flow| flow.name.clone()).next().unwrap_or_else(|| tried.peer.to_string());
        let at = seconds_between(moments.cut, tried.at);
        let call = match calls.iter_mut().find(|call| call.peer == peer && call.port == tried.port) {
            Some(call) => call,
            None => {
                calls.push(Call { peer, port: tried.port, tries: Vec::new(), back_after: None });
                calls.last_mut().expect("one was just pushed")
            }
        };
        if call.tries.len() < MOST_TRIES {
            call.tries.push(at);
        }
        if let (None, Some(restored), Some(granted)) = (call.back_after, moments.restored, tried.granted)
            && granted >= restored
        {
            call.back_after = Some(seconds_between(restored, granted));
        }
    }
    calls
}

fn seconds_between(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64 / 1_000_000.0
}

#[cfg(test)]
#[path = "../interruption/tests.rs"]
mod tests;

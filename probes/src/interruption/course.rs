//! The course of the outages: what is taken away, asked meanwhile and given back, and for how long the device is
//! waited for.

use std::time::Duration;

use tokio::time::Instant;

use super::asking::Asker;
use super::taken::Taken;
use super::{Call, Interruption, Outage, Params};
use crate::capture::{Questions, Transport};
use crate::context::ProbeContext;
use crate::listening::{Heard, Listening};

/// Tries of one peer that are written down.
const MOST_TRIES: usize = 256;
/// Seconds of the time budget that are kept for giving back what was taken.
const RESERVE: f64 = 3.0;
/// Seconds in which a device that was asked to call its peers has called them.
const CALLING: f64 = 2.0;
/// Time between two looks at the device.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// Time for what follows a connection: what is said first on it belongs to the capture.
const AFTERGLOW: Duration = Duration::from_millis(300);

/// Why no further outage is made.
pub(super) enum Stop {
    /// The bench failed.
    Trouble(String),
    /// Something is missing; what was seen until then is kept.
    Short(String),
}

/// The outages, one after the other.
pub(super) struct Course<'a> {
    pub(super) params: &'a Params,
    pub(super) context: &'a ProbeContext,
    pub(super) questions: Questions,
    pub(super) down: String,
    pub(super) up: String,
    pub(super) asker: Asker<'a>,
    pub(super) taken: &'a mut Taken,
    pub(super) seen: &'a mut Interruption,
    pub(super) gaps: Vec<String>,
    /// A port that was open before.
    pub(super) known_port: Option<u16>,
    /// Why an outage was none.
    pub(super) no_outage: Option<String>,
}

impl Course<'_> {
    pub(super) async fn go(&mut self) -> Result<(), Stop> {
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

/// Microseconds since 1970.
pub(super) fn now() -> u64 {
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

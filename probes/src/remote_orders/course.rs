//! The order of things: the state is read, the device comes to the played service, and one order follows the other,
//! with a look at the state before and after each.

use std::time::{Duration, Instant};

use super::broker::{self, Session};
use super::here::{Here, holds};
use super::{Doing, LocalOperation, Order, OrdersSeen, Params, SessionEnd, Step};
use crate::context::ProbeContext;
use crate::world::door::{Door, Stop};
use crate::world::lent_authority::Authority;
use crate::world::played_peer::PlayedPeer;

/// Longest wait for an effect, whatever is declared.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Longest wait for what the device does on a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest time to leave the bench as it was found.
const TIDY_UP: Duration = Duration::from_secs(3);
/// Seconds of the time budget that are kept for the last operation.
const RESERVE: f64 = 5.0;
/// What is waited beyond a declared time, in percent of it, before its end is relied on.
const MARGIN_PERCENT: u32 = 10;

/// What was done and seen so far.
pub(super) struct Course<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    pub(super) here: Here<'a>,
    pub(super) seen: OrdersSeen,
    pub(super) gaps: Vec<String>,
    /// For the reader.
    pub(super) transcript: String,
    door: Door,
    /// Number of the last order: milliseconds since 1970 at the beginning, so that it rises over runs too.
    number: u64,
    turned: bool,
    /// Something was ordered, so that the state has to be put back.
    ordered: bool,
}

/// The session, and the recorded order.
struct Talk {
    session: Session,
    recorded: Option<(String, Vec<u8>)>,
}

impl<'a> Course<'a> {
    pub(super) fn new(params: &'a Params, context: &'a std::sync::Arc<ProbeContext>, door: Door) -> Self {
        let here = Here::new(params, context);
        let seen = OrdersSeen {
            row: params.row.clone(),
            host: params.host.clone(),
            freshness: params.freshness.clone(),
            hold_seconds: params.hold_seconds,
            takes_seconds: params.takes_seconds,
            ..OrdersSeen::default()
        };
        Self {
            params,
            context,
            here,
            seen,
            gaps: Vec::new(),
            transcript: String::new(),
            door,
            number: jiff::Timestamp::now().as_millisecond().unsigned_abs(),
            turned: false,
            ordered: false,
        }
    }

    /// Does everything that can be done.
    pub(super) async fn go(&mut self) -> Result<(), Stop> {
        let entered = self.here.enter().await;
        self.gaps.extend(entered.err());
        if self.here.state().await.is_none() {
            self.gaps.push("the state could not be read, so that no effect would show".to_owned());
            return Ok(());
        }
        self.turned = true;
        if !self.act("names_to_bench").await? {
            self.line("the bench cannot turn the names; the device has to find the bench as it is");
        }
        let Some(session) = self.meet().await? else { return Ok(()) };
        let mut talk = Talk { session, recorded: None };
        if !self.obeys(&mut talk).await {
            self.gaps.push("fresh orders have no effect, so that the rest would tell nothing".to_owned());
            return Ok(());
        }
        self.again(&mut talk).await?;
        self.local_first(&talk).await;
        self.stop(&talk).await;
        Ok(())
    }

    /// Leaves device and bench as they were found, also after a stop.
    pub(super) async fn tidy_up(&mut self) {
        let until = tokio::time::Instant::now() + TIDY_UP;
        if self.ordered && tokio::time::timeout_at(until, self.put_back()).await.is_err() {
            self.gaps.push("the state may not be that of the beginning: time was over".to_owned());
        }
        if !std::mem::take(&mut self.turned) {
            return;
        }
        let act = &self.context.act;
        let until = tokio::time::Instant::now() + TIDY_UP;
        for action in ["names_to_peers", "reconnect"] {
            let why = match tokio::time::timeout_at(until, act(action)).await {
                Ok(Ok(_)) => continue,
                Ok(Err(error)) => error,
                Err(_) => "it was not confirmed in time".to_owned(),
            };
            self.gaps.push(format!("the names of the peers may still lead to the bench ({action}): {why}"));
        }
    }

    /// The last local operation, after the one that ends a stop.
    async fn put_back(&mut self) {
        let params = self.params;
        let operations: Vec<&LocalOperation> = params.release.iter().chain(params.local.last()).collect();
        if params.local.is_empty() {
            self.gaps.push("no local operation is declared that leaves things as they were".to_owned());
        }
        for operation in &operations {
            let state = self.here.state().await;
            if state.is_some_and(|state| holds(&state, &operation.shows)) {
                continue;
            }
            let _status = self.here.operate(operation).await;
            let _shown = self.here.waited(&operation.shows, self.takes()).await;
        }
        let state = self.here.state().await;
        let all = |state: String| operations.iter().all(|operation| holds(&state, &operation.shows));
        self.seen.restored = state.map(all).filter(|_| !params.local.is_empty());
        if self.seen.restored != Some(true) {
            self.gaps.push("the state is not known to be that of the beginning".to_owned());
        }
    }

    /// The next connection of the device, as a session with the played service.
    async fn meet(&mut self) -> Result<Option<Session>, Stop> {
        let trouble = |error: String| Stop::Trouble(error);
        let Some(lent) = &self.context.authority else {
            return Err(trouble("no authority that the device trusts was lent".to_owned()));
        };
        let authority = Authority::read(lent)
            .map_err(|error| trouble(format!("the lent authority cannot be used: {error}")))?;
        let config = authority
            .server(PlayedPeer::LentAuthority, &self.params.host, &[])
            .map_err(|error| trouble(error.to_string()))?
            .ok_or_else(|| trouble("the key of the lent authority cannot sign".to_owned()))?;
        let Some(stream) = self.door.next().await? else {
            self.seen.session = SessionEnd::NoConnection;
            self.gaps.push("the device made no connection to the played service".to_owned());
            return Ok(None);
        };
        let topic = self.topic();
        match broker::open(stream, config, &topic, PATIENCE).await {
            Ok(session) => {
                self.line(&format!("the device subscribed to {topic}"));
                self.seen.session = SessionEnd::Subscribed;
                Ok(Some(session))
            }
            Err((end, detail)) => {
                self.line(&detail);
                self.gaps.push(detail.clone());
                self.seen.session = end;
                self.seen.session_detail = Some(detail);
                Ok(None)
            }
        }
    }

    /// Two fresh orders; whether both took effect. One that meets a local operation of a moment ago is sent again.
    async fn obeys(&mut self, talk: &mut Talk) -> bool {
        let [order, other, ..] = &*self.params.orders else { return false };
        let mut first = self.order(Doing::Order, order, &talk.session).await;
        if let (Some(false), Some(hold)) = (first.0.shown, self.hold()) {
            self.line("not obeyed, perhaps since the device was operated here a moment ago; once more");
            tokio::time::sleep(beyond(hold)).await;
            first = self.order(Doing::Order, order, &talk.session).await;
        }
        let obeyed = first.0.shown == Some(true);
        talk.recorded = Some((first.0.sent.clone(), first.1));
        self.note(first.0);
        if !obeyed {
            return false;
        }
        let other = self.order(Doing::OtherOrder, other, &talk.session).await.0;
        let obeyed = other.shown == Some(true);
        self.note(other);
        obeyed
    }

    /// The recorded order once more, in the session and in a new one.
    async fn again(&mut self, talk: &mut Talk) -> Result<(), Stop> {
        let Some((sent, octets)) = talk.recorded.take() else { return Ok(()) };
        let step = self.repeat(Doing::Replay, &sent, octets.clone(), &talk.session).await;
        self.note(step);
        if self.late("the recorded order in a new session") {
            return Ok(());
        }
        // An obeyed repetition is taken back, so that the next one would show.
        let state = self.here.state().await;
        let shows = |course: &Self, n: usize| {
            state.as_ref().is_some_and(|state| holds(state, &course.params.orders[n].shows))
        };
        if shows(self, 0) && !shows(self, 1) {
            let other = self.params.orders[1].clone();
            let _back = self.order(Doing::OtherOrder, &other, &talk.session).await;
        }
        match self.meet().await? {
            Some(session) => {
                talk.session = session;
                let step = self.repeat(Doing::ReplayAnew, &sent, octets, &talk.session).await;
                self.note(step);
            }
            // The first session was good: that stands, and what is missing is told.
            None => self.seen.session = SessionEnd::Subscribed,
        }
        Ok(())
    }

    /// An order, a local operation on top of it, and orders while and after that has priority.
    async fn local_first(&mut self, talk: &Talk) {
        let [order, other, ..] = &*self.params.orders else { return };
        let Some(operation) = self.params.local.first() else {
            self.line("no local operation is declared");
            return;
        };
        if self.late("local operation") {
            return;
        }
        let before = self.order(Doing::OrderBeforeLocal, order, &talk.session).await.0;
        self.note(before);
        let begun = Instant::now();
        let local = self.local(Doing::Local, operation).await;
        let worked = local.shown == Some(true);
        self.note(local);
        if !worked || self.params.hold_seconds.is_none() {
            return;
        }
        let Some(hold) = self.hold() else {
            let why = format!("a time of priority over {} s is not waited for", LONGEST_WAIT.as_secs());
            let left_out = Step { note: why, ..blank(Doing::OrderInHold, &other.shows) };
            self.note(left_out);
            return;
        };
        let left = hold.saturating_sub(begun.elapsed());
        if left < self.takes() {
            let why = "the time of priority is too short to see an order in it".to_owned();
            self.gaps.push(why.clone());
            let left_out = Step { note: why, ..blank(Doing::OrderInHold, &other.shows) };
            self.note(left_out);
        } else {
            let mut step = self.order(Doing::OrderInHold, other, &talk.session).await.0;
            // An effect that shows after the time was over is none against the priority.
            if step.shown == Some(true) && begun.elapsed() >= hold {
                step.shown = None;
                "it showed when the time of priority may have been over".clone_into(&mut step.note);
            }
            step.kept = self.here.state().await.map(|state| holds(&state, &operation.shows));
            self.note(step);
        }
        tokio::time::sleep(beyond(hold).saturating_sub(begun.elapsed())).await;
        // Counted from the end of the operation, should it have been slow.
        tokio::time::sleep(hold / 10).await;
        let after = self.order(Doing::OrderAfterHold, other, &talk.session).await.0;
        self.note(after);
    }

    /// The stop, an order on top of it, and the local operation that ends it.
    async fn stop(&mut self, talk: &Talk) {
        // What nobody knows how to start again is not stopped.
        let (Some(stop), Some(release)) = (&self.params.stop, &self.params.release) else {
            self.line("no stop is declared, or nothing that ends it");
            return;
        };
        if self.late("the stop") {
            return;
        }
        let step = self.order(Doing::Stop, stop, &talk.session).await.0;
        let stopped = step.shown == Some(true) && step.before == Some(false);
        self.note(step);
        if !stopped {
            return;
        }
        if let Some(order) = self.params.orders.first() {
            let mut step = self.order(Doing::OrderWhileStopped, order, &talk.session).await.0;
            step.kept = self.here.state().await.map(|state| holds(&state, &stop.shows));
            self.note(step);
        }
        let step = self.local(Doing::Release, release).await;
        self.note(step);
    }

    /// A fresh order, as it went out.
    async fn order(&mut self, doing: Doing, order: &Order, session: &Session) -> (Step, Vec<u8>) {
        self.number += 1;
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let sent = order.says.replace("{number}", &self.number.to_string()).replace("{time}", &now);
        let octets = session.worded(&self.topic(), &sent);
        let step = self.sent(doing, &sent, &order.shows, octets.clone(), session).await;
        (step, octets)
    }

    /// The recorded order, octet by octet.
    async fn repeat(&mut self, doing: Doing, sent: &str, octets: Vec<u8>, session: &Session) -> Step {
        let shows = self.params.orders[0].shows.clone();
        self.sent(doing, sent, &shows, octets, session).await
    }

    async fn sent(
        &mut self,
        doing: Doing,
        sent: &str,
        shows: &[String],
        octets: Vec<u8>,
        session: &Session,
    ) -> Step {
        (self.context.progress)(self.seen.steps.len() as u64, 11, sent);
        let before = self.here.state().await.map(|state| holds(&state, shows));
        let mut step = Step { sent: sent.to_owned(), before, ..blank(doing, shows) };
        self.ordered = true;
        if !session.send(octets).await {
            "the device had left the session".clone_into(&mut step.note);
            return step;
        }
        (step.shown, step.seconds) = self.here.waited(shows, self.takes()).await;
        step
    }

    async fn local(&mut self, doing: Doing, operation: &LocalOperation) -> Step {
        let before = self.here.state().await.map(|state| holds(&state, &operation.shows));
        let access = &operation.access;
        let sent = [&*access.method, &access.target, access.body.as_deref().unwrap_or_default()].join(" ");
        let mut step = Step { sent: sent.trim_end().to_owned(), before, ..blank(doing, &operation.shows) };
        match self.here.operate(operation).await {
            Ok(status) => step.status = Some(status),
            Err(why) => {
                step.note = why;
                return step;
            }
        }
        (step.shown, step.seconds) = self.here.waited(&operation.shows, self.takes()).await;
        step
    }

    fn topic(&self) -> String {
        self.params.topic.replace("{serial}", &self.params.serial)
    }

    fn takes(&self) -> Duration {
        Duration::try_from_secs_f64(self.params.takes_seconds).unwrap_or_default().min(LONGEST_WAIT)
    }

    /// Time for which a local operation keeps orders out, where that can be waited for.
    fn hold(&self) -> Option<Duration> {
        let hold = Duration::try_from_secs_f64(self.params.hold_seconds?).ok()?;
        (hold <= LONGEST_WAIT).then_some(hold)
    }

    /// Whether too little time is left for more.
    fn late(&mut self, what: &str) -> bool {
        let late = self.context.seconds_left().is_some_and(|left| left < RESERVE);
        if late {
            self.gaps.push(format!("{what}: the time budget was used up"));
        }
        late
    }

    async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn note(&mut self, step: Step) {
        let told = |told: Option<bool>| match told {
            Some(true) => "yes",
            Some(false) => "no",
            None => "untold",
        };
        let note = if step.note.is_empty() { String::new() } else { format!(" ({})", step.note) };
        self.line(&format!(
            "{:?}: {}: {} before {}, after {:.2} s {}{note}",
            step.doing,
            step.sent,
            step.shows.join(", "),
            told(step.before),
            step.seconds,
            told(step.shown),
        ));
        if step.shown.is_none() || step.before.is_none() {
            let why = if step.note.is_empty() { "the state could not be read" } else { &step.note };
            self.gaps.push(format!("{:?}: {why}", step.doing));
        }
        self.seen.steps.push(step);
    }

    fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }
}

fn blank(doing: Doing, shows: &[String]) -> Step {
    Step {
        doing,
        sent: String::new(),
        shows: shows.to_vec(),
        before: None,
        shown: None,
        seconds: 0.0,
        kept: None,
        status: None,
        note: String::new(),
    }
}

/// A time and a margin on top of it.
fn beyond(time: Duration) -> Duration {
    time * (100 + MARGIN_PERCENT) / 100
}

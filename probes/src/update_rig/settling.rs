//! Waiting until a device has done with a package, whatever it does with it.

use std::time::{Duration, Instant};

use super::Params;
use super::course::{Course, Stop};
use super::handing_in::HandedOver;
use super::making::Cut;
use super::reading::Running;
use super::server::Server;

/// Answers of the device for which it is left alone at least.
const PATIENCE: f64 = 8.0;

/// Times of the trials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Between two looks at the device.
    pub(super) poll: Duration,
    /// Longest wait for the device to ask for anything.
    pub(super) ask: f64,
    /// Rest, in seconds, after which a device that did not fetch the image has refused it.
    pub(super) quiet: f64,
    /// The same for one that has all of it.
    pub(super) settles: f64,
    /// Longest wait for a device that is away, in seconds.
    pub(super) recovery: f64,
    /// Length of an outage.
    pub(super) outage: Duration,
    /// Longest time of an endless image.
    pub(super) endless: Duration,
    /// Longest time for handing a package in.
    pub(super) upload: Duration,
    /// Longest wait for an answer that tells the version.
    pub(super) reading: Duration,
    /// Wait for the device to close a connection.
    pub(super) closing: Duration,
    /// Times that the device is made to look where it has to give up a way first.
    pub(super) looks: u32,
}

impl Pace {
    pub(super) fn of(params: &Params) -> Self {
        let settles = params.settles_seconds.clamp(0.2, 3600.0);
        let recovery = params.recovery_seconds.unwrap_or(180.0).clamp(0.5, 3600.0);
        if params.profile.as_deref() == Some("matrix") {
            return Self {
                poll: Duration::from_millis(40),
                ask: 1.0,
                quiet: 0.18,
                settles: settles.min(0.5),
                recovery: recovery.min(2.5),
                outage: Duration::from_millis(150),
                endless: Duration::from_secs(1),
                upload: Duration::from_secs(2),
                reading: Duration::from_secs(1),
                closing: Duration::from_millis(150),
                looks: 4,
            };
        }
        Self {
            poll: Duration::from_secs(1),
            ask: settles.clamp(30.0, 300.0),
            quiet: settles.min(60.0),
            settles,
            recovery,
            outage: Duration::from_secs(10),
            endless: Duration::from_secs(15),
            upload: Duration::from_secs(120),
            reading: Duration::from_secs(5),
            closing: Duration::from_secs(2),
            looks: 4,
        }
    }
}

/// How the device was found when it had done with a package.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settled {
    /// What it says that it runs; `None` if it does not answer.
    pub(super) running: Option<Running>,
    /// It answers.
    pub(super) alive: bool,
    /// Seconds from the offer until it answered again, where it was away.
    pub(super) back_after: Option<f64>,
    /// What was to fail did; `Some(false)` where the bench could not bring it about.
    pub(super) cut: Option<bool>,
    /// The time was used up before it had settled.
    pub(super) late: bool,
}

impl Settled {
    /// It tells its version.
    pub(super) fn tells(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.version.is_some())
    }
}

/// Looks at a device that may be away.
struct Watch {
    begun: Instant,
    away_since: Option<Instant>,
    back_after: Option<f64>,
    /// When it was last found to be back, or the watch began.
    back_at: Instant,
    last: Option<Running>,
    /// Longest time that an answer took, in seconds: a device that is slow to answer is slow to ask.
    slowest: f64,
}

/// What a look said.
enum Look {
    /// It runs what it ran before.
    Same,
    /// It runs something else, and did so at the look before.
    Changed,
    /// It answers, and the next look tells more.
    Moving,
    /// It does not answer.
    Away,
    /// It did not answer for as long as it is waited for.
    Gone,
}

impl Course<'_> {
    /// Waits until a device that fetches has done with what it fetched. What is wrong shows `in_list`, or the image
    /// has to be asked for.
    pub(super) async fn settled(
        &mut self,
        server: &Server,
        (mut cut, in_list): (Option<Cut>, bool),
        begun: Instant,
    ) -> Result<Settled, Stop> {
        let mut watch = Watch::since(begun);
        let mut made = None;
        let opened = Instant::now();
        loop {
            tokio::select! {
                () = server.cut_reached(), if cut.is_some() => {
                    if let Some(cut) = cut.take() {
                        made = Some(self.cut(cut).await?);
                        server.cut_is_over();
                        watch.back_at = Instant::now();
                    }
                }
                () = tokio::time::sleep(self.pace.poll) => {}
            }
            let look = self.look(&mut watch).await;
            if let Some(settled) = watch.ended(&look, made) {
                return Ok(settled);
            }
            if self.overdue(opened) {
                return Ok(Settled { late: true, ..watch.settled(made) });
            }
            if !matches!(look, Look::Same) {
                continue;
            }
            let seen = server.seen();
            let here = opened.max(watch.back_at).elapsed().as_secs_f64();
            let idle = (server.age() - seen.last_news).min(here);
            let rest = match seen.visits {
                0 => self.pace.ask,
                // What it has all of it may install; what it has not asked for yet it may still ask for.
                _ if seen.whole || !(in_list || seen.image_asked) => self.pace.settles,
                _ => self.pace.quiet,
            };
            let rest = rest.max(PATIENCE * watch.slowest);
            let waited = if seen.visits == 0 { opened.elapsed().as_secs_f64() } else { idle };
            // One that asks for the same again and again is never without a connection for long.
            if waited > if seen.open == 0 { rest } else { 3.0 * rest } {
                return Ok(watch.settled(made));
            }
        }
    }

    /// Waits until a device that was handed a package has done with it.
    pub(super) async fn settled_after(&mut self, handed: &HandedOver, begun: Instant) -> Settled {
        let mut watch = Watch::since(begun);
        let opened = Instant::now();
        let refused = handed.status.is_some_and(|status| (400..=499).contains(&status));
        let rest = if refused || handed.octets == 0 { self.pace.quiet } else { self.pace.settles };
        loop {
            tokio::time::sleep(self.pace.poll).await;
            let look = self.look(&mut watch).await;
            if let Some(settled) = watch.ended(&look, None) {
                return settled;
            }
            let rest = rest.max(PATIENCE * watch.slowest);
            let quiet = opened.max(watch.back_at).elapsed().as_secs_f64() > rest;
            if matches!(look, Look::Same) && quiet {
                return watch.settled(None);
            }
            if self.overdue(opened) {
                return Settled { late: true, ..watch.settled(None) };
            }
        }
    }

    /// Waits for the device to answer; what it says then.
    pub(super) async fn back_within(&mut self, seconds: f64) -> Option<Running> {
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        loop {
            let read = self.reader.read(self.context).await;
            if read.as_ref().is_some_and(|running| running.version.is_some()) || Instant::now() > until {
                return read;
            }
            tokio::time::sleep(self.pace.poll).await;
        }
    }

    /// Waits for the device to run again what it ran before.
    pub(super) async fn as_before_within(&mut self, seconds: f64) -> bool {
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        loop {
            if self.reader.read(self.context).await.as_ref() == Some(self.before()) {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
            tokio::time::sleep(self.pace.poll).await;
        }
    }

    /// Far longer than any device that does something sensible.
    fn overdue(&self, opened: Instant) -> bool {
        let longest =
            self.pace.ask + self.pace.settles + self.pace.recovery + self.pace.endless.as_secs_f64();
        let late = self.context.seconds_left().is_some_and(|left| left < 3.0);
        late || opened.elapsed().as_secs_f64() > 2.0 * longest
    }

    async fn look(&mut self, watch: &mut Watch) -> Look {
        let asked = Instant::now();
        let read = self.reader.read(self.context).await;
        let Some(running) = read else {
            watch.last = None;
            let away = watch.away_since.get_or_insert_with(Instant::now).elapsed().as_secs_f64();
            return if away > self.pace.recovery { Look::Gone } else { Look::Away };
        };
        if watch.away_since.take().is_some() {
            watch.back_after = Some(watch.begun.elapsed().as_secs_f64());
            watch.back_at = Instant::now();
        }
        watch.slowest = watch.slowest.max(asked.elapsed().as_secs_f64());
        let again = watch.last.as_ref() == Some(&running);
        let same = running == *self.before();
        // An answer without a version, e.g. of a device that starts, is waited out like an absence.
        let told = running.version.is_some();
        watch.last = Some(running);
        match (same, again) {
            (true, _) => Look::Same,
            (false, true) if told => Look::Changed,
            _ if watch.begun.elapsed().as_secs_f64() > self.pace.recovery + self.pace.settles && again => {
                Look::Changed
            }
            _ => Look::Moving,
        }
    }
}

impl Watch {
    fn since(begun: Instant) -> Self {
        Self { begun, away_since: None, back_after: None, back_at: begun, last: None, slowest: 0.0 }
    }

    /// How it was found, if a look says that it has ended.
    fn ended(&self, look: &Look, cut: Option<bool>) -> Option<Settled> {
        match look {
            Look::Changed => Some(self.settled(cut)),
            Look::Gone => Some(Settled { running: None, alive: false, back_after: None, cut, late: false }),
            Look::Same | Look::Moving | Look::Away => None,
        }
    }

    fn settled(&self, cut: Option<bool>) -> Settled {
        Settled {
            running: self.last.clone(),
            alive: self.last.is_some(),
            back_after: self.back_after,
            cut,
            late: false,
        }
    }
}

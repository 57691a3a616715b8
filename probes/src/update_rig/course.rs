//! The course of the trials: each package offered, the device left to settle, its version read, and the firmware of
//! the beginning put back where another is on it.

use std::sync::Arc;
use std::time::Instant;

use super::handing_in::{self, HandedOver};
use super::left_behind::{LeftBehind, RESTORE};
use super::making::{self, Cut, Offer, Way};
use super::reading::{Reader, Running};
use super::server::{self, Identities, Seen, Server};
use super::settling::{Pace, Settled};
use super::{AskedFor, Attack, CheckSeen, NotTried, Params, UpdateFacts, UpdateTrial};
use crate::context::ProbeContext;
use crate::observation::Effort;
use crate::probe::access_control::visitor::Web;

/// Why no further trial is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The tester's own trouble.
    Trouble(String),
    /// The rest could tell nothing, or could not be undone.
    Rest(String),
}

/// Seconds of the time budget that are kept for putting everything back.
const RESERVE: f64 = 5.0;
/// Checks of the device that are written down.
const MOST_CHECKS: usize = 32;

/// The trials of one mechanism.
pub(super) struct Course<'c> {
    pub(super) params: &'c Params,
    pub(super) context: &'c Arc<ProbeContext>,
    pub(super) facts: &'c mut UpdateFacts,
    pub(super) effort: &'c mut Effort,
    pub(super) left: &'c mut LeftBehind,
    pub(super) reader: &'c Reader,
    pub(super) pace: Pace,
    pub(super) tls: Option<Identities>,
    /// What is written down for the reader.
    pub(super) transcript: &'c mut String,
    /// What the device ran before the first trial.
    before: Running,
    /// The bench can put the firmware back.
    restores: bool,
    /// The bench can make the device look.
    triggers: bool,
}

impl<'c> Course<'c> {
    pub(super) fn new(
        params: &'c Params,
        context: &'c Arc<ProbeContext>,
        (facts, effort, transcript): (&'c mut UpdateFacts, &'c mut Effort, &'c mut String),
        left: &'c mut LeftBehind,
        reader: &'c Reader,
        pace: Pace,
        tls: Option<Identities>,
    ) -> Self {
        Self {
            params,
            context,
            facts,
            effort,
            left,
            reader,
            pace,
            tls,
            transcript,
            before: Running::default(),
            restores: false,
            triggers: true,
        }
    }

    /// Makes every trial that can be made.
    pub(super) async fn go(&mut self) -> Result<(), Stop> {
        let mut rest = match self.begin().await {
            Ok(()) => None,
            Err(Stop::Rest(why)) => Some(why),
            Err(trouble) => return Err(trouble),
        };
        let attacks = Attack::ALL.len() as u64;
        for (n, attack) in (1..).zip(Attack::ALL) {
            (self.context.progress)(n, attacks, attack.as_str());
            for offer in making::offers(self.params, &self.context.packages, attack) {
                if let Err(Stop::Rest(why)) = self.try_or_leave_out(offer, rest.as_deref()).await? {
                    rest = Some(why);
                }
            }
        }
        self.effort.gaps.extend(rest.clone());
        rest.map_or(Ok(()), |why| Err(Stop::Rest(why)))
    }

    /// Makes a trial, if it can be made and nothing stands in the way of the `rest`. The inner error is the reason for
    /// which no further one is made.
    async fn try_or_leave_out(
        &mut self,
        offer: Result<Offer, making::LeftOut>,
        rest: Option<&str>,
    ) -> Result<Result<(), Stop>, Stop> {
        let offer = match (offer, rest) {
            (Err(left_out), _) => {
                if left_out.lacking {
                    self.effort.gaps.push(format!("{}: {}", left_out.attack.as_str(), left_out.why));
                }
                self.leave_out(left_out.attack, left_out.why);
                return Ok(Ok(()));
            }
            (Ok(offer), Some(why)) => {
                self.leave_out(offer.attack, why.to_owned());
                return Ok(Ok(()));
            }
            (Ok(offer), None) => offer,
        };
        if let Some(why) = self.not_possible(&offer) {
            self.effort.gaps.push(format!("{}: {why}", offer.attack.as_str()));
            self.leave_out(offer.attack, why);
            return Ok(Ok(()));
        }
        self.effort.attempted += 1;
        match self.trial(offer).await {
            Err(trouble @ Stop::Trouble(_)) => Err(trouble),
            ended => Ok(ended),
        }
    }

    /// Reads the version, sees that the firmware can be put back, and turns the names.
    async fn begin(&mut self) -> Result<(), Stop> {
        self.left.firmware(true);
        self.restores = self.act(RESTORE).await?;
        self.left.firmware(false);
        let read = self.back_within(self.pace.recovery).await;
        let Some(running) = read.filter(|running| running.version.is_some()) else {
            return Err(Stop::Rest(
                "the device told no version before the first trial, so that none could be told apart"
                    .to_owned(),
            ));
        };
        self.line(&format!("before: {}", shown(&running)));
        self.facts.version_before = running.version.clone();
        self.before = running;
        if !self.restores {
            self.line("the bench cannot put the firmware back (restore_software)");
        }
        if self.params.way == "pull" {
            self.left.names();
            if !self.act("names_to_bench").await? {
                self.line("the bench cannot turn the names; the device has to find the bench as it is");
            }
        }
        Ok(())
    }

    fn not_possible(&self, offer: &Offer) -> Option<String> {
        let attack = offer.attack;
        if offer.cut.is_some() && !self.context.agrees_to("interrupt") {
            return Some(
                "the bench does not agree to it: interrupt under [consent] of the bench file".to_owned(),
            );
        }
        let kept = attack.is_bad_package() || attack == Attack::Older;
        (!kept && !self.restores).then(|| {
            "the bench cannot put the declared firmware back: restore_software under [actions] of the bench file"
                .to_owned()
        })
    }

    async fn trial(&mut self, offer: Offer) -> Result<(), Stop> {
        if self.context.seconds_left().is_some_and(|left| left < RESERVE) {
            self.effort.attempted -= 1;
            self.leave_out(offer.attack, "the time budget was used up".to_owned());
            return Err(Stop::Rest("the time budget was used up".to_owned()));
        }
        self.left.firmware(true);
        let trial = match self.params.way.as_str() {
            "pull" => self.offered(offer).await?,
            _ => self.handed_in(offer).await?,
        };
        self.effort.completed += u64::from(trial.outcome == "clear");
        if trial.outcome != "clear" {
            self.effort.gaps.push(format!("{}: {}", name(&trial), trial.outcome));
        }
        self.line(&format!(
            "{}: {}, then {}{}",
            name(&trial),
            trial.outcome,
            trial.version_after.as_deref().unwrap_or("no version"),
            trial.refusal.as_deref().map(|refusal| format!(" ({refusal})")).unwrap_or_default(),
        ));
        let as_before = trial.installed == Some(false)
            || trial.version_after == self.before.version && !trial.fetched_whole;
        let (alive, as_before) = (trial.alive, trial.alive && as_before);
        let unnoticed = trial.outcome == "not-asked";
        let attack = trial.attack;
        self.facts.trials.push(trial);
        self.put_back(alive, as_before).await?;
        if unnoticed && self.facts.checked.is_empty() && attack != Attack::Authentic {
            return Err(Stop::Rest(if self.triggers {
                "the device asked for nothing when the bench made it look".to_owned()
            } else {
                "the device did not look of itself in the time given, and the bench cannot make it look \
                 (trigger_update)"
                    .to_owned()
            }));
        }
        self.trusted()
    }

    /// A device that takes no certificate of the bench could be shown nothing.
    fn trusted(&self) -> Result<(), Stop> {
        let refused = self.facts.trials.last().is_some_and(|trial| trial.outcome.contains(NOT_TRUSTED));
        if refused && self.facts.checked.is_empty() {
            return Err(Stop::Rest(format!("{NOT_TRUSTED}, so that it could be shown nothing")));
        }
        Ok(())
    }

    /// After a trial the device runs what it ran before.
    async fn put_back(&mut self, alive: bool, as_before: bool) -> Result<(), Stop> {
        if as_before {
            self.left.firmware(false);
            return Ok(());
        }
        if !alive {
            self.line("the device is away: power off and on");
            if self.context.agrees_to("interrupt") {
                self.left.outage("power_on");
                let _cannot = self.act("power_off").await?;
                tokio::time::sleep(self.pace.outage).await;
                let _cannot = self.act("power_on").await?;
                self.left.outage_is_over();
            }
        }
        if self.restores {
            self.restores = self.act(RESTORE).await?;
        }
        let restored = self.as_before_within(self.pace.recovery).await;
        self.facts.restored = Some(restored);
        if restored {
            self.left.firmware(false);
            self.line("the firmware of the beginning is on the device again");
            return Ok(());
        }
        self.left.firmware(self.restores);
        Err(Stop::Rest(match (self.restores, alive) {
            (false, true) => "the device runs other firmware, and the bench cannot put it back".to_owned(),
            (true, _) => "the device did not come back with the firmware of the beginning".to_owned(),
            (false, false) => "the device did not come back".to_owned(),
        }))
    }

    /// A package that the device fetches.
    async fn offered(&mut self, offer: Offer) -> Result<UpdateTrial, Stop> {
        let Some(at) = self.params.listen else {
            return Err(Stop::Trouble("the bench names no address to listen at".to_owned()));
        };
        let bounds = server::Bounds {
            endless_octets: self.endless_octets(),
            endless_time: self.pace.endless,
            closing: self.pace.closing,
        };
        let server = Server::open(&self.context.dialer, at, self.tls.clone(), offer.clone(), bounds)
            .map_err(|error| Stop::Trouble(format!("the bench cannot listen at {at}: {error}")))?;
        // Over plain HTTP it comes perhaps after some tries of the other way.
        let looks = if offer.way == Way::PlainOnly { self.pace.looks } else { 1 };
        let begun = Instant::now();
        let mut settled = Settled::default();
        for _ in 0..looks {
            if self.triggers {
                self.triggers = self.act("trigger_update").await?;
            }
            settled = self.settled(&server, (offer.cut, offer.in_list), begun).await?;
            if server.seen().asked.len() + usize::from(!settled.alive) > 0 || !self.triggers {
                break;
            }
        }
        let seen = server.seen();
        server.close().await;
        // Where it is sent is not where it looks of itself.
        if !matches!(offer.way, Way::Elsewhere { .. }) {
            self.remember_checks(&seen);
        }
        let outcome = self.outcome_of_fetching(&offer, &seen, &settled);
        let refusal = seen.broke_off.clone().or_else(|| seen.turned_away.last().cloned());
        Ok(self.told(
            &offer,
            settled,
            outcome,
            Came {
                asked: seen.asked.into_iter().map(|(_, asked)| asked).collect(),
                whole: seen.whole && offer.way != Way::Endless,
                refusal,
            },
        ))
    }

    /// A package that is handed in.
    async fn handed_in(&mut self, offer: Offer) -> Result<UpdateTrial, Stop> {
        let Some(to) = &self.params.upload else {
            return Err(Stop::Rest("the declaration does not say where a package is handed in".to_owned()));
        };
        let bounds = handing_in::Bounds {
            endless_octets: self.endless_octets(),
            endless_time: self.pace.endless,
            time: self.pace.upload,
        };
        let mut web = Web {
            dialer: &self.context.dialer,
            address: self.params.address,
            transcript: String::new(),
            count: 0,
        };
        let part = offer.cut.map(|cut| if cut.halfway { 50 } else { 100 });
        let begun = Instant::now();
        let (handed, connection) =
            handing_in::hand_in((self.params, to), self.context, &mut web, &offer, bounds, part).await;
        self.transcript.push_str(&web.transcript);
        if let (HandedOver { octets: 0, trouble: Some(why), .. }, true) =
            (&handed, self.facts.trials.is_empty())
        {
            return Err(Stop::Rest(format!("nothing could be handed in: {why}")));
        }
        // What fails, fails while the device has the package, and before anybody hangs up.
        let made = match offer.cut {
            Some(cut) => Some(self.cut(cut).await?),
            None => None,
        };
        drop(connection);
        let settled = Settled { cut: made, ..self.settled_after(&handed, begun).await };
        let refusal = match (handed.status, &handed.trouble) {
            (Some(status), _) => Some(format!("status {status}")),
            (None, trouble) => trouble.clone(),
        };
        let outcome = match (&settled, handed.octets) {
            (Settled { late: true, .. }, _) => LATE.to_owned(),
            (Settled { cut: Some(false), .. }, _) => NO_CUT.to_owned(),
            (settled, _) if settled.alive && !settled.tells() => VERSION_UNREAD.to_owned(),
            (_, 0) => "unclear: nothing could be handed in".to_owned(),
            _ => "clear".to_owned(),
        };
        let asked = AskedFor {
            path: to.path.clone(),
            plain: !to.tls,
            octets_sent: handed.octets,
            whole: handed.whole,
        };
        Ok(self.told(&offer, settled, outcome, Came { asked: vec![asked], whole: handed.whole, refusal }))
    }

    /// Takes network or power away, and gives it back.
    pub(super) async fn cut(&mut self, cut: Cut) -> Result<bool, Stop> {
        let pairs: &[(&str, &'static str)] = match cut.power {
            true => &[("power_off", "power_on")],
            false => &[("link_down", "link_up"), ("uplink_down", "uplink_up")],
        };
        for (down, up) in pairs {
            self.left.outage(up);
            if !self.act(down).await? {
                self.left.outage_is_over();
                continue;
            }
            tokio::time::sleep(self.pace.outage).await;
            if !self.act(up).await? {
                return Err(Stop::Rest(format!("the bench has {down} and not {up}")));
            }
            self.left.outage_is_over();
            self.line(&format!("{down}, and {up} after {:.2} s", self.pace.outage.as_secs_f64()));
            return Ok(true);
        }
        self.line("the bench cannot cut that off");
        Ok(false)
    }

    fn told(&self, offer: &Offer, settled: Settled, outcome: String, came: Came) -> UpdateTrial {
        let installed = settled.running.as_ref().filter(|_| settled.alive).and_then(|running| {
            // A package of the version that was there cannot be told from it, unless the model tells.
            let tells = running.version.is_some()
                && (self.before.version.as_deref() != Some(&offer.version) || *running != self.before);
            tells.then(|| *running != self.before)
        });
        let outcome = match (outcome.as_str(), installed) {
            ("clear", None) if settled.alive => {
                "unclear: it is of the version that the device had before".to_owned()
            }
            _ => outcome,
        };
        UpdateTrial {
            attack: offer.attack,
            how: offer.how.clone(),
            offered_version: Some(offer.version.clone()),
            asked: came.asked,
            fetched_whole: came.whole,
            version_after: settled.running.and_then(|running| running.version),
            installed,
            alive: settled.alive,
            back_after_seconds: settled.back_after.map(rounded),
            refusal: came.refusal,
            outcome,
        }
    }

    fn outcome_of_fetching(&self, offer: &Offer, seen: &Seen, settled: &Settled) -> String {
        let moved = settled.running.as_ref().is_some_and(|running| *running != self.before);
        let unclear = |why: &str| format!("unclear: {why}");
        if settled.late {
            return LATE.to_owned();
        }
        if !settled.alive || moved {
            return "clear".to_owned();
        }
        if !settled.tells() {
            return VERSION_UNREAD.to_owned();
        }
        if seen.visits == 0 {
            return "not-asked".to_owned();
        }
        if offer.way == Way::PlainOnly {
            // It came, and would not do without TLS.
            return "clear".to_owned();
        }
        if seen.asked.is_empty() {
            return match seen.turned_away.is_empty() {
                true => "not-asked".to_owned(),
                false => unclear(NOT_TRUSTED),
            };
        }
        if settled.cut == Some(false) {
            return NO_CUT.to_owned();
        }
        if offer.cut.is_some() && settled.cut.is_none() {
            return unclear("the device did not fetch as much as was to be cut off");
        }
        let asked = |path: &str| offer.files.contains_key(path.split('?').next().unwrap_or(path));
        let took_notice = seen.image_asked
            || seen.sent_elsewhere
            || offer.in_list && seen.asked.iter().any(|(_, request)| asked(&request.path));
        match took_notice {
            true => "clear".to_owned(),
            false if seen.asked.iter().any(|(_, request)| asked(&request.path)) => {
                unclear("the device asked for the list and not for the image")
            }
            false => unclear("the device asked for other paths than those of the package"),
        }
    }

    /// What it asked for when it looked, each once, in the order of its first time.
    fn remember_checks(&mut self, seen: &Seen) {
        for (after, asked) in &seen.asked {
            let known =
                |check: &CheckSeen| (check.path.as_str(), check.plain) == (asked.path.as_str(), asked.plain);
            if self.facts.checked.len() < MOST_CHECKS && !self.facts.checked.iter().any(known) {
                self.facts.checked.push(CheckSeen {
                    path: asked.path.clone(),
                    after_seconds: rounded(*after),
                    plain: asked.plain,
                });
            }
        }
    }

    fn endless_octets(&self) -> u64 {
        let files = self.context.packages.iter().flat_map(|package| package.files.values());
        let largest = files.map(|bytes| bytes.len() as u64).max().unwrap_or(0);
        // With what the image itself has, twice the largest and 1 MiB are not exceeded.
        2 * largest + 1024 * 1024 - 64 * 1024
    }

    pub(super) fn before(&self) -> &Running {
        &self.before
    }

    pub(super) fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }

    async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn leave_out(&mut self, attack: Attack, why: String) {
        self.line(&format!("{}: left out, {why}", attack.as_str()));
        self.facts.not_tried.push(NotTried { attack, why });
    }
}

/// What came of an offer on the way to the device.
struct Came {
    asked: Vec<AskedFor>,
    whole: bool,
    refusal: Option<String>,
}

const NOT_TRUSTED: &str = "the device did not take a sound certificate of the lent authority";
const LATE: &str = "unclear: the time was used up before the device had settled";
const NO_CUT: &str = "unclear: the bench has no action that cuts it off";
const VERSION_UNREAD: &str = "unclear: the device tells no version any more";

fn name(trial: &UpdateTrial) -> String {
    match &trial.how {
        Some(how) => format!("{} ({how})", trial.attack.as_str()),
        None => trial.attack.as_str().to_owned(),
    }
}

fn shown(running: &Running) -> String {
    let or_nothing = |text: &Option<String>| text.clone().unwrap_or_else(|| "untold".to_owned());
    format!("model {}, version {}", or_nothing(&running.model), or_nothing(&running.version))
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

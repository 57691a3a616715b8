//! The course of the trials: each package offered, the device left to settle, its version read, and the firmware of
//! the beginning put back where another is on it.

use std::sync::Arc;

use super::left_behind::{LeftBehind, RESTORE};
use super::making::{self, Cut, Offer};
use super::offering::NOT_TRUSTED;
use super::program::Program;
use super::reading::{Reader, Running};
use super::server::Identities;
use super::settling::Pace;
use super::{Attack, NotTried, Params, Stream, UpdateFacts, UpdateTrial};
use crate::context::ProbeContext;
use crate::observation::Effort;

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

/// What is written while the trials are made.
pub(super) struct Written<'c> {
    pub(super) facts: &'c mut UpdateFacts,
    pub(super) streams: &'c mut Vec<Stream>,
    pub(super) effort: &'c mut Effort,
    /// For the reader.
    pub(super) transcript: &'c mut String,
}

/// The trials of one mechanism.
pub(super) struct Course<'c> {
    pub(super) params: &'c Params,
    pub(super) program: Program,
    pub(super) context: &'c Arc<ProbeContext>,
    pub(super) facts: &'c mut UpdateFacts,
    pub(super) streams: &'c mut Vec<Stream>,
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
    pub(super) triggers: bool,
}

impl<'c> Course<'c> {
    pub(super) fn new(
        (params, program): (&'c Params, Program),
        context: &'c Arc<ProbeContext>,
        written: Written<'c>,
        left: &'c mut LeftBehind,
        reader: &'c Reader,
        pace: Pace,
        tls: Option<Identities>,
    ) -> Self {
        let Written { facts, streams, effort, transcript } = written;
        Self {
            params,
            program,
            context,
            facts,
            streams,
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
        let attacks = self.program.attacks();
        for (n, attack) in (1..).zip(attacks.iter().copied()) {
            (self.context.progress)(n, attacks.len() as u64, attack.as_str());
            for offer in making::offers((self.params, self.program), &self.context.packages, attack) {
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

    pub(super) fn before(&self) -> &Running {
        &self.before
    }

    pub(super) fn line(&mut self, text: &str) {
        self.transcript.push_str(text);
        self.transcript.push('\n');
    }

    pub(super) async fn act(&self, action: &str) -> Result<bool, Stop> {
        (self.context.act)(action).await.map_err(Stop::Trouble)
    }

    fn leave_out(&mut self, attack: Attack, why: String) {
        self.line(&format!("{}: left out, {why}", attack.as_str()));
        self.facts.not_tried.push(NotTried { attack, why });
    }
}

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

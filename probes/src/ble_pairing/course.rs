//! The attempts in their order: first what an uninvited stranger comes to, then the declared way as a control, the
//! weaker ones, and wrong passkeys last, since a lock-out follows them.

use std::sync::Arc;
use std::time::Duration;

use super::panel::Panel;
use super::stranger::{Said, Stranger, Tried};
use super::{Attempt, AttemptKind, BlePairing, Params};
use crate::ble::{NoWay, NumericAnswer, OwnKey, PairingOutcome, PairingPolicy, PasskeySource, SmpReason};
use crate::context::ProbeContext;

/// Attempts without any answer in a row, after which the device is left alone.
const UNANSWERED_AT_MOST: u32 = 3;
/// A lock-out that came while weaker ways were tried is waited out at most so long, in seconds.
const LONGEST_PAUSE: f64 = 120.0;

/// The attempts under way.
pub(super) struct Course<'a> {
    pub(super) params: &'a Params,
    pub(super) context: &'a Arc<ProbeContext>,
    pub(super) stranger: Stranger<'a>,
    pub(super) panel: Panel,
    pub(super) seen: BlePairing,
    pub(super) gaps: Vec<String>,
    /// The tester or its equipment failed.
    pub(super) failed: bool,
    n: u32,
    unanswered: u32,
    let_in_uninvited: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(params: &'a Params, context: &'a Arc<ProbeContext>) -> Self {
        Self {
            params,
            context,
            stranger: Stranger::new(&params.sample),
            panel: Panel::new(context, &params.row),
            seen: BlePairing {
                row: params.row.clone(),
                profile: params.sample.profile.clone(),
                ..BlePairing::default()
            },
            gaps: Vec::new(),
            failed: false,
            n: 0,
            unanswered: 0,
            let_in_uninvited: false,
        }
    }

    /// Nothing is tried.
    pub(super) fn leave_out(&mut self, why: &str, told: &str) {
        self.seen.guessed.left_out = Some(why.to_owned());
        self.gaps.push(told.to_owned());
        for kind in self.kinds() {
            self.left_out(kind, why);
        }
    }

    fn kinds(&self) -> Vec<AttemptKind> {
        use AttemptKind as Kind;
        let mut kinds = vec![Kind::Uninvited];
        if !self.params.only_uninvited {
            kinds.extend([Kind::RightWay, Kind::JustWorks, Kind::Legacy, Kind::ShortKey, Kind::DebugKey]);
            // A failure that a device counts is followed by the right way, with which most begin to count anew.
            kinds.extend([Kind::OffCurve, Kind::RightWay]);
        }
        kinds
    }

    pub(super) async fn go(&mut self) {
        let kinds = self.kinds();
        for (done, kind) in kinds.iter().enumerate() {
            (self.context.progress)(done as u64, kinds.len() as u64 + 1, kind.as_str());
            if self.is_over() {
                return;
            }
            match kind {
                AttemptKind::Uninvited => self.uninvited().await,
                kind => self.weigh(*kind).await,
            }
        }
        if self.seen.panel.same_as_before == Some(true) && !self.is_over() {
            // Two are the same by chance once in a million.
            self.weigh(AttemptKind::RightWay).await;
        }
        if !self.params.only_uninvited && !self.is_over() {
            super::guessed::guess(self).await;
        }
        if self.params.needs_person() && self.panel.is_unreadable() {
            self.gaps.push("the digits on the panel were not read".to_owned());
        }
    }

    /// A stranger whom nobody invited; where the device is to take the first one only, the next one too.
    async fn uninvited(&mut self) {
        self.attempt(AttemptKind::Uninvited, false).await;
        let first = self.params.strangers.as_deref() == Some("first-or-invited");
        if first && self.let_in_uninvited && !self.is_over() {
            self.attempt(AttemptKind::Uninvited, false).await;
            self.let_in_uninvited = self.seen.attempts.last().is_some_and(Attempt::paired);
        }
    }

    /// An attempt by somebody who was invited. A lock-out that answers it instead is waited out once.
    async fn weigh(&mut self, kind: AttemptKind) {
        // A pairing that nobody can finish counts as a wrong passkey.
        if kind == AttemptKind::RightWay && self.panel.is_unreadable() {
            return self.left_out(kind, "no-passkey");
        }
        let invited = match self.invite().await {
            Invitation::Given => true,
            Invitation::NotNeeded => false,
            Invitation::Cannot => return self.left_out(kind, "not-invited"),
        };
        let locked = self.attempt(kind, invited).await == Some(SmpReason::REPEATED_ATTEMPTS);
        let pause = f64::from(self.params.lockout_seconds.unwrap_or(5)) + 0.2;
        if locked && pause <= LONGEST_PAUSE && self.has_time(pause) {
            tokio::time::sleep(Duration::from_secs_f64(pause)).await;
            self.attempt(kind, invited).await;
        }
    }

    /// Lets strangers pair, where the declaration says that they need it.
    pub(super) async fn invite(&mut self) -> Invitation {
        if matches!(self.params.strangers.as_deref(), Some("anytime" | "factory-default")) {
            return Invitation::NotNeeded;
        }
        match (self.context.act)("allow_pairing").await {
            Ok(true) => Invitation::Given,
            Ok(false) if self.let_in_uninvited => Invitation::NotNeeded,
            Ok(false) => {
                self.gap("the bench cannot let strangers pair (action allow_pairing)");
                Invitation::Cannot
            }
            Err(trouble) => {
                self.gap(&format!("the bench failed to let strangers pair: {trouble}"));
                Invitation::Cannot
            }
        }
    }

    /// One attempt, written down; the reason of the device, if it refused.
    pub(super) async fn attempt(&mut self, kind: AttemptKind, invited: bool) -> Option<SmpReason> {
        let Some(policy) = self.policy(kind) else {
            self.gap("no driver for the declared way of pairing: what needs it was left out");
            self.left_out(kind, "no-driver");
            return None;
        };
        self.n += 1;
        self.panel.begin();
        let tried = self.stranger.pair(format!("attempt {}", self.n), &policy).await;
        self.account(&tried);
        let no_passkey = tried.report.as_ref().is_some_and(|report| {
            matches!(&report.outcome, PairingOutcome::RefusedByTester { reason, .. }
                if *reason == SmpReason::PASSKEY_ENTRY_FAILED)
        });
        let left_out = if no_passkey { Some("no-passkey") } else { tried.no_way.as_ref().map(|_| "trouble") };
        let attempt = Attempt {
            kind,
            n: self.n,
            invited,
            level: tried.level,
            left_out: left_out.map(str::to_owned),
            trouble: tried.no_way.as_ref().map(ToString::to_string),
            seconds: tried.seconds,
            report: tried.report,
        };
        if !attempt.is_clear() && !no_passkey {
            self.gap(&format!("attempt {} ({}): {}", attempt.n, kind.as_str(), attempt.told()));
        }
        if attempt.paired() {
            self.let_in_uninvited |= kind == AttemptKind::Uninvited;
            if kind == AttemptKind::RightWay {
                self.panel.keep();
            }
        }
        let refused = attempt.refused();
        self.seen.attempts.push(attempt);
        self.seen.panel = self.panel.seen();
        refused
    }

    /// Counts attempts that came to nothing.
    pub(super) fn account(&mut self, tried: &Tried) {
        use PairingOutcome as End;
        let answered = tried
            .report
            .as_ref()
            .is_some_and(|report| !matches!(report.outcome, End::LinkLost { .. } | End::Silent { .. }));
        self.unanswered = if answered { 0 } else { self.unanswered + 1 };
        let Some(no_way) = &tried.no_way else { return };
        self.failed |= no_way.is_of_the_tester();
        let why = match no_way {
            NoWay::NoAdapter => "no-adapter",
            NoWay::Unnamed => "unnamed",
            NoWay::Ambiguous { .. } => "ambiguous",
            NoWay::NotHeard { .. } => "not-heard",
            NoWay::Ble(error) if error.is_of_the_tester() => "adapter-failed",
            NoWay::Ble(_) => "not-reached",
        };
        self.seen.no_way = Some(why.to_owned());
    }

    /// Whether there is nobody to go on with.
    pub(super) fn is_over(&mut self) -> bool {
        let not_there = matches!(self.seen.no_way.as_deref(), Some("not-heard"));
        let over = self.failed || not_there || self.unanswered >= UNANSWERED_AT_MOST || !self.has_time(1.0);
        if over {
            self.gap("the rest was left out");
        }
        over
    }

    pub(super) fn has_time(&self, seconds: f64) -> bool {
        self.context.seconds_left().is_none_or(|left| left > seconds)
    }

    /// Says once what is missing.
    pub(super) fn gap(&mut self, text: &str) {
        if !self.gaps.iter().any(|gap| gap == text) {
            self.gaps.push(text.to_owned());
        }
    }

    fn left_out(&mut self, kind: AttemptKind, why: &str) {
        self.n += 1;
        self.seen.attempts.push(Attempt {
            kind,
            n: self.n,
            invited: false,
            report: None,
            level: super::Level::None,
            left_out: Some(why.to_owned()),
            trouble: None,
            seconds: 0.0,
        });
    }

    /// What is offered; `None` where the declared way needs what no bench can do.
    fn policy(&self, kind: AttemptKind) -> Option<PairingPolicy> {
        use AttemptKind as Kind;
        if kind == Kind::JustWorks {
            return Some(PairingPolicy::just_works());
        }
        let declared = match self.params.method.as_deref() {
            Some("just-works") => PairingPolicy::just_works(),
            Some("numeric-comparison") => PairingPolicy::numeric(NumericAnswer::Accept),
            Some("passkey-entered" | "out-of-band") => return None,
            _ => PairingPolicy::passkey(PasskeySource::Nobody),
        };
        let declared = self.panel.asked_by(declared);
        Some(match kind {
            Kind::Legacy => declared.downgraded(),
            Kind::ShortKey => declared.with_key_size(7),
            Kind::DebugKey => PairingPolicy { own_key: OwnKey::Debug, ..declared },
            Kind::OffCurve => PairingPolicy { own_key: OwnKey::OffCurve, ..declared },
            _ => declared,
        })
    }

    /// Ends the last link, and gives what went over all of them.
    pub(super) async fn end(&mut self) -> Vec<Said> {
        self.stranger.end().await
    }
}

/// Whether somebody let the stranger pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invitation {
    Given,
    NotNeeded,
    Cannot,
}

impl Params {
    /// Whether somebody has to read digits at the device.
    fn needs_person(&self) -> bool {
        !matches!(self.method.as_deref(), Some("just-works" | "out-of-band" | "passkey-entered"))
    }

    /// The short effort for a simulated device.
    pub(super) fn is_short(&self) -> bool {
        self.sample.profile.as_deref() == Some("matrix")
    }
}

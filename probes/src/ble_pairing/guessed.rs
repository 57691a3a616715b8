//! Passkeys that nobody read from the panel: those that everybody tries first, then drawn ones, until the device
//! refuses to compare any, or took so many that it defends itself against nothing.

use std::time::{Duration, Instant};

use super::course::{Course, Invitation};
use super::stranger::Tried;
use super::{AttemptKind, Guess};
use crate::ble::{PairingMethod, PairingOutcome, PairingPolicy, PasskeySource, SmpReason};
use crate::lockout;
use crate::tls::client_hello::random;

/// Passkeys that everybody tries first.
const COMMON: [&str; 10] =
    ["000000", "123456", "111111", "123123", "654321", "112233", "121212", "666666", "888888", "999999"];
/// Of these the short effort tries so many.
const COMMON_IN_SHORT: usize = 3;
/// Wrong passkeys beyond the declared number.
const BEYOND: u32 = 3;
/// Wrong passkeys where no number is declared.
const UNDECLARED: u32 = 12;
/// Wrong passkeys at most.
const MOST: u32 = 40;
/// Longest wait for the end of a lock-out in seconds.
const LONGEST_WAIT: f64 = 600.0;
/// Part of the declared lock-out at which the declared way is tried once more.
const HELD: f64 = 0.6;

/// Tries them.
pub(super) async fn guess(course: &mut Course<'_>) {
    if let Some(why) = not_to_be_tried(course) {
        course.seen.guessed.left_out = Some(why.to_owned());
        if why != "no-passkey-method" {
            course.gap(match why {
                "consent" => "the bench does not agree to a lock-out (lock_out): no wrong passkey was tried",
                _ => "no wrong passkey was tried: the device was not paired with in the declared way",
            });
        }
        return;
    }
    let mut guessing = Guessing { began: Instant::now(), last_wrong: None, in_a_row: 0 };
    let common = if course.params.is_short() { &COMMON[..COMMON_IN_SHORT] } else { &COMMON };
    let most =
        course.params.failures.map_or(UNDECLARED, |failures| failures.saturating_add(BEYOND)).min(MOST);
    let mut left = common.iter();
    // One that is accepted is tried again, and the count begins anew; so there is a bound on all of them as well.
    for _ in 0..most + MOST {
        if guessing.in_a_row >= most || course.is_over() {
            break;
        }
        let passkey = left.next().copied();
        match guessing.one(course, passkey).await {
            Some(true) => {}
            Some(false) => break,
            None => return,
        }
    }
    if course.seen.guessed.locked_after.is_none() {
        return;
    }
    guessing.through_the_lock(course).await;
    // A few more common ones, fewer than lock it again.
    let more = course.params.failures.unwrap_or(0).saturating_sub(1) as usize;
    if !course.params.is_short() && course.seen.guessed.recovered_after_seconds.is_some() {
        for passkey in left.take(more) {
            if course.is_over() || guessing.one(course, Some(passkey)).await != Some(true) {
                break;
            }
        }
    }
}

/// Why none are tried.
fn not_to_be_tried(course: &Course<'_>) -> Option<&'static str> {
    let mut right = course.seen.attempts(AttemptKind::RightWay);
    let method = right.find_map(|attempt| attempt.report.as_ref()?.method);
    if method.is_some_and(|method| method != PairingMethod::PasskeyTyped) {
        return Some("no-passkey-method");
    }
    if !course.context.agrees_to("lock_out") {
        return Some("consent");
    }
    method.is_none().then_some("not-reached")
}

struct Guessing {
    began: Instant,
    last_wrong: Option<Instant>,
    in_a_row: u32,
}

impl Guessing {
    /// One try; whether to go on with the next, `None` where nothing can be said any more.
    async fn one(&mut self, course: &mut Course<'_>, common: Option<&str>) -> Option<bool> {
        let passkey = common.and_then(|digits| digits.parse().ok()).unwrap_or_else(drawn);
        let (mut guess, wanted) = self.tried(course, passkey, common).await?;
        if guess.result == "accepted" {
            self.in_a_row = 0;
            let (again, _) = self.tried(course, passkey, None).await?;
            guess.accepted_again = Some(again.result == "accepted");
            self.in_a_row = 0;
        }
        let locked = guess.result == "refused" && self.in_a_row > 0;
        let guessed = &mut course.seen.guessed;
        if locked && guessed.locked_after.is_none() {
            guessed.locked_after = Some(self.in_a_row);
            guessed.locked_by = guess.reason;
        }
        guessed.tries.push(guess);
        wanted.then_some(!locked)
    }

    /// The try itself, and whether the next one makes sense.
    async fn tried(
        &mut self,
        course: &mut Course<'_>,
        passkey: u32,
        common: Option<&str>,
    ) -> Option<(Guess, bool)> {
        let invited = match course.invite().await {
            Invitation::Given => true,
            Invitation::NotNeeded => false,
            Invitation::Cannot => {
                course.seen.guessed.left_out = Some("not-invited".to_owned());
                return None;
            }
        };
        let n = course.seen.guessed.tries.len() as u32 + 1;
        let policy = PairingPolicy::passkey(PasskeySource::Fixed(passkey));
        let at = self.began.elapsed().as_secs_f64();
        let tried = course.stranger.pair(format!("guess {n}"), &policy).await;
        course.account(&tried);
        let (result, reason) = named(&tried);
        match result {
            "wrong" => {
                self.in_a_row += 1;
                self.last_wrong = Some(Instant::now());
            }
            "accepted" | "refused" => {}
            other => course.gap(&format!("wrong passkey {n}: {other}")),
        }
        let guess = Guess {
            n,
            common: common.map(str::to_owned),
            invited,
            result: result.to_owned(),
            reason,
            at,
            seconds: tried.seconds,
            accepted_again: None,
        };
        // A refusal before anything was compared, with nothing wrong before it, is none of a lock-out.
        let wanted = result != "refused" || self.in_a_row > 0;
        Some((guess, wanted))
    }

    /// The declared way during the lock-out, and after it.
    async fn through_the_lock(&mut self, course: &mut Course<'_>) {
        let Some(last_wrong) = self.last_wrong else { return };
        let since = || last_wrong.elapsed().as_secs_f64();
        let right_way_works = !course.panel.is_unreadable();
        if right_way_works {
            self.while_locked(course, since).await;
        }
        let declared = course.params.lockout_seconds.map(f64::from);
        if let Some(declared) = declared.filter(|declared| *declared <= LONGEST_WAIT) {
            if right_way_works && course.has_time(declared * HELD) {
                rest(declared * HELD - since()).await;
                self.while_locked(course, since).await;
            }
            let end = declared * 1.05 + 0.1;
            if course.has_time(end - since()) {
                rest(end - since()).await;
            }
        }
        // A lock-out that nobody declared, or that lasts longer: looked at ever less often.
        let mut pause = declared.map_or(1.0, |declared| (declared / 2.0).max(1.0));
        while right_way_works && !course.is_over() {
            if self.after_lock(course).await {
                course.seen.guessed.recovered_after_seconds = Some(since());
                return;
            }
            course.seen.guessed.still_refused_after_seconds = Some(since());
            if since() + pause > LONGEST_WAIT || course.params.is_short() && since() > 8.0 {
                return course.gap("the lock-out did not end while it was watched");
            }
            if !course.has_time(pause) {
                return course.gap("the time was over before the lock-out ended");
            }
            rest(pause).await;
            pause *= 2.0;
        }
    }

    async fn while_locked(&self, course: &mut Course<'_>, since: impl Fn() -> f64) {
        let invited = course.invite().await == Invitation::Given;
        let refused = course.attempt(AttemptKind::WhileLocked, invited).await.is_some();
        let paired = course.seen.attempts.last().is_some_and(super::Attempt::paired);
        let lasts = lockout::lasts_still(course.params.lockout_seconds, since());
        let guessed = &mut course.seen.guessed;
        if paired {
            // A pairing that took until the lock-out may have been over says nothing of it.
            if lasts {
                guessed.right_way_refused_while_locked = Some(false);
            }
            guessed.recovered_after_seconds.get_or_insert(since());
        } else if refused {
            guessed.right_way_refused_while_locked.get_or_insert(true);
            guessed.still_refused_after_seconds = Some(since());
        }
    }

    async fn after_lock(&self, course: &mut Course<'_>) -> bool {
        let invited = course.invite().await == Invitation::Given;
        course.attempt(AttemptKind::AfterLock, invited).await;
        course.seen.attempts.last().is_some_and(super::Attempt::paired)
    }
}

async fn rest(seconds: f64) {
    if seconds > 0.0 {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
}

/// What a try came to.
fn named(tried: &Tried) -> (&'static str, Option<SmpReason>) {
    let Some(report) = &tried.report else { return ("not-reached", None) };
    match &report.outcome {
        PairingOutcome::Paired => ("accepted", None),
        PairingOutcome::RefusedByDevice { reason } if *reason == SmpReason::REPEATED_ATTEMPTS => {
            ("refused", Some(*reason))
        }
        PairingOutcome::RefusedByDevice { reason } => {
            (if report.response.is_some() { "wrong" } else { "refused" }, Some(*reason))
        }
        // The device answered with what does not fit the passkey: it compared nothing in its favour.
        PairingOutcome::RefusedByTester { reason, .. }
            if matches!(*reason, SmpReason::CONFIRM_VALUE_FAILED | SmpReason::DHKEY_CHECK_FAILED) =>
        {
            ("wrong", None)
        }
        PairingOutcome::RefusedByTester { .. } => ("ended-by-tester", None),
        PairingOutcome::LinkLost { .. } => ("link-lost", None),
        PairingOutcome::Silent { .. } => ("silent", None),
        PairingOutcome::Unexplained { .. } | PairingOutcome::EncryptionFailed { .. } => ("unclear", None),
    }
}

/// Six digits that nobody foretells.
fn drawn() -> u32 {
    u32::from_be_bytes(random::<4>()) % 1_000_000
}

//! The walk through one login, whatever protocol it speaks: the negative control, the good credential, common
//! ones, a burst of wrong ones, and the device at rest again.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::common_credentials::{LabelFacts, pairs};
use crate::context::ProbeContext;
use crate::drivers::Driver;
use crate::lockout;
use crate::login::{Credential, LoginTrouble, Try, wrong_password};
use crate::observation::{Effort, Outcome};
use crate::probe::http_login::{Attempt, LoginBehaviour};
use crate::projection;
use crate::registry::Findings;

/// What is tried at a login, beside the good credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guesses {
    /// Wrong credentials to try at most in the burst; 0 for no burst.
    pub burst: u32,
    /// Declared failures until the lock-out; common credentials are spaced so that they stay below.
    #[serde(default)]
    pub failures: Option<u32>,
    /// Declared length of the lock-out in seconds; recovery is awaited so long and a margin.
    #[serde(default)]
    pub lockout_seconds: Option<u32>,
    /// Common credentials to try once each: (user, password).
    #[serde(default)]
    pub common: Vec<(String, String)>,
    /// Also those that every build knows, and those that follow from the label.
    #[serde(default)]
    pub well_known: bool,
    /// What stands on the label.
    #[serde(default)]
    pub label: LabelFacts,
    /// Wrong credentials in all, common ones included; without it as many as are listed.
    #[serde(default)]
    pub wrong_at_most: Option<u32>,
    /// Declared number of different characters of the value to guess.
    #[serde(default)]
    pub alphabet_size: Option<u32>,
    /// Declared length of the value to guess in characters.
    #[serde(default)]
    pub length: Option<u32>,
}

/// Longest wait for the end of a lock-out, in seconds.
const LONGEST_WAIT: f64 = 1800.0;
/// Seconds beyond the declared lock-out that are waited.
const MARGIN: f64 = 3.0;
/// Common credentials where nothing is known of the defence: the least usual threshold is five.
const A_FEW: usize = 4;
/// Lock-outs that are waited for while common credentials are tried.
const WAITS_AT_MOST: u32 = 3;

/// Walks through a login and tells what was seen. Ends when asked to stop and when the time budget is used up.
pub(crate) async fn walk<D: Driver>(
    driver: D,
    row: &str,
    kind: &str,
    what: String,
    guesses: &Guesses,
    context: &ProbeContext,
) -> Findings {
    let mut visit = Visit {
        driver,
        row,
        kind,
        guesses,
        context,
        gaps: Vec::new(),
        notes: Vec::new(),
        behaviour: None,
        tried: 0,
        waits: 0,
        refused: false,
    };
    let budget = async {
        match context.seconds_left() {
            // Half a second is left to write down what was seen.
            Some(seconds) => tokio::time::sleep(Duration::from_secs_f64((seconds - 0.5).max(0.0))).await,
            None => std::future::pending().await,
        }
    };
    // Stopping drops the step under way; what was learned until then is kept.
    let (ended, late) = tokio::select! {
        ended = visit.walk() => (ended, false),
        () = context.cancel.cancelled() => (Ok(()), false),
        () = budget => (Ok(()), true),
    };
    if context.cancel.is_cancelled() {
        visit.gaps.push("stopped; the device may still be locked".to_owned());
    } else if late {
        visit.gaps.push("the time budget ended before the walk; the device may still be locked".to_owned());
    }
    visit.finish(ended, what)
}

/// Tries a few common credentials at a login for which the lab has no credential of its own. Whether a failure is
/// forgotten cannot be seen there, so they stay below what usually locks.
pub(crate) async fn try_a_few<D: Driver>(
    mut driver: D,
    row: &str,
    kind: &str,
    what: String,
    label: &LabelFacts,
    context: &ProbeContext,
) -> Findings {
    let mut seen = LoginBehaviour::default();
    let mut gaps = Vec::new();
    let mut tried = 0;
    let trying = async {
        tried += 1;
        let control = driver.without_credential().await?;
        seen = LoginBehaviour::begun(row, control.attempt);
        if seen.negative_control.result != "rejected" {
            return Ok(());
        }
        for (n, (user, password)) in pairs(kind, None, label).iter().take(A_FEW).enumerate() {
            let label = format!("<common {}>", n + 1);
            tried += 1;
            let answer = driver.attempt(&Credential { label, user, password }).await?.attempt.result;
            match answer.as_str() {
                "accepted" => {
                    let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
                    seen.common_accepted.push((user.clone(), length));
                }
                "rejected" => {}
                other => {
                    gaps.push(format!("{} common credentials left out: answered {other}", A_FEW - n));
                    break;
                }
            }
            seen.common_tried += 1;
        }
        Ok::<(), LoginTrouble>(())
    };
    let ended = tokio::select! {
        ended = trying => ended,
        () = context.cancel.cancelled() => Ok(()),
    };
    if context.cancel.is_cancelled() {
        gaps.push("stopped".to_owned());
    }
    gaps.extend(ended.as_ref().err().map(ToString::to_string));
    context.attach(driver.transcript().as_bytes(), "txt");
    let outcome = match ended {
        Err(_) => Outcome::ToolTrouble,
        Ok(()) if gaps.is_empty() => Outcome::Complete,
        Ok(()) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
    let effort = Effort { attempted: tried, completed: tried, what, gaps, ..Effort::default() };
    let data = serde_json::to_value(seen).expect("a behaviour has string keys only");
    Findings { outcome, effort, trouble, data }
}

struct Visit<'a, D> {
    driver: D,
    row: &'a str,
    kind: &'a str,
    guesses: &'a Guesses,
    context: &'a ProbeContext,
    /// Left out or failed: the outcome is partial.
    gaps: Vec<String>,
    /// About the device; the outcome stays complete.
    notes: Vec<String>,
    behaviour: Option<LoginBehaviour>,
    tried: u64,
    waits: u32,
    refused: bool,
}

impl<D: Driver> Visit<'_, D> {
    async fn walk(&mut self) -> Result<(), LoginTrouble> {
        self.tried += 1;
        let control = self.driver.without_credential().await?;
        self.behaviour = Some(LoginBehaviour::begun(self.row, control.attempt.clone()));
        match control.attempt.result.as_str() {
            "rejected" => {}
            // Open to anybody: nothing that a credential does there means anything.
            "accepted" => return Ok(()),
            other => {
                self.refused = matches!(other, "closed" | "no-answer");
                self.gaps.push(format!("access without a credential met no clear refusal ({other})"));
                return Ok(());
            }
        }
        let Some((user, password)) = self.context.credentials.get(self.row) else {
            self.gaps.push(format!("no credential for {} in the bench file", self.row));
            return Ok(());
        };
        let good = Credential { label: "<good>".to_owned(), user, password };
        let first = self.attempt(&good).await?;
        let accepted = first.attempt.result == "accepted";
        self.seen().good = Some(first.attempt);
        if !accepted {
            self.gaps.push("the good credential was not accepted, so nothing else was tried".to_owned());
            return Ok(());
        }
        if self.common(&good).await? && self.guesses.burst > 0 && self.may_burst() {
            self.burst(&good).await?;
        }
        Ok(())
    }

    /// The common credentials of this visit: as many as the limit leaves beside the burst.
    fn chosen(&self, good: &Credential<'_>) -> Vec<(String, String)> {
        let mut chosen = self.guesses.common.clone();
        if self.guesses.well_known {
            chosen.extend(pairs(self.kind, Some(good.user), &self.guesses.label));
        }
        if let Some(limit) = self.guesses.wrong_at_most {
            let left = limit.saturating_sub(self.guesses.burst);
            chosen.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        chosen
    }

    /// Tries the common credentials, with the good one between them, because most devices forget failures
    /// after a success. Whether the device is still open.
    async fn common(&mut self, good: &Credential<'_>) -> Result<bool, LoginTrouble> {
        let chosen = self.chosen(good);
        let spacing = self.guesses.failures.map_or(2, |failures| failures.saturating_sub(1).clamp(1, 2));
        let mut failures = 0;
        for (n, (user, password)) in chosen.iter().enumerate() {
            if (user.as_str(), password.as_str()) == (good.user, good.password) {
                // The lab itself chose a common one for the test: that says nothing about the device.
                self.notes.push(format!("common credential {} left out: the lab's own is the same", n + 1));
                continue;
            }
            (self.context.progress)(n as u64, chosen.len() as u64, "common credentials");
            let common = Credential { label: format!("<common {}>", n + 1), user, password };
            let mut tried = self.attempt(&common).await?.attempt.result;
            // A device that counts over a stretch of time locks although a success lies between.
            while !matches!(tried.as_str(), "accepted" | "rejected") {
                let (open, _) = self.wait_until_open(good).await?;
                self.waits += 1;
                if !open || self.waits > WAITS_AT_MOST {
                    let left = chosen.len() - n;
                    self.gaps
                        .push(format!("{left} common credentials left out: the device answered {tried}"));
                    return Ok(open);
                }
                let again = self.attempt(&common).await?.attempt.result;
                if tried == "unclear" && again == "unclear" {
                    self.notes.push(format!("the answer to common credential {} was not clear", n + 1));
                    break;
                }
                tried = again;
            }
            self.seen().common_tried += 1;
            if tried == "accepted" {
                let length = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
                self.seen().common_accepted.push((user.clone(), length));
            }
            failures += 1;
            let last = n + 1 == chosen.len();
            if failures >= spacing || last {
                failures = 0;
                if self.attempt(good).await?.attempt.result != "accepted"
                    && !self.wait_until_open(good).await?.0
                {
                    self.gaps.push("the good credential was refused for good after common ones".to_owned());
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether the bench agrees to a lock-out, and the time is long enough to see its end.
    fn may_burst(&mut self) -> bool {
        if !self.context.agrees_to("lock_out") {
            self.gaps.push(
                "no burst of wrong credentials: the bench does not agree to a lock-out; set lock_out = true under [consent] in bench.toml"
                    .to_owned(),
            );
            self.seen().burst_left_out = Some("consent".to_owned());
            return false;
        }
        let needed = self.longest_wait() + MARGIN;
        match self.context.seconds_left() {
            Some(left) if left < needed => {
                self.gaps.push(format!(
                    "no burst of wrong credentials: {left:.0} s are left of the time budget, and the end of the lock-out may take {needed:.0} s"
                ));
                self.seen().burst_left_out = Some("time".to_owned());
                false
            }
            _ => true,
        }
    }

    async fn burst(&mut self, good: &Credential<'_>) -> Result<(), LoginTrouble> {
        let mut tries: Vec<Try> = Vec::new();
        let mut sent_at = Vec::new();
        let mut locked_at = None;
        for n in 1..=self.guesses.burst {
            (self.context.progress)(u64::from(n), u64::from(self.guesses.burst), "wrong credentials");
            let password = wrong_password();
            let wrong = Credential { label: format!("<wrong {n}>"), user: good.user, password: &password };
            sent_at.push(Instant::now());
            let tried = self.attempt(&wrong).await?;
            self.seen().burst.push(tried.attempt.clone());
            tries.push(tried);
            if let Some(start) = lockout::onset(&tries) {
                locked_at.get_or_insert_with(Instant::now);
                if tries.len() - start >= lockout::SUSTAINED {
                    break;
                }
            } else {
                locked_at = None;
            }
        }
        let onset = lockout::onset(&tries);
        let before = &tries[..onset.unwrap_or(tries.len())];
        let median = lockout::median_seconds(before);
        let seen = self.seen();
        seen.median_seconds = median;
        seen.locked_after = onset.and_then(|start| u32::try_from(start).ok());
        seen.defence = Some(lockout::manner(&tries, onset).to_owned());
        seen.delays_grow = Some(lockout::delays_grow(&tries));

        // One good try: refused while locked, or proof that a device that did not lock is at rest.
        let answer = self.attempt(good).await?.attempt.result;
        let refused = answer != "accepted";
        // The lock began with the last try that was answered as ever, at the earliest when it was sent.
        let begun = sent_at.get(onset.map_or(0, |onset| onset.saturating_sub(1)));
        let begun = begun.copied().unwrap_or_else(Instant::now);
        // A delay locks nobody out, so nothing of it is over.
        let locks = onset.is_some() && self.seen().defence.as_deref() != Some("delay");
        if locks
            && !refused
            && !lockout::lasts_still(self.guesses.lockout_seconds, begun.elapsed().as_secs_f64())
        {
            self.notes.push(
                "the good credential was let in when the declared lock-out may have been over".to_owned(),
            );
            self.seen().recovered_after_seconds = Some(thousandths(begun.elapsed()));
        } else if onset.is_some() {
            self.seen().good_refused_while_locked = Some(refused);
        } else if refused {
            // The answers never changed, yet the good credential no longer works: a silent lock.
            let seen = self.seen();
            seen.good_refused_while_locked = Some(true);
            seen.locked_after = u32::try_from(tries.len()).ok();
            seen.defence = Some("silent-lock".to_owned());
            self.notes.push(
                "the lock-out was seen only by the good credential; it may have begun earlier".to_owned(),
            );
        }
        let mut waited = None;
        if refused {
            let seen_at = locked_at.unwrap_or_else(Instant::now);
            let (open, last_refused) = self.wait_until_open(good).await?;
            waited = Some(thousandths(seen_at.elapsed()));
            let seen = self.seen();
            seen.still_refused_after_seconds =
                last_refused.map(|refused| thousandths(refused.saturating_duration_since(seen_at)));
            if open {
                seen.recovered_after_seconds = Some(thousandths(begun.elapsed()));
            }
        }
        let guesses = self.guesses;
        projection::project(self.seen(), guesses, waited);
        Ok(())
    }

    fn longest_wait(&self) -> f64 {
        f64::from(self.guesses.lockout_seconds.unwrap_or(2)).min(LONGEST_WAIT)
    }

    /// Tries the good credential now and then until it works; whether it did within the declared lock-out and a
    /// margin, and when the last try was sent that was still refused.
    async fn wait_until_open(
        &mut self,
        good: &Credential<'_>,
    ) -> Result<(bool, Option<Instant>), LoginTrouble> {
        let mut last_refused = None;
        let declared = self.longest_wait();
        let until = Instant::now() + Duration::from_secs_f64(declared + MARGIN);
        let pause = Duration::from_secs_f64((declared / 8.0).clamp(0.25, 10.0));
        while Instant::now() < until {
            tokio::time::sleep(pause).await;
            let sent = Instant::now();
            if self.attempt(good).await?.attempt.result == "accepted" {
                return Ok((true, last_refused));
            }
            last_refused = Some(sent);
        }
        self.notes.push(match self.guesses.lockout_seconds {
            Some(seconds) => format!("the good credential did not work again {seconds} s and 3 s later"),
            None => "no length of a lock-out is declared; the good credential did not work again within 5 s"
                .to_owned(),
        });
        Ok((false, last_refused))
    }

    async fn attempt(&mut self, credential: &Credential<'_>) -> Result<Try, LoginTrouble> {
        self.tried += 1;
        self.driver.attempt(credential).await
    }

    fn seen(&mut self) -> &mut LoginBehaviour {
        self.behaviour.as_mut().expect("the negative control comes first")
    }

    fn finish(self, ended: Result<(), LoginTrouble>, what: String) -> Findings {
        self.context.attach(self.driver.transcript().as_bytes(), "txt");
        let outcome = match (&ended, &self.behaviour) {
            (Err(_), _) => Outcome::ToolTrouble,
            _ if self.refused => Outcome::Refused,
            (Ok(()), Some(_)) if self.gaps.is_empty() => Outcome::Complete,
            _ => Outcome::Partial,
        };
        let mut gaps = self.gaps;
        gaps.extend(self.notes);
        gaps.extend(ended.err().map(|error| error.to_string()));
        let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
        let tries = |seen: &LoginBehaviour| -> Vec<Attempt> {
            let single = std::iter::once(&seen.negative_control).chain(&seen.good);
            single.chain(&seen.burst).cloned().collect()
        };
        let unanswered = self.behaviour.iter().flat_map(tries).filter(|one| one.result == "no-answer");
        let unanswered = unanswered.count() as u64;
        let effort = Effort {
            attempted: self.tried,
            completed: self.tried.saturating_sub(unanswered),
            what,
            gaps,
            ..Effort::default()
        };
        let data = self
            .behaviour
            .map(|seen| serde_json::to_value(seen).expect("a behaviour has string keys only"))
            .unwrap_or_default();
        Findings { outcome, effort, trouble, data }
    }
}

/// Seconds, to a thousandth.
fn thousandths(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

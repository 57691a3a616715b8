//! Inputs that end the device: how that is noticed, how the device comes back, which case it was, and the smallest
//! input that does it.

use std::time::Duration;

use tokio::time::Instant;

use super::campaign::Campaign;
use super::case::{Announced, Case, Message};
use super::shrink::Shrink;
use super::wire::Sent;
use super::{Finding, Input, Minimized};

/// Why no further case is sent.
pub(super) enum Stop {
    /// To this input.
    Input(String),
    /// To any.
    All(String),
}

/// Time between two looks at a device that went away.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// Wait for a device that is known not to come back by itself.
const NO_HOPE: Duration = Duration::from_millis(200);
/// Time after which a device that was ended has shown it: what ends is seldom gone at once.
const ENDING: Duration = Duration::from_millis(60);
/// Characters of an input that are shown.
const SHOWN: usize = 200;

impl Campaign<'_> {
    /// How the device ended, where it did: `crash` if nothing answers at the port, `hang` if nobody is served.
    pub(super) async fn is_gone(&mut self, input: &Input) -> Option<&'static str> {
        let mut last = None;
        for look in 0..3 {
            if look > 0 {
                tokio::time::sleep(ENDING).await;
            }
            match self.look_alive(input).await {
                Sent::Answer(_) | Sent::Trouble(_) => return None,
                Sent::Silent => last = Some("hang"),
                Sent::Closed | Sent::NotConnected => last = Some("crash"),
            }
            if last == Some("hang") {
                break;
            }
        }
        last
    }

    /// Asks for something harmless.
    async fn look_alive(&mut self, input: &Input) -> Sent {
        if input.kind == "datagram" {
            let message = Message::of("", input.good());
            return self.send_message(input, &message, "is it there").await;
        }
        let path = input.shown_at.as_ref().or(input.page.as_ref()).unwrap_or(&input.target);
        let harmless =
            Input { kind: "query".into(), method: "GET".into(), target: path.clone(), ..input.clone() };
        self.send_message(&harmless, &Message::of("", Vec::new()), "is it there").await
    }

    /// After the device ended: waits for it, finds the case, makes it small.
    pub(super) async fn ended(
        &mut self,
        place: usize,
        input: &Input,
        suspects: &[Case],
        how: &'static str,
    ) -> Result<(), Stop> {
        let Some(last) = suspects.last() else { return Ok(()) };
        let n = self.n;
        let mut finding = Finding {
            what: how.to_owned(),
            generator: last.generator.to_owned(),
            number: last.number,
            family: last.family.as_str().to_owned(),
            told: last.told.clone(),
            seen: "nothing answered any more".to_owned(),
            n,
            ..Finding::default()
        };
        let back = match self.comes_back(input).await {
            Ok(back) => back,
            Err(stop) => {
                self.keep(place, finding);
                return Err(stop);
            }
        };
        // The last one first: most devices end at once.
        for case in suspects.iter().rev() {
            if !self.has_time() || self.endings >= self.params.endings {
                break;
            }
            self.begin_anew(input).await?;
            if self.ends_the_device(input, &case.message).await.is_none() {
                continue;
            }
            finding.generator = case.generator.to_owned();
            finding.number = case.number;
            finding.family = case.family.as_str().to_owned();
            finding.told.clone_from(&case.told);
            finding.reproduced = true;
            let came = self.comes_back(input).await;
            let minimized = match came {
                Ok(_) => self.minimized(input, &case.message, back).await,
                Err(stop) => Err(stop),
            };
            return match minimized {
                Ok(minimized) => {
                    finding.minimized = Some(minimized);
                    self.keep(place, finding);
                    self.begin_anew(input).await
                }
                Err(stop) => {
                    self.keep(place, finding);
                    Err(stop)
                }
            };
        }
        self.keep(place, finding);
        self.begin_anew(input).await
    }

    /// Sends something, and sees whether the device ends.
    async fn ends_the_device(&mut self, input: &Input, message: &Message) -> Option<&'static str> {
        let case = Case {
            generator: "once more",
            number: 0,
            family: super::Family::Malformed,
            expected: super::case::Expected::Tolerable,
            told: String::new(),
            message: message.clone(),
        };
        match self.send(input, &case).await {
            Sent::Answer(_) | Sent::Trouble(_) => None,
            _ => {
                tokio::time::sleep(ENDING).await;
                self.is_gone(input).await
            }
        }
    }

    /// Waits until the device answers, and switches it off and on where it does not by itself. Seconds that it took by
    /// itself.
    async fn comes_back(&mut self, input: &Input) -> Result<Option<f64>, Stop> {
        self.endings += 1;
        let gone = Instant::now();
        let patience = match self.needs_power {
            true => NO_HOPE,
            false => Duration::from_secs_f64(self.params.recovery_seconds.clamp(0.1, 3600.0)),
        };
        if self.answers_within(input, patience).await {
            return Ok(Some(gone.elapsed().as_secs_f64()));
        }
        if !self.context.agrees_to("interrupt") {
            return Err(Stop::All("the device did not come back, and the bench does not agree to switching it off and on (interrupt)".to_owned()));
        }
        for action in ["power_off", "power_on"] {
            match (self.context.act)(action).await {
                Ok(true) => {}
                Ok(false) => {
                    return Err(Stop::All(format!(
                        "the device did not come back, and the bench has no action {action}"
                    )));
                }
                Err(error) => {
                    return Err(Stop::All(format!(
                        "the device did not come back, and {action} failed: {error}"
                    )));
                }
            }
        }
        self.needs_power = true;
        let patience = Duration::from_secs_f64(self.params.recovery_seconds.clamp(0.1, 3600.0));
        match self.answers_within(input, patience).await {
            true => Ok(None),
            false => {
                Err(Stop::All("the device did not come back after it was switched off and on".to_owned()))
            }
        }
    }

    async fn answers_within(&mut self, input: &Input, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        loop {
            if matches!(self.look_alive(input).await, Sent::Answer(_)) {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// The smallest input that ends the device, tried once more in the end.
    async fn minimized(
        &mut self,
        input: &Input,
        message: &Message,
        back: Option<f64>,
    ) -> Result<Minimized, Stop> {
        let first = self.endings;
        let mut smallest = message.clone();
        let mut whole = false;
        // With the announced length or the head alone it may be done.
        let mut shrink = Shrink::of(message.body.clone());
        loop {
            // One ending is kept for the confirmation.
            if self.endings + 1 >= self.params.endings || !self.has_time() {
                break;
            }
            let Some(proposed) = shrink.proposed() else {
                whole = true;
                break;
            };
            let candidate = Message { body: proposed.clone(), ..message.clone() };
            let ends = self.ends_again(input, &candidate).await?;
            shrink.tell(proposed, ends);
        }
        smallest.body = shrink.smallest().to_vec();
        // What is not needed for it is left out.
        for plainer in [
            Message { headers: Vec::new(), ..smallest.clone() },
            Message { announced: Announced::Right, ..smallest.clone() },
        ] {
            if plainer != smallest
                && self.endings + 1 < self.params.endings
                && self.ends_again(input, &plainer).await?
            {
                smallest = plainer;
            }
        }
        let confirmed = self.ends_again(input, &smallest).await?;
        let kept = self.without_credentials(input, &smallest);
        let reference = self.context.attach(&kept, "bin").reference;
        let count = |octets: usize| u32::try_from(octets).unwrap_or(u32::MAX);
        let printable = smallest.body.escape_ascii().to_string();
        Ok(Minimized {
            octets: count(smallest.body.len()),
            of: count(message.body.len()),
            shown: printable.chars().take(SHOWN).collect(),
            endings: self.endings - first,
            smallest: whole,
            reference,
            confirmed,
            back_after: back.map(|seconds| (seconds * 1000.0).round() / 1000.0),
        })
    }

    /// Whether an input ends the device; afterwards the device is there again.
    async fn ends_again(&mut self, input: &Input, message: &Message) -> Result<bool, Stop> {
        if self.ends_the_device(input, message).await.is_none() {
            return Ok(false);
        }
        self.comes_back(input).await?;
        self.enter(input).await.map_err(Stop::All)?;
        Ok(true)
    }
}

//! When the device answers no more: what stopped, whether it comes about again, and with how little.

use std::time::Instant;

use super::campaign::{Campaign, Stop};
use super::case::{Case, Doing};
use super::link::Sent;
use crate::ble::NoWay;
use crate::probe::hostile_input::Minimized;

/// Characters of a body that are shown.
const SHOWN_AT_MOST: usize = 200;
/// A device that only ended the link is there again within so many times its usual time, and a second.
const USUAL_TIMES: f64 = 3.0;

/// What became of a device that did not answer.
enum Course {
    /// The link alone ended.
    LinkEnded,
    /// Nothing was answered on the link, and on the next one everything.
    LinkMute,
    /// It was away for so many seconds, and came back by itself.
    Restarted(f64),
    /// It is away.
    Gone,
}

impl Campaign<'_> {
    /// After a case nothing was answered (`mute`), or the link ended.
    pub(super) async fn ended(&mut self, at: usize, case: &Case, mute: bool, n: u32) -> Result<(), Stop> {
        let course = self.course(mute).await?;
        let (what, back) = match course {
            Course::LinkEnded => {
                self.seen.links_ended += 1;
                return Ok(());
            }
            Course::LinkMute => {
                let seen = "nothing was answered on this link any more; the next one worked".to_owned();
                self.note(at, Self::finding("link-mute", case, seen, n, false));
                return Ok(());
            }
            Course::Restarted(seconds) => ("crash", Some(seconds)),
            Course::Gone => (if mute { "hang" } else { "crash" }, None),
        };
        self.endings += 1;
        let seen = match (back, mute) {
            (Some(seconds), _) => {
                format!("the link ended, and the device was heard again after {seconds:.1} s")
            }
            (None, true) => "nothing was answered any more, and the device is not heard".to_owned(),
            (None, false) => "the link ended, and the device is not heard".to_owned(),
        };
        let mut finding = Self::finding(what, case, seen, n, false);
        // Kept before the device is brought back: that may come to nothing.
        let place = self.seen.tried[at].findings.len();
        self.note(at, finding.clone());
        let mut back = back;
        if back.is_none() {
            back = self.bring_back().await?;
        }
        if !self.may_end_again() {
            return Err(Stop::All("the device was ended as often as is allowed".to_owned()));
        }
        finding.reproduced = self.ends_again(case).await?;
        if finding.reproduced {
            finding.minimized = self.minimized(case, back).await?;
            if let (Some(small), Doing::Write { handle, .. }) = (&finding.minimized, &case.doing) {
                self.lethal.insert((self.link.subject.as_str(), *handle), small.octets as usize);
            }
        }
        if let Some(kept) = self.seen.tried[at].findings.get_mut(place) {
            *kept = finding;
        }
        Ok(())
    }

    /// Looks what became of the device.
    async fn course(&mut self, mute: bool) -> Result<Course, Stop> {
        let before = self.link.device;
        let renewed = match self.link.renew(self.params.sample.listen_seconds).await {
            // It was heard: once more, a link may fail for no reason of the device.
            Err(NoWay::Ble(error)) if !error.is_of_the_tester() => {
                self.link.renew(self.params.sample.listen_seconds).await
            }
            other => other,
        };
        let heard = match renewed {
            Ok(heard) => heard,
            Err(error) if error.is_of_the_tester() => return Err(Stop::All(error.to_string())),
            Err(_) => return Ok(Course::Gone),
        };
        if self.link.feel_pulse().await.is_end() {
            return Ok(Course::Gone);
        }
        let long = heard > self.usual_return * USUAL_TIMES + 1.0;
        let another = self.keeps_address && self.link.device != before;
        Ok(match mute {
            true => Course::LinkMute,
            false if long || another => Course::Restarted(heard),
            false => Course::LinkEnded,
        })
    }

    fn may_end_again(&self) -> bool {
        self.endings < self.params.endings && self.has_time()
    }

    /// Sends a case alone on a new link, and sees whether the device ends; it is there again afterwards.
    async fn ends_again(&mut self, case: &Case) -> Result<bool, Stop> {
        self.link.mark("once more", case);
        let sent = self.link.send(&case.doing).await;
        let felt = if sent.is_end() { sent } else { self.link.feel_pulse().await };
        if let Sent::Trouble(why) = felt {
            return Err(Stop::All(why));
        }
        if !felt.is_end() {
            return Ok(false);
        }
        match self.course(felt == Sent::Mute).await? {
            Course::LinkEnded | Course::LinkMute => Ok(false),
            Course::Restarted(_) => {
                self.endings += 1;
                Ok(true)
            }
            Course::Gone => {
                self.endings += 1;
                self.bring_back().await?;
                Ok(true)
            }
        }
    }

    /// The shortest value that does it, from the longest that is known to do no harm.
    async fn minimized(&mut self, case: &Case, back: Option<f64>) -> Result<Option<Minimized>, Stop> {
        let octets = case.octets();
        let first = self.endings;
        let (mut least, mut whole) = (octets.len(), false);
        if let (Doing::Write { handle, way, .. }, Some(length)) = (&case.doing, case.length()) {
            let known = self.harmless.get(&(self.link.subject.as_str(), *handle, *way as u8)).copied();
            let mut fine = known.filter(|known| *known < length);
            loop {
                // Without a length that did no harm, no octet at all may do it.
                let low = fine.map_or(0, |fine| fine + 1);
                whole = low >= least;
                if whole || !self.may_end_again() {
                    break;
                }
                let middle = low + (least - low) / 2;
                let Some(shorter) = case.cut_to(middle) else { break };
                match self.ends_again(&shorter).await? {
                    true => least = middle,
                    false => fine = Some(middle),
                }
            }
        }
        let smallest = &octets[..least.min(octets.len())];
        let shown = smallest.escape_ascii().to_string().chars().take(SHOWN_AT_MOST).collect();
        let reference = self.context.attach(smallest, "bin").reference;
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Ok(Some(Minimized {
            octets: count(smallest.len()),
            of: count(octets.len()),
            shown,
            endings: self.endings - first + 2,
            smallest: whole,
            reference,
            confirmed: true,
            back_after: back,
        }))
    }

    /// Switches the device off and on where the bench can do both, else waits for it; a link is there again. Seconds
    /// until it was heard by itself.
    async fn bring_back(&mut self) -> Result<Option<f64>, Stop> {
        let recovery = self.params.sample.recovery_seconds.clamp(0.1, 3600.0);
        let recovery = self.context.seconds_left().map_or(recovery, |left| recovery.min(left));
        if let Err(why) = self.switch().await {
            let begun = Instant::now();
            return match self.link.renew(recovery).await {
                Ok(_) => Ok(Some(begun.elapsed().as_secs_f64())),
                Err(error) => Err(Stop::All(format!("the device did not come back ({why}): {error}"))),
            };
        }
        match self.link.renew(recovery.max(self.params.sample.listen_seconds)).await {
            Ok(_) => Ok(None),
            Err(error) => Err(Stop::All(format!(
                "the device did not come back after it was switched off and on: {error}"
            ))),
        }
    }

    /// Takes power from the device and gives it back; the error says why the bench cannot.
    async fn switch(&mut self) -> Result<(), String> {
        self.link.close().await;
        if !self.context.agrees_to("interrupt") {
            return Err("the bench does not agree to switching it off and on: interrupt".to_owned());
        }
        // Switching on what is on does nothing, and tells that the device would not stay off.
        for action in ["power_on", "power_off", "power_on"] {
            let why = match (self.context.act)(action).await {
                Ok(true) => {
                    self.seen.switched += u32::from(action == "power_off");
                    continue;
                }
                Ok(false) => format!("the bench has no action {action}"),
                Err(error) => format!("{action} failed: {error}"),
            };
            return Err(why);
        }
        Ok(())
    }
}

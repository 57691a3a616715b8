//! One offer: the package on its way to the device, and what is told of it afterwards.

use std::time::Instant;

use super::course::{Course, Stop};
use super::handing_in::{self, HandedOver};
use super::making::{Offer, Way};
use super::server::{self, Seen, Server};
use super::settling::Settled;
use super::{AskedFor, CheckSeen, Stream, UpdateTrial, packages};
use crate::probe::access_control::visitor::Web;

/// Checks of the device that are written down.
const MOST_CHECKS: usize = 32;
/// Why nothing could be shown to a device, or told of it.
pub(super) const NOT_TRUSTED: &str = "the device did not take a sound certificate of the lent authority";
const LATE: &str = "unclear: the time was used up before the device had settled";
const NO_CUT: &str = "unclear: the bench has no action that cuts it off";
const VERSION_UNREAD: &str = "unclear: the device tells no version any more";

/// What came of an offer on the way to the device.
struct Came {
    asked: Vec<AskedFor>,
    whole: bool,
    refusal: Option<String>,
}

impl Course<'_> {
    /// A package that the device fetches.
    pub(super) async fn offered(&mut self, offer: Offer) -> Result<UpdateTrial, Stop> {
        let Some(at) = self.params.listen else {
            return Err(Stop::Trouble("the bench names no address to listen at".to_owned()));
        };
        let bounds = server::Bounds {
            endless_octets: self.endless_octets(&offer),
            endless_time: self.program.stream_time(self.pace),
            closing: self.pace.closing,
        };
        let server = Server::open(&self.context.dialer, at, self.tls.clone(), offer.clone(), bounds)
            .await
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
        // The trial itself is written down by whoever asked for it.
        let trial = self.facts.trials.len() as u64 + 1;
        self.streams.extend(seen.streams.iter().map(|stream| Stream { trial, ..stream.clone() }));
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
                whole: seen.whole && offer.endless.is_none(),
                refusal,
            },
        ))
    }

    /// A package that is handed in.
    pub(super) async fn handed_in(&mut self, offer: Offer) -> Result<UpdateTrial, Stop> {
        let Some(to) = &self.params.upload else {
            return Err(Stop::Rest("the declaration does not say where a package is handed in".to_owned()));
        };
        let bounds = handing_in::Bounds {
            endless_octets: self.endless_octets(&offer),
            endless_time: self.program.stream_time(self.pace),
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

    fn told(&self, offer: &Offer, settled: Settled, outcome: String, came: Came) -> UpdateTrial {
        let installed = settled.running.as_ref().filter(|_| settled.alive).and_then(|running| {
            // A package of the version that was there cannot be told from it, unless the model tells.
            let tells = running.version.is_some()
                && (self.before().version.as_deref() != Some(&offer.version) || running != self.before());
            tells.then(|| running != self.before())
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
        let moved = settled.running.as_ref().is_some_and(|running| running != self.before());
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

    fn endless_octets(&self, offer: &Offer) -> u64 {
        let files = offer.endless.as_ref().and_then(|path| offer.files.get(path));
        let file = files.map_or(offer.image.len(), |bytes| bytes.len()) as u64;
        self.program.octets_after(file, packages::longest_file(&self.context.packages))
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

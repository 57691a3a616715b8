//! The order of everything: a look at the sound device, values by somebody who paired, values by a stranger, PDUs of
//! every layer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::case::{Case, Doing, Way};
use super::link::{Link, Sent, Subject};
use super::protocol;
use super::writing::{self, Place};
use super::{BleHostileInput, Input, Params, SubjectSeen, Tried};
use crate::ble::{Fact, GattTable, NoWay, Uuid};
use crate::context::ProbeContext;
use crate::probe::hostile_input::{Family, FamilyTried, Finding};

/// Findings of one place that are kept.
const FINDINGS_AT_MOST: usize = 24;
/// Seconds of the time budget that are kept for the end.
const RESERVE: f64 = 3.0;
/// Errors of ATT that say that somebody may not, and nothing of the value: not permitted, authentication,
/// not supported, authorization, key size, encryption.
const WHO_NOT_WHAT: [u8; 8] = [0x01, 0x02, 0x03, 0x05, 0x06, 0x08, 0x0c, 0x0f];
/// Properties by which a characteristic says that it can be written.
const WRITABLE: u8 = 0x04 | 0x08 | 0x40;

/// Why something goes no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nothing more can be sent at all.
    All(String),
    /// Nothing more in the name of this subject.
    Subject(String),
}

/// A characteristic of the sample.
#[derive(Clone, Debug)]
struct Target {
    input: Input,
    handle: u16,
    label: String,
}

/// The campaign.
pub(super) struct Campaign<'a> {
    pub(super) params: &'a Params,
    pub(super) context: &'a Arc<ProbeContext>,
    pub(super) link: Link<'a>,
    pub(super) seen: BleHostileInput,
    pub(super) gaps: Vec<String>,
    pub(super) endings: u32,
    /// Seconds until the sound device was heard after a link.
    pub(super) usual_return: f64,
    /// The sound device has the same address after a link.
    pub(super) keeps_address: bool,
    /// Longest value that did no harm, by subject, handle and way.
    pub(super) harmless: BTreeMap<(&'static str, u16, u8), usize>,
    /// Shortest value that ended the device, by subject and handle.
    pub(super) lethal: BTreeMap<(&'static str, u16), usize>,
    of_the_tester: bool,
    begun: Instant,
}

/// What a campaign leaves.
pub(super) struct Ended {
    pub(super) seen: BleHostileInput,
    pub(super) gaps: Vec<String>,
    pub(super) transcript: String,
    pub(super) of_the_tester: bool,
}

impl<'a> Campaign<'a> {
    pub(super) fn new(params: &'a Params, context: &'a Arc<ProbeContext>) -> Self {
        let profile = params.sample.profile.clone();
        Self {
            params,
            context,
            link: Link::new(params),
            seen: BleHostileInput { seed: params.seed.clone(), profile, ..BleHostileInput::default() },
            gaps: Vec::new(),
            endings: 0,
            usual_return: 0.0,
            keeps_address: true,
            harmless: BTreeMap::new(),
            lethal: BTreeMap::new(),
            of_the_tester: false,
            begun: Instant::now(),
        }
    }

    pub(super) fn end(mut self) -> Ended {
        self.seen.oddities = std::mem::take(&mut self.link.oddities);
        Ended {
            seen: self.seen,
            gaps: self.gaps,
            transcript: std::mem::take(&mut self.link.transcript),
            of_the_tester: self.of_the_tester,
        }
    }

    pub(super) async fn go(&mut self) {
        if let Err(Stop::All(why) | Stop::Subject(why)) = self.all().await {
            self.gaps.push(why);
        }
        self.link.close().await;
    }

    async fn all(&mut self) -> Result<(), Stop> {
        let table = self.look_at_the_sound_device().await?;
        let targets = self.targets(&table);
        if self.is_for_the_paired() {
            match self.as_paired(&targets).await {
                Err(Stop::Subject(why)) => self.gaps.push(format!("as somebody who paired: {why}")),
                other => other?,
            }
        }
        (self.link.subject, self.link.bond) = (Subject::Stranger, None);
        self.renewed().await?;
        for target in &targets {
            self.at_target(target).await?;
        }
        self.layers().await
    }

    /// Whether somebody has to pair to write at all.
    fn is_for_the_paired(&self) -> bool {
        let only_paired = |input: &Input| input.writers.iter().any(|who| who != "anyone");
        self.params.inputs.iter().any(only_paired)
    }

    /// Without an answer from the sound device, no silence later on says anything.
    async fn look_at_the_sound_device(&mut self) -> Result<GattTable, Stop> {
        let patience = self.params.sample.listen_seconds;
        let mut stranger = SubjectSeen { subject: "stranger".to_owned(), ..SubjectSeen::default() };
        let looked = async {
            self.link.renew(patience).await?;
            let table = self.link.backend()?.discover().await?;
            // What everybody may read is read from now on.
            let readable: Vec<u16> =
                table.characteristics().filter(|one| one.readable()).map(|one| one.handle).collect();
            for handle in readable {
                if self.link.value(handle).await.is_some() {
                    self.link.pulse = handle;
                    break;
                }
            }
            let felt = self.link.feel_pulse().await;
            if self.keeps_quiet(&felt) {
                return Ok((table, false));
            }
            // How the device behaves after a link that nothing happened on.
            let before = self.link.device;
            self.usual_return = self.link.renew(patience).await?;
            self.keeps_address = self.link.device == before;
            let felt = self.link.feel_pulse().await;
            Ok::<(GattTable, bool), NoWay>((table, !self.keeps_quiet(&felt)))
        };
        let stop = match looked.await {
            Ok((table, true)) if !table.services.is_empty() => {
                stranger.linked = true;
                if !table.complete {
                    let first = table.anomalies.iter().take(3).cloned().collect::<Vec<String>>();
                    self.gaps
                        .push(format!("the list of what it offers is not complete: {}", first.join("; ")));
                }
                self.seen.subjects.push(stranger);
                return Ok(table);
            }
            Ok((_, true)) => "the device offers no service".to_owned(),
            Ok((_, false)) => "the device answers no read, before anything was sent to it".to_owned(),
            Err(error) => {
                self.seen.not_scanned = error.is_of_the_tester();
                // A bench without Bluetooth LE is a gap, and no failure of a program.
                self.of_the_tester =
                    self.seen.not_scanned && !matches!(error, NoWay::NoAdapter | NoWay::Unnamed);
                error.to_string()
            }
        };
        stop.clone_into(&mut stranger.why);
        self.seen.subjects.push(stranger);
        Err(Stop::All(stop))
    }

    fn keeps_quiet(&self, felt: &Sent) -> bool {
        felt.is_end() || matches!(felt, Sent::Trouble(_))
    }

    /// Every characteristic that an input names, each time that it is there.
    fn targets(&mut self, table: &GattTable) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        // What is named one by one comes before what is named with its service.
        let (single, whole): (Vec<&Input>, Vec<&Input>) =
            self.params.inputs.iter().partition(|input| input.characteristic.is_some());
        for input in single.into_iter().chain(whole) {
            let (service, wanted) = (uuid(&input.service), input.characteristic.as_deref().and_then(uuid));
            let mut found = 0;
            let inside = table.services.iter().filter(|one| Some(one.uuid) == service);
            for one in inside.flat_map(|service| &service.characteristics) {
                let is_it = match wanted {
                    Some(wanted) => one.uuid == wanted,
                    None => {
                        one.properties & WRITABLE != 0
                            && !targets.iter().any(|known| known.handle == one.handle)
                    }
                };
                if is_it {
                    found += 1;
                    let label = format!("{} at {:#06x}", one.uuid, one.handle);
                    targets.push(Target { input: input.clone(), handle: one.handle, label });
                }
            }
            if let (0, Some(characteristic)) = (found, &input.characteristic) {
                self.gaps.push(format!("the device does not offer {characteristic}, which is declared"));
            }
        }
        targets
    }

    async fn as_paired(&mut self, targets: &[Target]) -> Result<(), Stop> {
        let mut paired = SubjectSeen { subject: "paired".to_owned(), ..SubjectSeen::default() };
        let why = if self.context.agrees_to("pair") {
            match self.link.pair(self.context).await {
                Ok(Ok(())) => None,
                Ok(Err(why)) => Some(why),
                Err(error) => Some(error.to_string()),
            }
        } else {
            Some("the bench does not agree to pairing: pair under [consent] of the bench file".to_owned())
        };
        paired.linked = why.is_none();
        paired.why = why.clone().unwrap_or_default();
        self.seen.subjects.push(paired);
        if let Some(why) = why {
            return Err(Stop::Subject(why));
        }
        for target in targets {
            self.at_target(target).await?;
        }
        Ok(())
    }

    async fn at_target(&mut self, target: &Target) -> Result<(), Stop> {
        let subject = self.link.subject;
        let writers = &target.input.writers;
        let may =
            writers.iter().any(|who| who == "anyone") || (subject == Subject::Paired && !writers.is_empty());
        let before = if target.input.critical { None } else { self.link.value(target.handle).await };
        let mut tried = Tried {
            row: target.input.row.clone(),
            label: target.label.clone(),
            subject: subject.as_str().to_owned(),
            handle: target.handle,
            may,
            ..Tried::default()
        };
        tried.control_before = self.control(target.handle, before.as_deref()).await;
        tried.control_after = "not-tried".to_owned();
        let at = self.seen.tried.len();
        self.seen.tried.push(tried);
        let cases = writing::cases(Place {
            handle: target.handle,
            largest: target.input.largest.map(|most| most as usize),
            restorable: before.is_some(),
            seed: &self.params.seed,
        });
        let ran = self.run(at, cases, before.as_deref()).await;
        if matches!(ran, Err(Stop::All(_))) {
            return ran;
        }
        let after = self.control(target.handle, before.as_deref()).await;
        let restored = match &before {
            Some(before) => self.link.value(target.handle).await.map(|value| value == *before),
            None => None,
        };
        let tried = &mut self.seen.tried[at];
        tried.control_after = after;
        tried.restored = restored;
        if before.is_some() && restored != Some(true) {
            self.gaps.push(format!("{}: the value that stood there could not be put back", target.label));
        }
        ran
    }

    /// Writes the value that stood there: a good one.
    async fn control(&mut self, handle: u16, value: Option<&[u8]>) -> String {
        let Some(value) = value else { return "not-tried".to_owned() };
        match self.link.put(handle, value).await {
            Sent::Taken => "taken",
            Sent::Refused(_) => "refused",
            _ => "no-answer",
        }
        .to_owned()
    }

    async fn layers(&mut self) -> Result<(), Stop> {
        let abilities = self.link.backend().map(|backend| backend.abilities());
        if let Ok(Fact::Unavailable(why)) = abilities.map(|abilities| abilities.raw_octets) {
            self.gaps.push(format!("malformed PDUs were not sent: {why}"));
            return Ok(());
        }
        for (label, cases) in protocol::layers(&self.params.seed, self.params.cases) {
            let at = self.seen.tried.len();
            self.seen.tried.push(Tried {
                label: label.to_owned(),
                subject: self.link.subject.as_str().to_owned(),
                control_before: "not-tried".to_owned(),
                control_after: "not-tried".to_owned(),
                ..Tried::default()
            });
            self.run(at, cases, None).await?;
            // Answers that came late belong to the link that they came on.
            self.renewed().await?;
        }
        Ok(())
    }

    /// A new link with the device as it should be.
    async fn renewed(&mut self) -> Result<(), Stop> {
        if self.keeps_address && self.link.again().await.is_ok() {
            return Ok(());
        }
        let patience = self.params.sample.listen_seconds;
        match self.link.renew(patience).await {
            Ok(_) => Ok(()),
            // Once more: a link may be lost for no reason of the device.
            Err(_) => match self.link.renew(patience).await {
                Ok(_) => Ok(()),
                Err(error) => {
                    self.of_the_tester |= error.is_of_the_tester();
                    Err(Stop::All(format!("no further link came about: {error}")))
                }
            },
        }
    }

    async fn run(&mut self, at: usize, cases: Vec<Case>, before: Option<&[u8]>) -> Result<(), Stop> {
        let subject = self.link.subject.as_str();
        for case in &cases {
            let handle = self.seen.tried[at].handle;
            let lethal = self.lethal.get(&(subject, handle)).copied();
            if let (Some(length), Some(lethal)) = (case.length(), lethal)
                && length >= lethal
            {
                // It would end the device again.
                continue;
            }
            self.family(at, case.family).planned += 1;
            if !self.has_time() {
                return Err(Stop::All("the time was over before everything was sent".to_owned()));
            }
            self.one(at, case, before).await?;
        }
        Ok(())
    }

    async fn one(&mut self, at: usize, case: &Case, before: Option<&[u8]>) -> Result<(), Stop> {
        let label = self.seen.tried[at].label.clone();
        let n = self.link.mark(&label, case);
        let sent = self.link.send(&case.doing).await;
        let felt = match sent {
            Sent::Lost | Sent::Mute | Sent::Trouble(_) => sent.clone(),
            _ => self.link.feel_pulse().await,
        };
        if let Sent::Trouble(why) = &felt {
            self.of_the_tester = true;
            return Err(Stop::All(why.clone()));
        }
        self.count(at, case, &sent);
        if felt.is_end() {
            return self.ended(at, case, felt == Sent::Mute, n).await;
        }
        if let (Some(length), Doing::Write { handle, way, .. }) = (case.length(), &case.doing) {
            let known = self.harmless.entry((self.link.subject.as_str(), *handle, *way as u8)).or_default();
            *known = length.max(*known);
        }
        self.look_at_what_is_kept(at, case, &sent, before, n).await;
        Ok(())
    }

    fn count(&mut self, at: usize, case: &Case, sent: &Sent) {
        let family = self.family(at, case.family);
        family.sent += 1;
        match sent {
            Sent::Taken => family.accepted += 1,
            Sent::Refused(_) => family.refused += 1,
            _ => family.unclear += 1,
        }
        let of_the_value = match sent {
            Sent::Taken => true,
            Sent::Refused(error) => !WHO_NOT_WHAT.contains(&error.0),
            _ => false,
        };
        if of_the_value && matches!(case.doing, Doing::Write { .. }) {
            self.seen.tried[at].looked_at += 1;
        }
    }

    fn family(&mut self, at: usize, family: Family) -> &mut FamilyTried {
        let families = &mut self.seen.tried[at].families;
        let place = families.iter().position(|one| one.family == family).unwrap_or_else(|| {
            families.push(FamilyTried { family, planned: 0, sent: 0, refused: 0, accepted: 0, unclear: 0 });
            families.len() - 1
        });
        &mut families[place]
    }

    /// A value that is too long must not stand there, nor one of which the writing was cancelled.
    async fn look_at_what_is_kept(
        &mut self,
        at: usize,
        case: &Case,
        sent: &Sent,
        before: Option<&[u8]>,
        n: u32,
    ) {
        match &case.doing {
            Doing::Write { handle, value, way } if case.beyond => {
                let taken = *sent == Sent::Taken;
                if !taken && (*way != Way::Command || before.is_none()) {
                    return;
                }
                let kept = match before {
                    Some(_) => self.link.value(*handle).await,
                    None => None,
                };
                match kept {
                    Some(kept) if kept == *value => {
                        let seen = format!("{} octets are kept", kept.len());
                        self.note(at, Self::finding("stored-beyond-limits", case, seen, n, true));
                    }
                    None if taken => {
                        let seen = "answered as a good value, which cannot be read".to_owned();
                        self.note(at, Self::finding("taken-unseen", case, seen, n, true));
                    }
                    _ => {}
                }
            }
            Doing::Queue { handle, parts, flag: Some(0) } if before.is_some() => {
                let kept = self.link.value(*handle).await;
                let sent = parts.iter().flat_map(|(_, part)| part.clone()).collect::<Vec<u8>>();
                let carried_out =
                    kept.is_some_and(|kept| !parts.is_empty() && sent.starts_with(&kept) && kept.len() > 1);
                if carried_out && before.is_none_or(|before| !sent.starts_with(before)) {
                    let seen = "parts that were cancelled stand there".to_owned();
                    self.note(at, Self::finding("processed", case, seen, n, true));
                }
            }
            _ => {}
        }
    }

    pub(super) fn finding(what: &str, case: &Case, seen: String, n: u32, reproduced: bool) -> Finding {
        Finding {
            what: what.to_owned(),
            generator: case.generator.to_owned(),
            number: case.number,
            family: case.family.as_str().to_owned(),
            told: case.told.clone(),
            seen,
            n,
            reproduced,
            minimized: None,
        }
    }

    pub(super) fn note(&mut self, at: usize, finding: Finding) {
        let findings = &mut self.seen.tried[at].findings;
        if findings.len() < FINDINGS_AT_MOST {
            findings.push(finding);
        }
    }

    pub(super) fn has_time(&self) -> bool {
        let left = self.params.seconds - self.begun.elapsed().as_secs_f64();
        left > 0.0 && self.context.seconds_left().is_none_or(|left| left > RESERVE)
    }
}

fn uuid(text: &str) -> Option<Uuid> {
    text.parse().ok()
}

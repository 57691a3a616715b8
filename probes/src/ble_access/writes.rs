//! What is written: the declared examples, by those who may not and by those who may, with the state read before and
//! after.

use std::ops::Range;
use std::time::Duration;

use super::levels::{self, Subject, Way};
use super::targets::Target;
use super::walk::{Stop, Values, Walk, stop};
use crate::ble::{AttError, BleError, Bond, NoWay, RawChannel, Reply};

/// Longest wait for what is told after a write, in seconds.
const SHORT: f64 = 0.05;
/// Octets of a value that fit into one write over the shortest PDU.
const IN_ONE_PDU: usize = 20;
/// A part of a value that is prepared and never carried out.
const PREPARED: u8 = b' ';

const PREPARE_REQUEST: u8 = 0x16;
const PREPARE_RESPONSE: u8 = 0x17;
const CANCEL: [u8; 2] = [0x18, 0x00];

impl Walk<'_> {
    /// Writes as everybody in turn. `before` is what could be read, `unknown` and `owner` are the bonds of those who
    /// paired without authentication and as declared.
    pub(super) async fn write_all(
        &mut self,
        way: &mut Way,
        before: Values,
        unknown: Option<Bond>,
        owner: Option<Bond>,
    ) -> Result<(), NoWay> {
        if !self.targets.iter().any(Target::takes_writes) {
            return Ok(());
        }
        if !self.context.agrees_to("change_state") {
            self.gap("the bench does not agree to writes (change_state)");
            return Ok(());
        }
        levels::as_stranger(way).await?;
        self.stands(levels::facts(way.backend(), Subject::Stranger, "linked"));
        let first = self.seen.trials.len();
        let written = self.write_as_stranger(way).await;
        self.after(way, written)?;
        self.compare(way, first, &before, owner.as_ref()).await?;
        if let Some(bond) = &unknown
            && self.again(way, Subject::Unauthenticated, bond).await?
        {
            let first = self.seen.trials.len();
            let written = self.write_foreign(way).await;
            self.after(way, written)?;
            self.compare(way, first, &before, owner.as_ref()).await?;
        }
        if let Some(bond) = &owner {
            // After a comparison the link is the owner's already.
            let stands =
                self.seen.links.last().is_some_and(|link| link.stood() && link.subject == "authenticated");
            if stands || self.again(way, Subject::Authenticated, bond).await? {
                let written = self.write_own(way, &before).await;
                self.after(way, written)?;
            }
        }
        Ok(())
    }

    /// Prepares a write everywhere and carries none out.
    pub(super) async fn prepare_all(&mut self, way: &mut Way) -> Result<(), NoWay> {
        let ended = async {
            for target in self.targets.clone() {
                if target.access.is_some() && target.takes_writes() {
                    self.prepare(way, &target).await?;
                }
            }
            Ok(())
        }
        .await;
        self.after(way, ended)
    }

    async fn again(&mut self, way: &mut Way, subject: Subject, bond: &Bond) -> Result<bool, NoWay> {
        let known = match levels::by_bond(way, bond).await {
            Ok(known) => known,
            Err(no_way) if no_way.is_of_the_tester() => return Err(no_way),
            Err(no_way) => {
                self.stands(levels::without(subject, "not-tried", no_way.to_string()));
                return Ok(false);
            }
        };
        self.record.take(way.backend_left());
        if known {
            self.stands(levels::facts(way.backend(), subject, "known-again"));
        } else {
            let why = "the device does not know the bond of this run any more";
            self.stands(levels::without(subject, "not-tried", why));
        }
        Ok(known)
    }

    async fn write_as_stranger(&mut self, way: &mut Way) -> Result<(), Stop> {
        // What a write makes the device tell has to have somebody to tell it to.
        let stranger = Subject::Stranger.as_str();
        let taken: Vec<u16> = self
            .seen
            .trials
            .iter()
            .filter(|trial| {
                trial.act == "subscribe" && trial.subject == stranger && trial.result == "granted"
            })
            .map(|trial| trial.handle)
            .collect();
        for target in self.targets.clone() {
            if let Some(configuration) = target.configuration.filter(|handle| taken.contains(handle)) {
                self.subscribe(way, &target, configuration, false).await?;
            }
        }
        self.write_foreign(way).await?;
        let wait = if taken.is_empty() { 0.0 } else { SHORT };
        self.seen.listened_seconds += wait;
        self.listen(way, wait).await
    }

    /// Writes the examples as somebody who may not, what begins an update last.
    async fn write_foreign(&mut self, way: &mut Way) -> Result<(), Stop> {
        let (last, first): (Vec<Target>, Vec<Target>) =
            self.targets.clone().into_iter().partition(Target::begins_update);
        for target in first.iter().filter(|target| target.access.is_some() && target.takes_writes()) {
            self.write_one(way, target).await?;
        }
        for target in last.iter().filter(|target| target.takes_writes()) {
            self.begin_update(way, target).await?;
        }
        Ok(())
    }

    async fn write_one(&mut self, way: &mut Way, target: &Target) -> Result<(), Stop> {
        let Some(example) = target.example() else { return self.prepare(way, target).await };
        let mut trial = self.trial(target, "write", target.writers());
        if !target.answers_writes() {
            trial.note = "asked for an answer, which it does not promise".to_owned();
        }
        let written = way.backend().write(target.handle, example.clone()).await;
        let granted = matches!(written, Ok(Reply::Given(())));
        self.answered(way, trial, written)?;
        if !target.takes_unanswered_writes() || granted {
            return Ok(());
        }
        let sent = way.backend().write_without_response(target.handle, example).await;
        let mut trial = self.trial(target, "write-without-response", target.writers());
        trial.n = self.record.take(way.backend_left());
        trial.result = "unclear".to_owned();
        self.seen.trials.push(trial);
        sent.map_err(stop)
    }

    /// The example alone; nothing is sent after it.
    async fn begin_update(&mut self, way: &mut Way, target: &Target) -> Result<(), Stop> {
        let trial = self.trial(target, "begin-update", target.writers());
        match target.example() {
            Some(example) if target.answers_writes() => {
                let written = way.backend().write(target.handle, example).await;
                self.answered(way, trial, written)
            }
            _ => self.prepare(way, target).await,
        }
    }

    /// Prepares a write and cancels it: the device has to refuse already what may not be written.
    async fn prepare(&mut self, way: &mut Way, target: &Target) -> Result<(), Stop> {
        let mut trial = self.trial(target, "prepared-write", target.writers());
        if way.backend().abilities().raw_octets.known().is_none() {
            trial.result = "not-tried".to_owned();
            trial.note = "no example is declared, and this adapter cannot prepare a write".to_owned();
            self.seen.trials.push(trial);
            return Ok(());
        }
        let [low, high] = target.handle.to_le_bytes();
        let question = vec![PREPARE_REQUEST, low, high, 0, 0, PREPARED];
        let wait = Duration::from_secs_f64(self.params.sample.answer_seconds.clamp(0.05, 60.0));
        let answer = way.backend().raw(RawChannel::Att, question, wait).await;
        let answered = match answer {
            Ok(Some(answer)) => match *answer.as_slice() {
                [PREPARE_RESPONSE, ..] => Ok(Reply::Given(())),
                [0x01, PREPARE_REQUEST, _, _, error] => Ok(Reply::Refused(AttError(error))),
                _ => {
                    trial.result = "unclear".to_owned();
                    trial.note = "answered by something else".to_owned();
                    trial.n = self.record.take(way.backend_left());
                    self.seen.trials.push(trial);
                    return Ok(());
                }
            },
            Ok(None) => {
                Err(BleError::Silent { what: "a prepared write".to_owned(), seconds: wait.as_secs_f64() })
            }
            Err(error) => Err(error),
        };
        if matches!(answered, Ok(Reply::Given(()))) {
            way.backend().raw(RawChannel::Att, CANCEL.to_vec(), wait).await.map_err(stop)?;
        }
        self.answered(way, trial, answered)
    }

    /// Reads what can be read after others wrote, as its owner where there is one, and puts back what was there.
    async fn compare(
        &mut self,
        way: &mut Way,
        first: usize,
        before: &Values,
        owner: Option<&Bond>,
    ) -> Result<(), NoWay> {
        if let Some(bond) = owner
            && !self.again(way, Subject::Authenticated, bond).await?
        {
            self.gap("what others wrote could not be read back as its owner");
            return Ok(());
        }
        let compared = async {
            let after = read_values(way, before).await?;
            self.settle(first..self.seen.trials.len(), before, &after);
            self.put_back(way, before, &after).await
        }
        .await;
        self.after(way, compared)
    }

    /// What reading back tells of the writes of somebody else.
    fn settle(&mut self, range: Range<usize>, before: &Values, after: &Values) {
        let targets = self.targets.clone();
        let differs = |handle: &u16| before.get(handle) != after.get(handle);
        for at in range {
            let refused_when_asked = self.seen.trials.iter().any(|other| {
                let trial = &self.seen.trials[at];
                other.act == "write"
                    && (other.handle, &other.subject) == (trial.handle, &trial.subject)
                    && other.refused_for_security()
            });
            let trial = &mut self.seen.trials[at];
            let Some(target) = targets.iter().find(|target| target.handle == trial.handle) else { continue };
            if !matches!(trial.act.as_str(), "write" | "write-without-response" | "begin-update") {
                continue;
            }
            let beside: Vec<u16> = targets
                .iter()
                .filter(|other| other.service == target.service && before.contains_key(&other.handle))
                .map(|other| other.handle)
                .collect();
            trial.changed = if before.contains_key(&trial.handle) {
                Some(differs(&trial.handle))
            } else if !beside.is_empty() && !beside.iter().any(differs) {
                Some(false)
            } else {
                None
            };
            if trial.act != "write-without-response" {
                continue;
            }
            let example = target.example();
            let arrived = before.contains_key(&trial.handle)
                && before.get(&trial.handle) != example.as_ref()
                && after.get(&trial.handle) == example.as_ref();
            trial.result = match (arrived, trial.changed, refused_when_asked) {
                (true, _, _) => "granted",
                // It would not have shown itself if the value was there already; asked, the device refused.
                (false, Some(false), true) => "refused",
                _ => "unclear",
            }
            .to_owned();
        }
    }

    /// Writes back what is another now.
    async fn put_back(&mut self, way: &mut Way, before: &Values, after: &Values) -> Result<(), Stop> {
        let targets = self.targets.clone();
        for target in targets.iter().filter(|target| target.takes_writes()) {
            let (Some(was), Some(is)) = (before.get(&target.handle), after.get(&target.handle)) else {
                let written = |trial: &super::Trial| {
                    trial.handle == target.handle
                        && trial.result == "granted"
                        && matches!(trial.act.as_str(), "write" | "begin-update")
                };
                if self.seen.trials.iter().any(written) && !self.seen.not_put_back.contains(&target.handle) {
                    self.seen.not_put_back.push(target.handle);
                }
                continue;
            };
            if was != is {
                self.restore(way, target, was).await?;
            }
        }
        Ok(())
    }

    async fn restore(&mut self, way: &mut Way, target: &Target, was: &[u8]) -> Result<(), Stop> {
        if target.answers_writes() && was.len() <= IN_ONE_PDU {
            // An empty value has no parts that could be prepared.
            way.backend().write(target.handle, was.to_vec()).await.map_err(stop)?;
        } else if target.answers_writes() {
            way.backend().write_long(target.handle, was.to_vec()).await.map_err(stop)?;
        } else {
            way.backend().write_without_response(target.handle, was.to_vec()).await.map_err(stop)?;
        }
        let now = way.backend().read_long(target.handle).await.map_err(stop)?.given();
        if now.as_deref() != Some(was) && !self.seen.not_put_back.contains(&target.handle) {
            self.seen.not_put_back.push(target.handle);
        }
        Ok(())
    }

    /// Writes as who may: what can be put back is written, the rest is prepared and cancelled, and no update is begun.
    async fn write_own(&mut self, way: &mut Way, before: &Values) -> Result<(), Stop> {
        let targets: Vec<Target> = self.targets.clone();
        for target in targets.iter().filter(|target| target.access.is_some() && target.takes_writes()) {
            let (Some(was), Some(example)) = (before.get(&target.handle), target.example()) else {
                self.prepare(way, target).await?;
                continue;
            };
            if target.begins_update() {
                self.prepare(way, target).await?;
                continue;
            }
            if target.answers_writes() {
                let trial = self.trial(target, "write", target.writers());
                let written = way.backend().write(target.handle, example.clone()).await;
                self.answered(way, trial, written)?;
            } else {
                let mut trial = self.trial(target, "write-without-response", target.writers());
                way.backend().write_without_response(target.handle, example.clone()).await.map_err(stop)?;
                trial.n = self.record.take(way.backend_left());
                trial.result = "unclear".to_owned();
                self.seen.trials.push(trial);
            }
            let now = way.backend().read_long(target.handle).await.map_err(stop)?.given();
            if let Some(trial) = self.seen.trials.last_mut() {
                trial.changed = now.as_ref().map(|now| now != was);
                if trial.result == "unclear" && now.as_ref() == Some(&example) && now.as_ref() != Some(was) {
                    trial.result = "granted".to_owned();
                }
            }
            if now.as_ref() != Some(was) {
                self.restore(way, target, was).await?;
            }
        }
        Ok(())
    }
}

/// The values of those handles that had one before.
async fn read_values(way: &mut Way, before: &Values) -> Result<Values, Stop> {
    let mut after = Values::new();
    for handle in before.keys() {
        if let Reply::Given(value) = way.backend().read_long(*handle).await.map_err(stop)? {
            after.insert(*handle, value);
        }
    }
    Ok(after)
}

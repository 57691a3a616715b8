//! The way through the levels: reads and subscriptions first, then what is written, then what was there before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::levels::{self, Subject, Way};
use super::record::{Record, held, known_data};
use super::targets::{Target, targets};
use super::{BleAccess, LinkSeen, Params, ToldSeen, Trial};
use crate::ble::{BleError, Bond, NoWay, PairingPolicy, Reply};
use crate::context::ProbeContext;

/// For so long a stranger who subscribed waits for something to be told, in seconds.
const USUAL_WAIT: f64 = 2.0;
const SHORT_WAIT: f64 = 0.05;
/// Values that are told to one subject at most.
const TOLD_AT_MOST: usize = 64;

/// Values by handle, which are never written down.
pub(super) type Values = BTreeMap<u16, Vec<u8>>;

/// One run.
pub(super) struct Walk<'p> {
    pub(super) params: &'p Params,
    pub(super) context: &'p Arc<ProbeContext>,
    pub(super) seen: BleAccess,
    gaps: Vec<String>,
    pub(super) record: Record,
    known: Vec<(String, Vec<u8>)>,
    pub(super) targets: Vec<Target>,
    /// Place of the link that is open.
    link: usize,
    pub(super) subject: Subject,
}

/// Why a level came to its end before everything was tried.
pub(super) enum Stop {
    /// The link is gone, or nothing answers on it any more.
    Link(String),
    /// The tester's trouble.
    Tester(BleError),
}

impl<'p> Walk<'p> {
    pub(super) fn new(params: &'p Params, context: &'p Arc<ProbeContext>) -> Self {
        Self {
            params,
            context,
            seen: BleAccess { profile: params.sample.profile.clone(), ..BleAccess::default() },
            gaps: Vec::new(),
            record: Record::default(),
            known: known_data(context),
            targets: Vec::new(),
            link: 0,
            subject: Subject::Stranger,
        }
    }

    pub(super) fn gap(&mut self, what: impl Into<String>) {
        self.gaps.push(what.into());
    }

    /// Nothing more can be done.
    pub(super) fn stopped_by(&mut self, no_way: &NoWay) {
        if self.seen.links.is_empty() {
            self.seen.no_way = Some(no_way.into());
        }
        self.gap(no_way.to_string());
    }

    pub(super) fn end(self) -> (BleAccess, Vec<String>, String) {
        (self.seen, self.gaps, self.record.text)
    }

    /// Tries everything.
    pub(super) async fn go(&mut self) -> Result<(), NoWay> {
        let secrets = self.known.iter().map(|(_, data)| data.clone()).collect();
        let mut way = Way::to(&self.params.sample, secrets).await?;
        self.stands(levels::facts(way.backend(), Subject::Stranger, "linked"));
        let table = way.backend().discover().await?;
        let all = targets(&table, self.params, &mut self.seen);
        self.record.open = all.iter().filter(|target| target.is_open()).map(|target| target.handle).collect();
        self.targets = all;
        self.record.take(way.backend_left());
        if !self.seen.table_complete {
            self.gap("the device did not tell all that it offers");
        }
        let mut before = self.look(&mut way).await?;
        if self.params.keep_state {
            self.prepare_all(&mut way).await?;
            way.backend().disconnect().await?;
            self.record.take(way.backend_left());
            return Ok(());
        }
        let unknown = self.unauthenticated(&mut way).await?;
        if unknown.is_some() {
            self.look(&mut way).await?;
        }
        let owner = self.authenticated(&mut way).await?;
        if owner.is_some() {
            before.extend(self.look(&mut way).await?);
        }
        self.write_all(&mut way, before, unknown.flatten(), owner.flatten()).await?;
        way.backend().disconnect().await?;
        self.record.take(way.backend_left());
        Ok(())
    }

    /// A level at which the tester stands now, or does not.
    pub(super) fn stands(&mut self, link: LinkSeen) {
        self.link = self.seen.links.len();
        let how = if link.why.is_empty() { String::new() } else { format!(": {}", link.why) };
        self.record.line(&format!("== {} {}{how}", link.subject, link.outcome));
        self.subject = match link.subject.as_str() {
            "unauthenticated" => Subject::Unauthenticated,
            "authenticated" => Subject::Authenticated,
            _ => Subject::Stranger,
        };
        if link.outcome == "not-tried" {
            self.gap(format!("{}: {}", link.subject, link.why));
        }
        self.seen.links.push(link);
    }

    /// Somebody who paired without authentication, where the declaration knows another way and the device takes this
    /// one. The inner bond is `None` where the device keeps none.
    async fn unauthenticated(&mut self, way: &mut Way) -> Result<Option<Option<Bond>>, NoWay> {
        if self.params.mechanisms.iter().any(|mechanism| mechanism.method == "just-works") {
            return Ok(None);
        }
        self.pair(way, Subject::Unauthenticated, Ok(PairingPolicy::just_works())).await
    }

    async fn authenticated(&mut self, way: &mut Way) -> Result<Option<Option<Bond>>, NoWay> {
        let Some(mechanism) = self.params.mechanisms.first() else {
            let why = "no mechanism is declared that is a pairing";
            self.stands(levels::without(Subject::Authenticated, "not-tried", why));
            return Ok(None);
        };
        let policy = levels::declared_policy(mechanism, self.context);
        self.pair(way, Subject::Authenticated, policy).await
    }

    async fn pair(
        &mut self,
        way: &mut Way,
        subject: Subject,
        policy: Result<PairingPolicy, String>,
    ) -> Result<Option<Option<Bond>>, NoWay> {
        let policy = match policy {
            Ok(policy) if self.context.agrees_to("pair") => policy,
            Ok(_) => {
                let why = "the bench does not agree to pairing (pair)";
                self.stands(levels::without(subject, "not-tried", why));
                return Ok(None);
            }
            Err(why) => {
                self.stands(levels::without(subject, "not-tried", why));
                return Ok(None);
            }
        };
        let lockout = self.params.mechanisms.iter().map(|one| one.lockout_seconds).fold(0.0, f64::max);
        let (link, bond) = match levels::paired(way, subject, &policy, lockout, self.context).await {
            Ok(paired) => paired,
            Err(no_way) if no_way.is_of_the_tester() => return Err(no_way),
            Err(no_way) => (levels::without(subject, "not-tried", no_way.to_string()), None),
        };
        self.record.take(way.backend_left());
        let stood = link.stood();
        self.stands(link);
        Ok(stood.then_some(bond))
    }

    /// Reads everything and subscribes to everything; what was read is given back.
    async fn look(&mut self, way: &mut Way) -> Result<Values, NoWay> {
        let mut values = Values::new();
        let looked = self.look_at_all(way, &mut values).await;
        self.after(way, looked)?;
        Ok(values)
    }

    /// What is left of a level whose link is gone is not tried, and the next level has a link of its own.
    pub(super) fn after(&mut self, way: &mut Way, ended: Result<(), Stop>) -> Result<(), NoWay> {
        self.record.take(way.backend_left());
        match ended {
            Ok(()) => Ok(()),
            Err(Stop::Link(why)) => {
                self.gap(format!("{}: {why}", self.subject.as_str()));
                Ok(())
            }
            Err(Stop::Tester(error)) => Err(error.into()),
        }
    }

    async fn look_at_all(&mut self, way: &mut Way, values: &mut Values) -> Result<(), Stop> {
        let targets = self.targets.clone();
        for target in &targets {
            let read = way.backend().read_long(target.handle).await;
            if let Ok(Reply::Given(value)) = &read {
                values.insert(target.handle, value.clone());
            }
            self.read(way, target, None, target.handle, read)?;
            for descriptor in &target.descriptors {
                let read = way.backend().read_long(descriptor.handle).await;
                let uuid = descriptor.uuid.to_string();
                self.read(way, target, Some(uuid), descriptor.handle, read)?;
            }
        }
        if self.params.keep_state && self.subject != Subject::Stranger {
            return Ok(());
        }
        let mut granted = false;
        for target in &targets {
            let Some(configuration) = target.configuration else { continue };
            granted |= self.subscribe(way, target, configuration, true).await?;
        }
        let wait = if granted { self.wait() } else { 0.0 };
        if self.subject == Subject::Stranger {
            self.seen.listened_seconds += wait;
        }
        self.listen(way, wait).await
    }

    fn wait(&self) -> f64 {
        if self.params.sample.profile.as_deref() == Some("matrix") { SHORT_WAIT } else { USUAL_WAIT }
    }

    /// Subscribes; whether the device took it.
    pub(super) async fn subscribe(
        &mut self,
        way: &mut Way,
        target: &Target,
        configuration: u16,
        told: bool,
    ) -> Result<bool, Stop> {
        let answered = way.backend().subscribe(configuration, target.indicates()).await;
        let granted = matches!(answered, Ok(Reply::Given(())));
        if told {
            // What everybody may read, everybody may be told.
            let told_to = if target.notified().is_empty() && target.is_open() {
                target.readers()
            } else {
                target.notified()
            };
            let mut trial = self.trial(target, "subscribe", told_to);
            trial.handle = configuration;
            self.answered(way, trial, answered)?;
        }
        Ok(granted)
    }

    /// Takes up what was told unasked.
    pub(super) async fn listen(&mut self, way: &mut Way, wait: f64) -> Result<(), Stop> {
        let told = match way.backend().told(Duration::from_secs_f64(wait)).await {
            Ok(told) => told,
            Err(error) => return Err(stop(error)),
        };
        let n = self.record.take(way.backend_left());
        for one in told.into_iter().take(TOLD_AT_MOST) {
            let target = self.targets.iter().find(|target| target.handle == one.handle);
            let characteristic = target.map_or_else(String::new, |target| target.characteristic.to_string());
            self.seen.told.push(ToldSeen {
                n,
                handle: one.handle,
                characteristic,
                subject: self.subject.as_str().to_owned(),
                link: self.link,
                octets: one.value.len(),
                holds: held(&self.known, &one.value),
            });
        }
        Ok(())
    }

    fn read(
        &mut self,
        way: &mut Way,
        target: &Target,
        descriptor: Option<String>,
        handle: u16,
        read: Result<Reply<Vec<u8>>, BleError>,
    ) -> Result<(), Stop> {
        let mut trial = self.trial(target, "read", target.readers());
        (trial.descriptor, trial.handle) = (descriptor, handle);
        if let Ok(Reply::Given(value)) = &read {
            trial.octets = Some(value.len());
            trial.holds = held(&self.known, value);
        }
        self.answered(way, trial, read)
    }

    /// A trial of a target as who stands on the link now.
    pub(super) fn trial(&self, target: &Target, act: &str, who: &[String]) -> Trial {
        let sent = match act {
            "write" | "write-without-response" | "begin-update" => target.example().unwrap_or_default(),
            _ => Vec::new(),
        };
        Trial {
            holds: held(&self.known, &sent),
            rows: target.rows(),
            declared: target.access.is_some(),
            handle: target.handle,
            service: target.service.to_string(),
            characteristic: target.characteristic.to_string(),
            act: act.to_owned(),
            subject: self.subject.as_str().to_owned(),
            link: self.link,
            who: who.to_vec(),
            critical: target.critical(),
            ..Trial::default()
        }
    }

    /// Keeps a trial with what came of it. A link that is gone, and a device that says nothing, end the level.
    pub(super) fn answered<T>(
        &mut self,
        way: &mut Way,
        mut trial: Trial,
        answered: Result<Reply<T>, BleError>,
    ) -> Result<(), Stop> {
        trial.n = self.record.take(way.backend_left());
        let ended = match answered {
            Ok(Reply::Given(_)) => {
                trial.result = "granted".to_owned();
                Ok(())
            }
            Ok(Reply::Refused(error)) => {
                trial.result = "refused".to_owned();
                trial.error = Some(error.0);
                Ok(())
            }
            Err(error) => {
                trial.result = "no-answer".to_owned();
                trial.note = error.to_string();
                match error {
                    BleError::Malformed(_) => Ok(()),
                    error => Err(stop(error)),
                }
            }
        };
        self.seen.trials.push(trial);
        ended
    }
}

/// What an error of the link means for a level.
pub(super) fn stop(error: BleError) -> Stop {
    match error {
        // A link that ended before the question is one that ended.
        BleError::NoLink => Stop::Link("the link ended".to_owned()),
        error if error.is_of_the_tester() => Stop::Tester(error),
        error => Stop::Link(error.to_string()),
    }
}

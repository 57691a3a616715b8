//! The order of things: the entitled log in and read, events are brought about one by one, others try to read, delete
//! and alter.

use std::time::Duration;

use super::records::{self, Record};
use super::{Access, Attempt, Event, EventSeen, LogSeen, Mechanism, Params, Reading};
use crate::context::ProbeContext;
use crate::http::HttpAnswer;
use crate::login::wrong_password;
use crate::probe::access_control::visitor::{Session, Web};

/// Rest between two readings while an event is waited for.
const BETWEEN_READINGS: Duration = Duration::from_millis(250);
/// Longest wait for an event, whatever is declared.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Seconds of the time budget that are kept for the last reading.
const RESERVE: f64 = 2.0;
/// Stands in what others send, so that it is known again in the log.
const MARK: &str = "hantei-was-here";
/// Records kept in the result have at most so many characters.
const LONGEST_RECORD: usize = 300;

/// Somebody who asks: nobody, or an account.
struct Asker {
    account: Option<String>,
    session: Session,
}

/// What was done and seen so far.
pub(super) struct Walk<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    pub(super) web: Web<'a>,
    pub(super) seen: LogSeen,
    pub(super) gaps: Vec<String>,
    reader: Session,
    /// The records as they were read last.
    known: Vec<Record>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let web =
            Web { dialer: &context.dialer, address: params.address, transcript: String::new(), count: 0 };
        Self {
            params,
            context,
            web,
            seen: LogSeen::default(),
            gaps: Vec::new(),
            reader: Session::default(),
            known: Vec::new(),
        }
    }

    pub(super) async fn go(&mut self) {
        self.enter().await;
        let (reading, records) = self.read(&self.params.read).await;
        let Some(records) = records else {
            self.gaps.push("the log could not be read".to_owned());
            self.seen.before = reading;
            return;
        };
        self.seen.before = reading;
        self.known = records;
        for event in &self.params.events {
            let seen = self.bring_about(event).await;
            self.seen.events.push(seen);
        }
        let (reading, records) = self.read(&self.params.read).await;
        self.seen.after = reading;
        self.known = records.unwrap_or_default();
        if let Some(export) = &self.params.export {
            self.seen.export = self.read(export).await.0;
        }
        if self.known.is_empty() {
            self.gaps.push("the log has no records, so nobody could take any away".to_owned());
            return;
        }
        // Records that tell how long ago something was, or who read them, are others at each reading.
        let again = self.read(&self.params.read).await.1.unwrap_or_default();
        if records::gone(&self.known, &again) > 0 {
            self.gaps
                .push("records change by themselves, so what others do to them cannot be told".to_owned());
            return;
        }
        self.known = again;
        self.let_others_try().await;
    }

    /// Accounts of a mechanism that the bench knows: key, user, password.
    fn accounts(&self, mechanism: &Mechanism) -> Vec<(String, String, String)> {
        let prefix = format!("{}/", mechanism.row);
        let all = self.context.credentials.iter();
        all.filter(|(key, _)| **key == mechanism.row || key.starts_with(&prefix))
            .map(|(key, (user, password))| (key.clone(), user.clone(), password.clone()))
            .collect()
    }

    /// The mechanism and account by which an access is asked: the first that may.
    fn entitled(&self, access: &Access) -> Option<(&'a Mechanism, (String, String, String))> {
        let params = self.params;
        let web = params.mechanisms.iter().filter(|mechanism| mechanism.is_web() && mechanism.valid);
        web.flat_map(|mechanism| {
            self.accounts(mechanism).into_iter().map(move |account| (mechanism, account))
        })
        .find(|(_, (key, user, _))| access.admits(key, user))
    }

    async fn enter(&mut self) {
        if self.params.read.is_open() {
            self.seen.reader = "open".to_owned();
            return;
        }
        let Some((mechanism, (key, user, password))) = self.entitled(&self.params.read) else {
            self.seen.reader = "no-credential".to_owned();
            self.gaps.push("the bench has no credential of those who may read the log".to_owned());
            return;
        };
        let entered = self.web.log_in(&format!("<reader {key}>"), mechanism, &user, &password).await;
        self.reader = entered.session;
        self.seen.reader = entered.outcome.to_owned();
    }

    async fn ask(&mut self, label: &str, session: &mut Session, access: &Access) -> Option<HttpAnswer> {
        let place = (access.port, access.tls);
        self.web.ask(label, session, place, &access.method, &access.target, access.body.as_deref()).await
    }

    /// Reads the log as the entitled, who log in again where a later login took their session.
    async fn read(&mut self, access: &Access) -> (Option<Reading>, Option<Vec<Record>>) {
        let first = self.read_once(access).await;
        let lost = first.0.as_ref().is_some_and(|reading| matches!(reading.status, 300..=399 | 401 | 403));
        if !lost || self.params.read.is_open() || self.seen.before.is_none() {
            return first;
        }
        self.enter().await;
        self.read_once(access).await
    }

    async fn read_once(&mut self, access: &Access) -> (Option<Reading>, Option<Vec<Record>>) {
        let mut session = std::mem::take(&mut self.reader);
        let answer = self.ask("<reader>", &mut session, access).await;
        self.reader = session;
        let Some(answer) = answer else { return (None, None) };
        let records = self.records(&answer);
        let now = jiff::Timestamp::now();
        let newest = records.iter().flatten().filter_map(|record| record.at).max();
        let reading = Reading {
            status: answer.status,
            tls: access.tls,
            cut: answer.truncated,
            records: records.as_ref().map(|records| records.len() as u64),
            stamped: records.iter().flatten().filter(|record| record.at.is_some()).count() as u64,
            ahead_seconds: newest.map(|newest| newest.as_second() - now.as_second()),
            kept: Some(self.context.attach(self.withheld(&answer.text()).as_bytes(), "txt")),
        };
        (Some(reading), records)
    }

    fn records(&self, answer: &HttpAnswer) -> Option<Vec<Record>> {
        let whole = (200..=299).contains(&answer.status) && !answer.truncated;
        let read =
            || records::read(&answer.body, self.params.records.as_deref(), self.params.time.as_deref());
        whole.then(read).flatten()
    }

    /// Without passwords of the bench, should the log hold any.
    fn withheld(&self, text: &str) -> String {
        let secrets = self.context.credentials.values().map(|(_, secret)| secret);
        secrets
            .filter(|secret| secret.len() >= 4)
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "(withheld)"))
    }

    async fn bring_about(&mut self, event: &Event) -> EventSeen {
        let mut seen = EventSeen { name: event.name.clone(), ..EventSeen::default() };
        if self.context.seconds_left().is_some_and(|left| left < RESERVE) {
            "the time was over".clone_into(&mut seen.note);
            self.gaps.push(format!("{} was not brought about: the time was over", event.name));
            return seen;
        }
        // What came into the log meanwhile is no trace of this event.
        match self.read(&self.params.read).await.1 {
            Some(records) => self.known = records,
            None => {
                self.gaps.push(format!("the log could not be read before {}", event.name));
                return seen;
            }
        }
        match self.cause(event).await {
            Ok(status) => seen.note = status,
            Err(why) => {
                seen.note = why;
                return seen;
            }
        }
        let patience = Duration::from_secs(self.params.appears_seconds.into()).min(LONGEST_WAIT);
        let until = tokio::time::Instant::now() + patience;
        loop {
            let Some(now) = self.read(&self.params.read).await.1 else {
                self.gaps.push(format!("the log could not be read after {}", event.name));
                return seen;
            };
            let new = records::new(&self.known, &now);
            seen.caused = true;
            seen.new_records = new.len() as u64;
            let holds =
                |record: &&&Record| event.mentions.iter().all(|text| record.text.contains(text.as_str()));
            seen.record = new.iter().find(holds).map(|record| self.short(&record.text));
            if seen.record.is_some() || event.mentions.is_empty() || tokio::time::Instant::now() >= until {
                return seen;
            }
            tokio::time::sleep(BETWEEN_READINGS).await;
        }
    }

    fn short(&self, text: &str) -> String {
        self.withheld(text).chars().take(LONGEST_RECORD).collect()
    }

    /// Brings an event about; `Err` says why not.
    async fn cause(&mut self, event: &Event) -> Result<String, String> {
        if !event.cause.is_empty() {
            return self.follow(&event.cause).await;
        }
        let right = match event.name.as_str() {
            "login" => true,
            "login-failed" if self.params.may_fail => false,
            "login-failed" => return Err("one wrong credential may lock the login".to_owned()),
            "access-refused" if !self.params.read.is_open() => {
                let answer = self.ask("<nobody>", &mut Session::default(), &self.params.read).await;
                return match answer {
                    Some(answer) if (400..=499).contains(&answer.status) => Ok(answer.status.to_string()),
                    Some(answer) => Err(format!("nobody was answered with {}", answer.status)),
                    None => Err("nobody got no answer".to_owned()),
                };
            }
            _ => return Err("nothing is declared that brings it about".to_owned()),
        };
        let by_reader = self.entitled(&self.params.read);
        let params = self.params;
        let by_anyone = || {
            let web = params.mechanisms.iter().filter(|mechanism| mechanism.is_web() && mechanism.valid);
            web.flat_map(|mechanism| {
                self.accounts(mechanism).into_iter().map(move |account| (mechanism, account))
            })
            .next()
        };
        let Some((mechanism, (key, user, password))) = by_reader.or_else(by_anyone) else {
            return Err("the bench has no credential to log in with".to_owned());
        };
        let made_up = wrong_password();
        let password = if right { &password } else { &made_up };
        let label = if right { format!("<login {key}>") } else { format!("<wrong-credential {key}>") };
        let mut entered = self.web.log_in(&label, mechanism, &user, password).await;
        if entered.outcome == "sent-along" {
            // The credential goes with a request; that is the login.
            let answer = self.ask(&label, &mut entered.session, &self.params.read).await;
            let fits = answer.as_ref().is_some_and(|answer| (200..=299).contains(&answer.status) == right);
            entered.outcome = if fits { if right { "logged-in" } else { "refused" } } else { "unclear" };
            entered.status = answer.map(|answer| answer.status);
        }
        let status = entered.status.map(|status| status.to_string()).unwrap_or_default();
        match (entered.outcome, right) {
            ("logged-in", true) | ("refused", false) => Ok(status),
            (outcome, _) => Err(format!("the login ended otherwise: {outcome} {status}")),
        }
    }

    /// Declared requests that bring an event about, as somebody who may.
    async fn follow(&mut self, causes: &[Access]) -> Result<String, String> {
        if !self.context.agrees_to("change_state") {
            self.gaps.push("nothing was changed: the bench does not agree to change_state".to_owned());
            return Err("the bench does not agree to change_state".to_owned());
        }
        let mut said = Vec::new();
        for access in causes {
            let mut session = Session::default();
            let label = match self.entitled(access) {
                _ if access.is_open() => "<nobody>".to_owned(),
                Some((mechanism, (key, user, password))) => {
                    let label = format!("<{key}>");
                    session = self.web.log_in(&label, mechanism, &user, &password).await.session;
                    label
                }
                None => return Err(format!("the bench has no credential for {}", access.target)),
            };
            match self.ask(&label, &mut session, access).await {
                Some(answer) => said.push(answer.status),
                None => return Err(format!("no answer to {} {}", access.method, access.target)),
            }
        }
        let refused = |status: &&u16| !(200..=399).contains(*status);
        match said.iter().find(refused) {
            Some(status) => Err(format!("the device refused it with {status}")),
            None => Ok(said.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")),
        }
    }

    /// Nobody, and every account: what the declaration does not entitle them to.
    async fn let_others_try(&mut self) {
        let params = self.params;
        let mut askers = vec![Asker { account: None, session: Session::default() }];
        for mechanism in params.mechanisms.iter().filter(|mechanism| mechanism.is_web() && mechanism.valid) {
            for (key, user, password) in self.accounts(mechanism) {
                let entered = self.web.log_in(&format!("<user {key}>"), mechanism, &user, &password).await;
                if matches!(entered.outcome, "logged-in" | "sent-along") {
                    askers.push(Asker { account: Some(format!("{key} {user}")), session: entered.session });
                } else {
                    self.gaps.push(format!("{key} could not log in, and tried nothing"));
                }
            }
        }
        let agreed = self.context.agrees_to("change_state");
        if !agreed {
            self.gaps
                .push("nobody tried to delete or alter: the bench does not agree to change_state".to_owned());
        }
        for mut asker in askers {
            if params.restricted && !may(&asker, &params.read) {
                self.try_to_read(&mut asker).await;
            }
            if agreed {
                self.try_to_change(&mut asker).await;
            }
        }
    }

    async fn try_to_read(&mut self, asker: &mut Asker) {
        let answer = self.ask(&label(asker), &mut asker.session, &self.params.read).await;
        let shown = |answer: &HttpAnswer| match self.records(answer) {
            Some(records) => records.iter().any(|record| self.known.contains(record)),
            None => false,
        };
        let done = answer.as_ref().map(shown);
        let status = answer.map(|answer| answer.status);
        let read = &self.params.read;
        self.note(asker, "read", read, true, Attempt { status, done, ..Attempt::default() });
    }

    async fn try_to_change(&mut self, asker: &mut Asker) {
        let params = self.params;
        let declared = params.erase.iter().map(|access| ("delete", access.clone(), true));
        let declared = declared.chain(params.write.iter().map(|access| ("write", access.clone(), true)));
        let declared: Vec<_> = declared.filter(|(_, way, _)| !may(asker, way)).collect();
        // Who may delete or write in a declared way is not kept from the usual ones.
        let may_delete = params.erase.iter().any(|access| may(asker, access));
        let may_write = params.write.iter().any(|access| may(asker, access));
        let usual = [
            ("delete", "DELETE", None),
            ("write", "PUT", Some(format!("[\"{MARK}\"]"))),
            ("write", "PATCH", Some(format!("{{\"records\":[\"{MARK}\"]}}"))),
            ("write", "POST", Some(format!("{{\"event\":\"{MARK}\"}}"))),
        ];
        let read = &params.read;
        let usual = usual
            .into_iter()
            .filter(|(aim, ..)| !(*aim == "delete" && may_delete || *aim == "write" && may_write))
            .map(|(aim, method, body)| {
                (aim, Access { method: method.to_owned(), body, changes: true, ..read.clone() }, false)
            });
        let ways: Vec<_> = declared.into_iter().chain(usual).collect();
        for (aim, way, is_declared) in ways {
            if self.context.seconds_left().is_some_and(|left| left < RESERVE) {
                self.gaps.push("the time was over before everybody had tried everything".to_owned());
                return;
            }
            let answer = self.ask(&label(asker), &mut asker.session, &way).await;
            let mut attempt = Attempt { status: answer.map(|answer| answer.status), ..Attempt::default() };
            match self.read(&params.read).await.1 {
                Some(now) => {
                    attempt.gone = records::gone(&self.known, &now);
                    let success = attempt.status.is_some_and(|status| (200..=299).contains(&status));
                    let new = records::new(&self.known, &now);
                    let planted = success && new.iter().any(|record| record.text.contains(MARK));
                    // Without an answer, or with nothing to lose, nothing is told, unless something is gone.
                    let told = attempt.status.is_some() && !self.known.is_empty() || attempt.gone > 0;
                    attempt.done = told.then_some(attempt.gone > 0 || planted);
                    self.known = now;
                }
                None => self.gaps.push(format!(
                    "the log could not be read after {} as {}",
                    way.method,
                    label(asker)
                )),
            }
            self.note(asker, aim, &way, is_declared, attempt);
        }
    }

    fn note(&mut self, asker: &Asker, aim: &str, way: &Access, declared: bool, attempt: Attempt) {
        if attempt.status.is_none() {
            self.gaps.push(format!("no answer to {} {} of {}", way.method, way.target, label(asker)));
        }
        self.seen.attempts.push(Attempt {
            subject: if asker.account.is_some() { "user" } else { "nobody" }.to_owned(),
            account: asker.account.as_ref().map(|account| key(account).to_owned()),
            aim: aim.to_owned(),
            method: way.method.clone(),
            target: way.target.clone(),
            declared,
            ..attempt
        });
    }
}

/// Whether the declaration entitles an asker to an access.
fn may(asker: &Asker, access: &Access) -> bool {
    let account = asker.account.as_deref().and_then(|account| account.split_once(' '));
    access.is_open() || account.is_some_and(|(key, user)| access.admits(key, user))
}

fn key(account: &str) -> &str {
    account.split(' ').next().unwrap_or(account)
}

fn label(asker: &Asker) -> String {
    match &asker.account {
        Some(account) => format!("<user {}>", key(account)),
        None => "<nobody>".to_owned(),
    }
}

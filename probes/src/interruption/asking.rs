//! What is asked of the device before, during and after an outage, as somebody who may and as nobody.

use std::collections::BTreeMap;
use std::time::Duration;

use super::served::{Served, Steady};
use super::{Answered, Params, Snapshot};
use crate::context::ProbeContext;
use crate::dialer::abort;
use crate::http::HttpAnswer;
use crate::probe::access_control::comparison::Impression;
use crate::probe::access_control::other_protocols;
use crate::probe::access_control::visitor::{Session, Web};
use crate::probe::access_control::{Access, Mechanism};

/// Ports that are compared, at most.
const MOST_PORTS: usize = 64;
/// Seconds of the time budget that are kept for ending an outage.
const RESERVE: f64 = 3.0;
/// Time for one port.
const PORT_TIME: Duration = Duration::from_millis(800);

/// Asks.
pub(super) struct Asker<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    web: Web<'a>,
    /// Sessions by place of the mechanism.
    sessions: BTreeMap<usize, Session>,
    /// What stays of each answer, by place of the access and subject.
    steady: BTreeMap<(usize, &'static str), Steady>,
    /// What was served first.
    first: BTreeMap<(usize, &'static str), Served>,
}

/// An answer before it is written down.
struct Got {
    subject: &'static str,
    answer: Option<HttpAnswer>,
}

/// What came of asking as somebody who may.
enum Entered {
    /// The answer.
    Asked(Option<HttpAnswer>),
    /// The login itself did not succeed: `refused`, `unclear`, `None` without an answer.
    NotLetIn(Option<&'static str>),
}

impl<'a> Asker<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let web =
            Web { dialer: &context.dialer, address: params.address, transcript: String::new(), count: 0 };
        Self {
            params,
            context,
            web,
            sessions: BTreeMap::new(),
            steady: BTreeMap::new(),
            first: BTreeMap::new(),
        }
    }

    /// Lines of what was asked.
    pub(super) fn transcript(&self) -> &str {
        &self.web.transcript
    }

    /// Questions that were sent.
    pub(super) fn count(&self) -> u32 {
        self.web.count
    }

    /// Asked twice, so that what changes by itself is known.
    pub(super) async fn before(&mut self) -> Snapshot {
        self.answers().await;
        self.snapshot().await
    }

    /// Ports and answers, with fresh logins: a session does not have to survive.
    pub(super) async fn snapshot(&mut self) -> Snapshot {
        self.sessions.clear();
        let mut ports = Vec::new();
        for port in self.params.ports.iter().copied().take(MOST_PORTS) {
            if !self.late() {
                ports.push((port, self.is_open(port).await));
            }
        }
        Snapshot { ports, answers: self.answers().await }
    }

    /// Whether a port answers.
    pub(super) async fn is_open(&self, port: u16) -> bool {
        let to = (self.params.address, port).into();
        match self.context.dialer.connect_within(to, PORT_TIME).await {
            Ok(stream) => {
                abort(stream);
                true
            }
            Err(_) => false,
        }
    }

    /// Asks for everything that changes nothing.
    pub(super) async fn answers(&mut self) -> Vec<Answered> {
        let mut answers = Vec::new();
        for (index, access) in self.params.accesses.iter().enumerate() {
            if access.changes || self.late() {
                continue;
            }
            if access.kind == "http" {
                self.ask_the_web(index, access, &mut answers).await;
            } else {
                answers.extend(self.ask_otherwise(access).await);
            }
        }
        answers
    }

    async fn ask_the_web(&mut self, index: usize, access: &Access, to: &mut Vec<Answered>) {
        let nobody = self.web_answer("<nobody>", &mut Session::default(), access).await;
        if access.is_open() {
            // Of what is open to anybody, nobody in particular is somebody who may.
            let outcome = nobody.as_ref().map(|answer| Impression::of(answer).is_there());
            to.push(self.answered(index, access, Got { subject: "entitled", answer: nobody }, outcome));
            return;
        }
        let entitled = self.as_entitled(access).await;
        let stranger_seen = nobody.as_ref().map(Impression::of);
        let mut entitled_seen = None;
        if let Some(entered) = entitled {
            let (answer, outcome) = match entered {
                Entered::Asked(answer) => {
                    entitled_seen = answer.as_ref().map(Impression::of);
                    let outcome =
                        entitled_seen.as_ref().map(|seen| seen.lets_in(stranger_seen.as_ref(), None));
                    (answer, outcome)
                }
                Entered::NotLetIn(why) => (None, why),
            };
            to.push(self.answered(index, access, Got { subject: "entitled", answer }, outcome));
        }
        let outcome = stranger_seen.as_ref().map(|seen| seen.lets_stranger_in(entitled_seen.as_ref(), None));
        to.push(self.answered(index, access, Got { subject: "stranger", answer: nobody }, outcome));
    }

    /// As the first who may; `None` if nobody could log in for want of a credential or a driver.
    async fn as_entitled(&mut self, access: &Access) -> Option<Entered> {
        let params = self.params;
        let found = params
            .mechanisms
            .iter()
            .enumerate()
            .filter(|(_, mechanism)| mechanism.valid && mechanism.is_web());
        let (place, mechanism, user, password) = found
            .filter_map(|(place, mechanism)| {
                let (key, user, password) = self.account(mechanism)?;
                access.admits(&key, &user).then_some((place, mechanism, user, password))
            })
            .next()?;
        let label = format!("<entitled {}>", mechanism.row);
        // A session that ended meanwhile is begun anew once.
        for kept in [true, false] {
            if !kept || !self.sessions.contains_key(&place) {
                let login = self.web.log_in(&label, mechanism, &user, &password).await;
                if !matches!(login.outcome, "logged-in" | "sent-along") {
                    return Some(Entered::NotLetIn(login.status.map(|_| login.outcome)));
                }
                self.sessions.insert(place, login.session);
            }
            let Some(mut session) = self.sessions.remove(&place) else { continue };
            let answer = self.web_answer(&label, &mut session, access).await;
            self.sessions.insert(place, session);
            let served = answer.as_ref().is_some_and(|answer| (200..=299).contains(&answer.status));
            if served || !kept || answer.is_none() {
                return Some(Entered::Asked(answer));
            }
            self.sessions.remove(&place);
        }
        None
    }

    async fn web_answer(
        &mut self,
        label: &str,
        session: &mut Session,
        access: &Access,
    ) -> Option<HttpAnswer> {
        let place = (access.port, access.tls);
        self.web.ask(label, session, place, &access.method, &access.target, access.body.as_deref()).await
    }

    /// Key, user and password of the first account of a mechanism that the bench knows.
    fn account(&self, mechanism: &Mechanism) -> Option<(String, String, String)> {
        let credentials = &self.context.credentials;
        if let Some(row) = &mechanism.label_with_user_of {
            let (_, password) = credentials.get(&format!("label:{}", self.context.place.sample))?;
            let user = credentials.get(row).map(|(user, _)| user.clone()).unwrap_or_default();
            return Some((mechanism.row.clone(), user, password.clone()));
        }
        let prefix = format!("{}/", mechanism.row);
        credentials
            .iter()
            .find(|(key, _)| **key == mechanism.row || key.starts_with(&prefix))
            .map(|(key, (user, password))| (key.clone(), user.clone(), password.clone()))
    }

    async fn ask_otherwise(&mut self, access: &Access) -> Option<Answered> {
        let tried = other_protocols::stranger(&self.context.dialer, self.params.address, access).await?;
        self.web.transcript.push_str(&tried.line);
        self.web.count += 1;
        Some(Answered {
            rows: access.rows.clone(),
            asked: asked(access),
            subject: if access.is_open() { "entitled" } else { "stranger" }.to_owned(),
            outcome: outcome((tried.result != "no-answer").then_some(tried.result)).to_owned(),
            status: tried.status,
            digest: None,
            excerpt: None,
        })
    }

    fn answered(&mut self, index: usize, access: &Access, got: Got, seen: Option<&'static str>) -> Answered {
        let outcome = outcome(seen);
        let served =
            got.answer.as_ref().filter(|_| outcome == "served").map(|answer| Served::of(&answer.text()));
        let place = (index, got.subject);
        if let Some(served) = &served {
            match self.first.get(&place) {
                None => {
                    self.first.insert(place, served.clone());
                }
                Some(first) if !self.steady.contains_key(&place) => {
                    let steady = first.steady(served);
                    self.steady.insert(place, steady);
                }
                Some(_) => {}
            }
        }
        let steady = self.steady.get(&place).cloned().unwrap_or_default();
        Answered {
            rows: access.rows.clone(),
            asked: asked(access),
            subject: got.subject.to_owned(),
            outcome: outcome.to_owned(),
            status: got.answer.as_ref().map(|answer| answer.status),
            digest: served.as_ref().and_then(|served| served.digest(&steady)),
            excerpt: served.as_ref().map(Served::excerpt),
        }
    }

    fn late(&self) -> bool {
        self.context.seconds_left().is_some_and(|left| left < RESERVE)
    }
}

fn asked(access: &Access) -> String {
    let scheme = if access.kind == "http" { String::new() } else { format!("{} ", access.kind) };
    format!("{scheme}{} {} at port {}", access.method, access.target, access.port)
}

fn outcome(seen: Option<&str>) -> &'static str {
    match seen {
        None => "unreachable",
        Some("granted") => "served",
        Some("refused") => "refused",
        Some(_) => "unclear",
    }
}

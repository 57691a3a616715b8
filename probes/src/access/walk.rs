//! The order in which everything is asked, and of whom.

#[path = "beside.rs"]
mod beside;
#[path = "changes.rs"]
mod changes;
#[path = "leaving.rs"]
mod leaving;

use std::collections::BTreeSet;

use super::comparison::Impression;
use super::visitor::{Session, Web};
use super::{Access, AccessControl, LoginSeen, Mechanism, Params, Trial, other_protocols};
use crate::context::ProbeContext;
use crate::login::wrong_password;

/// Seconds of the time budget that are kept for leaving the device as it was.
const RESERVE: f64 = 2.0;

/// A subject with what it shows.
struct Visit {
    subject: &'static str,
    /// Key of the account.
    account: Option<String>,
    user: String,
    /// Place of the mechanism in the parameters.
    mechanism: Option<usize>,
    session: Session,
    logged_in: bool,
}

impl Visit {
    fn label(&self) -> String {
        match &self.account {
            Some(account) => format!("<{} {account}>", self.subject),
            None => format!("<{}>", self.subject),
        }
    }

    fn may(&self, access: &Access) -> bool {
        access.is_open()
            || (self.subject == "authenticated"
                && self.account.as_deref().is_some_and(|key| access.admits(key, &self.user)))
    }
}

/// The walk through everything that can be asked.
pub(super) struct Walk<'a> {
    pub(super) params: &'a Params,
    context: &'a ProbeContext,
    pub(super) web: Web<'a>,
    pub(super) seen: AccessControl,
    /// Left out or failed: the outcome is partial.
    pub(super) gaps: Vec<String>,
    visits: Vec<Visit>,
    /// What nobody, and who may, got at each declared access.
    nobody: Vec<Option<Impression>>,
    entitled: Vec<Option<Impression>>,
    /// The page with the form of a login, by port.
    login_pages: Vec<(u16, Impression)>,
    /// The state as it was read last, if nothing was asked since.
    known_state: Option<StateSeen>,
}

/// What those who may saw: place of the access, place of the visit, impression.
type StateSeen = Vec<(usize, usize, Impression)>;

impl<'a> Walk<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let none = || vec![None; params.accesses.len()];
        Self {
            params,
            context,
            web: Web {
                dialer: &context.dialer,
                address: params.address,
                transcript: String::new(),
                count: 0,
            },
            seen: AccessControl::default(),
            gaps: Vec::new(),
            visits: Vec::new(),
            nobody: none(),
            entitled: none(),
            login_pages: Vec::new(),
            known_state: None,
        }
    }

    pub(super) async fn go(&mut self) {
        self.enter().await;
        for index in self.http(false) {
            self.read(index).await;
        }
        self.look_beside().await;
        self.other_protocols().await;
        if self.context.agrees_to("change_state") {
            for index in self.http(true) {
                self.write(index).await;
            }
            self.try_other_methods().await;
        } else {
            self.leave_out_changes();
        }
        self.leave().await;
    }

    fn login_page(&self, port: u16) -> Option<Impression> {
        self.login_pages.iter().find(|(at, _)| *at == port).map(|(_, page)| page.clone())
    }

    fn http(&self, changes: bool) -> Vec<usize> {
        let accesses = self.params.accesses.iter().enumerate();
        accesses
            .filter(|(_, access)| access.kind == "http" && access.changes == changes)
            .map(|(at, _)| at)
            .collect()
    }

    fn out_of_time(&self) -> bool {
        self.context.seconds_left().is_some_and(|left| left < RESERVE)
    }

    /// Logs in everybody who will ask.
    async fn enter(&mut self) {
        let params = self.params;
        self.visits.push(visit("nobody", None, Session::default()));
        for (index, mechanism) in params.mechanisms.iter().enumerate() {
            let accounts = self.accounts(mechanism);
            if !mechanism.is_web() {
                continue;
            }
            if accounts.is_empty() {
                self.note_login(&mechanism.row, "authenticated", "no-credential", None);
            }
            let subject = if mechanism.valid { "authenticated" } else { "retired-credential" };
            for (key, user, password) in accounts {
                let label = format!("<{subject} {key}>");
                let entered = self.web.log_in(&label, mechanism, &user, &password).await;
                self.note_login(&key, subject, entered.outcome, entered.status);
                let logged_in = matches!(entered.outcome, "logged-in" | "sent-along");
                let mut visit = visit(subject, Some(key), entered.session);
                (visit.user, visit.mechanism, visit.logged_in) = (user, Some(index), logged_in);
                self.visits.push(visit);
            }
        }
        self.enter_strangers().await;
    }

    /// Those whom the device has no reason to let in, though they show something.
    async fn enter_strangers(&mut self) {
        let params = self.params;
        let mut doors: BTreeSet<(u16, &str, &str)> = BTreeSet::new();
        for mechanism in params.mechanisms.iter().filter(|mechanism| mechanism.is_web()) {
            if !doors.insert((mechanism.port, &mechanism.path, &mechanism.kind)) {
                continue;
            }
            if mechanism.kind == "form" {
                let mut session = Session::default();
                let place = (mechanism.port, mechanism.tls);
                let page = self.web.ask("<visitor>", &mut session, place, "GET", &mechanism.path, None).await;
                if let Some(page) = page.filter(|page| page.status == 200) {
                    self.login_pages.push((mechanism.port, Impression::of(&page)));
                }
                self.visits.push(visit("visitor", Some(mechanism.row.clone()), session));
            }
            let users = self.accounts(mechanism).into_iter().map(|(_, user, _)| user);
            let user = users.into_iter().find(|user| !user.is_empty()).unwrap_or_else(|| "admin".to_owned());
            let label = format!("<wrong-credential {}>", mechanism.row);
            let entered = self.web.log_in(&label, mechanism, &user, &wrong_password()).await;
            self.note_login(&mechanism.row, "wrong-credential", entered.outcome, entered.status);
            if !entered.session.is_empty() {
                self.visits.push(visit("wrong-credential", Some(mechanism.row.clone()), entered.session));
            }
            let same_kind = |visit: &&Visit| {
                visit.mechanism.is_some_and(|index| params.mechanisms[index].kind == mechanism.kind)
                    || (visit.subject == "visitor" && mechanism.kind == "form")
            };
            let like: Vec<&Session> =
                self.visits.iter().filter(same_kind).map(|visit| &visit.session).collect();
            let forged = Session::forged(&like, mechanism.kind == "bearer");
            if !forged.is_empty() {
                self.visits.push(visit("forged", Some(mechanism.row.clone()), forged));
            }
        }
    }

    /// Accounts of a mechanism that the bench knows: key, user, password.
    fn accounts(&self, mechanism: &Mechanism) -> Vec<(String, String, String)> {
        let credentials = &self.context.credentials;
        if let Some(row) = &mechanism.label_with_user_of {
            let label = credentials.get(&format!("label:{}", self.context.place.sample));
            let user = credentials.get(row).map(|(user, _)| user.clone()).unwrap_or_default();
            return label
                .map(|(_, password)| (mechanism.row.clone(), user, password.clone()))
                .into_iter()
                .collect();
        }
        let prefix = format!("{}/", mechanism.row);
        credentials
            .iter()
            .filter(|(key, _)| **key == mechanism.row || key.starts_with(&prefix))
            .map(|(key, (user, password))| (key.clone(), user.clone(), password.clone()))
            .collect()
    }

    fn note_login(&mut self, account: &str, subject: &str, outcome: &str, status: Option<u16>) {
        self.seen.logins.push(LoginSeen {
            account: account.to_owned(),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
            status,
            leaving: "not-tried".to_owned(),
        });
    }

    /// Asks for something that changes nothing: nobody, then who may, then everybody else.
    async fn read(&mut self, index: usize) {
        let access = &self.params.accesses[index];
        let login = self.login_page(access.port);
        let mut got: Vec<(usize, Option<Impression>, u32)> = Vec::new();
        // What is open to anyone is asked by nobody in particular.
        let askers = if access.is_open() { 1 } else { self.visits.len() };
        for at in 0..askers {
            if self.out_of_time() {
                self.not_tried(index, self.visits[at].subject, "the time was over");
                continue;
            }
            let answer = self.ask(at, access, &access.method, &access.target).await;
            got.push((at, answer, self.web.count));
        }
        let of = |wanted: &dyn Fn(&Visit) -> bool| {
            got.iter()
                .find(|(at, answer, _)| answer.is_some() && wanted(&self.visits[*at]))
                .and_then(|(_, answer, _)| answer.clone())
        };
        let nobody = of(&|visit| visit.subject == "nobody");
        let granted = |at: usize, answer: &Impression| {
            let visit = &self.visits[at];
            visit.subject == "authenticated"
                && visit.may(access)
                && answer.lets_in(nobody.as_ref(), login.as_ref()) == "granted"
        };
        let entitled =
            got.iter().find_map(|(at, answer, _)| answer.clone().filter(|answer| granted(*at, answer)));
        for (at, answer, n) in got {
            let visit = &self.visits[at];
            let may = visit.may(access);
            let result = match &answer {
                None => "no-answer",
                Some(answer) if access.is_open() => answer.is_there(),
                Some(answer) if may => answer.lets_in(nobody.as_ref(), login.as_ref()),
                Some(answer) => answer.lets_stranger_in(entitled.as_ref(), login.as_ref()),
            };
            let status = answer.as_ref().map(|answer| answer.status);
            self.record(
                at,
                access,
                (&access.method, &access.target),
                may,
                result,
                status,
                None,
                n,
                String::new(),
            );
        }
        (self.nobody[index], self.entitled[index]) = (nobody, entitled);
    }

    async fn ask(&mut self, at: usize, access: &Access, method: &str, target: &str) -> Option<Impression> {
        let visit = &mut self.visits[at];
        if visit.subject == "nobody" {
            // Nobody brings nothing, not even a cookie of the last answer.
            visit.session = Session::default();
        }
        let label = visit.label();
        let body = access.body.as_deref().filter(|_| method == access.method);
        let place = (access.port, access.tls);
        let answer = self.web.ask(&label, &mut visit.session, place, method, target, body).await;
        answer.as_ref().map(Impression::of)
    }

    #[expect(clippy::too_many_arguments, reason = "a trial has that many sides")]
    fn record(
        &mut self,
        at: usize,
        access: &Access,
        (method, target): (&str, &str),
        entitled: bool,
        result: &str,
        status: Option<u16>,
        changed: Option<bool>,
        n: u32,
        note: String,
    ) {
        let visit = &self.visits[at];
        if result == "no-answer" {
            self.gaps.push(format!("no answer to {method} {target}"));
        }
        self.seen.trials.push(Trial {
            n,
            rows: access.rows.clone(),
            declared: method == access.method && target == access.target,
            kind: access.kind.clone(),
            port: access.port,
            method: method.to_owned(),
            target: target.to_owned(),
            changes: access.changes,
            subject: visit.subject.to_owned(),
            account: visit.account.clone(),
            entitled,
            status,
            result: result.to_owned(),
            changed,
            note,
        });
    }

    fn not_tried(&mut self, index: usize, subject: &str, why: &str) {
        let access = &self.params.accesses[index];
        self.gaps.push(format!("{} {} was not asked as {subject}: {why}", access.method, access.target));
        self.seen.trials.push(Trial {
            n: 0,
            rows: access.rows.clone(),
            declared: true,
            kind: access.kind.clone(),
            port: access.port,
            method: access.method.clone(),
            target: access.target.clone(),
            changes: access.changes,
            subject: subject.to_owned(),
            account: None,
            entitled: false,
            status: None,
            result: "not-tried".to_owned(),
            changed: None,
            note: why.to_owned(),
        });
    }

    /// MQTT topics, CoAP resources and RTSP streams, by nobody.
    async fn other_protocols(&mut self) {
        for (index, access) in
            self.params.accesses.iter().enumerate().filter(|(_, access)| access.kind != "http")
        {
            if access.changes && !self.context.agrees_to("change_state") {
                continue;
            }
            let Some(tried) =
                other_protocols::stranger(&self.context.dialer, self.params.address, access).await
            else {
                self.not_tried(index, "nobody", "there is no driver for it");
                continue;
            };
            self.web.transcript.push_str(&tried.line);
            self.web.count += 1;
            let place = (access.method.as_str(), access.target.as_str());
            let n = self.web.count;
            self.record(0, access, place, access.is_open(), tried.result, tried.status, None, n, tried.note);
        }
    }
}

fn visit(subject: &'static str, account: Option<String>, session: Session) -> Visit {
    Visit { subject, account, user: String::new(), mechanism: None, session, logged_in: false }
}

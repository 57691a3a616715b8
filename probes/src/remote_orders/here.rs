//! The device as somebody who may operates it here: its state is read, and local operations are asked for.

use std::time::{Duration, Instant};

use super::{LocalOperation, Params};
use crate::context::ProbeContext;
use crate::probe::access_control::visitor::{Session, Web};
use crate::probe::access_control::{Access, Mechanism};

/// Rest between two readings of the state.
const BETWEEN_READINGS: Duration = Duration::from_millis(100);

/// Whoever operates it here.
pub(super) struct Here<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    pub(super) web: Web<'a>,
    /// What became of the reader's login, as [`super::OrdersSeen::reader`] has it.
    pub(super) reader_is: &'static str,
    reader: Session,
}

impl<'a> Here<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        let web =
            Web { dialer: &context.dialer, address: params.address, transcript: String::new(), count: 0 };
        Self { params, context, web, reader_is: "", reader: Session::default() }
    }

    /// Logs the reader in, where that is needed. `Err` says what is missing.
    pub(super) async fn enter(&mut self) -> Result<(), String> {
        if self.params.seen.is_open() {
            self.reader_is = "open";
            return Ok(());
        }
        let Some((mechanism, key, user, password)) = self.entitled(&self.params.seen) else {
            self.reader_is = "no-credential";
            return Err("the bench has no credential of those who may read the state".to_owned());
        };
        let entered = self.web.log_in(&format!("<reader {key}>"), mechanism, &user, &password).await;
        self.reader = entered.session;
        self.reader_is = entered.outcome;
        Ok(())
    }

    /// The mechanism and account by which an access is asked: the first that may.
    fn entitled(&self, access: &Access) -> Option<(&'a Mechanism, String, String, String)> {
        let params = self.params;
        let web = params.mechanisms.iter().filter(|mechanism| mechanism.is_web() && mechanism.valid);
        let mut known = web.flat_map(|mechanism| {
            let prefix = format!("{}/", mechanism.row);
            let all = self.context.credentials.iter();
            all.filter(move |(key, _)| **key == mechanism.row || key.starts_with(&prefix))
                .map(move |(key, (user, password))| (mechanism, key.clone(), user.clone(), password.clone()))
        });
        known.find(|(_, key, user, _)| access.admits(key, user))
    }

    /// The state without white space; `None` where it could not be read.
    pub(super) async fn state(&mut self) -> Option<String> {
        let first = self.read().await;
        if !matches!(first, Err(Some(300..=399 | 401 | 403))) || self.params.seen.is_open() {
            return first.ok();
        }
        // A later login, or what was done meanwhile, took the reader's session.
        self.enter().await.ok()?;
        self.read().await.ok()
    }

    async fn read(&mut self) -> Result<String, Option<u16>> {
        let mut session = std::mem::take(&mut self.reader);
        let seen = &self.params.seen;
        let place = (seen.port, seen.tls);
        let body = seen.body.as_deref();
        let answer = self.web.ask("<reader>", &mut session, place, &seen.method, &seen.target, body).await;
        self.reader = session;
        match answer {
            Some(answer) if (200..=299).contains(&answer.status) && !answer.truncated => {
                Ok(packed(&answer.text()))
            }
            other => Err(other.map(|answer| answer.status)),
        }
    }

    /// Waits until the state holds these texts, for at most `time`; `None` where it could not be read in the end.
    pub(super) async fn waited(&mut self, shows: &[String], time: Duration) -> (Option<bool>, f64) {
        let begun = Instant::now();
        loop {
            let state = self.state().await;
            let shown = state.map(|state| holds(&state, shows));
            if shown == Some(true) || begun.elapsed() >= time {
                return (shown, begun.elapsed().as_secs_f64());
            }
            tokio::time::sleep(BETWEEN_READINGS).await;
        }
    }

    /// Asks for a local operation as somebody who may.
    pub(super) async fn operate(&mut self, operation: &LocalOperation) -> Result<u16, String> {
        let access = &operation.access;
        let mut session = Session::default();
        let label = match self.entitled(access) {
            _ if access.is_open() => "<nobody>".to_owned(),
            Some((mechanism, key, user, password)) => {
                let label = format!("<{key}>");
                session = self.web.log_in(&label, mechanism, &user, &password).await.session;
                label
            }
            None => return Err(format!("the bench has no credential for {}", access.target)),
        };
        let place = (access.port, access.tls);
        let body = access.body.as_deref();
        let answer = self.web.ask(&label, &mut session, place, &access.method, &access.target, body).await;
        answer
            .map(|answer| answer.status)
            .ok_or_else(|| format!("no answer to {} {}", access.method, access.target))
    }
}

/// Without white space, which programs set as they like.
fn packed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Whether a packed state holds all texts.
pub(super) fn holds(state: &str, shows: &[String]) -> bool {
    shows.iter().all(|text| state.contains(&packed(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_does_not_count_and_every_text_does() {
        let state = packed("{ \"operation\": \"stopped\",\n \"target\": 47 }");
        let shows =
            |texts: &[&str]| holds(&state, &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert!(shows(&["\"target\":47", "\"operation\" : \"stopped\""]));
        assert!(!shows(&["\"target\":47", "\"operation\":\"ready\""]));
    }
}

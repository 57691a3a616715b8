//! Visits to the pages of settings: one login for each mechanism, each page once a look.

use std::time::Duration;

use crate::context::ProbeContext;
use crate::http::{HttpAnswer, HttpRequest};
use crate::login::Credential;
use crate::web_session::{Session, Way};

use super::{Params, Setting};

/// Longest wait for a lock-out that an earlier observation has left, in seconds.
const LONGEST_WAIT: u32 = 900;

/// A visit of the user.
pub(super) struct Visit<'a> {
    params: &'a Params,
    context: &'a ProbeContext,
    sessions: Vec<(String, Session<'a>)>,
}

impl<'a> Visit<'a> {
    pub(super) fn new(params: &'a Params, context: &'a ProbeContext) -> Self {
        Self { params, context, sessions: Vec::new() }
    }

    /// Opens the page of a setting.
    ///
    /// # Errors
    /// Why none came, in words.
    pub(super) async fn open(&mut self, setting: &Setting) -> Result<HttpAnswer, String> {
        self.session(setting).await?.open(&setting.key, &setting.page).await
    }

    /// Sends a request to where a setting lies.
    ///
    /// # Errors
    /// Why no answer came, in words.
    pub(super) async fn send(
        &mut self,
        setting: &Setting,
        request: HttpRequest,
    ) -> Result<HttpAnswer, String> {
        self.session(setting).await?.ask(&setting.key, request).await
    }

    /// What was asked, a line a request.
    pub(super) fn transcript(self) -> String {
        self.sessions.into_iter().map(|(_, session)| session.transcript).collect()
    }

    async fn session(&mut self, setting: &Setting) -> Result<&mut Session<'a>, String> {
        let place = (self.params.address, setting.port).into();
        let key = match &setting.login {
            Some(login) => format!("{} {}", login.row, setting.by_label),
            None => format!("{place} {}", setting.tls),
        };
        if let Some(at) = self.sessions.iter().position(|(known, _)| *known == key) {
            return Ok(&mut self.sessions[at].1);
        }
        let session = match &setting.login {
            None => Session::stranger_at(&self.context.dialer, place, setting.tls),
            Some(login) if (login.port, login.tls) != (setting.port, setting.tls) => {
                return Err(format!("{} lies at another port than the login {}", setting.page, login.row));
            }
            Some(login) => self.logged_in(login, setting).await?,
        };
        self.sessions.push((key, session));
        Ok(&mut self.sessions.last_mut().expect("one was pushed").1)
    }

    async fn logged_in(&self, login: &Way, setting: &Setting) -> Result<Session<'a>, String> {
        let (params, kind) = login
            .at(self.params.address)
            .ok_or_else(|| format!("this build knows no login of kind {:?}", login.kind))?;
        let own = self.context.credentials.get(&login.row);
        let label = format!("label:{}", self.context.place.sample);
        let credential = match (setting.by_label, self.context.credentials.get(&label)) {
            (true, None) => return Err(format!("the bench file has no label_password for {label}")),
            (true, Some((_, password))) => Some((own.map_or("", |(user, _)| user.as_str()), password)),
            (false, _) => own.map(|(user, password)| (user.as_str(), password)),
        };
        let Some((user, password)) = credential else {
            return Err(format!("the bench file has no credential for {}", login.row));
        };
        let credential = Credential { label: format!("<{}>", login.row), user, password };
        let session = Session::logged_in(&self.context.dialer, &params, kind, &credential).await?;
        // A lock-out of an earlier observation may still be there.
        if session.transcript.lines().last().is_some_and(|line| line.contains("-> 429")) {
            let wait = login.lockout_seconds.unwrap_or(5).min(LONGEST_WAIT);
            tokio::time::sleep(Duration::from_secs(u64::from(wait) + 1)).await;
            return Session::logged_in(&self.context.dialer, &params, kind, &credential).await;
        }
        Ok(session)
    }
}

//! One try at an HTTP login, for each way of logging in that devices use.
//!
//! Whether a credential was accepted is read from what the *protected page* says afterwards: many
//! devices answer a wrong password with status 200. No user name or password leaves this module;
//! what is written down calls them by a label.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dialer::{DialError, Dialer};
use crate::drivers::Driver;
use crate::http::digest::Challenge;
use crate::http::page_text::{has_password_field, hidden_fields, page_text};
use crate::http::{self, HttpAnswer, HttpError, HttpRequest, HttpTarget};
use crate::probe::http_login::{Attempt, Params};
use crate::tls::client_hello::random;
use crate::tls::session::SessionError;

/// Time for one request. Longer than the delays that devices put in front of wrong credentials.
const REQUEST_TIME: Duration = Duration::from_secs(15);

/// A way of logging in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Basic authentication.
    Basic,
    /// Digest authentication.
    Digest,
    /// A form and a session cookie.
    Form,
    /// JSON in, token out.
    Bearer,
}

impl Kind {
    /// By the name it has in a declaration.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "basic" => Self::Basic,
            "digest" => Self::Digest,
            "form" => Self::Form,
            "bearer" => Self::Bearer,
            _ => return None,
        })
    }
}

/// A credential and the label that stands for it in everything written down.
pub struct Credential<'a> {
    /// `<good>`, `<wrong 3>`, `<common 2>`.
    pub label: String,
    /// User name.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
}

/// A try, with what is needed to see a change in the device's behaviour.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// What goes into the observation.
    pub attempt: Attempt,
    /// The words of the answer with digits folded, without markup; kept in memory only.
    pub words: String,
}

/// Why nothing more can be tried; never the device's fault.
#[derive(Debug, thiserror::Error)]
pub enum LoginTrouble {
    /// The dialer or the declaration stands in the way.
    #[error("{0}")]
    Bench(String),
    /// The device speaks TLS that we do not.
    #[error(transparent)]
    Tls(SessionError),
    /// The device speaks a protocol in a way that we do not.
    #[error("{0}")]
    Protocol(String),
}

/// Tries credentials one after the other and keeps the transcript.
pub struct Door<'a> {
    dialer: &'a Dialer,
    params: &'a Params,
    kind: Kind,
    target: HttpTarget,
    count: u32,
    /// The protected page is refused by its status, so a page with status 200 is the real one even if it
    /// holds a password field (settings pages do).
    refused_by_status: bool,
    /// One line a request: number, label, request, status, seconds.
    pub transcript: String,
}

/// Where a try stands after a step.
enum Step {
    /// Decided: the answer that decided it, and the result.
    Done(Option<HttpAnswer>, &'static str),
    /// Go on with this answer.
    Go(HttpAnswer),
}

impl<'a> Door<'a> {
    /// A door to the login of these parameters.
    pub fn new(dialer: &'a Dialer, params: &'a Params, kind: Kind) -> Self {
        let target = HttpTarget {
            address: (params.address, params.port).into(),
            tls: params.tls,
            host: http::host_name(params.address),
        };
        Self { dialer, params, kind, target, count: 0, refused_by_status: false, transcript: String::new() }
    }

    /// Opens the protected page without any credential.
    ///
    /// # Errors
    /// [`LoginTrouble`] if the tool or the bench stands in the way.
    pub async fn without_credential(&mut self) -> Result<Try, LoginTrouble> {
        self.count += 1;
        let started = Instant::now();
        let (answer, result) =
            match self.send("no credential", HttpRequest::get(&self.params.protected)).await? {
                Step::Go(answer) => {
                    let result = judge_page(&answer, false);
                    self.refused_by_status = result == "rejected" && !(200..=299).contains(&answer.status);
                    (Some(answer), result)
                }
                Step::Done(answer, result) => (answer, result),
            };
        Ok(self.note(started, answer, result))
    }

    /// Tries one credential. Every try is a session of its own, so a device that counts failures in the
    /// session is seen to count nothing.
    ///
    /// # Errors
    /// [`LoginTrouble`] if the tool or the bench stands in the way.
    pub async fn knock(&mut self, credential: &Credential<'_>) -> Result<Try, LoginTrouble> {
        self.count += 1;
        let started = Instant::now();
        let step = match self.kind {
            Kind::Basic => self.basic(credential).await?,
            Kind::Digest => self.digest(credential).await?,
            Kind::Form => self.form(credential).await?,
            Kind::Bearer => self.bearer(credential).await?,
        };
        let (answer, result) = match step {
            Step::Go(answer) => {
                let result = judge_page(&answer, self.refused_by_status);
                (Some(answer), result)
            }
            Step::Done(answer, result) => (answer, result),
        };
        Ok(self.note(started, answer, result))
    }

    async fn basic(&mut self, credential: &Credential<'_>) -> Result<Step, LoginTrouble> {
        let header = format!("Basic {}", base64(&format!("{}:{}", credential.user, credential.password)));
        self.send(&credential.label, HttpRequest::get(&self.params.protected).with("authorization", header))
            .await
    }

    async fn digest(&mut self, credential: &Credential<'_>) -> Result<Step, LoginTrouble> {
        let asked = match self.send(&credential.label, HttpRequest::get(&self.params.protected)).await? {
            Step::Go(answer) => answer,
            done @ Step::Done(..) => return Ok(done),
        };
        let Some(challenge) = Challenge::strongest(asked.all("www-authenticate")) else {
            let result =
                if asked.status == 401 { "unclear" } else { judge_page(&asked, self.refused_by_status) };
            // Without a challenge nothing was tried, so an open page is not an accepted credential.
            return Ok(Step::Done(Some(asked), if result == "accepted" { "unclear" } else { result }));
        };
        let cnonce = hex(&random::<8>());
        let uri = &self.params.protected;
        let header = challenge.answer("GET", uri, credential.user, credential.password, &cnonce);
        self.send(&credential.label, HttpRequest::get(uri).with("authorization", header)).await
    }

    async fn form(&mut self, credential: &Credential<'_>) -> Result<Step, LoginTrouble> {
        let mut cookies = Cookies::default();
        let page = match self.send(&credential.label, HttpRequest::get(&self.params.path)).await? {
            Step::Go(answer) => answer,
            done @ Step::Done(..) => return Ok(done),
        };
        let mut fields = Vec::new();
        // A form address that takes POST only says so (404, 405); then there is nothing hidden to send.
        if page.status == 200 {
            cookies.take(&page);
            fields = hidden_fields(&page.text());
        }
        let user_field = self.params.user_field.as_deref().unwrap_or("username");
        let password_field = self.params.password_field.as_deref().unwrap_or("password");
        fields.retain(|(name, _)| name != user_field && name != password_field);
        fields.push((user_field.to_owned(), credential.user.to_owned()));
        fields.push((password_field.to_owned(), credential.password.to_owned()));
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        let request = HttpRequest {
            method: "POST".to_owned(),
            path: self.params.path.clone(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: body.join("&").into_bytes(),
        };
        let posted = match self.send(&credential.label, cookies.add_to(request)).await? {
            Step::Go(answer) => answer,
            done @ Step::Done(..) => return Ok(done),
        };
        cookies.take(&posted);
        let request = cookies.add_to(HttpRequest::get(&self.params.protected));
        self.look_behind(credential, posted, request).await
    }

    async fn bearer(&mut self, credential: &Credential<'_>) -> Result<Step, LoginTrouble> {
        let mut fields = serde_json::Map::new();
        let user_field = self.params.user_field.as_deref().unwrap_or("username");
        let password_field = self.params.password_field.as_deref().unwrap_or("password");
        fields.insert(user_field.to_owned(), Value::from(credential.user));
        fields.insert(password_field.to_owned(), Value::from(credential.password));
        let request = HttpRequest {
            method: "POST".to_owned(),
            path: self.params.path.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Value::Object(fields).to_string().into_bytes(),
        };
        let posted = match self.send(&credential.label, request).await? {
            Step::Go(answer) => answer,
            done @ Step::Done(..) => return Ok(done),
        };
        let token_field = self.params.token_field.as_deref().unwrap_or("token");
        let token = serde_json::from_slice::<Value>(&posted.body)
            .ok()
            .and_then(|answer| answer.get(token_field).and_then(Value::as_str).map(str::to_owned));
        let Some(token) = token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic())) else {
            // Whatever the status: without a token nobody is let in.
            return Ok(Step::Done(Some(posted), "rejected"));
        };
        let request =
            HttpRequest::get(&self.params.protected).with("authorization", format!("Bearer {token}"));
        self.look_behind(credential, posted, request).await
    }

    /// Opens the protected page with what the login gave; the answer of the login itself is what the
    /// observation shows, because that is where a lock-out is seen.
    async fn look_behind(
        &mut self,
        credential: &Credential<'_>,
        posted: HttpAnswer,
        request: HttpRequest,
    ) -> Result<Step, LoginTrouble> {
        let result = match self.send(&credential.label, request).await? {
            Step::Go(page) => judge_page(&page, self.refused_by_status),
            Step::Done(_, result) => result,
        };
        Ok(Step::Done(Some(posted), result))
    }

    async fn send(&mut self, label: &str, request: HttpRequest) -> Result<Step, LoginTrouble> {
        let answer = http::send(self.dialer, &self.target, &request, REQUEST_TIME).await;
        let method = if request.method.is_empty() { "GET" } else { &request.method };
        let said = match &answer {
            Ok(answer) => {
                format!("{} in {:.3} s, {} bytes", answer.status, answer.seconds, answer.body.len())
            }
            Err(error) => error.to_string(),
        };
        writeln!(self.transcript, "{:3} {label}: {method} {} -> {said}", self.count, request.path)
            .expect("a String takes any text");
        Ok(match answer {
            Ok(answer) if is_throttling(answer.status) => Step::Done(Some(answer), "throttled"),
            Ok(answer) => Step::Go(answer),
            Err(HttpError::Dial(DialError::Refused) | HttpError::Closed) => Step::Done(None, "closed"),
            Err(HttpError::Tls(SessionError::Closed)) => Step::Done(None, "closed"),
            Err(HttpError::Dial(DialError::Silent) | HttpError::NoAnswer(_)) => Step::Done(None, "no-answer"),
            Err(HttpError::NotHttp(_)) => Step::Done(None, "unclear"),
            Err(HttpError::Tls(error)) => return Err(LoginTrouble::Tls(error)),
            Err(error) => return Err(LoginTrouble::Bench(error.to_string())),
        })
    }

    fn note(&self, started: Instant, answer: Option<HttpAnswer>, result: &str) -> Try {
        let words = answer.as_ref().map(|answer| fold_digits(&page_text(&answer.text()))).unwrap_or_default();
        let attempt = Attempt {
            n: self.count,
            status: answer.map(|answer| answer.status),
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            result: result.to_owned(),
        };
        Try { attempt, words }
    }
}

impl Driver for Door<'_> {
    async fn without_credential(&mut self) -> Result<Try, LoginTrouble> {
        Door::without_credential(self).await
    }

    async fn attempt(&mut self, credential: &Credential<'_>) -> Result<Try, LoginTrouble> {
        self.knock(credential).await
    }

    fn transcript(&self) -> &str {
        &self.transcript
    }
}

/// How passwords begin that nobody has.
const MADE_UP: &str = "Wr0ng-";

/// A password that nobody has: different every time.
pub fn wrong_password() -> String {
    format!("{MADE_UP}{}", hex(&random::<9>()))
}

/// Whether a password comes from [`wrong_password`].
pub(crate) fn is_made_up(password: &str) -> bool {
    password.starts_with(MADE_UP)
}

fn is_throttling(status: u16) -> bool {
    matches!(status, 423 | 429 | 503)
}

/// What a page says: a page with status 200 that asks for a password is a login page, unless the control
/// showed that strangers are refused by status.
fn judge_page(answer: &HttpAnswer, refused_by_status: bool) -> &'static str {
    match answer.status {
        status if is_throttling(status) => "throttled",
        200..=299 if !refused_by_status && has_password_field(&answer.text()) => "rejected",
        200..=299 => "accepted",
        300..=399 | 401 | 403 | 407 => "rejected",
        _ => "unclear",
    }
}

pub(crate) fn fold_digits(text: &str) -> String {
    let mut folded = String::new();
    for c in text.chars().take(2000) {
        if !c.is_ascii_digit() {
            folded.extend(c.to_lowercase());
        } else if !folded.ends_with('#') {
            folded.push('#');
        }
    }
    folded
}

/// Cookies of one try; forgotten afterwards.
#[derive(Default)]
struct Cookies(Vec<(String, String)>);

impl Cookies {
    fn take(&mut self, answer: &HttpAnswer) {
        for header in answer.all("set-cookie") {
            let pair = header.split(';').next().unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                self.0.retain(|(known, _)| *known != name);
                if self.0.len() < 20 {
                    self.0.push((name, value));
                }
            }
        }
    }

    fn add_to(&self, request: HttpRequest) -> HttpRequest {
        if self.0.is_empty() {
            return request;
        }
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.with("cookie", pairs.join("; "))
    }
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes any text");
        }
    }
    out
}

pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let number =
            chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (number >> (18 - 6 * place)) & 63;
            out.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[six as usize]) });
        }
    }
    out
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_written_as_in_the_rfc() {
        assert_eq!(base64("Aladdin:open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!((base64("ab"), base64("abc")), ("YWI=".to_owned(), "YWJj".to_owned()));
    }

    #[test]
    fn a_page_that_asks_for_a_password_let_nobody_in() {
        let page = |status, body: &str| HttpAnswer {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            truncated: false,
            seconds: 0.0,
            chain: Vec::new(),
        };
        assert_eq!(judge_page(&page(200, "settings"), false), "accepted");
        assert_eq!(judge_page(&page(200, "change <input type=password>"), true), "accepted");
        assert_eq!(judge_page(&page(200, "<input type=password>"), false), "rejected");
        assert_eq!(judge_page(&page(302, ""), false), "rejected");
        assert_eq!(judge_page(&page(500, ""), false), "unclear");
    }

    #[test]
    fn wrong_passwords_differ() {
        assert_ne!(wrong_password(), wrong_password());
    }
}

//! A visitor of a web server: what a login gave, and requests made with it. No user name, password, cookie or
//! token leaves this module; what is written down calls the visitor by a label.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::Value;

use super::Mechanism;
use crate::dialer::Dialer;
use crate::http::digest::Challenge;
use crate::http::page_text::{has_password_field, hidden_fields};
use crate::http::{self, HttpAnswer, HttpRequest, HttpTarget};
use crate::tls::client_hello::random;

/// Time for one request.
const REQUEST_TIME: Duration = Duration::from_secs(10);
/// Rest for the device before a request without an answer is sent again.
const REST: Duration = Duration::from_millis(300);
/// Longest wait that a device may ask for before the same request is sent again, in seconds.
const LONGEST_RETRY_AFTER: u64 = 5;
/// Pages of a visitor that are remembered, for their hidden fields and links.
const PAGES_AT_MOST: usize = 24;

/// Who visits, and with what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    cookies: Vec<(String, String)>,
    proof: Proof,
    /// Pages that the visitor got: port, path, markup.
    pub(crate) pages: Vec<(u16, String, String)>,
}

/// What a visitor shows beside cookies.
#[derive(Clone, Debug, Default)]
enum Proof {
    #[default]
    None,
    Bearer(String),
    Basic(String, String),
    Digest(String, String),
}

/// What became of a login.
pub(crate) struct LoggedIn {
    /// What it gave.
    pub(crate) session: Session,
    /// `logged-in`, `refused`, `unclear`; `sent-along` where the credential goes with every request.
    pub(crate) outcome: &'static str,
    /// Status of the answer.
    pub(crate) status: Option<u16>,
}

/// The web servers of one address.
pub(crate) struct Web<'a> {
    pub(crate) dialer: &'a Dialer,
    pub(crate) address: IpAddr,
    /// One line a request.
    pub(crate) transcript: String,
    /// Requests sent.
    pub(crate) count: u32,
}

impl Session {
    /// A visitor with cookies and a token of the right form that nobody was given.
    pub(crate) fn forged(like: &[&Session], token: bool) -> Self {
        let mut forged = Self::default();
        for (name, value) in like.iter().flat_map(|session| &session.cookies) {
            if forged.cookies.iter().all(|(known, _)| known != name) {
                forged.cookies.push((name.clone(), invented(value)));
            }
        }
        let given = like.iter().find_map(|session| match &session.proof {
            Proof::Bearer(token) => Some(token.as_str()),
            _ => None,
        });
        if token {
            forged.proof = Proof::Bearer(invented(given.unwrap_or("0123456789abcdef0123456789abcdef")));
        }
        forged
    }

    /// Whether there is anything to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty() && matches!(self.proof, Proof::None)
    }

    fn take_cookies(&mut self, answer: &HttpAnswer) {
        for header in answer.all("set-cookie") {
            let Some((name, value)) = header.split(';').next().unwrap_or("").split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            self.cookies.retain(|(known, _)| *known != name);
            if self.cookies.len() < 20 {
                self.cookies.push((name, value));
            }
        }
    }

    /// What the visitor shows with every request, as lines of a head; `None` where each request has its own (digest).
    pub(crate) fn lines(&self) -> Option<Vec<(String, String)>> {
        let mut lines = Vec::new();
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            lines.push(("Cookie".to_owned(), pairs.join("; ")));
        }
        match &self.proof {
            Proof::None => {}
            Proof::Bearer(token) => lines.push(("Authorization".to_owned(), format!("Bearer {token}"))),
            Proof::Basic(user, password) => lines.push(("Authorization".to_owned(), basic(user, password))),
            Proof::Digest(..) => return None,
        }
        Some(lines)
    }

    /// Hidden fields that belong to a form which leads to `path`.
    pub(crate) fn hidden_for(&self, port: u16, path: &str) -> Vec<(String, String)> {
        let here = || self.pages.iter().rev().filter(|page| page.0 == port);
        let leads_there = |html: &str| {
            html.contains(&format!("\"{path}\""))
                || html.contains(&format!("'{path}'"))
                || html.contains(&format!("={path}"))
        };
        let with_form = here().find(|(_, _, html)| leads_there(html));
        // Without the form itself, the fields of the last page with any: servers often use one token for all.
        let page = with_form.or_else(|| here().find(|(_, _, html)| !hidden_fields(html).is_empty()));
        page.map(|(_, _, html)| hidden_fields(html)).unwrap_or_default()
    }

    fn remember(&mut self, port: u16, path: &str, answer: &HttpAnswer) {
        let html = answer.header("content-type").is_none_or(|kind| kind.contains("html"));
        if html && answer.body.len() <= 64 * 1024 {
            self.pages.retain(|(at, known, _)| (*at, known.as_str()) != (port, path));
            if self.pages.len() >= PAGES_AT_MOST {
                self.pages.remove(0);
            }
            self.pages.push((port, path.to_owned(), answer.text()));
        }
    }
}

impl Web<'_> {
    /// Asks for something in the name of a visitor. `body` is a JSON object or the fields of a form, to which
    /// the hidden fields of the visitor's own page are added. `None` if nothing answered, which the transcript tells.
    pub(crate) async fn ask(
        &mut self,
        label: &str,
        session: &mut Session,
        (port, tls): (u16, bool),
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Option<HttpAnswer> {
        let mut request =
            HttpRequest { method: method.to_owned(), path: path.to_owned(), ..HttpRequest::default() };
        if let Some(body) = body {
            let json = body.trim_start().starts_with(['{', '[']);
            let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            let mut text = body.to_owned();
            if !json {
                for (name, value) in session.hidden_for(port, path) {
                    if !text.split('&').any(|pair| pair.split('=').next() == Some(name.as_str())) {
                        let joint = if text.is_empty() { "" } else { "&" };
                        write!(text, "{joint}{}={}", percent(&name), percent(&value))
                            .expect("a String takes any text");
                    }
                }
            }
            request = request.with("content-type", kind);
            request.body = text.into_bytes();
        }
        let request = match self.shown(label, session, (port, tls), request).await {
            Ok(request) => request,
            Err(answer) => return answer,
        };
        let answer = self.send(label, port, tls, &request).await?;
        if method == "GET" {
            session.take_cookies(&answer);
            session.remember(port, path, &answer);
        }
        Some(answer)
    }

    /// A request with what the visitor has to show. `Err` is the answer of a device that asked for nothing that it
    /// could be shown, or `None` if nothing answered.
    pub(crate) async fn shown(
        &mut self,
        label: &str,
        session: &Session,
        (port, tls): (u16, bool),
        mut request: HttpRequest,
    ) -> Result<HttpRequest, Option<HttpAnswer>> {
        if !session.cookies.is_empty() {
            let pairs: Vec<String> =
                session.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.with("cookie", pairs.join("; "));
        }
        Ok(match &session.proof {
            Proof::None => request,
            Proof::Bearer(token) => request.with("authorization", format!("Bearer {token}")),
            Proof::Basic(user, password) => request.with("authorization", basic(user, password)),
            Proof::Digest(user, password) => {
                let asked = self.send(label, port, tls, &request).await.ok_or(None)?;
                let Some(challenge) = Challenge::strongest(asked.all("www-authenticate")) else {
                    return Err(Some(asked));
                };
                let cnonce = hex(&random::<8>());
                let answer = challenge.answer(&request.method, &request.path, user, password, &cnonce);
                request.with("authorization", answer)
            }
        })
    }

    /// Logs in. A wrong credential gets a session too, namely what the device gave in spite of it.
    pub(crate) async fn log_in(
        &mut self,
        label: &str,
        mechanism: &Mechanism,
        user: &str,
        password: &str,
    ) -> LoggedIn {
        let mut session = Session::default();
        let place = (mechanism.port, mechanism.tls);
        match mechanism.kind.as_str() {
            "basic" => session.proof = Proof::Basic(user.to_owned(), password.to_owned()),
            "digest" => session.proof = Proof::Digest(user.to_owned(), password.to_owned()),
            "bearer" => {
                let mut fields = serde_json::Map::new();
                fields.insert(mechanism.user_field().to_owned(), Value::from(user));
                fields.insert(mechanism.password_field().to_owned(), Value::from(password));
                let body = Value::Object(fields).to_string();
                let answer = self.ask(label, &mut session, place, "POST", &mechanism.path, Some(&body)).await;
                let field = mechanism.token_field.as_deref().unwrap_or("token");
                let token = answer
                    .as_ref()
                    .and_then(|answer| serde_json::from_slice::<Value>(&answer.body).ok())
                    .and_then(|answer| answer.get(field).and_then(Value::as_str).map(str::to_owned))
                    .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
                let outcome = match (&token, &answer) {
                    (Some(_), _) => "logged-in",
                    (None, Some(answer)) if (400..=499).contains(&answer.status) && answer.status != 429 => {
                        "refused"
                    }
                    _ => "unclear",
                };
                session.proof = token.map_or(Proof::None, Proof::Bearer);
                return LoggedIn { session, outcome, status: answer.map(|answer| answer.status) };
            }
            _ => {
                let page = self.ask(label, &mut session, place, "GET", &mechanism.path, None).await;
                if page.is_none() {
                    return LoggedIn { session, outcome: "unclear", status: None };
                }
                let body = format!(
                    "{}={}&{}={}",
                    percent(mechanism.user_field()),
                    percent(user),
                    percent(mechanism.password_field()),
                    percent(password)
                );
                let answer = self.ask(label, &mut session, place, "POST", &mechanism.path, Some(&body)).await;
                let outcome = match &answer {
                    Some(answer) if (300..=399).contains(&answer.status) => "logged-in",
                    Some(answer) if (200..=299).contains(&answer.status) => {
                        if has_password_field(&answer.text()) { "refused" } else { "logged-in" }
                    }
                    Some(answer) if (400..=499).contains(&answer.status) && answer.status != 429 => "refused",
                    _ => "unclear",
                };
                if let Some(answer) = &answer {
                    session.take_cookies(answer);
                }
                // The form of the login belongs to the visit before it.
                session.pages.clear();
                return LoggedIn { session, outcome, status: answer.map(|answer| answer.status) };
            }
        }
        LoggedIn { session, outcome: "sent-along", status: None }
    }

    async fn send(&mut self, label: &str, port: u16, tls: bool, request: &HttpRequest) -> Option<HttpAnswer> {
        let target =
            HttpTarget { address: (self.address, port).into(), tls, host: http::host_name(self.address) };
        let method = if request.method.is_empty() { "GET" } else { &request.method };
        for last in [false, true] {
            self.count += 1;
            let answer = http::send(self.dialer, &target, request, REQUEST_TIME).await;
            let said = match &answer {
                Ok(answer) => {
                    format!("{} in {:.3} s, {} bytes", answer.status, answer.seconds, answer.body.len())
                }
                Err(error) => error.to_string(),
            };
            writeln!(
                self.transcript,
                "{:4} {label}: {method} tcp/{port} {} -> {said}",
                self.count, request.path
            )
            .expect("a String takes any text");
            match answer {
                Ok(answer) if !last && matches!(answer.status, 423 | 429 | 503) => {
                    let wait =
                        answer.header("retry-after").and_then(|text| text.trim().parse().ok()).unwrap_or(1);
                    if wait > LONGEST_RETRY_AFTER {
                        return Some(answer);
                    }
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
                Ok(answer) => return Some(answer),
                Err(_) if last => return None,
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
        None
    }
}

/// A value of the same length and alphabet that nobody was given.
fn invented(like: &str) -> String {
    let drawn = random::<32>();
    like.bytes()
        .zip(drawn.iter().cycle())
        .map(|(letter, drawn)| match letter {
            b'0'..=b'9' | b'a'..=b'f' => char::from(b"0123456789abcdef"[usize::from(drawn % 16)]),
            b'g'..=b'z' => char::from(b'a' + drawn % 26),
            b'A'..=b'Z' => char::from(b'A' + drawn % 26),
            other => char::from(other),
        })
        .collect()
}

/// A value as it stands in a form.
pub(crate) fn percent(text: &str) -> String {
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

fn basic(user: &str, password: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::from("Basic ");
    for chunk in format!("{user}:{password}").as_bytes().chunks(3) {
        let number =
            chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (number >> (18 - 6 * place)) & 63;
            out.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[six as usize]) });
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_value_has_the_form_of_the_real_one_and_is_another() {
        let real = "0123456789abcdef-XYZ";
        let (one, other) = (invented(real), invented(real));
        assert_eq!((one.len(), &one[16..17]), (real.len(), "-"));
        assert!(one != real && one != other);
        assert!(one[..16].bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}

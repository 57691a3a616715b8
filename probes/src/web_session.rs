//! A visit to the web pages of a device by somebody who is let in: opens pages, fills forms in with the
//! hidden fields that belong to them. No value of a credential gets into the transcript.

use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dialer::Dialer;
use crate::http::page_text::hidden_fields;
use crate::http::{self, HttpAnswer, HttpRequest, HttpTarget};
use crate::login::{Credential, Door, Kind, LoginTrouble};
use crate::probe::http_login;

/// Time for one request.
const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Cookies that are kept at most.
const COOKIES: usize = 20;

/// A declared web login, without the address of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// IXIT row id; names the credential of the bench.
    pub row: String,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// `basic`, `digest`, `form`, `bearer`.
    pub kind: String,
    /// Where the credential goes.
    pub path: String,
    /// Page that needs the login.
    pub protected: String,
    /// Form or JSON field of the user name.
    #[serde(default)]
    pub user_field: Option<String>,
    /// Form or JSON field of the password.
    #[serde(default)]
    pub password_field: Option<String>,
    /// JSON field of the token.
    #[serde(default)]
    pub token_field: Option<String>,
    /// Declared length of a lock-out in seconds.
    #[serde(default)]
    pub lockout_seconds: Option<u32>,
}

impl Way {
    /// The same as parameters of a login at an address; `None` where this build cannot log in so.
    pub fn at(&self, address: std::net::IpAddr) -> Option<(http_login::Params, Kind)> {
        let mut params = serde_json::to_value(self).ok()?;
        params["address"] = json!(address);
        params["burst"] = json!(0);
        Some((serde_json::from_value(params).ok()?, Kind::named(&self.kind)?))
    }
}

/// Where a value is sent, and in which fields.
#[derive(Clone, Debug)]
pub(crate) struct Sending<'a> {
    /// Path.
    pub(crate) path: &'a str,
    /// Field names and values.
    pub(crate) fields: Vec<(&'a str, &'a str)>,
    /// A JSON object, not a form.
    pub(crate) json: bool,
}

/// Tries a credential, and once more after a lock-out that was still there.
///
/// # Errors
/// [`LoginTrouble`] if the tool or the bench stands in the way.
pub(crate) async fn knock_patiently(
    door: &mut Door<'_>,
    credential: &Credential<'_>,
    lockout_seconds: Option<u32>,
) -> Result<String, LoginTrouble> {
    const LONGEST_WAIT: u32 = 900;
    let first = door.knock(credential).await?.attempt.result;
    if first != "throttled" {
        return Ok(first);
    }
    let wait = lockout_seconds.unwrap_or(5).min(LONGEST_WAIT);
    tokio::time::sleep(Duration::from_secs(u64::from(wait) + 1)).await;
    Ok(door.knock(credential).await?.attempt.result)
}

/// A visit.
pub(crate) struct Session<'a> {
    dialer: &'a Dialer,
    target: HttpTarget,
    cookies: Vec<(String, String)>,
    authorization: Option<String>,
    /// One line a request.
    pub(crate) transcript: String,
}

impl<'a> Session<'a> {
    /// A visit of a stranger.
    pub(crate) fn stranger(dialer: &'a Dialer, login: &http_login::Params) -> Self {
        let target = HttpTarget {
            address: (login.address, login.port).into(),
            tls: login.tls,
            host: http::host_name(login.address),
        };
        Self { dialer, target, cookies: Vec::new(), authorization: None, transcript: String::new() }
    }

    /// A visit of a stranger to a server.
    pub(crate) fn stranger_at(dialer: &'a Dialer, address: std::net::SocketAddr, tls: bool) -> Self {
        let target = HttpTarget { address, tls, host: http::host_name(address.ip()) };
        Self { dialer, target, cookies: Vec::new(), authorization: None, transcript: String::new() }
    }

    /// A visit with a credential. Whether it is let in, the pages will tell.
    ///
    /// # Errors
    /// Why no page came, in words.
    pub(crate) async fn logged_in(
        dialer: &'a Dialer,
        login: &http_login::Params,
        kind: Kind,
        credential: &Credential<'_>,
    ) -> Result<Self, String> {
        let mut session = Self::stranger(dialer, login);
        let user_field = login.user_field.as_deref().unwrap_or("username");
        let password_field = login.password_field.as_deref().unwrap_or("password");
        let fields = vec![(user_field, credential.user), (password_field, credential.password)];
        match kind {
            Kind::Form => {
                let sending = Sending { path: &login.path, fields, json: false };
                session.send(&credential.label, &[&login.path], &sending).await?;
            }
            Kind::Bearer => {
                let sending = Sending { path: &login.path, fields, json: true };
                let answer = session.send(&credential.label, &[], &sending).await?;
                let token_field = login.token_field.as_deref().unwrap_or("token");
                let token = serde_json::from_slice::<Value>(&answer.body).ok();
                let token = token.and_then(|answer| answer.get(token_field)?.as_str().map(str::to_owned));
                session.authorization = token
                    .filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()))
                    .map(|token| format!("Bearer {token}"));
            }
            Kind::Basic => {
                let pair = format!("{}:{}", credential.user, credential.password);
                session.authorization = Some(format!("Basic {}", base64(pair.as_bytes())));
            }
            _ => return Err(format!("this build fills in no forms behind a login of kind {}", login.kind)),
        }
        Ok(session)
    }

    /// Opens a page.
    ///
    /// # Errors
    /// Why no page came, in words.
    pub(crate) async fn open(&mut self, label: &str, path: &str) -> Result<HttpAnswer, String> {
        self.ask(label, HttpRequest::get(path)).await
    }

    /// Sends values, with the hidden fields of their form where one of these pages holds it.
    ///
    /// # Errors
    /// Why no answer came, in words.
    pub(crate) async fn send(
        &mut self,
        label: &str,
        pages: &[&str],
        sending: &Sending<'_>,
    ) -> Result<HttpAnswer, String> {
        let (kind, body) = if sending.json {
            let object: serde_json::Map<String, Value> =
                sending.fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            ("application/json", Value::Object(object).to_string())
        } else {
            let mut fields = Vec::new();
            for page in pages {
                let answer = self.open(label, page).await?;
                let form = form_with(&answer.text(), &sending.fields);
                // A page that takes values only says so by its status (404, 405).
                if let Some(form) = form.filter(|_| answer.status < 400 || pages.len() == 1) {
                    fields = hidden_fields(&form);
                    break;
                }
            }
            fields.retain(|(name, _)| sending.fields.iter().all(|(own, _)| own != name));
            fields.extend(sending.fields.iter().map(|(name, value)| ((*name).into(), (*value).into())));
            let pairs: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
            ("application/x-www-form-urlencoded", pairs.join("&"))
        };
        let request = HttpRequest {
            method: "POST".to_owned(),
            path: sending.path.to_owned(),
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into_bytes(),
        };
        self.ask(label, request).await
    }

    /// Asks with the cookies and the token of the visit.
    ///
    /// # Errors
    /// Why no answer came, in words.
    pub(crate) async fn ask(&mut self, label: &str, mut request: HttpRequest) -> Result<HttpAnswer, String> {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.with("cookie", pairs.join("; "));
        }
        if let Some(authorization) = &self.authorization {
            request = request.with("authorization", authorization);
        }
        let answer = http::send(self.dialer, &self.target, &request, REQUEST_TIME).await;
        let said = match &answer {
            Ok(answer) => format!("{} in {:.3} s", answer.status, answer.seconds),
            Err(error) => error.to_string(),
        };
        writeln!(self.transcript, "    {label}: {} {} -> {said}", request.method, request.path)
            .expect("a String takes any text");
        let answer = answer.map_err(|error| error.to_string())?;
        self.take_cookies(&answer);
        Ok(answer)
    }

    fn take_cookies(&mut self, answer: &HttpAnswer) {
        for header in answer.all("set-cookie") {
            let Some((name, value)) = header.split(';').next().unwrap_or("").split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            self.cookies.retain(|(known, _)| *known != name);
            if self.cookies.len() < COOKIES {
                self.cookies.push((name, value));
            }
        }
    }
}

/// The form of a page that holds one of the fields; the whole page where fields stand outside of forms.
fn form_with(page: &str, fields: &[(&str, &str)]) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let starts: Vec<usize> = lower.match_indices("<form").map(|(at, _)| at).collect();
    let names_field = |part: &str| {
        fields.iter().any(|(name, _)| {
            [format!("name=\"{name}\""), format!("name='{name}'"), format!("name={name}")]
                .iter()
                .any(|written| part.contains(written.as_str()))
        })
    };
    let ends = starts.iter().skip(1).copied().chain([page.len()]);
    let forms = starts.iter().zip(ends).map(|(start, end)| &page[*start..end]);
    let form = forms.into_iter().find(|form| names_field(form)).map(str::to_owned);
    form.or_else(|| names_field(page).then(|| page.to_owned()))
}

/// Percent-encodes a text for a form.
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

/// Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let number =
            chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (number >> (18 - 6 * place)) & 63;
            out.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[six as usize]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hidden_fields_are_those_of_the_form_that_holds_the_field() {
        let page = "<form action=/out><input type=hidden name=csrf value=1></form>\
                    <form action=/new><input type=hidden name=csrf value=2><input name=\"new\"></form>";
        let form = form_with(page, &[("new", "")]).expect("a form");
        assert_eq!(hidden_fields(&form), [("csrf".to_owned(), "2".to_owned())]);
        assert_eq!(form_with(page, &[("other", "")]), None);
        assert!(form_with("<input name=other>", &[("other", "")]).is_some());
    }

    #[test]
    fn values_are_written_as_forms_and_basic_credentials_want_them() {
        assert_eq!(percent("a b&c=ü"), "a%20b%26c%3D%C3%BC");
        assert_eq!(base64(b"Aladdin:open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}

//! What a stranger gets who opens a published address.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::http::page_passages::{Passage, passages_of_html, passages_of_text};
use crate::http::page_text::{page_text, wall_signs};
use crate::http::url::Url;
use crate::http::{self, HttpAnswer, HttpError, HttpRequest, HttpTarget};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::certificate;
use crate::tls::session::SessionError;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address, `http://` or `https://`.
    pub url: String,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceSnapshot {
    /// Address asked.
    pub url: String,
    /// Final HTTP status; `None` if nothing answered.
    pub status: Option<u16>,
    /// Addresses that redirects led to, in order.
    pub redirects: Vec<String>,
    /// A redirect led to a host that the bench does not name; it was not followed.
    pub left_scope: Option<String>,
    /// Content type.
    pub content_type: Option<String>,
    /// Digest of the page as stored, `sha256:…`.
    pub page: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// Signs of a login or pay wall: password field, 401, 403, words.
    pub wall: Vec<String>,
    /// Text of the page without markup, white space folded, at most 64 KiB.
    pub text: String,
    /// The certificate of the host was accepted by the usual rules. `Some(false)` if one of them is
    /// broken for certain (validity, name, signed by itself), on any host of the way; `None` for plain
    /// HTTP and where only the issuer is in question, because the probe has no trusted roots.
    pub certificate_trusted: Option<bool>,
    /// What was found about the certificate, in words.
    #[serde(default)]
    pub certificate_note: Option<String>,
    /// What of the page belongs together: rows of tables, items, paragraphs below their headings; of a text
    /// without markup its lines. Empty in observations that are older.
    #[serde(default)]
    pub passages: Vec<Passage>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "public-resource",
    version: 1,
    summary: "Fetches a published page as a stranger would: no cookies, no account",
    observe,
};

/// Time for one page.
const PAGE_TIME: Duration = Duration::from_secs(10);

/// Redirects followed at most.
const REDIRECT_LIMIT: usize = 5;

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of public-resource cannot be read: {error}"));
            }
        };
        tokio::select! {
            findings = fetch(&params, &context) => findings,
            () = context.cancel.cancelled() => trouble("stopped"),
        }
    })
}

async fn fetch(params: &Params, context: &ProbeContext) -> Findings {
    let Some(mut url) = Url::parse(&params.url) else {
        return trouble(format!(
            "{:?} is not an http:// or https:// address that can be asked; correct it in the declaration",
            params.url
        ));
    };
    let mut effort =
        Effort { what: format!("GET {} without account or cookies", params.url), ..Effort::default() };
    let mut page = ResourceSnapshot {
        url: params.url.clone(),
        status: None,
        redirects: Vec::new(),
        left_scope: None,
        content_type: None,
        page: None,
        size: 0,
        wall: Vec::new(),
        text: String::new(),
        certificate_trusted: None,
        certificate_note: None,
        passages: Vec::new(),
    };
    loop {
        let address = match context.dialer.resolve(&url.host, url.port) {
            Ok(address) => address,
            Err(_) if page.redirects.is_empty() => {
                return trouble(format!(
                    "the bench file does not say where {} is; add it under [hosts]",
                    url.host
                ));
            }
            Err(_) => {
                page.left_scope = Some(url.text());
                break;
            }
        };
        effort.attempted += 1;
        let target = HttpTarget { address, tls: url.tls, host: url.host.clone() };
        let answer = match http::send(&context.dialer, &target, &HttpRequest::get(&url.path), PAGE_TIME).await
        {
            Ok(answer) => answer,
            Err(error) => return unanswered(error, effort, &page),
        };
        effort.completed += 1;
        if url.tls {
            note_certificate(&answer, &url.host, &mut page);
        }
        let next = answer.header("location").filter(|_| (300..400).contains(&answer.status));
        if let Some(location) = next {
            let Some(to) = url.join(location) else {
                page.left_scope = Some(location.chars().take(500).collect());
                keep(&answer, &mut page, context);
                break;
            };
            page.redirects.push(to.text());
            if page.redirects.len() > REDIRECT_LIMIT {
                effort.gaps.push(format!("stopped after {REDIRECT_LIMIT} redirects"));
                keep(&answer, &mut page, context);
                break;
            }
            if context.dialer.resolve(&to.host, to.port).is_err() {
                page.left_scope = Some(to.text());
                keep(&answer, &mut page, context);
                break;
            }
            url = to;
            continue;
        }
        keep(&answer, &mut page, context);
        break;
    }
    let outcome = if effort.gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
    let trouble = (outcome != Outcome::Complete).then(|| effort.gaps.join("; "));
    Findings { outcome, effort, trouble, data: to_data(&page) }
}

fn unanswered(error: HttpError, mut effort: Effort, page: &ResourceSnapshot) -> Findings {
    let outcome = match &error {
        HttpError::Dial(DialError::OutOfScope(_) | DialError::Tester(_) | DialError::SelfConnection)
        | HttpError::Tls(SessionError::TooOld)
        | HttpError::BadRequest(_) => Outcome::ToolTrouble,
        HttpError::Dial(DialError::Refused | DialError::Silent) => Outcome::Refused,
        _ => Outcome::Partial,
    };
    effort.gaps.push(error.to_string());
    Findings { outcome, effort, trouble: Some(error.to_string()), data: to_data(page) }
}

fn note_certificate(answer: &HttpAnswer, host: &str, page: &mut ResourceSnapshot) {
    let why = certificate::why_untrusted(&answer.chain, host, jiff::Timestamp::now().as_second());
    if why.is_some() || page.certificate_trusted != Some(false) {
        page.certificate_trusted = why.is_some().then_some(false);
        page.certificate_note = Some(why.unwrap_or_else(|| {
            "valid now and for this name; the issuer was not checked, because no trusted roots are at hand"
                .to_owned()
        }));
    }
}

fn keep(answer: &HttpAnswer, page: &mut ResourceSnapshot, context: &ProbeContext) {
    let html = answer.text();
    page.status = Some(answer.status);
    page.content_type = answer.header("content-type").map(|kind| kind.chars().take(200).collect());
    page.size = answer.body.len() as u64;
    page.page = Some(context.attach(&answer.body, "txt").reference);
    page.wall = wall_signs(answer.status, &html);
    page.text = page_text(&html);
    let plain = page.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/plain"));
    page.passages = if plain { passages_of_text(&html) } else { passages_of_html(&html) };
}

fn to_data(page: &ResourceSnapshot) -> Value {
    serde_json::to_value(page).expect("a snapshot has string keys only")
}

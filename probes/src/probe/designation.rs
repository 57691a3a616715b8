//! The model designation that the device tells anybody over a network interface.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::http::page_text::{page_text, wall_signs};
use crate::http::{self, HttpAnswer, HttpError, HttpRequest, HttpTarget, host_name};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::session::SessionError;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// Path, beginning with `/`.
    pub path: String,
    /// Key in a JSON object; without one the designation stands in the text of a page.
    pub key: Option<String>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesignationTold {
    /// Path asked.
    pub path: String,
    /// Key asked.
    pub key: Option<String>,
    /// HTTP status; `None` if nothing answered.
    pub status: Option<u16>,
    /// Where a redirect led; it is not followed.
    pub redirect: Option<String>,
    /// Content type.
    pub content_type: Option<String>,
    /// Signs that the page keeps strangers out.
    pub wall: Vec<String>,
    /// What stands there: the value of the key as it was sent, or the text of the page; at most
    /// [`KEPT_AT_MOST`] characters.
    pub found: Option<String>,
    /// The text was longer than what is kept.
    pub cut: bool,
    /// The value of the key is no text: `number`, `object`, `array`, `boolean`, `null`.
    pub other_kind: Option<String>,
    /// Digest of the answer as stored, `sha256:…`.
    pub page: Option<String>,
}

/// Characters of the designation, or of the page, kept at most.
pub const KEPT_AT_MOST: usize = 8 * 1024;

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "designation",
    version: 1,
    summary: "Reads the model designation where the device is declared to tell it, without a login",
    observe,
};

/// Time for the answer.
const ANSWER_TIME: Duration = Duration::from_secs(10);

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => ask(&params, &context).await,
            Err(error) => trouble(format!("the parameters of designation cannot be read: {error}")),
        }
    })
}

async fn ask(params: &Params, context: &ProbeContext) -> Findings {
    let target = HttpTarget {
        address: SocketAddr::new(params.address, params.port),
        tls: params.tls,
        host: host_name(params.address),
    };
    let mut effort = Effort {
        attempted: 1,
        what: format!("GET {} without login or cookies", params.path),
        ..Effort::default()
    };
    let mut told = DesignationTold {
        path: params.path.clone(),
        key: params.key.clone(),
        status: None,
        redirect: None,
        content_type: None,
        wall: Vec::new(),
        found: None,
        cut: false,
        other_kind: None,
        page: None,
    };
    let request = HttpRequest::get(&params.path);
    let answer = tokio::select! {
        answer = http::send(&context.dialer, &target, &request, ANSWER_TIME) => answer,
        () = context.cancel.cancelled() => return trouble("stopped"),
    };
    match answer {
        Ok(answer) => {
            effort.completed = 1;
            told.page = Some(context.attach(&answer.body, "txt").reference);
            read(&answer, params.key.as_deref(), &mut told);
            let outcome = if answer.truncated { Outcome::Partial } else { Outcome::Complete };
            let why = answer.truncated.then(|| "the answer was longer than what is read".to_owned());
            effort.gaps.extend(why.clone());
            Findings { outcome, effort, trouble: why, data: to_data(&told) }
        }
        Err(error) => {
            let outcome = match &error {
                HttpError::Dial(
                    DialError::OutOfScope(_) | DialError::Tester(_) | DialError::SelfConnection,
                )
                | HttpError::Tls(SessionError::TooOld)
                | HttpError::BadRequest(_) => Outcome::ToolTrouble,
                HttpError::Dial(DialError::Refused | DialError::Silent) => Outcome::Refused,
                _ => Outcome::Partial,
            };
            effort.gaps.push(error.to_string());
            Findings { outcome, effort, trouble: Some(error.to_string()), data: to_data(&told) }
        }
    }
}

fn read(answer: &HttpAnswer, key: Option<&str>, told: &mut DesignationTold) {
    let text = answer.text();
    told.status = Some(answer.status);
    told.redirect = answer.header("location").map(|to| to.chars().take(500).collect());
    told.content_type = answer.header("content-type").map(|kind| kind.chars().take(200).collect());
    told.wall = wall_signs(answer.status, &text);
    let found = match key {
        None => Some(page_text(&text)).filter(|text| !text.is_empty()),
        Some(key) => match serde_json::from_slice::<Value>(&answer.body) {
            Ok(Value::Object(object)) => match object.get(key) {
                Some(Value::String(value)) => Some(value.clone()),
                Some(other) => {
                    told.other_kind = Some(kind_of(other).to_owned());
                    Some(other.to_string())
                }
                None => None,
            },
            _ => None,
        },
    };
    if let Some(found) = found {
        told.cut = found.chars().count() > KEPT_AT_MOST;
        told.found = Some(found.chars().take(KEPT_AT_MOST).collect());
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn to_data(told: &DesignationTold) -> Value {
    serde_json::to_value(told).expect("a designation has string keys only")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> HttpAnswer {
        HttpAnswer {
            status,
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: body.to_vec(),
            truncated: false,
            seconds: 0.0,
            chain: Vec::new(),
        }
    }

    fn told(key: Option<&str>, body: &[u8]) -> DesignationTold {
        let mut told = DesignationTold {
            path: "/about".into(),
            key: key.map(str::to_owned),
            status: None,
            redirect: None,
            content_type: None,
            wall: Vec::new(),
            found: None,
            cut: false,
            other_kind: None,
            page: None,
        };
        read(&answer(200, &[("content-type", "x")], body), key, &mut told);
        told
    }

    #[test]
    fn the_key_of_an_object_is_read_as_it_was_sent() {
        let found = told(Some("model"), br#"{"model":" <b>HK-100</b>"}"#);
        assert_eq!(found.found.as_deref(), Some(" <b>HK-100</b>"));
        assert_eq!(told(Some("model"), br#"{"model":{"a":1}}"#).other_kind.as_deref(), Some("object"));
        assert_eq!(told(Some("model"), br#"{"Model":"HK-100"}"#).found, None);
        assert_eq!(told(Some("model"), b"HK-100").found, None);
        assert_eq!(told(Some("model"), b"[]").found, None);
    }

    #[test]
    fn of_a_page_the_text_is_read() {
        let found = told(None, b"<p>Model <b>HK-100</b></p><img alt='x'>");
        assert_eq!(found.found.as_deref(), Some("Model HK-100"));
        assert_eq!(told(None, b"<img src=model.png>").found, None);
        let form = told(None, b"<form><input type=password></form>Log in");
        assert_eq!(form.wall, ["password field"]);
        let long = told(None, &b"ab ".repeat(8000));
        assert!(long.cut && long.found.is_some_and(|found| found.chars().count() == KEPT_AT_MOST));
    }

    proptest! {
        #[test]
        fn any_answer_is_read(body in proptest::collection::vec(any::<u8>(), 0..200), key in proptest::option::of("[a-z]{0,4}")) {
            let found = told(key.as_deref(), &body);
            prop_assert!(found.found.is_none_or(|found| found.chars().count() <= KEPT_AT_MOST));
        }
    }
}

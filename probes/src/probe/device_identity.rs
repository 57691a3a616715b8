//! Who the device says it is.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::dialer::DialError;
use crate::http::{self, HttpError, HttpRequest, HttpTarget, host_name};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::tls::session::SessionError;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// HTTP over TLS.
    pub tls: bool,
    /// TCP port.
    pub port: u16,
    /// Path of a JSON object.
    pub path: String,
}

/// Result: a field that the device does not tell is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceIdentity {
    /// Model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Firmware version.
    pub firmware: Option<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "device-identity",
    version: 1,
    summary: "Reads model, serial and firmware version that the device tells of itself",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => identity(&params, &context).await,
            Err(error) => trouble(format!("the parameters of device-identity cannot be read: {error}")),
        }
    })
}

async fn identity(params: &Params, context: &ProbeContext) -> Findings {
    let target = HttpTarget {
        address: SocketAddr::new(params.address, params.port),
        tls: params.tls,
        host: host_name(params.address),
    };
    let mut effort = Effort { attempted: 1, what: format!("GET {}", params.path), ..Effort::default() };
    let request = HttpRequest::get(&params.path).with("accept", "application/json");
    let answer = tokio::select! {
        answer = http::send(&context.dialer, &target, &request, Duration::from_secs(5)) => answer,
        () = context.cancel.cancelled() => return trouble("stopped"),
    };
    let silent = |effort, outcome, why: String| Findings {
        outcome,
        effort,
        trouble: Some(why),
        data: to_data(&DeviceIdentity { model: None, serial: None, firmware: None }),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(HttpError::Dial(DialError::OutOfScope(_) | DialError::Tester(_)) | HttpError::BadRequest(_)) => {
            return trouble(format!("{} could not be asked; check the bench file", params.path));
        }
        Err(HttpError::Tls(SessionError::TooOld)) => return trouble(SessionError::TooOld.to_string()),
        Err(error) => return silent(effort, Outcome::Refused, error.to_string()),
    };
    effort.completed = 1;
    context.attach(&answer.body, "txt");
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(&answer.body) else {
        let why = format!("expected a JSON object at {}, got status {}", params.path, answer.status);
        return silent(effort, Outcome::Partial, why);
    };
    let identity = DeviceIdentity {
        model: told(&object, "model"),
        serial: told(&object, "serial"),
        firmware: told(&object, "firmware"),
    };
    Findings { outcome: Outcome::Complete, effort, trouble: None, data: to_data(&identity) }
}

/// A text or number under this key, at most 200 characters.
fn told(object: &serde_json::Map<String, Value>, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => Some(text.trim().chars().take(200).collect::<String>()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

fn to_data(identity: &DeviceIdentity) -> Value {
    serde_json::to_value(identity).expect("an identity has string keys only")
}

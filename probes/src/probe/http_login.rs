//! How an HTTP login behaves: negative control, good, bad, and a bounded burst of wrong credentials.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters. The credential is taken from the context by `row`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row id of the authentication mechanism; names the credential.
    pub row: String,
    /// TCP port.
    pub port: u16,
    /// HTTP over TLS.
    pub tls: bool,
    /// `basic`, `digest`, `form`, `bearer`.
    pub kind: String,
    /// Where the credential goes.
    pub path: String,
    /// Page that needs the login; the negative control.
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
    /// Wrong credentials to try at most in the burst; 0 for no burst.
    pub burst: u32,
    /// Declared length of the lock-out in seconds; recovery is awaited so long and a margin.
    #[serde(default)]
    pub lockout_seconds: Option<u32>,
    /// Common credentials to try once each: (user, password).
    #[serde(default)]
    pub common: Vec<(String, String)>,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginBehaviour {
    /// IXIT row id.
    pub row: String,
    /// The protected page without credentials: it must be refused, or nothing below means anything.
    pub negative_control: Attempt,
    /// With the good credential; `None` if the lab gave none.
    pub good: Option<Attempt>,
    /// The burst, in order. Wrong credentials only.
    pub burst: Vec<Attempt>,
    /// Number of wrong credentials after which the answers changed to a refusal to try (lock-out, 429, closed
    /// connection, sustained delay); `None` if they never did.
    pub locked_after: Option<u32>,
    /// While locked, the good credential was tried once: whether it was refused too.
    pub good_refused_while_locked: Option<bool>,
    /// Seconds until the good credential worked again; `None` if it did not within the wait, or was not tried.
    pub recovered_after_seconds: Option<f64>,
    /// Common credentials that were accepted: (user, password length), never the password itself.
    pub common_accepted: Vec<(String, u32)>,
    /// Common credentials tried.
    pub common_tried: u32,
    /// Median time of an answer to a wrong credential before the lock-out, in seconds.
    pub median_seconds: Option<f64>,
}

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Number in the transcript, from 1.
    pub n: u32,
    /// HTTP status; `None` if the connection failed.
    pub status: Option<u16>,
    /// Seconds until the answer.
    pub seconds: f64,
    /// `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
    pub result: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "http-login",
    version: 1,
    summary: "Logs in with good and bad credentials and measures the reaction to a bounded burst of wrong ones",
    observe,
};

fn observe(_params: Value, _context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async { trouble("not written yet") })
}

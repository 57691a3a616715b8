//! How an HTTP login behaves: negative control, good, bad, and a bounded burst of wrong credentials.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::guessing::{self, Guesses};
use crate::login::{Door, Kind};
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
    /// Page that needs the login; the negative control. Empty: the same as `path`.
    #[serde(default)]
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
    /// What is tried beside the good credential.
    #[serde(flatten)]
    pub guesses: Guesses,
}

/// Result, of this probe and of `network-login`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginBehaviour {
    /// IXIT row id.
    pub row: String,
    /// Access without credentials: it must be refused, or nothing below means anything.
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
    /// Seconds from the moment at which the lock can have begun at the earliest until the good credential worked
    /// again: the lock lasted no longer. `None` if it did not within the wait, or was not tried.
    pub recovered_after_seconds: Option<f64>,
    /// Seconds from the first answer that showed the lock until the last try with the good credential that was
    /// refused: the lock lasted no less. `None` if none was refused, and in observations before this was measured.
    #[serde(default)]
    pub still_refused_after_seconds: Option<f64>,
    /// Common credentials that were accepted: (user, password length), never the password itself.
    pub common_accepted: Vec<(String, u32)>,
    /// Common credentials tried.
    pub common_tried: u32,
    /// Median time of an answer to a wrong credential before the lock-out, in seconds.
    pub median_seconds: Option<f64>,
    /// How the device defended itself during the burst: `none`, `throttling`, `closed`, `silence`,
    /// `odd-answers`, `delay`, `silent-lock`; `None` without a burst.
    #[serde(default)]
    pub defence: Option<String>,
    /// Why no burst was made although one was planned: `consent`, `time`.
    #[serde(default)]
    pub burst_left_out: Option<String>,
    /// Whether the answers of the burst came ever later; their seconds stand in `burst`.
    #[serde(default)]
    pub delays_grow: Option<bool>,
    /// Guesses that the login lets through in a day, at the pace seen.
    #[serde(default)]
    pub guesses_per_day: Option<f64>,
    /// Seconds until a value as declared is guessed at that pace, on average; `None` if its length or alphabet
    /// is not declared.
    #[serde(default)]
    pub projected_seconds: Option<f64>,
    /// What the two numbers assume.
    #[serde(default)]
    pub assumptions: Vec<String>,
}

impl LoginBehaviour {
    /// With the negative control, and nothing else yet.
    pub(crate) fn begun(row: &str, negative_control: Attempt) -> Self {
        Self { row: row.to_owned(), negative_control, ..Self::default() }
    }
}

/// One try.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Number in the transcript, from 1.
    pub n: u32,
    /// Status code of the protocol; `None` if it has none, or the connection failed.
    pub status: Option<u16>,
    /// Seconds until the answer.
    pub seconds: f64,
    /// `accepted`, `rejected`, `throttled`, `closed`, `no-answer`, `unclear`.
    pub result: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "http-login",
    version: 2,
    summary: "Logs in with good and bad credentials and measures the reaction to a bounded burst of wrong ones",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let mut params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of http-login cannot be read: {error}")),
        };
        let Some(kind) = Kind::named(&params.kind) else {
            return trouble(format!(
                "this build knows no login of kind {:?}; known are basic, digest, form, bearer",
                params.kind
            ));
        };
        if params.protected.is_empty() {
            params.protected.clone_from(&params.path);
        }
        let what = format!("{} logins at {}", params.kind, params.path);
        let door = Door::new(&context.dialer, &params, kind);
        guessing::walk(door, &params.row, &params.kind, what, &params.guesses, &context).await
    })
}

//! Who gets at what: every declared access, and what lies beside it, tried by strangers, with invalid, lower and
//! retired credentials, by those who may, and after they left.
//!
//! What is only asked comes first; what changes something comes last, and only where the bench agrees. The state
//! is read by somebody who may, before and after.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../access/comparison.rs"]
pub(crate) mod comparison;
#[path = "../access/neighbours.rs"]
pub(crate) mod neighbours;
#[path = "../access/other_protocols.rs"]
pub(crate) mod other_protocols;
#[path = "../access/visitor.rs"]
pub(crate) mod visitor;
#[path = "../access/walk.rs"]
mod walk;

/// Parameters. Credentials are taken from the context: `ROW`, `ROW/account`, and `label:SAMPLE` for the one on the
/// label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Mechanisms that protect what is asked.
    pub mechanisms: Vec<Mechanism>,
    /// What can be asked.
    pub accesses: Vec<Access>,
}

/// A mechanism, and how a program logs in through it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mechanism {
    /// IXIT row id.
    pub row: String,
    /// `basic`, `digest`, `form`, `bearer`; others have no driver here.
    pub kind: String,
    /// TCP port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// Where the credential goes.
    pub path: String,
    /// Form or JSON field of the user name.
    #[serde(default)]
    pub user_field: Option<String>,
    /// Form or JSON field of the password.
    #[serde(default)]
    pub password_field: Option<String>,
    /// JSON field of the token.
    #[serde(default)]
    pub token_field: Option<String>,
    /// Its credential is the password on the label, used with the user name of this row.
    #[serde(default)]
    pub label_with_user_of: Option<String>,
    /// Its credentials are good in this state of the device; else they have to be refused.
    pub valid: bool,
}

/// Something that can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Access {
    /// IXIT row ids of the services that it belongs to.
    pub rows: Vec<String>,
    /// `http`, `mqtt`, `coap`, `rtsp`, `snmp`.
    pub kind: String,
    /// Port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// Method of the protocol.
    pub method: String,
    /// Path, topic or object.
    pub target: String,
    /// Content that goes with it.
    #[serde(default)]
    pub body: Option<String>,
    /// Who may: row ids of mechanisms, `ROW/account`, `anyone`.
    pub who: Vec<String>,
    /// Asking changes something.
    pub changes: bool,
    /// Those who may are left out, because what they would change ends this state of the device.
    #[serde(default)]
    pub strangers_only: bool,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccessControl {
    /// Logins, in order.
    pub logins: Vec<LoginSeen>,
    /// Everything that was asked, in order.
    pub trials: Vec<Trial>,
}

/// A login that was tried for a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginSeen {
    /// Mechanism, or `ROW/account`.
    pub account: String,
    /// `authenticated`, `wrong-credential`, `retired-credential`.
    pub subject: String,
    /// `logged-in`, `refused`, `unclear`, `sent-along`, `no-credential`, `no-driver`.
    pub outcome: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// What became of leaving: `left`, `refused`, `no-way-out`, `not-tried`.
    pub leaving: String,
}

/// One thing asked by one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Last line of the transcript that belongs to it, from 1; 0 where nothing was sent.
    pub n: u32,
    /// IXIT row ids of the services.
    pub rows: Vec<String>,
    /// It stands in the declaration; else it was found beside.
    pub declared: bool,
    /// Protocol.
    pub kind: String,
    /// Port.
    pub port: u16,
    /// Method.
    pub method: String,
    /// Path, topic or object.
    pub target: String,
    /// It changes something.
    pub changes: bool,
    /// `nobody`, `visitor` (with what a stranger is given), `forged`, `wrong-credential`, `retired-credential`,
    /// `authenticated`, `logged-out`.
    pub subject: String,
    /// Mechanism, or `ROW/account`.
    pub account: Option<String>,
    /// By the declaration the subject may.
    pub entitled: bool,
    /// Status, where the protocol has one.
    pub status: Option<u16>,
    /// `granted`, `refused`, `unclear`, `no-answer`, `not-tried`.
    pub result: String,
    /// The state was read before and after: whether it is another.
    pub changed: Option<bool>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "access-control",
    version: 1,
    summary: "Tries every declared access as stranger, with invalid and lower credentials, entitled, and after leaving",
    observe,
};

impl Mechanism {
    fn user_field(&self) -> &str {
        self.user_field.as_deref().unwrap_or("username")
    }

    fn password_field(&self) -> &str {
        self.password_field.as_deref().unwrap_or("password")
    }

    pub(crate) fn is_web(&self) -> bool {
        matches!(self.kind.as_str(), "basic" | "digest" | "form" | "bearer")
    }
}

impl Access {
    pub(crate) fn is_open(&self) -> bool {
        self.who.iter().any(|who| who == "anyone")
    }

    /// Whether an account of a mechanism may, by the declaration. `key` is `ROW` or `ROW/account`.
    pub(crate) fn admits(&self, key: &str, user: &str) -> bool {
        let row = key.split('/').next().unwrap_or(key);
        self.who.iter().any(|who| match who.split_once('/') {
            None => who == "anyone" || who == row,
            Some((allowed, account)) => allowed == row && (who == key || (key == row && account == user)),
        })
    }
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of access-control cannot be read: {error}"));
            }
        };
        let mut walk = walk::Walk::new(&params, &context);
        // Stopping drops the request under way; what was learned until then is kept.
        let stopped = tokio::select! {
            () = walk.go() => false,
            () = context.cancel.cancelled() => true,
        };
        if stopped {
            walk.gaps.push("stopped before everything was asked".to_owned());
        }
        finish(walk, &context)
    })
}

fn finish(walk: walk::Walk<'_>, context: &ProbeContext) -> Findings {
    let walk::Walk { seen, gaps, web, .. } = walk;
    context.attach(web.transcript.as_bytes(), "txt");
    let open = |trial: &&Trial| matches!(trial.result.as_str(), "no-answer" | "not-tried");
    let unanswered = seen.trials.iter().filter(open).count();
    let attempted = seen.trials.len() as u64;
    let answered = attempted.saturating_sub(unanswered as u64);
    let outcome = match (answered, gaps.is_empty()) {
        (0, _) => Outcome::Refused,
        (_, true) => Outcome::Complete,
        (_, false) => Outcome::Partial,
    };
    let effort = Effort {
        attempted,
        completed: answered,
        what: format!(
            "{} accesses by up to 9 kinds of subjects, {} requests",
            walk.params.accesses.len(),
            web.count
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let trouble = (outcome != Outcome::Complete).then(|| match gaps.is_empty() {
        true => "nothing answered".to_owned(),
        false => gaps.join("; "),
    });
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

//! The log of security events as the entitled read it: events are brought about and looked for in it, then others try
//! to read, delete and alter it, and the entitled look whether a record is gone.
//!
//! Nothing is done that locks: one wrong login, one right one, and what the declaration says that brings an event
//! about. Whoever may delete or write by the declaration is not asked to.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access_control::{Access, Mechanism};
use crate::context::ProbeContext;
use crate::observation::{Effort, EvidenceRef, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../security_log/records.rs"]
mod records;
#[path = "../security_log/walk.rs"]
mod walk;

/// Parameters. Credentials are taken from the context, by row of the mechanism and `ROW/account`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Mechanisms through which a program logs in.
    pub mechanisms: Vec<Mechanism>,
    /// How the entitled read the log.
    pub read: Access,
    /// How they fetch it to keep it elsewhere; none where that is as they read it.
    #[serde(default)]
    pub export: Option<Access>,
    /// Ways to delete records.
    pub erase: Vec<Access>,
    /// Ways to add or alter records.
    pub write: Vec<Access>,
    /// Events to look for.
    pub events: Vec<Event>,
    /// Others are kept from reading.
    pub restricted: bool,
    /// One wrong login is far from a lock-out.
    pub may_fail: bool,
    /// Key of the list of records in a JSON answer.
    #[serde(default)]
    pub records: Option<String>,
    /// Key of the time stamp of a record.
    #[serde(default)]
    pub time: Option<String>,
    /// Longest time in seconds until an event stands in the log.
    pub appears_seconds: u32,
}

/// An event that the log is said to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Kind: `login`, `login-failed`, `access-refused`, or one with a declared cause.
    pub name: String,
    /// Texts that its record holds.
    pub mentions: Vec<String>,
    /// What brings it about.
    #[serde(default)]
    pub cause: Vec<Access>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogSeen {
    /// What became of the login of the reader: `logged-in`, `sent-along`, `open` where none is needed, `refused`,
    /// `unclear`, `no-credential`.
    pub reader: String,
    /// The log before anything was done; `None` where it could not be read.
    pub before: Option<Reading>,
    /// The log when the events had been brought about.
    pub after: Option<Reading>,
    /// The log as it is fetched, where that is another way.
    pub export: Option<Reading>,
    /// Events, in the order of the declaration.
    pub events: Vec<EventSeen>,
    /// Who else tried to read, delete or alter it.
    pub attempts: Vec<Attempt>,
}

/// The log as it was read once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Status.
    pub status: u16,
    /// It came inside TLS.
    pub tls: bool,
    /// The answer ended before it was whole.
    pub cut: bool,
    /// Records; `None` where the answer has another form than declared.
    pub records: Option<u64>,
    /// Records with a time stamp that can be read.
    pub stamped: u64,
    /// Seconds by which the newest time stamp is after the time of reading (before: negative); none without one.
    pub ahead_seconds: Option<i64>,
    /// The text as evidence.
    pub kept: Option<EvidenceRef>,
}

/// An event that was brought about, or was not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventSeen {
    /// Kind.
    pub name: String,
    /// It was brought about, and the log could be read before and after.
    pub caused: bool,
    /// Why it was not, or with which status the device answered.
    pub note: String,
    /// New records since.
    pub new_records: u64,
    /// The first of them that holds the declared texts.
    pub record: Option<String>,
}

/// An attempt of somebody who may not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// `nobody`, `user`.
    pub subject: String,
    /// Row or account of the user.
    pub account: Option<String>,
    /// `read`, `delete`, `write`.
    pub aim: String,
    /// Method.
    pub method: String,
    /// Path.
    pub target: String,
    /// The declaration names this way.
    pub declared: bool,
    /// Status; `None` where no answer came.
    pub status: Option<u16>,
    /// Reading: records of the log were in the answer. Else: a record is gone or altered, or one of the sender's own
    /// making stands in the log. `None` where this could not be told.
    pub done: Option<bool>,
    /// Records that are gone.
    pub gone: u64,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "security-log",
    version: 1,
    summary: "Reads the log of security events, looks in it for events that it brings about, and tries to delete and alter it as others",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of security-log cannot be read: {error}")),
        };
        let mut walk = walk::Walk::new(&params, &context);
        // Stopping drops the request under way; what was learned until then is kept.
        let stopped = tokio::select! {
            () = walk.go() => false,
            () = context.cancel.cancelled() => true,
        };
        if stopped {
            walk.gaps.push("stopped before everything was tried".to_owned());
        }
        finish(walk, &context)
    })
}

fn finish(walk: walk::Walk<'_>, context: &ProbeContext) -> Findings {
    let walk::Walk { seen, gaps, web, .. } = walk;
    context.attach(web.transcript.as_bytes(), "txt");
    let caused = seen.events.iter().filter(|event| event.caused).count();
    let told = seen.attempts.iter().filter(|attempt| attempt.done.is_some()).count();
    let effort = Effort {
        attempted: (seen.events.len() + seen.attempts.len()) as u64,
        completed: (caused + told) as u64,
        what: format!(
            "{caused} events brought about, {} attempts to read, delete and alter the log, {} requests",
            seen.attempts.len(),
            web.count
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let outcome = match (gaps.is_empty(), &seen.before) {
        (true, _) => Outcome::Complete,
        (false, None) => Outcome::Refused,
        (false, Some(_)) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| gaps.join("; "));
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

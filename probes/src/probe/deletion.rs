//! Deletes the data of the user as the user does, and looks for what is left.
//!
//! Values that nobody else uses are given to the device through its own functions and read back, so that finding
//! none of them afterwards says something. Then the deletion is ordered: first by those who may not, or with less
//! than is declared, at last as declared. What the device answers is kept. Afterwards everything that the former
//! user could read is asked for again: by nobody, with the old session, with the old password, and, where the
//! device was reset and the bench sets it up again, by the next user.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, EvidenceRef, Outcome};
use crate::probe::access_control::{Access, Mechanism};
use crate::registry::{Findings, ProbeEntry, trouble};
use course::Course;

#[path = "../deletion/canary.rs"]
mod canary;
#[path = "../deletion/course.rs"]
mod course;
#[path = "../deletion/ordering.rs"]
mod ordering;
#[path = "../deletion/planting.rs"]
mod planting;
#[path = "../deletion/residue.rs"]
mod residue;
#[path = "../deletion/visitors.rs"]
mod visitors;

/// Parameters. Credentials are taken from the context: `ROW`, `ROW/account`, and `label:SAMPLE`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// All its addresses, for captures.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Its hardware address, for captures.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester, for captures.
    #[serde(default)]
    pub tester: Vec<IpAddr>,
    /// IXIT row id of the deletion function.
    pub function: String,
    /// The values are drawn from it: the same seed gives the same values.
    #[serde(default)]
    pub seed: String,
    /// Mechanisms by which users are let in.
    pub mechanisms: Vec<Mechanism>,
    /// Row ids of those whose credentials end with the deletion.
    #[serde(default)]
    pub ends: Vec<String>,
    /// Data of the user that can be given to the device.
    pub deletes: Vec<Datum>,
    /// The deletion.
    pub erasure: Order,
    /// What else can be read.
    #[serde(default)]
    pub reads: Vec<Access>,
}

/// Data of the user: where they are written, and where they are read again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Datum {
    /// What it is: a row id, or words.
    pub data: String,
    /// TCP port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// Row id of the mechanism by which the user is logged in, or `ROW/account`; none where nobody has to.
    #[serde(default)]
    pub who: Option<String>,
    /// Where it is written.
    pub target: String,
    /// Method.
    pub method: String,
    /// Field that takes it.
    pub field: String,
    /// Other fields, `name=value`.
    #[serde(default)]
    pub others: Vec<String>,
    /// A JSON object, not a form.
    #[serde(default)]
    pub json: bool,
    /// `text`, `integer`, `decimal`, `time`; others cannot be told from a default.
    pub kind: String,
    /// Least value of a number.
    #[serde(default)]
    pub least: Option<u32>,
    /// Greatest value of a number.
    #[serde(default)]
    pub most: Option<u32>,
    /// Greatest length of a text in characters.
    #[serde(default)]
    pub longest: Option<u32>,
    /// Where it is read again.
    pub read: String,
}

/// How the user orders the deletion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// TCP port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// Row id of the mechanism by which the user is logged in; none where nobody has to.
    #[serde(default)]
    pub who: Option<String>,
    /// Page from which it is started.
    #[serde(default)]
    pub page: Option<String>,
    /// Where it is sent.
    pub target: String,
    /// Method.
    pub method: String,
    /// A JSON object, not a form.
    #[serde(default)]
    pub json: bool,
    /// Field of the password that is entered again.
    #[serde(default)]
    pub password_field: Option<String>,
    /// Other fields, `name=value`.
    #[serde(default)]
    pub others: Vec<String>,
    /// Words of the confirmation.
    #[serde(default)]
    pub confirmed_by: Vec<String>,
    /// Longest time in seconds until it is done.
    pub seconds: f64,
    /// The device is as it left the factory afterwards.
    #[serde(default)]
    pub resets: bool,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deletion {
    /// IXIT row id of the function.
    pub function: String,
    /// The device is as it left the factory afterwards, by its declaration.
    pub resets: bool,
    /// Data that were given to the device.
    pub planted: Vec<Planted>,
    /// Credentials that were in force, and sessions that were held.
    pub held: Vec<Held>,
    /// Who tried to have the data deleted, in order; the last one as declared.
    pub attempts: Vec<Attempt>,
    /// What the device answered to the declared order.
    pub answer: Option<Told>,
    /// Seconds until the data were no longer shown to the former user; `None` if they still were.
    pub gone_after: Option<f64>,
    /// Where was looked for what is left.
    pub looks: Vec<Look>,
    /// What was left.
    pub residue: Vec<Residue>,
    /// Seconds at the capture point after the order; `None` without one.
    pub captured: Option<f64>,
    /// Who set the device up again: `bench`, `nobody`, `not-needed`.
    pub set_up_again: String,
    /// The credential of the bench lets in at the end; `None` if that was not tried.
    pub brought_back: Option<bool>,
}

/// A value that was given to the device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planted {
    /// What it stands for: a row id, or words.
    pub data: String,
    /// The value.
    pub value: String,
    /// Where it was written.
    pub target: String,
    /// Where it is read.
    pub read: String,
    /// Status of the answer to writing.
    pub status: Option<u16>,
    /// It could be read back, and could not before.
    pub shown: bool,
    /// Nobody else would have chosen it: finding it again is no chance.
    pub unmistakable: bool,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A login before the deletion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Row id, or `ROW/account`.
    pub account: String,
    /// `logged-in`, `sent-along`, `refused`, `unclear`, `no-credential`.
    pub outcome: String,
    /// It opened what strangers do not get.
    pub works: bool,
    /// The credential is another one than that on the label; `None` where no label is known.
    pub chosen: Option<bool>,
    /// It has to end with the deletion.
    pub ends: bool,
}

/// A try to have the data deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// `nobody`, `without-password`, `wrong-password`, `declared`.
    pub by: String,
    /// Status of the answer.
    pub status: Option<u16>,
    /// `carried-out`, `without-effect`, `no-answer`, `unclear`.
    pub result: String,
    /// Line of the transcript, from 1.
    pub n: u32,
}

/// What the user is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Status of the last answer.
    pub status: u16,
    /// Where it came from, after redirects.
    pub path: String,
    /// What a person reads there, at most 2000 characters.
    pub text: String,
    /// Declared words that stand there.
    pub words: Vec<String>,
    /// Declared words that do not.
    pub missing: Vec<String>,
    /// It was too long to be read whole.
    pub cut: bool,
    /// The answers as they came.
    pub page: Option<EvidenceRef>,
}

/// One place at which was looked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// State of the device: `after_reset`, or `initialized` where it was set up again or not reset.
    pub state: String,
    /// `nobody`, `old-session`, `old-credential`, `new-user`.
    pub subject: String,
    /// Row id, or `ROW/account`.
    pub account: Option<String>,
    /// TCP port.
    pub port: u16,
    /// Path.
    pub target: String,
    /// It stands in the declaration; else it was found beside.
    pub declared: bool,
    /// Status.
    pub status: Option<u16>,
    /// `looked`, `no-answer`, `not-tried`.
    pub result: String,
    /// Line of the transcript, from 1; 0 where nothing was sent.
    pub n: u32,
}

/// Something that was left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Residue {
    /// `data`, `session`, `credential`, `traffic`.
    pub kind: String,
    /// What was left: the data, or the account.
    pub of: String,
    /// State of the device, as in looks.
    pub state: String,
    /// Who found it, as in looks.
    pub subject: String,
    /// Where: method and path, or the flow.
    pub place: String,
    /// How it was written: `plain`, `base64` …; empty for sessions and credentials.
    pub encoding: String,
    /// It can be no default.
    pub unmistakable: bool,
    /// Line of the transcript, from 1; of a capture the frame.
    pub n: u64,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "deletion",
    version: 1,
    summary: "Plants data of the user, deletes them as the user does, and looks for what is left",
    observe,
};

impl Deletion {
    /// The try as declared.
    pub fn declared_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.by == "declared")
    }

    /// Values that were read back.
    pub fn shown(&self) -> impl Iterator<Item = &Planted> {
        self.planted.iter().filter(|planted| planted.shown)
    }
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => conduct(&params, &context).await,
            Err(error) => trouble(format!("the parameters of deletion cannot be read: {error}")),
        }
    })
}

/// What became of an order that was given for somebody who looks elsewhere for what is left.
pub(crate) struct Ordered {
    /// Status of the answer.
    pub(crate) status: Option<u16>,
    /// The answer has declared words of a confirmation.
    pub(crate) confirmed: bool,
    /// What was asked and answered.
    pub(crate) transcript: String,
    /// Why nothing was ordered.
    pub(crate) not_sent: Option<String>,
}

/// Orders a deletion as declared, and nothing else.
pub(crate) async fn order_as_declared(
    address: IpAddr,
    function: &str,
    mechanisms: &[Mechanism],
    erasure: &Order,
    context: &ProbeContext,
) -> Ordered {
    let params = Params {
        address,
        addresses: Vec::new(),
        hardware: None,
        tester: Vec::new(),
        function: function.to_owned(),
        seed: String::new(),
        mechanisms: mechanisms.to_vec(),
        ends: Vec::new(),
        deletes: Vec::new(),
        erasure: erasure.clone(),
        reads: Vec::new(),
    };
    let mut seen = Deletion::default();
    let mut course = Course::new(&params, context, &mut seen);
    let ordered = course.declared_order().await;
    let transcript = std::mem::take(&mut course.web.transcript);
    let attempt = seen.declared_attempt();
    Ordered {
        status: attempt.and_then(|attempt| attempt.status),
        confirmed: seen.answer.as_ref().is_some_and(|told| !told.words.is_empty()),
        transcript,
        not_sent: match (attempt, ordered) {
            (Some(_), _) => None,
            (None, Err(why)) => Some(why),
            (None, Ok(())) => Some("nothing was ordered".to_owned()),
        },
    }
}

async fn conduct(params: &Params, context: &ProbeContext) -> Findings {
    let mut seen = Deletion {
        function: params.function.clone(),
        resets: params.erasure.resets,
        set_up_again: if params.erasure.resets { "nobody" } else { "not-needed" }.to_owned(),
        ..Deletion::default()
    };
    if !context.agrees_to("erase_data") {
        let gap = "the bench does not agree to it: erase_data under [consent] of the bench file".to_owned();
        return findings(&seen, 0, vec![gap]);
    }
    let mut course = Course::new(params, context, &mut seen);
    // Stopping drops the request under way; what was learned until then is kept.
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err("stopped".to_owned()),
        ended = course.go() => ended,
    };
    let mut gaps = course.close().await;
    gaps.extend(ended.err());
    let requests = course.web.count;
    let transcript = std::mem::take(&mut course.web.transcript);
    context.attach(transcript.as_bytes(), "txt");
    findings(&seen, requests, gaps)
}

fn findings(seen: &Deletion, requests: u32, mut gaps: Vec<String>) -> Findings {
    if seen.resets && !seen.attempts.is_empty() && seen.brought_back != Some(true) {
        gaps.push(
            "the device may be as it left the factory: set it up again (onboard) before it is used on"
                .to_owned(),
        );
    }
    let looked = seen.looks.iter().filter(|look| look.result == "looked").count() as u64;
    let effort = Effort {
        attempted: seen.looks.len() as u64,
        completed: looked,
        what: format!(
            "{} values planted and {} read back, {} orders to delete, {looked} places looked at, {requests} requests",
            seen.planted.len(),
            seen.shown().count(),
            seen.attempts.len(),
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    Findings {
        outcome: if gaps.is_empty() { Outcome::Complete } else { Outcome::Partial },
        effort,
        trouble: (!gaps.is_empty()).then(|| gaps.join("; ")),
        data: serde_json::to_value(seen).expect("the result has string keys only"),
    }
}

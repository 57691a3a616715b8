//! Who gets at what over Bluetooth LE: every characteristic, whether it is declared or not, tried by a stranger, by
//! somebody who paired without authentication where the device takes that, and by somebody who paired as declared.
//!
//! What is read comes first; what is written comes last, and only where the bench agrees (`change_state`). The values
//! are the declared examples. A write that nobody answers is judged by what can be read afterwards, and a write of
//! which nothing can be put back is prepared and cancelled instead where the writer may. What was there before is
//! written back where it can be read.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ble::{BleSample, NoWay};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../ble_access/levels.rs"]
mod levels;
#[path = "../ble_access/record.rs"]
mod record;
#[path = "../ble_access/targets.rs"]
mod targets;
#[path = "../ble_access/walk.rs"]
mod walk;
#[path = "../ble_access/writes.rs"]
mod writes;

/// Parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The sample on the air.
    #[serde(flatten)]
    pub sample: BleSample,
    /// Mechanisms that are a pairing.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// What is declared.
    pub accesses: Vec<Access>,
    /// Nobody pairs and no value is written, because that would end this state of the device.
    #[serde(default)]
    pub keep_state: bool,
}

/// A mechanism that is a pairing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mechanism {
    /// IXIT row id.
    pub row: String,
    /// `just-works`, `passkey-shown`, `passkey-entered`, `numeric-comparison`, `out-of-band`.
    pub method: String,
    /// For so long the device may refuse to pair after failed attempts, in seconds.
    #[serde(default)]
    pub lockout_seconds: f64,
}

/// A declared characteristic, or a service as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Access {
    /// IXIT row ids that name it.
    pub rows: Vec<String>,
    /// Service UUID.
    pub service: String,
    /// Characteristic UUID; none: the service as a whole.
    #[serde(default)]
    pub characteristic: Option<String>,
    /// Who may read it: row ids of mechanisms, or `anyone`.
    #[serde(default)]
    pub readers: Vec<String>,
    /// Who may write it.
    #[serde(default)]
    pub writers: Vec<String>,
    /// Whom it is told to unasked.
    #[serde(default)]
    pub notified: Vec<String>,
    /// A critical security parameter goes over it.
    #[serde(default)]
    pub critical: bool,
    /// A value in hexadecimal digits that is taken and does no harm.
    #[serde(default)]
    pub example: Option<String>,
    /// A write of the example begins an update of software.
    #[serde(default)]
    pub begins_update: bool,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleAccess {
    /// Why there was no way to the device; then there is nothing else.
    pub no_way: Option<Unreached>,
    /// The device was asked for all that it offers, to the end.
    pub table_complete: bool,
    /// Services that it offers, by UUID.
    pub services: Vec<String>,
    /// Declared characteristics that it does not offer.
    pub missing: Vec<Place>,
    /// Characteristics that it offers and nothing declares.
    pub undeclared: Vec<Place>,
    /// Links, in order.
    pub links: Vec<LinkSeen>,
    /// Everything that was tried, in order.
    pub trials: Vec<Trial>,
    /// What was told unasked.
    pub told: Vec<ToldSeen>,
    /// Seconds for which a stranger who had subscribed waited for something to be told.
    pub listened_seconds: f64,
    /// Handles whose value is another one than before, in spite of being written back.
    pub not_put_back: Vec<u16>,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// Why there was no way to the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreached {
    /// `no-adapter`, `unnamed`, `ambiguous`, `adapter-failed`, `not-heard`, `not-reached`.
    pub kind: String,
    /// In words.
    pub why: String,
}

/// A characteristic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Handle of the value; 0 where the device does not offer it.
    pub handle: u16,
    /// Service UUID.
    pub service: String,
    /// Characteristic UUID.
    pub characteristic: String,
}

/// A link, and how it was protected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSeen {
    /// `stranger`, `unauthenticated`, `authenticated`.
    pub subject: String,
    /// `linked`, `paired`, `known-again` (by the bond), `refused` (the device takes nobody in this way), `not-tried`.
    pub outcome: String,
    /// Why, where it is refused or not tried.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Somebody at the device had let strangers pair.
    pub invited: bool,
    /// The method of the pairing.
    pub method: Option<String>,
    /// The link is encrypted.
    pub encrypted: Option<bool>,
    /// By a key that was agreed with protection against somebody in the middle.
    pub authenticated: Option<bool>,
    /// By LE Secure Connections.
    pub secure_connections: Option<bool>,
    /// Length of the key in octets.
    pub key_size: Option<u8>,
}

impl LinkSeen {
    /// Somebody stood on it.
    pub fn stood(&self) -> bool {
        matches!(self.outcome.as_str(), "linked" | "paired" | "known-again")
    }
}

/// One thing tried by one subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Last line of the transcript that belongs to it, from 1; 0 where nothing was sent.
    pub n: u32,
    /// IXIT row ids that name it.
    pub rows: Vec<String>,
    /// It stands in the declaration.
    pub declared: bool,
    /// Handle.
    pub handle: u16,
    /// Service UUID.
    pub service: String,
    /// Characteristic UUID.
    pub characteristic: String,
    /// UUID of the descriptor, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<String>,
    /// `read`, `subscribe`, `write`, `write-without-response`, `prepared-write` (cancelled), `begin-update`.
    pub act: String,
    /// `stranger`, `unauthenticated`, `authenticated`.
    pub subject: String,
    /// Place of its link among the links, from 0.
    pub link: usize,
    /// Who may, by the declaration.
    pub who: Vec<String>,
    /// A critical security parameter goes over it.
    pub critical: bool,
    /// `granted`, `refused`, `unclear`, `no-answer`, `not-tried`.
    pub result: String,
    /// Error that the device answered with.
    pub error: Option<u8>,
    /// What can be read was compared before and after: whether it is another.
    pub changed: Option<bool>,
    /// Octets of the value that was given.
    pub octets: Option<usize>,
    /// Data of the bench that stand in the value that was given or written: `credential:ROW`, or the row id of planted
    /// data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Trial {
    /// It was refused because the link or its subject does not reach.
    pub fn refused_for_security(&self) -> bool {
        // Not readable, not writable, and the four that ask for a better link.
        self.result == "refused"
            && self.error.is_some_and(|error| matches!(error, 0x02 | 0x03 | 0x05 | 0x08 | 0x0c | 0x0f))
    }
}

/// A value that the device told unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSeen {
    /// Last line of the transcript that belongs to it, from 1.
    pub n: u32,
    /// Handle of the value.
    pub handle: u16,
    /// Characteristic UUID, where the handle is one.
    pub characteristic: String,
    /// Whom it was told to.
    pub subject: String,
    /// Place of the link among the links, from 0.
    pub link: usize,
    /// Octets of the value.
    pub octets: usize,
    /// Data of the bench that stand in it.
    pub holds: Vec<String>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "ble-access",
    version: 1,
    summary: "Tries every characteristic over Bluetooth LE as stranger, paired without authentication, and as declared",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of ble-access cannot be read: {error}")),
        };
        let mut walk = walk::Walk::new(&params, &context);
        // Stopping drops the operation under way; what was learned until then is kept.
        let ended = tokio::select! {
            ended = walk.go() => Some(ended),
            () = context.cancel.cancelled() => None,
        };
        match ended {
            Some(Ok(())) => {}
            Some(Err(no_way)) => walk.stopped_by(&no_way),
            None => walk.gap("stopped before everything was tried"),
        }
        finish(walk, &context)
    })
}

fn finish(walk: walk::Walk<'_>, context: &ProbeContext) -> Findings {
    let (seen, gaps, transcript) = walk.end();
    context.attach(transcript.as_bytes(), "txt");
    let open = |trial: &&Trial| matches!(trial.result.as_str(), "no-answer" | "not-tried");
    let attempted = seen.trials.len() as u64;
    let answered = attempted.saturating_sub(seen.trials.iter().filter(open).count() as u64);
    let outcome = match &seen.no_way {
        Some(no_way) if no_way.kind == "adapter-failed" => Outcome::ToolTrouble,
        Some(_) => Outcome::Refused,
        None if answered == 0 => Outcome::Refused,
        None if gaps.is_empty() => Outcome::Complete,
        None => Outcome::Partial,
    };
    let stood = |subject: &str| seen.links.iter().any(|link| link.subject == subject && link.stood());
    let subjects: Vec<&str> =
        ["stranger", "unauthenticated", "authenticated"].into_iter().filter(|one| stood(one)).collect();
    let effort = Effort {
        attempted,
        completed: answered,
        what: format!(
            "{attempted} accesses over {} links as {}; {:.2} s waited for what is told unasked",
            seen.links.iter().filter(|link| link.stood()).count(),
            subjects.join(", "),
            seen.listened_seconds
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let trouble = (outcome != Outcome::Complete).then(|| match (&seen.no_way, gaps.is_empty()) {
        (Some(no_way), _) => no_way.why.clone(),
        (None, true) => "nothing answered".to_owned(),
        (None, false) => gaps.join("; "),
    });
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

impl From<&NoWay> for Unreached {
    fn from(no_way: &NoWay) -> Self {
        let kind = match no_way {
            NoWay::NoAdapter => "no-adapter",
            NoWay::Unnamed => "unnamed",
            NoWay::Ambiguous { .. } => "ambiguous",
            NoWay::NotHeard { .. } => "not-heard",
            NoWay::Ble(error) if error.is_of_the_tester() => "adapter-failed",
            NoWay::Ble(_) => "not-reached",
        };
        Self { kind: kind.to_owned(), why: no_way.to_string() }
    }
}

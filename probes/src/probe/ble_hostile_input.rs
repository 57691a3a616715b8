//! What the device does with octets over Bluetooth LE that it does not expect: every declared input gets values too
//! long, too short and of other types, writes come in parts out of order, and PDUs of every layer come malformed and
//! at the wrong time; first by somebody who paired, then by a stranger.
//!
//! Each case is named by a generator and a number, and follows from the seed. After it the device has to answer a
//! read. One that ended the device is sent once more alone, and a value that did it is made as short as it goes. A
//! link that the device ends by itself is no finding: it may, as long as it takes the next one.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ble::{BleSample, DeclaredPairing};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::probe::hostile_input::{FamilyTried, Finding};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../ble_hostile_input/campaign.rs"]
mod campaign;
#[path = "../ble_hostile_input/case.rs"]
mod case;
#[path = "../ble_hostile_input/endings.rs"]
mod endings;
#[path = "../ble_hostile_input/link.rs"]
mod link;
#[path = "../ble_hostile_input/protocol.rs"]
mod protocol;
#[path = "../ble_hostile_input/writing.rs"]
mod writing;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The sample on the air.
    #[serde(flatten)]
    pub sample: BleSample,
    /// What the cases follow from.
    #[serde(default)]
    pub seed: String,
    /// How the user pairs; none: everything is sent by a stranger.
    #[serde(default)]
    pub pairing: Option<DeclaredPairing>,
    /// The declared inputs.
    pub inputs: Vec<Input>,
    /// PDUs that are drawn for each layer, beside those that are always sent.
    #[serde(default = "usual_cases")]
    pub cases: u32,
    /// Longest time of all in seconds.
    #[serde(default = "usual_seconds")]
    pub seconds: f64,
    /// Times that the device may be ended.
    #[serde(default = "usual_endings")]
    pub endings: u32,
}

fn usual_cases() -> u32 {
    100
}

fn usual_seconds() -> f64 {
    900.0
}

fn usual_endings() -> u32 {
    24
}

/// A characteristic that takes input, or a service of which all that can be written does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// IXIT row of the check.
    pub row: String,
    /// UUID of the service.
    pub service: String,
    /// UUID of the characteristic; none: every one of the service that says that it can be written.
    #[serde(default)]
    pub characteristic: Option<String>,
    /// Who may write: row ids of mechanisms, or `anyone`.
    #[serde(default)]
    pub writers: Vec<String>,
    /// A critical security parameter goes over it: it is not read.
    #[serde(default)]
    pub critical: bool,
    /// Greatest length of a value in octets.
    #[serde(default)]
    pub largest: Option<u32>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleHostileInput {
    /// What the cases follow from.
    pub seed: String,
    /// There was no way to the sample, for a reason of the tester or the bench.
    #[serde(default)]
    pub not_scanned: bool,
    /// As whom it was tried.
    pub subjects: Vec<SubjectSeen>,
    /// What was tried at each input and at each layer.
    pub tried: Vec<Tried>,
    /// Links that the device ended by itself and followed by another.
    pub links_ended: u32,
    /// Times that power was taken from the device and given back.
    pub switched: u32,
    /// What the device did on its links that it should not, in words.
    pub oddities: Vec<String>,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// Somebody in whose name was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectSeen {
    /// `stranger` or `paired`.
    pub subject: String,
    /// There was a link of theirs, and the device answered.
    pub linked: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// What was tried at one place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// IXIT row of the check; empty where it lies below every input.
    pub row: String,
    /// As it is called: `484b0101-… at 0x0012`, or `ATT`, `L2CAP`, `SMP`, `links`.
    pub label: String,
    /// In whose name.
    pub subject: String,
    /// Handle; 0 where none belongs to it.
    pub handle: u16,
    /// Whether who sends may write here by the declaration.
    pub may: bool,
    /// What became of the value that stood there, written again: `taken`, `refused`, `no-answer`; `not-tried` where it
    /// cannot be read.
    pub control_before: String,
    /// The same after the cases.
    pub control_after: String,
    /// Answers that tell that a value was looked at: taken, or refused for another reason than who sent it.
    pub looked_at: u32,
    /// Each family.
    pub families: Vec<FamilyTried>,
    /// What is not as it should be: `crash`, `hang`, `stored-beyond-limits`; for a person `taken-unseen` (a value
    /// beyond the limits was answered as a good one, and cannot be read) and `link-mute` (a link on which nothing was
    /// answered any more, while the next one worked).
    pub findings: Vec<Finding>,
    /// Whether the value stood there in the end that stood there before; `None` where it cannot be read.
    pub restored: Option<bool>,
}

impl Tried {
    /// Cases that were sent.
    pub fn sent(&self) -> u64 {
        self.families.iter().map(|family| u64::from(family.sent)).sum()
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "ble-hostile-input",
    version: 1,
    summary: "Writes to every declared characteristic over Bluetooth LE what it does not expect, sends malformed PDUs, \
              and looks whether the device goes on",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => {
                return trouble(format!("the parameters of ble-hostile-input cannot be read: {error}"));
            }
        };
        let mut campaign = campaign::Campaign::new(&params, &context);
        if context.agrees_to("hostile_input") {
            // Stopping drops what is under way; what was learned until then is kept.
            let cancel = context.cancel.clone();
            let stopped = tokio::select! {
                () = campaign.go() => false,
                () = cancel.cancelled() => true,
            };
            if stopped {
                campaign.gaps.push("stopped before everything was sent".to_owned());
            }
        } else {
            let why =
                "the bench does not agree to hostile input: hostile_input under [consent] of the bench file";
            campaign.gaps.push(why.to_owned());
        }
        finish(campaign, &context)
    })
}

fn finish(campaign: campaign::Campaign<'_>, context: &ProbeContext) -> Findings {
    let ended = campaign.end();
    let seen = ended.seen;
    context.attach(ended.transcript.as_bytes(), "txt");
    let families = || seen.tried.iter().flat_map(|tried| &tried.families);
    let planned: u64 = families().map(|family| u64::from(family.planned)).sum();
    let sent: u64 = families().map(|family| u64::from(family.sent)).sum();
    let outcome = match (ended.of_the_tester, sent, ended.gaps.is_empty()) {
        (true, 0, _) => Outcome::ToolTrouble,
        (_, 0, _) => Outcome::Refused,
        (false, _, true) => Outcome::Complete,
        (..) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| match ended.gaps.is_empty() {
        true => "nothing was sent".to_owned(),
        false => ended.gaps.join("; "),
    });
    let effort = Effort {
        attempted: planned.max(sent),
        completed: sent,
        what: format!("{sent} unexpected writes and PDUs over Bluetooth LE, the device asked after each"),
        gaps: ended.gaps,
        ..Effort::default()
    };
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

//! What the device does with input that it does not expect: every declared input gets values of other types, values
//! outside its limits, fields too few and too many, steps out of order, sizes beyond its own, and broken requests.
//!
//! Each case is named by a generator and a number, and follows from the seed. After it the state is read wherever the
//! device did not plainly refuse; between batches the declared good value has to be taken. An input that ends the
//! device is made as small as it goes, tried once more, and kept.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::probe::access_control::Mechanism;
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../hostile_input/campaign.rs"]
mod campaign;
#[path = "../hostile_input/case.rs"]
mod case;
#[path = "../hostile_input/draw.rs"]
mod draw;
#[path = "../hostile_input/endings.rs"]
mod endings;
#[path = "../hostile_input/grammar.rs"]
mod grammar;
#[path = "../hostile_input/mutation.rs"]
mod mutation;
#[path = "../hostile_input/selection.rs"]
mod selection;
#[path = "../hostile_input/shape.rs"]
mod shape;
#[path = "../hostile_input/shrink.rs"]
mod shrink;
#[path = "../hostile_input/signs.rs"]
mod signs;
#[path = "../hostile_input/state.rs"]
mod state;
#[path = "../hostile_input/values.rs"]
mod values;
#[path = "../hostile_input/wire.rs"]
mod wire;

pub use case::Family;

/// Parameters. Credentials are taken from the context, by the row of the mechanism.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Mechanisms behind the inputs.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// What the cases follow from.
    #[serde(default)]
    pub seed: String,
    /// Cases in all, shared evenly by the inputs.
    #[serde(default = "usual_cases")]
    pub cases: u32,
    /// Longest time of all in seconds.
    #[serde(default = "usual_seconds")]
    pub seconds: f64,
    /// Pause after each case in milliseconds.
    #[serde(default)]
    pub pause_ms: u64,
    /// Longest wait for an answer in milliseconds.
    #[serde(default = "usual_answer")]
    pub answer_ms: u64,
    /// Longest wait for a device that went away, in seconds.
    #[serde(default = "usual_recovery")]
    pub recovery_seconds: f64,
    /// Times that the device may be ended to make an input smaller.
    #[serde(default = "usual_endings")]
    pub endings: u32,
    /// `matrix`: the short effort for a simulated device.
    #[serde(default)]
    pub profile: Option<String>,
}

fn usual_cases() -> u32 {
    2000
}

fn usual_seconds() -> f64 {
    900.0
}

fn usual_answer() -> u64 {
    3000
}

fn usual_recovery() -> f64 {
    180.0
}

fn usual_endings() -> u32 {
    60
}

/// Something that takes input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// IXIT row of the check.
    pub row: String,
    /// Place among the inputs of the row, from 0.
    pub place: u32,
    /// `form`, `json`, `query`, `datagram`; others have no driver here.
    pub kind: String,
    /// Port.
    pub port: u16,
    /// Inside TLS.
    #[serde(default)]
    pub tls: bool,
    /// Mechanism by which the user is logged in.
    #[serde(default)]
    pub who: Option<String>,
    /// Page with the form.
    #[serde(default)]
    pub page: Option<String>,
    /// Path.
    #[serde(default)]
    pub target: String,
    /// Method.
    #[serde(default)]
    pub method: String,
    /// Fields in their order.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// A whole good input, where it has no fields.
    #[serde(default)]
    pub example: Option<String>,
    /// Greatest size in octets.
    #[serde(default)]
    pub largest: Option<u32>,
    /// Where the state that it changes can be read.
    #[serde(default)]
    pub shown_at: Option<String>,
}

impl Input {
    /// By which its cases are drawn: wherever the device listens, they are the same.
    fn name(&self) -> String {
        format!("{} {}", self.row, self.place)
    }

    /// As it is called in results, e.g. `PUT tcp/443 /api/target`.
    pub fn label(&self) -> String {
        match self.kind.as_str() {
            "datagram" | "coap" => format!("udp/{} {}", self.port, self.target).trim_end().to_owned(),
            _ => format!("{} tcp/{} {}", self.method, self.port, self.target),
        }
    }
}

/// A field of an input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name.
    pub name: String,
    /// `text`, `integer`, `decimal`, `choice`, `time`, `flag`.
    pub kind: String,
    /// A value that is taken and does no harm.
    pub value: String,
    /// Least value of a number.
    #[serde(default)]
    pub least: Option<i64>,
    /// Greatest value of a number.
    #[serde(default)]
    pub most: Option<i64>,
    /// Greatest length of a text in characters.
    #[serde(default)]
    pub longest: Option<u32>,
    /// The choices.
    #[serde(default)]
    pub choices: Vec<String>,
    /// It has to be there.
    #[serde(default)]
    pub required: bool,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HostileInput {
    /// What the cases follow from.
    pub seed: String,
    /// Each input.
    pub inputs: Vec<InputTried>,
    /// As in the parameters.
    pub profile: Option<String>,
}

/// What was tried at one input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InputTried {
    /// IXIT row of the check.
    pub row: String,
    /// Place among the inputs of the row, from 0.
    pub place: u32,
    /// Its kind.
    pub kind: String,
    /// As it is called, e.g. `PUT tcp/443 /api/target`.
    pub label: String,
    /// What became of the declared good value before the cases: `taken`, `refused`, `no-answer`, `no-login`,
    /// `no-driver`, `not-tried`.
    pub control_before: String,
    /// The same after them.
    pub control_after: String,
    /// The state is shown, and was seen to follow good values.
    pub state_read: bool,
    /// Each family.
    pub families: Vec<FamilyTried>,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// What the values were that the cases were to be told by, and whether they were put back.
    pub restored: Option<bool>,
}

/// What was tried of a family.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FamilyTried {
    /// Which.
    pub family: Family,
    /// Cases that were to be sent.
    pub planned: u32,
    /// Cases that were sent.
    pub sent: u32,
    /// Refused, or without any effect where the state is shown.
    pub refused: u32,
    /// Taken.
    pub accepted: u32,
    /// Neither is known.
    pub unclear: u32,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `crash`: nothing answers any more at the port; `hang`: it connects and never answers; `stored-beyond-limits`: a
    /// value outside the declared limits is kept; `processed`: an input that is to be refused as a whole was carried
    /// out; `markup-unescaped`, `file-read`, `order-carried-out`: the answer shows it. For a person: `altered`: kept as
    /// another value inside the limits; `taken-unseen`: answered as a good one, and the state is not shown;
    /// `server-error`, `internals-told`.
    pub what: String,
    /// `grammar` or `mutation`.
    pub generator: String,
    /// Number in it: with the seed, the same case again.
    pub number: u32,
    /// Family.
    pub family: String,
    /// What was sent, in words.
    pub told: String,
    /// What came of it.
    pub seen: String,
    /// Line of the transcript.
    pub n: u32,
    /// It came about again when the case was sent once more, alone.
    pub reproduced: bool,
    /// What ended the device, as small as it was made.
    pub minimized: Option<Minimized>,
}

/// The smallest input that does it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minimized {
    /// Octets of its body.
    pub octets: u32,
    /// Octets of the body of the case.
    pub of: u32,
    /// The body, printable and cut off after 200 characters.
    pub shown: String,
    /// The device was ended so often for it.
    pub endings: u32,
    /// Nothing more could be left out; else the number of endings or the time was used up.
    pub smallest: bool,
    /// Evidence: what was sent, without credentials.
    pub reference: String,
    /// It ended the device once more in the end.
    pub confirmed: bool,
    /// Seconds until the device answered again; `None` if it did not by itself.
    pub back_after: Option<f64>,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "hostile-input",
    version: 1,
    summary: "Sends every declared input what it does not expect, reads the state, and makes what ends the device small",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of hostile-input cannot be read: {error}")),
        };
        let mut campaign = campaign::Campaign::new(&params, &context);
        if context.agrees_to("hostile_input") {
            // Stopping drops what is under way; what was learned until then is kept.
            let stopped = tokio::select! {
                () = campaign.go() => false,
                () = context.cancel.cancelled() => true,
            };
            if stopped {
                campaign.gaps.push("stopped before everything was sent".to_owned());
            }
        } else {
            campaign.leave_out("the bench does not agree to hostile input (hostile_input)");
        }
        finish(campaign, &params, &context)
    })
}

fn finish(campaign: campaign::Campaign<'_>, params: &Params, context: &ProbeContext) -> Findings {
    let (seen, gaps, transcript) = campaign.end();
    context.attach(transcript.as_bytes(), "txt");
    let families = || seen.inputs.iter().flat_map(|input| &input.families);
    let planned: u64 = families().map(|family| u64::from(family.planned)).sum();
    let sent: u64 = families().map(|family| u64::from(family.sent)).sum();
    let outcome = match (sent, gaps.is_empty()) {
        (0, _) => Outcome::Refused,
        (_, true) => Outcome::Complete,
        (_, false) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| match gaps.is_empty() {
        true => "nothing was sent".to_owned(),
        false => gaps.join("; "),
    });
    let effort = Effort {
        attempted: planned.max(sent),
        completed: sent,
        what: format!("{sent} unexpected inputs to {} declared ones", params.inputs.len()),
        gaps,
        ..Effort::default()
    };
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

//! What a probe saw: a typed result with the effort behind it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Format name of a stored observation.
pub const FORMAT: &str = "hantei.observation/1";

/// What a probe is asked to do. Part of the plan, so it never holds a secret: credentials are
/// named by IXIT row id and looked up in [`crate::ProbeContext::credentials`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Name of the probe, e.g. `tcp-sweep`.
    pub probe: String,
    /// What is looked at, for people: `sample S1`, `tcp/443`, a URL.
    pub target: String,
    /// The parameters of the probe (its `Params` type).
    pub params: Value,
}

/// Where and in which state something was observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Sample id, e.g. `S1`.
    pub sample: String,
    /// Component of the product, e.g. `device`, `app`.
    pub component: String,
    /// Firmware version read from the device.
    pub firmware: Option<String>,
    /// DUT state, e.g. `initialized`.
    pub state: String,
    /// Time of the start, RFC 3339 in UTC.
    pub at: String,
    /// Equipment ids.
    pub equipment: Vec<String>,
}

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Did all that was asked.
    Complete,
    /// Did some of it; `effort` says how much.
    Partial,
    /// The device refused to take part (guard, ban, reboot).
    Refused,
    /// The tool or the bench failed; never the fault of the device.
    ToolTrouble,
}

/// Proof of effort: what was tried, how much of it came to an end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effort {
    /// Attempts begun.
    pub attempted: u64,
    /// Attempts with a clear answer.
    pub completed: u64,
    /// Duration in seconds.
    pub seconds: f64,
    /// What was tried, in words, e.g. `TCP connect to 65535 ports`.
    pub what: String,
    /// What was left out or went wrong, in words.
    #[serde(default)]
    pub gaps: Vec<String>,
}

/// The result of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// [`FORMAT`].
    pub format: String,
    /// Name of the probe.
    pub probe: String,
    /// Version of the probe.
    pub version: u32,
    /// As in the request.
    pub target: String,
    /// As in the request.
    #[serde(default)]
    pub params: Value,
    /// Where and when.
    pub context: Context,
    /// How it ended.
    pub outcome: Outcome,
    /// Proof of effort.
    pub effort: Effort,
    /// What went wrong, in words, when the outcome is not `complete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// The typed result of the probe.
    pub data: Value,
    /// Further evidence stored beside it: transcripts, pages, captures.
    #[serde(default)]
    pub attachments: Vec<EvidenceRef>,
}

impl Observation {
    /// Reads the typed result; `None` if it is of another shape (an older or newer probe).
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.data.clone()).ok()
    }

    /// The bytes that are stored and whose digest names the observation.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an observation has string keys only")
    }
}

/// A piece of evidence, named by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// `sha256:…`, lower-case hex, or `declaration:FILE#PATH`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Place in it: `request 6`, `frame 12`, a JSON pointer. Empty for the whole.
    pub at: String,
}

impl EvidenceRef {
    /// Reference to stored bytes.
    pub fn of(bytes: &[u8], at: impl Into<String>) -> Self {
        Self { reference: digest(bytes), at: at.into() }
    }
}

/// `sha256:` and the lower-case hex digest.
pub fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in hash {
        use std::fmt::Write as _;
        write!(text, "{byte:02x}").expect("a String takes any text");
    }
    text
}

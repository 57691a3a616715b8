//! How the device pairs over Bluetooth LE: what a stranger comes to without being invited, which weaker pairings are
//! taken beside the declared one, whether the digits on the panel are others each time, and what wrong passkeys meet.
//!
//! Every attempt is made by a stranger with an address of its own. What the device answers is told as it came; a link
//! that ends, silence and trouble of the bench are no refusals, and stand there as what they are. Passkeys are never
//! written: of those that the panel showed it is only told whether they were the same.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ble::{BleSample, PairingOutcome, PairingReport, SmpReason};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../ble_pairing/course.rs"]
mod course;
#[path = "../ble_pairing/guessed.rs"]
mod guessed;
#[path = "../ble_pairing/panel.rs"]
mod panel;
#[path = "../ble_pairing/stranger.rs"]
mod stranger;

/// Parameters. A passkey that does not change (label, choice of the user) is taken from the credential of `row`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The sample.
    #[serde(flatten)]
    pub sample: BleSample,
    /// IXIT row id that declares the pairing; names the credential.
    #[serde(default)]
    pub row: String,
    /// Declared method: `just-works`, `passkey-shown`, `passkey-entered`, `numeric-comparison`, `out-of-band`.
    #[serde(default)]
    pub method: Option<String>,
    /// Declared time at which strangers may pair: `anytime`, `first-or-invited`, `invited`, `factory-default`.
    #[serde(default)]
    pub strangers: Option<String>,
    /// Only what an uninvited stranger comes to: in this state none is to be let in at all.
    #[serde(default)]
    pub only_uninvited: bool,
    /// Declared number of wrong passkeys in a row before a lock-out.
    #[serde(default)]
    pub failures: Option<u32>,
    /// Declared length of the first lock-out in seconds.
    #[serde(default)]
    pub lockout_seconds: Option<u32>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlePairing {
    /// IXIT row id that declares the pairing.
    pub row: String,
    /// Attempts in their order.
    pub attempts: Vec<Attempt>,
    /// Passkeys that the panel showed.
    pub panel: PanelSeen,
    /// What wrong passkeys met.
    pub guessed: Guessed,
    /// Why there was no way to the sample: `no-adapter`, `unnamed`, `ambiguous`, `not-heard`, `adapter-failed`,
    /// `not-reached`.
    pub no_way: Option<String>,
    /// As in the parameters.
    pub profile: Option<String>,
}

impl BlePairing {
    /// The last attempt of a kind.
    pub fn attempt(&self, kind: AttemptKind) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| attempt.kind == kind)
    }

    /// Attempts of a kind, in order.
    pub fn attempts(&self, kind: AttemptKind) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(move |attempt| attempt.kind == kind)
    }
}

/// What is offered to the device, and how it may refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptKind {
    /// The declared way, by a stranger whom nobody invited.
    Uninvited,
    /// Neither input nor output, no protection against somebody in the middle.
    JustWorks,
    /// The declared way without LE Secure Connections.
    Legacy,
    /// The declared way with keys of seven octets at most.
    ShortKey,
    /// The declared way with the public key that the specification publishes for debugging.
    DebugKey,
    /// The declared way with a public key that lies off the curve.
    OffCurve,
    /// The declared way.
    RightWay,
    /// The declared way while wrong passkeys are answered with a lock-out.
    WhileLocked,
    /// The declared way after the lock-out.
    AfterLock,
}

impl AttemptKind {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uninvited => "uninvited",
            Self::JustWorks => "just-works",
            Self::Legacy => "legacy",
            Self::ShortKey => "short-key",
            Self::DebugKey => "debug-key",
            Self::OffCurve => "off-curve",
            Self::RightWay => "right-way",
            Self::WhileLocked => "while-locked",
            Self::AfterLock => "after-lock",
        }
    }
}

/// How far the link was protected in the end, lowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not at all.
    #[default]
    None,
    /// Encrypted; whoever stood in the middle would not have been noticed.
    Encrypted,
    /// Encrypted, and both sides made sure of each other.
    Authenticated,
}

/// One attempt at pairing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was offered.
    pub kind: AttemptKind,
    /// Number, from 1; the place in the transcript.
    pub n: u32,
    /// Somebody at the device let strangers pair (`allow_pairing`) just before.
    pub invited: bool,
    /// What came of it; `None` where nothing did.
    pub report: Option<PairingReport>,
    /// Level that the link reached.
    pub level: Level,
    /// Why it was left out: `consent`, `not-invited` (the bench cannot, and the device refuses the uninvited),
    /// `no-passkey` (nobody gives the digits), `no-driver`, `trouble`.
    pub left_out: Option<String>,
    /// What went wrong without the device refusing, in words.
    pub trouble: Option<String>,
    /// Seconds from the beginning of the link to the end of the pairing.
    pub seconds: f64,
}

impl Attempt {
    /// Whether the device let the stranger in.
    pub fn paired(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.outcome == PairingOutcome::Paired)
    }

    /// The reason with which the device refused; `None` where it did not, and where something else ended the attempt.
    pub fn refused(&self) -> Option<SmpReason> {
        match self.report.as_ref()?.outcome {
            PairingOutcome::RefusedByDevice { reason } => Some(reason),
            _ => None,
        }
    }

    /// Whether the device took the offer, or refused it: anything else tells nothing of it.
    pub fn is_clear(&self) -> bool {
        self.paired() || self.refused().is_some()
    }

    /// What came of it in words, for people: `paired`, the reason of the refusal, or the trouble.
    pub fn told(&self) -> String {
        match (&self.report, &self.left_out, &self.trouble) {
            (Some(report), ..) => outcome_in_words(&report.outcome),
            (None, Some(left_out), None) => format!("left out ({left_out})"),
            (None, _, Some(trouble)) => trouble.clone(),
            (None, None, None) => "no answer".to_owned(),
        }
    }
}

/// What came of a pairing in words.
pub fn outcome_in_words(outcome: &PairingOutcome) -> String {
    match outcome {
        PairingOutcome::Paired => "paired".to_owned(),
        PairingOutcome::RefusedByDevice { reason } => format!("refused: {reason}"),
        PairingOutcome::RefusedByTester { why, .. } => format!("ended by the tester: {why}"),
        PairingOutcome::LinkLost { reason } => format!("the link ended ({reason:#04x})"),
        PairingOutcome::Silent { waiting_for } => format!("no answer while waiting for {waiting_for}"),
        PairingOutcome::EncryptionFailed { status } => format!("encryption did not begin ({status:#04x})"),
        PairingOutcome::Unexplained { why } => format!("it came to nothing: {why}"),
    }
}

/// What the panel showed, without the digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelSeen {
    /// How often six digits were read from it, in different pairings.
    pub readings: u32,
    /// Two of these readings gave the same digits; `None` before the second reading.
    pub same_as_before: Option<bool>,
    /// Why they could not be read, in words.
    pub trouble: Option<String>,
}

/// What wrong passkeys met.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guessed {
    /// Why none were tried: `consent`, `no-passkey-method`, `not-invited`, `not-reached`.
    pub left_out: Option<String>,
    /// Each try, in order.
    pub tries: Vec<Guess>,
    /// Wrong passkeys in a row that the device answered before it refused to take any; `None` if it always took
    /// another.
    pub locked_after: Option<u32>,
    /// The reason of that refusal.
    pub locked_by: Option<SmpReason>,
    /// The declared way was refused while the lock-out lasted.
    pub right_way_refused_while_locked: Option<bool>,
    /// Seconds from the last wrong passkey to the last refusal that was seen.
    pub still_refused_after_seconds: Option<f64>,
    /// Seconds from the last wrong passkey until the declared way was taken again.
    pub recovered_after_seconds: Option<f64>,
}

impl Guessed {
    /// Common passkeys that were tried and answered.
    pub fn common_tried(&self) -> usize {
        self.tries.iter().filter(|guess| guess.common.is_some() && guess.answered()).count()
    }

    /// The first common passkey with which the device let the stranger in, twice.
    pub fn common_accepted(&self) -> Option<&Guess> {
        self.tries.iter().find(|guess| guess.common.is_some() && guess.accepted_again == Some(true))
    }
}

/// A passkey that nobody read from the panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// Number of the try, from 1.
    pub n: u32,
    /// The passkey, where it is one that everybody knows; others are drawn and not written.
    pub common: Option<String>,
    /// Somebody at the device let strangers pair just before.
    pub invited: bool,
    /// `wrong` (the device compared it), `accepted`, `refused` (before it was compared), `link-lost`, `silent`,
    /// `ended-by-tester`, `unclear`, `not-reached`.
    pub result: String,
    /// The reason of the device.
    pub reason: Option<SmpReason>,
    /// Seconds from the first try to the beginning of this one.
    pub at: f64,
    /// Seconds until the answer.
    pub seconds: f64,
    /// For one that was accepted: accepted once more in another pairing. Six digits can be hit by chance, not twice.
    pub accepted_again: Option<bool>,
}

impl Guess {
    /// Whether the device compared it.
    pub fn answered(&self) -> bool {
        matches!(self.result.as_str(), "wrong" | "accepted")
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "ble-pairing",
    version: 1,
    summary: "Pairs over Bluetooth LE as declared, in weaker ways, uninvited, and with wrong passkeys",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of ble-pairing cannot be read: {error}")),
        };
        let mut course = course::Course::new(&params, &context);
        if context.agrees_to("pair") {
            // Stopping drops what is under way; what was learned until then is kept.
            let stopped = tokio::select! {
                () = course.go() => false,
                () = context.cancel.cancelled() => true,
            };
            if stopped {
                course.gaps.push("stopped before everything was tried".to_owned());
            }
        } else {
            course.leave_out("consent", "the bench does not agree to pairing (pair)");
        }
        finish(course, &context).await
    })
}

async fn finish(mut course: course::Course<'_>, context: &ProbeContext) -> Findings {
    let transcript = course.end().await;
    if !transcript.is_empty() {
        context.attach(&serde_json::to_vec(&transcript).expect("string keys only"), "json");
    }
    let course::Course { seen, gaps, failed, .. } = course;
    let tried = seen.attempts.iter().filter(|attempt| attempt.left_out.is_none());
    let (mut attempted, mut completed) = (seen.guessed.tries.len(), 0);
    for attempt in tried {
        attempted += 1;
        completed += usize::from(attempt.is_clear());
    }
    completed += seen.guessed.tries.iter().filter(|guess| guess.answered() || guess.reason.is_some()).count();
    let outcome = match (completed, gaps.is_empty()) {
        (0, _) if failed => Outcome::ToolTrouble,
        (0, _) => Outcome::Refused,
        (_, true) => Outcome::Complete,
        (_, false) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| match gaps.is_empty() {
        true => "the device gave no clear answer".to_owned(),
        false => gaps.join("; "),
    });
    let effort = Effort {
        attempted: attempted as u64,
        completed: completed as u64,
        what: format!("{attempted} pairings over Bluetooth LE, each by a stranger"),
        gaps,
        ..Effort::default()
    };
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

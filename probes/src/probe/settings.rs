//! What the user can set: which position a setting has at first, whether it can be put into the others and stays
//! there, whether a stranger can do that, and what the device says in each position.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capture::TrafficFacts;
use crate::context::ProbeContext;
use crate::http::form_controls::Control;
use crate::observation::{Effort, EvidenceRef, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::web_session::Way;

#[path = "../settings/page.rs"]
mod page;
#[path = "../settings/visitor.rs"]
mod visitor;
#[path = "../settings/walk.rs"]
mod walk;

/// Parameters. Credentials are taken from the context: by the row of the login, and `label:SAMPLE` for the one on the
/// label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// The settings.
    pub settings: Vec<Setting>,
    /// Seconds for which a position has to stay by itself.
    #[serde(default = "a_few_seconds")]
    pub settle_seconds: f64,
    /// Seconds for which the device is listened to in each position of settings with `listen`.
    #[serde(default)]
    pub listen_seconds: f64,
    /// Addresses of the sample, for the capture.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Its hardware address.
    #[serde(default)]
    pub hardware: Option<String>,
    /// Addresses of the tester.
    #[serde(default)]
    pub tester: Vec<IpAddr>,
}

fn a_few_seconds() -> f64 {
    5.0
}

/// A setting, and how a program gets at it as the user does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// IXIT row id.
    pub row: String,
    /// What it sets: `automatic-updates`, `update-notices`, `consent`, `decision`.
    pub key: String,
    /// TCP port.
    pub port: u16,
    /// Inside TLS.
    pub tls: bool,
    /// The login behind which it is; none where nobody has to log in.
    #[serde(default)]
    pub login: Option<Way>,
    /// The login takes the password on the label.
    #[serde(default)]
    pub by_label: bool,
    /// Page or JSON text that shows it.
    pub page: String,
    /// Name of its control, or key of the JSON text.
    pub field: String,
    /// Where a new value is sent.
    pub target: String,
    /// Method.
    pub method: String,
    /// JSON in and out.
    #[serde(default)]
    pub json: bool,
    /// Value for on.
    pub on: String,
    /// Value for off.
    pub off: String,
    /// Value for postponed.
    #[serde(default)]
    pub later: Option<String>,
    /// It is changed and restored; else it is looked at alone.
    #[serde(default)]
    pub change: bool,
    /// The device is listened to in each position.
    #[serde(default)]
    pub listen: bool,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SettingsSeen {
    /// The settings, in the order of the parameters.
    pub settings: Vec<SettingSeen>,
    /// Captures, one for each position of the settings that were listened to.
    pub heard: Vec<Heard>,
    /// Pages that were read, each once.
    pub pages: Vec<PageSeen>,
}

/// A page with settings as it was at first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageSeen {
    /// Path.
    pub path: String,
    /// Status.
    pub status: u16,
    /// Its controls; empty for JSON.
    pub controls: Vec<Control>,
    /// Its text as evidence.
    pub kept: Option<EvidenceRef>,
}

/// What a setting did. Positions are `on`, `off`, `later`, `other` (a value that nobody declared), `none` (nothing is
/// chosen).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SettingSeen {
    /// IXIT row id.
    pub row: String,
    /// What it sets.
    pub key: String,
    /// Page.
    pub page: String,
    /// Name of the control or key.
    pub field: String,
    /// Status of the page for somebody who is logged in; `None` where no answer came.
    pub status: Option<u16>,
    /// The control as it was at first; `None` where the page does not have it. A JSON value is one of kind `json`.
    pub control: Option<Control>,
    /// Position at first.
    pub first: Option<String>,
    /// Changes, in order.
    pub changes: Vec<ChangeSeen>,
    /// What a stranger could do; `None` where that was not tried.
    pub stranger: Option<StrangerSeen>,
    /// It is where it was at first again; `None` where it was never changed, or this could not be told.
    pub restored: Option<bool>,
}

/// A change of a setting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangeSeen {
    /// `off`, `later`, `on`, `withdrawn` (off again after it was on), `first`.
    pub to: String,
    /// The control offers that.
    pub offered: bool,
    /// Status of the answer; `None` where none came or nothing was sent.
    pub status: Option<u16>,
    /// Position in the same visit afterwards.
    pub read: Option<String>,
    /// Position in a later visit, after the time in which it has to stay by itself; `None` where that was not read.
    pub stayed: Option<String>,
}

impl ChangeSeen {
    /// The position that was wanted.
    pub fn wanted(&self) -> &str {
        if self.to == "withdrawn" { "off" } else { &self.to }
    }
}

/// What a stranger could do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StrangerSeen {
    /// Status of the page.
    pub page: Option<u16>,
    /// Position that was sent; `None` where the bench does not agree to a change.
    pub sent: Option<String>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// The setting has another position since; `None` where this could not be told.
    pub changed: Option<bool>,
}

/// What the device said in a position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// `off`, `on`, `withdrawn`.
    pub position: String,
    /// The capture.
    pub traffic: TrafficFacts,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "settings",
    version: 1,
    summary: "Reads settings of the user, puts them into each position and back, and listens to what the device says in each",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of settings cannot be read: {error}")),
        };
        let mut walk = walk::Walk::new(&params, &context);
        // Stopping drops the request under way; what was learned until then is kept.
        let stopped = tokio::select! {
            () = walk.go() => false,
            () = context.cancel.cancelled() => true,
        };
        if stopped {
            let after = match walk.under_way {
                true => "; settings of the sample may be other than before",
                false => "",
            };
            walk.gaps.push(format!("stopped before everything was tried{after}"));
        }
        finish(walk, &context)
    })
}

fn finish(walk: walk::Walk<'_>, context: &ProbeContext) -> Findings {
    let walk::Walk { seen, gaps, tried, answered, transcript, .. } = walk;
    context.attach(transcript.as_bytes(), "txt");
    let heard: f64 = seen.heard.iter().map(|heard| heard.traffic.seconds).sum();
    let effort = Effort {
        attempted: tried,
        completed: answered,
        what: format!(
            "{} settings at {} pages, {} changes, {heard:.0} s at the capture point",
            seen.settings.len(),
            seen.pages.len(),
            seen.settings.iter().map(|setting| setting.changes.len()).sum::<usize>(),
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let outcome = match (gaps.is_empty() && answered == tried, answered) {
        (true, _) => Outcome::Complete,
        (false, 0) => Outcome::Refused,
        (false, _) => Outcome::Partial,
    };
    let trouble = (outcome != Outcome::Complete).then(|| match gaps.is_empty() {
        true => "not every request was answered".to_owned(),
        false => gaps.join("; "),
    });
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

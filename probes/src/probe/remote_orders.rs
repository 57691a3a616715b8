//! Orders to the device over its service, which the bench plays: whether they take effect, whether one that is sent a
//! second time does, whether a local operation keeps them out, and whether a stop leads to the declared state and
//! stays.
//!
//! Only orders that the declaration words are sent. The state is read locally, as somebody who may; the last local
//! operation leaves it as it was, and the names lead to the peers again, whatever happened in between.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::access_control::{Access, Mechanism};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::world::door::{Door, Stop};

#[path = "../remote_orders/broker.rs"]
mod broker;
#[path = "../remote_orders/course.rs"]
mod course;
#[path = "../remote_orders/here.rs"]
mod here;

/// Parameters. Credentials are taken from the context, by row of the mechanism and `ROW/account`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// IXIT row of the communication over which orders come.
    pub row: String,
    /// Name of the service.
    pub host: String,
    /// TCP port of the service.
    pub port: u16,
    /// Where the bench listens in place of the service; `None` if it names no such place.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// Serial number of the sample, for `{serial}`.
    #[serde(default)]
    pub serial: String,
    /// Topic to which the device subscribes for orders; `{serial}` stands for its serial number.
    pub topic: String,
    /// Mechanisms through which a program logs in.
    pub mechanisms: Vec<Mechanism>,
    /// How the state is read.
    pub seen: Access,
    /// Orders with different effects.
    pub orders: Vec<Order>,
    /// The order that stops the device.
    #[serde(default)]
    pub stop: Option<Order>,
    /// Local operations; the last leaves things as they were.
    #[serde(default)]
    pub local: Vec<LocalOperation>,
    /// The local operation that ends a stop.
    #[serde(default)]
    pub release: Option<LocalOperation>,
    /// What makes an order fresh: `number`, `time`, or nothing.
    #[serde(default)]
    pub freshness: Option<String>,
    /// Seconds for which a local operation keeps orders out.
    #[serde(default)]
    pub hold_seconds: Option<f64>,
    /// Longest time in seconds until an order or operation shows.
    pub takes_seconds: f64,
    /// Longest wait for a connection of the device, in seconds; `None`: as for other played peers.
    #[serde(default)]
    pub connect_seconds: Option<f64>,
}

/// An order as it is worded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Content; `{number}` stands for a number that rises with every order, `{time}` for the time (RFC 3339).
    pub says: String,
    /// Texts that the state holds when it has taken effect.
    pub shows: Vec<String>,
}

/// A local operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalOperation {
    /// How it is asked for.
    pub access: Access,
    /// Texts that the state holds when it has taken effect.
    pub shows: Vec<String>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OrdersSeen {
    /// IXIT row.
    pub row: String,
    /// Name of the service.
    pub host: String,
    /// What became of the login of the reader: `logged-in`, `sent-along`, `open`, `refused`, `unclear`,
    /// `no-credential`; empty where none was tried.
    pub reader: String,
    /// The device took the bench for its service and subscribed to the topic of orders.
    pub session: SessionEnd,
    /// More of it.
    pub session_detail: Option<String>,
    /// What makes an order fresh, by declaration.
    pub freshness: Option<String>,
    /// Seconds for which a local operation keeps orders out, by declaration.
    pub hold_seconds: Option<f64>,
    /// Longest time in seconds until something shows, by declaration.
    pub takes_seconds: f64,
    /// What was sent and what the state showed then, in order.
    pub steps: Vec<Step>,
    /// The state at the end is that of the beginning; `None` where it could not be read.
    pub restored: Option<bool>,
}

/// What became of the session with the played service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEnd {
    /// Not tried.
    #[default]
    NotTried,
    /// The device subscribed to the topic of orders.
    Subscribed,
    /// It connected and did not subscribe to that topic.
    NotSubscribed,
    /// It did not take the played service, or spoke something else.
    NotTaken,
    /// It made no connection.
    NoConnection,
}

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doing {
    /// The first order: the one that is recorded.
    Order,
    /// Another order, so that the first would show again.
    OtherOrder,
    /// The recorded order once more, octet by octet, in the same session.
    Replay,
    /// The recorded order once more, in a new session.
    ReplayAnew,
    /// An order just before a local operation.
    OrderBeforeLocal,
    /// A local operation.
    Local,
    /// A fresh order while the local operation keeps orders out by declaration.
    OrderInHold,
    /// A fresh order when that time is over.
    OrderAfterHold,
    /// The stop.
    Stop,
    /// A fresh order while the device is stopped.
    OrderWhileStopped,
    /// The local operation that ends the stop.
    Release,
}

/// Something that was sent, and what the state showed then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What was done.
    pub doing: Doing,
    /// What was sent, as it went out.
    pub sent: String,
    /// The texts that the state holds when it has taken effect.
    pub shows: Vec<String>,
    /// They were there before it was sent; `None` where the state could not be read.
    pub before: Option<bool>,
    /// They were there afterwards within the time; `None` where the state could not be read, or nothing was sent.
    pub shown: Option<bool>,
    /// Seconds until they were there, or for which they were waited for.
    pub seconds: f64,
    /// In [`Doing::OrderWhileStopped`]: the state is still the stopped one; in [`Doing::OrderInHold`]: that of the
    /// local operation. `None` elsewhere.
    pub kept: Option<bool>,
    /// Status of the answer to a local operation.
    pub status: Option<u16>,
    /// Why nothing was sent, or what else there is to say.
    pub note: String,
}

impl OrdersSeen {
    /// The step of a kind, with its number from 1, if it was made.
    pub fn step(&self, doing: Doing) -> Option<(usize, &Step)> {
        (1..).zip(&self.steps).find(|(_, step)| step.doing == doing)
    }
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "remote-orders",
    version: 1,
    summary: "Plays the service over which orders come: fresh ones, one sent twice, one after a local operation, a stop",
    observe,
};

/// What a run of the probe lacks, with the remedy.
fn lacking(params: &Params, context: &ProbeContext) -> Option<String> {
    for consent in ["play_peers", "change_state"] {
        if !context.agrees_to(consent) {
            return Some(format!(
                "the bench does not agree to it: {consent} under [consent] of the bench file"
            ));
        }
    }
    if params.listen.is_none() {
        return Some(format!(
            "the bench names no address to listen at in place of {}, under [world] of the bench file",
            params.host
        ));
    }
    context.authority.is_none().then(|| {
        "the bench has no authority that the device trusts, so that it cannot play its service: [authority] of the \
         bench file"
            .to_owned()
    })
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let params = match serde_json::from_value::<Params>(params) {
            Ok(params) => params,
            Err(error) => return trouble(format!("the parameters of remote-orders cannot be read: {error}")),
        };
        let at = match (lacking(&params, &context), params.listen) {
            (None, Some(at)) => at,
            (gap, _) => {
                let seen = OrdersSeen { row: params.row, host: params.host, ..OrdersSeen::default() };
                let effort = Effort { gaps: gap.iter().cloned().collect(), ..Effort::default() };
                let data = serde_json::to_value(seen).expect("string keys only");
                return Findings { outcome: Outcome::Partial, effort, trouble: gap, data };
            }
        };
        let door = Door::new(Arc::clone(&context), at, params.connect_seconds);
        let mut course = course::Course::new(&params, &context, door);
        // Stopping drops what is under way; what was learned until then is kept.
        let ended = tokio::select! {
            biased;
            () = context.cancel.cancelled() => None,
            ended = course.go() => Some(ended),
        };
        course.tidy_up().await;
        let stopped = match ended {
            None => Some("stopped before everything was tried".to_owned()),
            Some(Err(Stop::Late)) => Some("the time budget was used up".to_owned()),
            Some(Err(Stop::Trouble(why))) => return finish(course, &context, Some(why)),
            Some(Ok(())) => None,
        };
        course.gaps.extend(stopped);
        finish(course, &context, None)
    })
}

fn finish(course: course::Course<'_>, context: &ProbeContext, tools: Option<String>) -> Findings {
    let course::Course { mut seen, gaps, here, transcript, .. } = course;
    here.reader_is.clone_into(&mut seen.reader);
    let web = here.web;
    context.attach(format!("{transcript}\n{}", web.transcript).as_bytes(), "txt");
    let told = seen.steps.iter().filter(|step| step.shown.is_some()).count() as u64;
    let effort = Effort {
        attempted: seen.steps.len() as u64,
        completed: told,
        what: format!("{} orders and operations, {} requests", seen.steps.len(), web.count),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let outcome = match (&tools, gaps.is_empty()) {
        (Some(_), _) => Outcome::ToolTrouble,
        (None, true) => Outcome::Complete,
        (None, false) => Outcome::Partial,
    };
    let trouble = tools.or_else(|| (!gaps.is_empty()).then(|| gaps.join("; ")));
    let data = serde_json::to_value(seen).expect("the result has string keys only");
    Findings { outcome, effort, trouble, data }
}

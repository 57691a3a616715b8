//! Which TCP ports of a device are open.
//!
//! A port counts as closed only if it refused while the device was shown to be well: before and after
//! every region of ports the canary, a port known to be open, is asked. If it does not answer, the whole
//! region is scanned again after a pause, more slowly; if it stays away, the region stays unanswered.
//!
//! Ports are asked by bare SYN segments where this process may send them, else by connections. What answered
//! a SYN counts as open only if it took a connection too.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::port_sweep::{Patience, Sweep, Tally, device_at};
use crate::registry::{Findings, ProbeEntry, trouble};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Address of the sample.
    pub address: IpAddr,
    /// Ports to try; empty for all 65535.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Ports that belong to the tester's own host and are left out of the verdict (loopback benches only).
    #[serde(default)]
    pub foreign: Vec<u16>,
    /// Ports that are expected to be open (declared ones): tried first, so that a canary is found early.
    #[serde(default)]
    pub likely: Vec<u16>,
    /// Seconds that a device which stopped answering is given to come back; 60 if not said.
    #[serde(default)]
    pub recovery_seconds: Option<u32>,
    /// How to ask.
    #[serde(default)]
    pub method: WantedMethod,
    /// Seconds after which the sweep ends, wherever it is; no end if not said.
    #[serde(default)]
    pub budget_seconds: Option<u32>,
    /// Interface that leads to a link-local address: its name, or its number.
    #[serde(default)]
    pub interface: Option<String>,
}

/// How ports are to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WantedMethod {
    /// By connections on loopback; elsewhere by SYN segments if a raw socket can be opened, else by
    /// connections.
    #[default]
    Auto,
    /// By bare SYN segments, or not at all.
    Syn,
    /// By connections.
    Connect,
}

/// How ports were asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// By bare SYN segments, each open port confirmed by a connection.
    Syn,
    /// By connections.
    #[default]
    Connect,
}

/// Result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortInventory {
    /// Address.
    pub address: IpAddr,
    /// Open ports, ascending, foreign ones left out.
    pub open: Vec<u16>,
    /// Ports that answered with a refusal.
    pub closed: u32,
    /// Ports without a clear answer after all repetitions, as ranges (first, last).
    pub unanswered: Vec<(u16, u16)>,
    /// Ports asked for.
    pub asked: u32,
    /// Ports of the tester's own host among those asked: not contacted, ascending.
    pub foreign: Vec<u16>,
    /// Liveness checks made during the sweep and how many failed.
    pub canary: Canary,
    /// Repetitions of regions after a failed canary.
    pub repeated: u32,
    /// How it was done and what was odd; not there in older observations.
    #[serde(flatten)]
    pub manner: Manner,
}

/// How a sweep was done, and what was odd about the device as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// How the ports were asked.
    pub method: Method,
    /// Frames of a sweep by SYN segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Frames>,
    /// The device takes a connection at (nearly) every port: a tarpit, or something before it. `open` names
    /// a few of them, all others count as unanswered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_alike: Option<AllAlike>,
}

/// A device whose ports all look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllAlike {
    /// Ports asked until that was clear, scattered over all.
    pub asked: u32,
    /// How many of them took a connection.
    pub open: u32,
}

/// Liveness canary: a port known to be open, asked again and again beside the sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    /// Port used; `None` if no open port was known.
    pub port: Option<u16>,
    /// Checks made.
    pub checks: u32,
    /// Checks that failed.
    pub failures: u32,
}

/// Frames of a sweep by bare SYN segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frames {
    /// SYN segments sent, repetitions included.
    pub sent: u64,
    /// Answers that were shown to answer one of them.
    pub answers: u64,
    /// Other segments from the device: of other connections, with a wrong checksum or a wrong number.
    pub rejected: u64,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tcp-sweep",
    version: 1,
    summary: "Asks TCP ports and lists the open ones, with a liveness canary",
    observe,
};

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Err(error) => trouble(format!("the parameters of the sweep cannot be read: {error}")),
            Ok(params) => {
                let mut patience = Patience::default();
                if let Some(seconds) = params.recovery_seconds {
                    patience.recovery = Duration::from_secs(u64::from(seconds));
                }
                // What is left of the budget of the run counts where the request names none.
                patience.budget = params
                    .budget_seconds
                    .map(|seconds| Duration::from_secs(u64::from(seconds)))
                    .or_else(|| context.seconds_left().map(Duration::from_secs_f64));
                sweep(params, &context, patience).await
            }
        }
    })
}

async fn sweep(params: Params, context: &ProbeContext, patience: Patience) -> Findings {
    match prepared(&params, context, patience) {
        Err(message) => trouble(message),
        Ok(sweep) => conclude(&params, sweep.run(context).await),
    }
}

fn prepared(params: &Params, context: &ProbeContext, patience: Patience) -> Result<Sweep, String> {
    let address = params.address;
    if !context.dialer.scope().allows((address, 1).into()) {
        return Err(format!("{address} is outside the scope of this run; nothing was sent"));
    }
    let interface = match &params.interface {
        Some(interface) => Some(
            context
                .dialer
                .interface_number(interface)
                .map_err(|error| format!("the interface {interface} cannot be used: {error}"))?,
        ),
        None if is_link_local(address) => {
            return Err(format!(
                "{address} is a link-local address, and no interface is named that leads to it; name one"
            ));
        }
        None => None,
    };
    let device = device_at(address, interface);
    Sweep::new(params, device, patience, context)
        .map_err(|error| format!("the ports of {address} cannot be asked: {error}"))
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

fn conclude(params: &Params, tally: Tally) -> Findings {
    let unanswered = tally.unanswered();
    let closed = tally.closed();
    let clear = u64::from(closed) + tally.open.len() as u64;
    let mut gaps = tally.gaps.clone();
    let without: u32 = unanswered.iter().map(|(first, last)| u32::from(last - first) + 1).sum();
    if without > 0 {
        gaps.push(format!("{without} ports without a clear answer"));
    }
    let (outcome, reason) = if let Some(error) = &tally.tester {
        (Outcome::ToolTrouble, Some(format!("the tester's network failed: {error}")))
    } else if tally.cancelled {
        (Outcome::Partial, Some("the sweep was stopped before its end".to_owned()))
    } else if tally.lost {
        let text = "the device stopped answering during the sweep and did not come back";
        (Outcome::Refused, Some(text.to_owned()))
    } else if tally.out_of_time {
        (Outcome::Partial, Some(tally.gaps.join("; ")))
    } else if clear == 0 && without > 0 {
        (Outcome::Refused, Some("no port of this address gave an answer".to_owned()))
    } else if !tally.gaps.is_empty() {
        (Outcome::Partial, Some(tally.gaps.join("; ")))
    } else {
        (Outcome::Complete, None)
    };
    let asked_by = match tally.manner.frames {
        Some(frames) => {
            format!("TCP SYN to {} ports of {}, {} frames", tally.attempted, params.address, frames.sent)
        }
        None => format!("TCP connect to {} ports of {}", tally.attempted, params.address),
    };
    let what = format!("{asked_by}, {} connections, up to {} at once", tally.connections, tally.parallel);
    let inventory = PortInventory {
        address: params.address,
        closed,
        unanswered,
        asked: tally.asked,
        foreign: tally.foreign,
        canary: tally.canary,
        repeated: tally.repeated,
        manner: tally.manner,
        open: tally.open.into_iter().collect(),
    };
    Findings {
        outcome,
        effort: Effort { attempted: tally.attempted, completed: clear, seconds: 0.0, what, gaps },
        trouble: reason,
        data: serde_json::to_value(inventory).expect("an inventory has string keys only"),
    }
}

#[cfg(test)]
#[path = "../tcp_sweep_tests.rs"]
mod tests;

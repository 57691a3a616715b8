//! Which TCP ports of a device are open.
//!
//! A port counts as closed only if it refused while the device was shown to be well: before and after
//! every region of ports the canary, a port known to be open, is asked. If it does not answer, the whole
//! region is scanned again after a pause; if it stays away, the region stays unanswered.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::port_sweep::{Patience, Sweep, Tally};
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

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "tcp-sweep",
    version: 1,
    summary: "Connects to TCP ports and lists the open ones, with a liveness canary",
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
                sweep(params, &context, patience).await
            }
        }
    })
}

async fn sweep(params: Params, context: &ProbeContext, patience: Patience) -> Findings {
    if !context.dialer.scope().allows((params.address, 1).into()) {
        return trouble(format!("{} is outside the scope of this run; nothing was sent", params.address));
    }
    let tally = Sweep::new(&params, patience).run(context).await;
    conclude(&params, tally)
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
    } else if clear == 0 && without > 0 {
        (Outcome::Refused, Some("no port of this address gave an answer".to_owned()))
    } else if !tally.gaps.is_empty() {
        (Outcome::Partial, Some(tally.gaps.join("; ")))
    } else {
        (Outcome::Complete, None)
    };
    let what = format!(
        "TCP connect to {} ports of {}, {} connections, up to {} at once",
        tally.attempted, params.address, tally.connections, tally.parallel
    );
    let inventory = PortInventory {
        address: params.address,
        closed,
        unanswered,
        asked: tally.asked,
        foreign: tally.foreign,
        canary: tally.canary,
        repeated: tally.repeated,
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

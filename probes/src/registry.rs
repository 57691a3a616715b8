//! The probes by name, and the one way to run them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, FORMAT, Observation, Outcome, Request};

/// What a probe hands back; [`run`] wraps it into an [`Observation`].
#[derive(Debug)]
pub struct Findings {
    /// How it ended.
    pub outcome: Outcome,
    /// Proof of effort; `seconds` is filled in by [`run`].
    pub effort: Effort,
    /// What went wrong.
    pub trouble: Option<String>,
    /// The typed result.
    pub data: Value,
}

/// A probe.
pub struct ProbeEntry {
    /// Name, e.g. `tcp-sweep`.
    pub name: &'static str,
    /// Version; raised whenever the meaning of the result changes.
    pub version: u32,
    /// What it does, one line in English.
    pub summary: &'static str,
    /// The entry point. Ends within 2 s of cancellation.
    pub observe: fn(Value, Arc<ProbeContext>) -> BoxFuture<'static, Findings>,
}

/// All probes.
pub fn probes() -> &'static [&'static ProbeEntry] {
    crate::probe::ALL
}

/// A probe by name.
pub fn probe(name: &str) -> Option<&'static ProbeEntry> {
    probes().iter().copied().find(|entry| entry.name == name)
}

/// Runs a probe. A panic, an unknown name or unreadable parameters become `tool-trouble`: an
/// observation always comes back.
pub async fn run(request: Request, context: Arc<ProbeContext>) -> Observation {
    let started = std::time::Instant::now();
    let mut place = context.place.clone();
    place.at = jiff::Timestamp::now().round(jiff::Unit::Millisecond).unwrap_or_default().to_string();
    let (version, mut findings) = match probe(&request.probe) {
        None => (0, trouble(format!("this build has no probe named {}", request.probe))),
        Some(entry) => {
            let future =
                AssertUnwindSafe((entry.observe)(request.params.clone(), context.clone())).catch_unwind();
            let findings = future
                .await
                .unwrap_or_else(|_| trouble(format!("the probe {} stopped unexpectedly", entry.name)));
            (entry.version, findings)
        }
    };
    findings.effort.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Observation {
        format: FORMAT.to_owned(),
        probe: request.probe,
        version,
        target: request.target,
        params: request.params,
        context: place,
        outcome: findings.outcome,
        effort: findings.effort,
        trouble: findings.trouble,
        data: findings.data,
        attachments: context.take_attachments(),
    }
}

/// Findings that say that the tool could not do it.
pub fn trouble(message: impl Into<String>) -> Findings {
    Findings {
        outcome: Outcome::ToolTrouble,
        effort: Effort::default(),
        trouble: Some(message.into()),
        data: Value::Null,
    }
}

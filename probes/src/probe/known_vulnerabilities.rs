//! Known vulnerabilities of the software that the bills of materials name, from data that the lab hands in.
//!
//! No network. Facts only: which record names which component, how its version stands to it, and how old the data is.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};
use crate::vulnerability::{KnownVulnerabilities, look};

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "known-vulnerabilities",
    version: 1,
    summary: "Sets the components of bills of materials against vulnerability data of the lab, offline",
    observe,
};

fn observe(_: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let reading = context.clone();
        // Reading is work for the processor; elsewhere it does not keep the run from being stopped.
        match tokio::task::spawn_blocking(move || look(&reading)).await {
            Ok(seen) => findings(seen, &context),
            Err(_) => trouble("reading the vulnerability data stopped unexpectedly"),
        }
    })
}

fn findings(seen: KnownVulnerabilities, context: &ProbeContext) -> Findings {
    let named = context.software.data.len() + context.software.statements.len();
    let read: Vec<_> = seen.data.iter().chain(&seen.statements).collect();
    let whole = read.iter().filter(|file| file.whole).count();
    let mut gaps: Vec<String> = read.iter().filter_map(|file| file.trouble.clone()).collect();
    if read.len() < named {
        gaps.push(format!("{} of {named} files were not read", named - read.len()));
    }
    let unread = seen.bills.iter().filter(|bill| bill.format.is_empty());
    gaps.extend(unread.map(|bill| format!("{} cannot be understood", bill.document)));
    let cut = seen.bills.iter().filter(|bill| bill.further > 0);
    gaps.extend(cut.map(|bill| format!("{} components of {} were left out", bill.further, bill.document)));
    let outcome = if gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
    let components: usize = seen.bills.iter().map(|bill| bill.components.len()).sum();
    let effort = Effort {
        attempted: named as u64,
        completed: whole as u64,
        what: format!(
            "{components} components of {} bills of materials, {named} files of vulnerability data",
            seen.bills.len()
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    Findings {
        outcome,
        effort,
        trouble: gaps.into_iter().next(),
        data: serde_json::to_value(&seen).expect("string keys only"),
    }
}

#[cfg(test)]
#[path = "../vulnerability/probe_tests.rs"]
mod tests;

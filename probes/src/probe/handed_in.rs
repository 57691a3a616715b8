//! What files tell that were taken from the device or handed in: logs of serial contacts, images of firmware.
//!
//! No network. Facts only; a value that is known to be secret is named by its key and place, never written down.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::context::ProbeContext;
use crate::handed_in::{FileRead, FilesRead, open_images, read_files};
use crate::observation::{Effort, Outcome};
use crate::registry::{Findings, ProbeEntry, trouble};

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "handed-in",
    version: 1,
    summary: "Reads serial logs and firmware images that the bench names, without touching the device",
    observe,
};

fn observe(_: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        let reading = context.clone();
        // Reading is work for the processor; elsewhere it does not keep the run from being stopped.
        match tokio::task::spawn_blocking(move || read_files(&reading)).await {
            Ok(mut read) => {
                open_images(&mut read, &context).await;
                findings(read, &context)
            }
            Err(_) => trouble("reading the files that were handed in stopped unexpectedly"),
        }
    })
}

fn findings(read: FilesRead, context: &ProbeContext) -> Findings {
    let whole = read.files.iter().filter(|file| file.whole).count();
    let named = context.handed_in.len();
    let mut gaps: Vec<String> = read
        .files
        .iter()
        .filter(|file| !file.whole)
        .map(|file| format!("{} was read to octet {} of {}", file.name, file.read, file.octets))
        .collect();
    if read.files.len() < named {
        gaps.push(format!("{} of {named} files were not read", named - read.files.len()));
    }
    gaps.extend(read.files.iter().filter_map(not_opened));
    let outcome = if gaps.is_empty() { Outcome::Complete } else { Outcome::Partial };
    let effort = Effort {
        attempted: named as u64,
        completed: whole as u64,
        what: format!("{named} files that were handed in, searched for {} known values", read.values),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    Findings {
        outcome,
        effort,
        trouble: gaps.into_iter().next(),
        data: serde_json::to_value(&read).expect("string keys only"),
    }
}

/// What of an image stayed closed.
fn not_opened(file: &FileRead) -> Option<String> {
    let inside = file.image.as_ref()?.inside.as_ref()?;
    let first = inside.left.first()?;
    let more = inside.left.len() as u64 - 1 + inside.further_left;
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    Some(format!("{}: {} was not opened ({}){more}", file.name, first.path, first.why))
}

#[cfg(test)]
#[path = "../handed_in/probe_tests.rs"]
mod tests;

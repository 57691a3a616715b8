//! Deletes the data of the user as the user does, and looks over Bluetooth LE for what is left: the bond of somebody
//! who had paired before, and a value that they had written.
//!
//! The deletion is the declared one, over the web; where none is declared for programs, it is the reset of the bench,
//! and the result says so. Afterwards the bench sets the device up, so that the run goes on.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ble::{BleSample, DeclaredPairing};
use crate::context::ProbeContext;
use crate::observation::{Effort, Outcome};
use crate::probe::access_control::Mechanism;
use crate::probe::deletion::Order;
use crate::registry::{Findings, ProbeEntry, trouble};

#[path = "../ble_reset/course.rs"]
mod course;

/// Parameters. Credentials are taken from the context.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// The sample on the air.
    #[serde(flatten)]
    pub sample: BleSample,
    /// Address of the sample in the network, for the deletion over the web.
    pub address: IpAddr,
    /// The value that is planted follows from it.
    #[serde(default)]
    pub seed: String,
    /// IXIT row id of the deletion function.
    pub function: String,
    /// How the user pairs.
    pub pairing: DeclaredPairing,
    /// Mechanisms by which users are let in, for the deletion over the web.
    #[serde(default)]
    pub mechanisms: Vec<Mechanism>,
    /// The deletion; none: the bench resets the device.
    #[serde(default)]
    pub erasure: Option<Order>,
    /// Where a value may be planted.
    #[serde(default)]
    pub plants: Vec<Plant>,
}

/// A characteristic that the user writes and reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plant {
    /// UUID of the service.
    pub service: String,
    /// UUID of the characteristic.
    pub characteristic: String,
    /// A value in hexadecimal digits that is taken and does no harm.
    pub example: String,
    /// Greatest length of a value in octets.
    #[serde(default)]
    pub largest: Option<u32>,
}

/// Result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleReset {
    /// IXIT row id of the function.
    pub function: String,
    /// There was no way to the sample, for a reason of the tester or the bench.
    #[serde(default)]
    pub not_scanned: bool,
    /// Somebody paired before, and had a bond that the device took on a further link.
    pub bond_worked: bool,
    /// Values that were written before.
    pub planted: Vec<PlantedValue>,
    /// Who deleted: `declared` over the web, `bench` by its reset; `nobody` where it came to none.
    pub deleted_by: String,
    /// Status of the answer to the declared order.
    pub status: Option<u16>,
    /// The answer has the declared words of the confirmation.
    pub confirmed: bool,
    /// Seconds until the sample was heard again.
    pub heard_after: Option<f64>,
    /// What became of the old bond: `refused`, `taken`, `unclear`.
    pub bond: String,
    /// Links on which that was tried.
    pub bond_tries: u32,
    /// A stranger could pair as with a device that is as it left the factory; `None` if that was not tried.
    pub pairs_as_new: Option<bool>,
    /// Who set the device up again: `bench`, `nobody`.
    pub set_up_again: String,
}

/// A value that was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedValue {
    /// UUID of the characteristic.
    pub characteristic: String,
    /// Its handle.
    pub handle: u16,
    /// In hexadecimal digits.
    pub value: String,
    /// It was read back, and something else stood there before.
    pub shown: bool,
    /// Nobody else would have chosen it: finding it again is no chance.
    pub unmistakable: bool,
    /// It was read after the deletion: `gone`, `there`, `not-read`.
    pub after: String,
}

/// The probe.
pub static PROBE: ProbeEntry = ProbeEntry {
    name: "ble-reset",
    version: 1,
    summary: "Pairs over Bluetooth LE, deletes the data of the user, and looks whether bond and values are left",
    observe,
};

impl BleReset {
    /// Whether the deletion was ordered, so that the device may be as it left the factory.
    pub fn was_ordered(&self) -> bool {
        matches!(self.deleted_by.as_str(), "declared" | "bench")
    }
}

fn observe(params: Value, context: Arc<ProbeContext>) -> BoxFuture<'static, Findings> {
    Box::pin(async move {
        match serde_json::from_value::<Params>(params) {
            Ok(params) => conduct(&params, &context).await,
            Err(error) => trouble(format!("the parameters of ble-reset cannot be read: {error}")),
        }
    })
}

async fn conduct(params: &Params, context: &Arc<ProbeContext>) -> Findings {
    let mut seen = BleReset {
        function: params.function.clone(),
        deleted_by: "nobody".to_owned(),
        bond: "unclear".to_owned(),
        set_up_again: "nobody".to_owned(),
        ..BleReset::default()
    };
    for (agreement, what) in [("erase_data", "erasing data"), ("pair", "pairing")] {
        if !context.agrees_to(agreement) {
            let gap =
                format!("the bench does not agree to {what}: {agreement} under [consent] of the bench file");
            return findings(&seen, vec![gap], false);
        }
    }
    let mut course = course::Course::new(params, context, &mut seen);
    // Stopping drops what is under way; what was learned until then is kept.
    let ended = tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err("stopped".to_owned()),
        ended = course.go() => ended,
    };
    let (mut gaps, transcript, of_the_tester) = course.end();
    gaps.extend(ended.err());
    context.attach(transcript.as_bytes(), "txt");
    findings(&seen, gaps, of_the_tester)
}

fn findings(seen: &BleReset, mut gaps: Vec<String>, of_the_tester: bool) -> Findings {
    if seen.was_ordered() && seen.set_up_again != "bench" {
        gaps.push(
            "the device may be as it left the factory: set it up again (onboard) before it is used on"
                .to_owned(),
        );
    }
    // Each bond and value is looked for once; pairing as new is the third.
    let attempted = 2 + seen.planted.len() as u64;
    let read =
        seen.planted.iter().filter(|planted| matches!(planted.after.as_str(), "gone" | "there")).count();
    let completed = u64::from(seen.bond != "unclear") + u64::from(seen.pairs_as_new.is_some()) + read as u64;
    let effort = Effort {
        attempted,
        completed,
        what: format!(
            "one bond and {} values before the deletion by {}; the bond tried on {} links after it",
            seen.planted.len(),
            seen.deleted_by,
            seen.bond_tries,
        ),
        gaps: gaps.clone(),
        ..Effort::default()
    };
    let outcome = match (gaps.is_empty(), of_the_tester && !seen.was_ordered()) {
        (true, _) => Outcome::Complete,
        (false, true) => Outcome::ToolTrouble,
        (false, false) => Outcome::Partial,
    };
    Findings {
        outcome,
        effort,
        trouble: (!gaps.is_empty()).then(|| gaps.join("; ")),
        data: serde_json::to_value(seen).expect("the result has string keys only"),
    }
}

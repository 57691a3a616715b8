//! Pairing as the declaration says that the user does it, through the bench.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::backend::{BleBackend, BleError};
use super::pairing::{Bond, NumericAnswer, PairingOutcome, PairingPolicy, PasskeySource};
use super::sample::with_bench;
use super::smp::SmpReason;
use crate::context::ProbeContext;

/// Waits while a device refuses everybody because of wrong digits, in seconds.
const WAITS: [f64; 5] = [0.5, 1.0, 2.0, 4.0, 8.0];
const REPEATED_ATTEMPTS: SmpReason = SmpReason(0x09);

/// How the device pairs, by its declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredPairing {
    /// `just-works`, `passkey-shown`, `passkey-entered`, `numeric-comparison`, `out-of-band`.
    pub method: String,
    /// When strangers may pair: `anytime`, `first-or-invited`, `invited`, `factory-default`.
    #[serde(default)]
    pub strangers: Option<String>,
}

/// Who knows the device when the tester wants to pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquaintance {
    /// Nobody: it is as it left the factory.
    Nobody,
    /// Its owner.
    Owner,
}

impl DeclaredPairing {
    /// What the tester offers.
    ///
    /// # Errors
    /// Why a program cannot pair in this way.
    pub fn policy(&self, context: &Arc<ProbeContext>) -> Result<PairingPolicy, String> {
        let policy = match self.method.as_str() {
            "just-works" => return Ok(PairingPolicy::just_works()),
            "passkey-shown" => PairingPolicy::passkey(PasskeySource::Nobody),
            "numeric-comparison" => PairingPolicy::numeric(NumericAnswer::Reject),
            other => return Err(format!("this probe cannot pair by {other}")),
        };
        Ok(with_bench(policy, context))
    }

    /// Has the bench let strangers pair where the declaration says that somebody has to.
    ///
    /// # Errors
    /// Why nobody lets them.
    pub async fn invite(&self, context: &ProbeContext, known_by: Acquaintance) -> Result<(), String> {
        let open = match self.strangers.as_deref() {
            Some("anytime") => true,
            Some("first-or-invited" | "factory-default") => known_by == Acquaintance::Nobody,
            _ => false,
        };
        if open {
            return Ok(());
        }
        match (context.act)("allow_pairing").await {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err("the bench has no action allow_pairing, so nobody lets the tester pair".to_owned())
            }
            Err(error) => Err(format!("allow_pairing failed: {error}")),
        }
    }

    /// Pairs on the link that is there, and gives the bond where one is kept.
    ///
    /// # Errors
    /// Why it came to no pairing, in words, or the trouble of the tester.
    pub async fn pair(
        &self,
        backend: &mut dyn BleBackend,
        context: &Arc<ProbeContext>,
        keeps: bool,
    ) -> Result<Result<Option<Bond>, String>, BleError> {
        let policy = match self.policy(context) {
            Ok(policy) => PairingPolicy { bonding: keeps, ..policy },
            Err(why) => return Ok(Err(why)),
        };
        let mut report = backend.pair(&policy).await?;
        for seconds in WAITS {
            // Somebody may have tried wrong digits a moment ago.
            if report.outcome != (PairingOutcome::RefusedByDevice { reason: REPEATED_ATTEMPTS }) {
                break;
            }
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            report = backend.pair(&policy).await?;
        }
        Ok(match report.outcome {
            PairingOutcome::Paired => Ok(report.bond),
            PairingOutcome::RefusedByDevice { reason } => {
                Err(format!("the device refused to pair: {reason}"))
            }
            PairingOutcome::RefusedByTester { why, .. } => Err(why),
            PairingOutcome::LinkLost { reason } => {
                Err(format!("the link ended while pairing ({reason:#04x})"))
            }
            PairingOutcome::Silent { waiting_for } => {
                Err(format!("while pairing {waiting_for} did not come"))
            }
            PairingOutcome::EncryptionFailed { status } => {
                Err(format!("encryption did not begin after pairing ({status:#04x})"))
            }
            other => Err(format!("the pairing ended otherwise: {other:?}")),
        })
    }
}

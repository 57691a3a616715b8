//! Whom the device sees on a link: a stranger, somebody who paired without authentication, or who paired as declared.

use std::sync::Arc;
use std::time::Duration;

use super::{LinkSeen, Mechanism};
use crate::ble::{
    BleBackend, BleError, BleSample, BleScope, Bond, DeviceAddress, Fact, NoWay, NumericAnswer,
    PairingMethod, PairingOutcome, PairingPolicy, PairingReport, PasskeySource, SmpReason, with_bench,
};
use crate::context::ProbeContext;

/// Longest lock-out of pairing that is waited for.
const LONGEST_LOCKOUT: f64 = 90.0;
/// A device may count a little slower.
const GRACE: f64 = 0.3;

/// A subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// It did not pair.
    Stranger,
    /// It paired, and nobody knows with whom the device did.
    Unauthenticated,
    /// It paired as the declaration says.
    Authenticated,
}

impl Subject {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Unauthenticated => "unauthenticated",
            Self::Authenticated => "authenticated",
        }
    }
}

/// The device, and the way to it.
pub(super) struct Way {
    /// None only while another one is opened, and after that failed.
    backend: Option<Box<dyn BleBackend>>,
    device: DeviceAddress,
    sample: BleSample,
    /// What is not written into a transcript.
    secrets: Vec<Vec<u8>>,
}

impl Way {
    /// To the sample, with a link.
    pub(super) async fn to(sample: &BleSample, secrets: Vec<Vec<u8>>) -> Result<Self, NoWay> {
        let (backend, device) = sample.reach().await?;
        let mut way = Self { backend: Some(backend), device, sample: sample.clone(), secrets };
        way.withhold();
        Ok(way)
    }

    /// The back-end, after a link was taken up.
    pub(super) fn backend(&mut self) -> &mut dyn BleBackend {
        self.backend.as_deref_mut().expect("whoever stands on a link has the back-end that carries it")
    }

    /// The same where there is one.
    pub(super) fn backend_left(&mut self) -> Option<&mut (dyn BleBackend + 'static)> {
        self.backend.as_deref_mut()
    }

    fn withhold(&mut self) {
        if let Some(backend) = &mut self.backend {
            for secret in &self.secrets {
                backend.withhold(secret);
            }
        }
    }

    async fn open(&mut self) -> Result<(), NoWay> {
        self.backend = Some(self.sample.open(BleScope::of(self.device)).await?);
        self.withhold();
        Ok(())
    }

    /// Takes up a link as somebody whom the device met, or as a stranger. A device that took another address
    /// meanwhile is looked for.
    async fn connect(&mut self, bond: Option<&Bond>) -> Result<(), NoWay> {
        if self.backend.is_none() {
            self.open().await?;
        }
        self.backend().disconnect().await?;
        match self.be_and_connect(bond).await {
            Err(BleError::NotReached { .. }) => {}
            other => return Ok(other?),
        }
        // An adapter serves one back-end at a time.
        self.backend = None;
        self.device = self.sample.find(self.sample.listen_seconds).await?;
        self.open().await?;
        Ok(self.be_and_connect(bond).await?)
    }

    async fn be_and_connect(&mut self, bond: Option<&Bond>) -> Result<(), BleError> {
        let device = self.device;
        let backend = self.backend();
        match bond {
            Some(bond) => backend.become_again(bond).await?,
            None => {
                backend.become_stranger().await?;
            }
        }
        backend.connect(device).await
    }
}

/// The link of a stranger.
pub(super) async fn as_stranger(way: &mut Way) -> Result<(), NoWay> {
    way.connect(None).await
}

/// The link of somebody whom the device knows; `false` where it does not know them any more.
pub(super) async fn by_bond(way: &mut Way, bond: &Bond) -> Result<bool, NoWay> {
    way.connect(Some(bond)).await?;
    Ok(way.backend().encrypt(bond).await?)
}

/// What is written down of a link.
pub(super) fn facts(backend: &dyn BleBackend, subject: Subject, outcome: &str) -> LinkSeen {
    let security = backend.security();
    LinkSeen {
        subject: subject.as_str().to_owned(),
        outcome: outcome.to_owned(),
        encrypted: known(&security.encrypted),
        authenticated: known(&security.authenticated),
        secure_connections: known(&security.secure_connections),
        key_size: known(&security.key_size),
        ..LinkSeen::default()
    }
}

fn known<T: Copy>(fact: &Fact<T>) -> Option<T> {
    fact.known().copied()
}

/// A link that did not come about, and why.
pub(super) fn without(subject: Subject, outcome: &str, why: impl Into<String>) -> LinkSeen {
    LinkSeen {
        subject: subject.as_str().to_owned(),
        outcome: outcome.to_owned(),
        why: why.into(),
        ..LinkSeen::default()
    }
}

/// How the tester pairs in the declared way.
///
/// # Errors
/// Why it cannot.
pub(super) fn declared_policy(
    mechanism: &Mechanism,
    context: &Arc<ProbeContext>,
) -> Result<PairingPolicy, String> {
    match mechanism.method.as_str() {
        "just-works" => Ok(PairingPolicy::just_works()),
        "passkey-shown" => Ok(with_bench(PairingPolicy::passkey(PasskeySource::Nobody), context)),
        "numeric-comparison" => Ok(with_bench(PairingPolicy::numeric(NumericAnswer::Reject), context)),
        other => Err(format!("the tester cannot pair by {other}")),
    }
}

/// Pairs on a new link as a stranger whom somebody at the device lets in, where the bench can do that. The bond is
/// that of a pairing that came about.
pub(super) async fn paired(
    way: &mut Way,
    subject: Subject,
    policy: &PairingPolicy,
    lockout: f64,
    context: &ProbeContext,
) -> Result<(LinkSeen, Option<Bond>), NoWay> {
    let mut waited = false;
    loop {
        as_stranger(way).await?;
        let invited = (context.act)("allow_pairing").await;
        let report = way.backend().pair(policy).await?;
        if locked(&report) && !waited {
            waited = true;
            tokio::time::sleep(Duration::from_secs_f64(lockout.clamp(0.0, LONGEST_LOCKOUT) + GRACE)).await;
            continue;
        }
        let bond = report.bond.clone();
        let mut link = of_report(way.backend(), subject, &report, invited == Ok(true));
        if let (Err(error), false) = (&invited, link.stood()) {
            link.why = format!("{}; allow_pairing failed: {error}", link.why);
        }
        return Ok((link, bond));
    }
}

fn locked(report: &PairingReport) -> bool {
    report.outcome == PairingOutcome::RefusedByDevice { reason: SmpReason::REPEATED_ATTEMPTS }
}

/// A refusal is one of the level only where the device looked at what was offered: one that takes nobody at the moment,
/// or is locked, says nothing of it.
fn of_report(backend: &dyn BleBackend, subject: Subject, report: &PairingReport, invited: bool) -> LinkSeen {
    let mut link = match &report.outcome {
        PairingOutcome::Paired => facts(backend, subject, "paired"),
        PairingOutcome::RefusedByDevice { reason } => {
            let looked = *reason == SmpReason::AUTHENTICATION_REQUIREMENTS;
            let locked = *reason == SmpReason::REPEATED_ATTEMPTS;
            let closed = *reason == SmpReason::PAIRING_NOT_SUPPORTED && !invited;
            let outcome = if looked || !(locked || closed) { "refused" } else { "not-tried" };
            let why = match closed {
                true => format!("the device refused to pair ({reason}), and nobody had let strangers pair"),
                false => format!("the device refused to pair: {reason}"),
            };
            without(subject, outcome, why)
        }
        PairingOutcome::RefusedByTester { why, .. } => without(subject, "not-tried", why),
        PairingOutcome::LinkLost { reason } => {
            without(subject, "not-tried", format!("the link ended while pairing ({reason:#04x})"))
        }
        PairingOutcome::Silent { waiting_for } => {
            without(subject, "not-tried", format!("while pairing {waiting_for} did not come"))
        }
        PairingOutcome::Unexplained { why } => without(subject, "not-tried", why),
        PairingOutcome::EncryptionFailed { status } => without(
            subject,
            "not-tried",
            format!("encryption did not begin after the pairing ({status:#04x})"),
        ),
    };
    link.invited = invited;
    link.method = report.method.map(method_name);
    link
}

fn method_name(method: PairingMethod) -> String {
    serde_json::to_value(method).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

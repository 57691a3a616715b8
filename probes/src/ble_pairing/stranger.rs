//! A tester whom the device never met: one pairing as somebody new.

use std::time::Instant;

use serde::Serialize;

use super::Level;
use crate::ble::{
    BleBackend, BleError, BleSample, DeviceAddress, Fact, NoWay, PairingOutcome, PairingPolicy,
    PairingReport, Transcript,
};

/// The tester under one address after the other.
pub(super) struct Stranger<'a> {
    sample: &'a BleSample,
    backend: Option<(Box<dyn BleBackend>, DeviceAddress)>,
    said: Vec<Said>,
}

/// What went over the link of one attempt.
#[derive(Serialize)]
pub(super) struct Said {
    /// As the attempt is named in the result: `attempt 3`, `guess 2`.
    place: String,
    transcript: Transcript,
}

/// What came of one pairing.
pub(super) struct Tried {
    pub(super) report: Option<PairingReport>,
    pub(super) level: Level,
    /// Why there is no report.
    pub(super) no_way: Option<NoWay>,
    pub(super) seconds: f64,
}

impl<'a> Stranger<'a> {
    pub(super) fn new(sample: &'a BleSample) -> Self {
        Self { sample, backend: None, said: Vec::new() }
    }

    /// Pairs as somebody whom the device never met.
    pub(super) async fn pair(&mut self, place: String, policy: &PairingPolicy) -> Tried {
        let began = Instant::now();
        let mut tried = Tried { report: None, level: Level::None, no_way: None, seconds: 0.0 };
        match self.link().await {
            Err(no_way) => tried.no_way = Some(no_way),
            Ok(backend) => {
                match backend.pair(policy).await {
                    Ok(report) => {
                        if report.outcome == PairingOutcome::Paired {
                            tried.level = level(backend.as_ref());
                        }
                        tried.report = Some(report);
                    }
                    Err(error) => tried.no_way = Some(error.into()),
                }
                let transcript = backend.transcript();
                self.said.push(Said { place, transcript });
            }
        }
        tried.seconds = began.elapsed().as_secs_f64();
        tried
    }

    /// A link under a new address. The device may have taken another address since it was found.
    async fn link(&mut self) -> Result<&mut Box<dyn BleBackend>, NoWay> {
        if let Some((mut backend, device)) = self.backend.take() {
            match again(backend.as_mut(), device).await {
                Ok(()) => self.backend = Some((backend, device)),
                Err(BleError::NotReached { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if self.backend.is_none() {
            self.backend = Some(self.sample.reach().await?);
        }
        Ok(&mut self.backend.as_mut().expect("just set").0)
    }

    /// Ends the link, and gives what went over all of them.
    pub(super) async fn end(&mut self) -> Vec<Said> {
        if let Some((mut backend, _)) = self.backend.take() {
            // A link that is gone already has ended.
            let _gone = backend.disconnect().await;
        }
        std::mem::take(&mut self.said)
    }
}

async fn again(backend: &mut dyn BleBackend, device: DeviceAddress) -> Result<(), BleError> {
    match backend.disconnect().await {
        // The device ended it: the next one begins as well.
        Ok(()) | Err(BleError::LinkLost { .. } | BleError::NoLink) => {}
        Err(error) => return Err(error),
    }
    backend.become_stranger().await?;
    backend.connect(device).await
}

fn level(backend: &dyn BleBackend) -> Level {
    let security = backend.security();
    match (security.encrypted, security.authenticated) {
        (Fact::Known(true), Fact::Known(true)) => Level::Authenticated,
        (Fact::Known(true), _) => Level::Encrypted,
        _ => Level::None,
    }
}

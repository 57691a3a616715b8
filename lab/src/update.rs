//! Updates: the device asks the maker's server for a signed list of the newest firmware, and installs it.

use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use self::installing::Looked;
use self::package::{MANIFEST, Package, Signer};
use crate::behaviour::updates::LookRule;
use crate::device::Device;
use crate::error::LabError;
use crate::http::{self, Page};
use crate::{altered, chance, model};

mod fetching;
mod installing;
pub(crate) mod package;

/// Wait after power-on, so that a demonstration sees the first check; chance adds up to half of it.
const FIRST_CHECK: Duration = Duration::from_millis(800);
/// Longest time of one check, with the installation that follows from it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The maker's update server: the firmware that it publishes, and the packages that it lends for tests.
#[derive(Debug)]
pub(crate) struct Publisher {
    /// Ed25519 public key, as the device has it built in.
    pub(crate) public_key: Vec<u8>,
    /// Lent for tests: a newer one, an older one, one of another model, and the newer one with a list whose time is over.
    pub(crate) lent: [Package; 4],
    published: Package,
}

impl Publisher {
    /// The publisher of the world with that seed.
    ///
    /// # Errors
    /// If the cryptographic library makes no signature.
    pub(crate) fn of(seed: u64) -> Result<Self, LabError> {
        let signer = Signer::of(seed)?;
        Ok(Self {
            public_key: signer.public_key(),
            lent: [
                signer.package(model::MODEL, model::NEWER_FIRMWARE)?,
                signer.package(model::MODEL, model::OLDER_FIRMWARE)?,
                signer.package(model::OTHER_MODEL, model::FIRMWARE_OF_OTHER_MODEL)?,
                signer.stale_package(model::MODEL, model::NEWER_FIRMWARE)?,
            ],
            published: signer.package(model::MODEL, model::FIRMWARE)?,
        })
    }

    /// Answers a request to the update server.
    pub(crate) fn answer(&self, request: &Request<Incoming>) -> Page {
        match request.uri().path() {
            MANIFEST => http::json(StatusCode::OK, &self.published.manifest),
            altered::REPORT => http::json(StatusCode::OK, &json!({ "repair": null })),
            path if path == self.published.image_path() => {
                http::page(StatusCode::OK, "application/octet-stream", self.published.image.clone())
            }
            _ => http::json(StatusCode::NOT_FOUND, &json!({ "error": "no such file" })),
        }
    }
}

/// Checks shortly after power-on, then once a period or when asked. `freeze` ends whatever the device does.
pub(crate) async fn check_regularly(device: Arc<Device>, freeze: CancellationToken) {
    let looks = device.behaviour.updates.looks;
    let period = Duration::from_secs(u64::from(model::UPDATE_CHECK_HOURS) * 3600);
    let mut wait = FIRST_CHECK.mul_f64(1.0 + chance::fraction() / 2.0);
    if looks == LookRule::Never {
        return;
    }
    loop {
        let wanted = tokio::select! {
            () = device.check_now.notified() => true,
            () = device.peers.update.called_for() => false,
            () = tokio::time::sleep(wait) => false,
        };
        if wanted && looks == LookRule::NotWhenAsked {
            continue;
        }
        let looked = tokio::select! {
            () = device.peers.update.called_for() => {
                wait = Duration::ZERO;
                continue;
            }
            looked = tokio::time::timeout(PATIENCE, installing::look(&device, wanted)) => {
                looked.unwrap_or(Looked::NotAnswered)
            }
        };
        device.state.note_update_check(looked.words());
        match looked {
            Looked::Installed => device.restart.notify_one(),
            Looked::Stuck => freeze.cancel(),
            _ => {}
        }
        wait = period;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maker_publishes_what_runs_and_lends_what_does_not() {
        let publisher = Publisher::of(1).unwrap();
        assert_eq!(publisher.published.version, model::FIRMWARE);
        let [newer, older, _, stale] = &publisher.lent;
        let numbers = |package: &Package| package::numbers(&package.version).unwrap();
        assert!(numbers(newer) > numbers(&publisher.published));
        assert!(numbers(older) < numbers(&publisher.published));
        assert_eq!((&stale.version, &stale.image), (&newer.version, &newer.image));
        assert_ne!(stale.manifest, newer.manifest);
    }
}

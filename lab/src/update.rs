//! The check for updates: the device asks the maker's server for a signed list of the newest
//! firmware. Installing is no part of the simulation.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData, SigningKey};
use rustls::SignatureScheme;
use serde_json::{Value, json};

use crate::device::Device;
use crate::error::LabError;
use crate::http::{self, Page};
use crate::{altered, calling, chance, model};

const MANIFEST: &str = "/hk-100/manifest.json";
/// Wait after power-on, so that a demonstration sees the first check; chance adds up to half of it.
const FIRST_CHECK: Duration = Duration::from_millis(800);
/// Longest time of one check.
const PATIENCE: Duration = Duration::from_secs(10);

/// The maker's key for manifests and the manifest that it publishes.
#[derive(Debug)]
pub(crate) struct Publisher {
    /// Ed25519 public key, as the device has it built in.
    pub(crate) public_key: Vec<u8>,
    manifest: Value,
}

impl Publisher {
    pub(crate) fn new() -> Result<Self, LabError> {
        let wrong = |error: rcgen::Error| LabError::Certificate(error.to_string());
        let key = KeyPair::generate_for(&PKCS_ED25519).map_err(wrong)?;
        let statement = json!({ "model": model::MODEL, "newest": model::FIRMWARE }).to_string();
        let signature = key.sign(statement.as_bytes()).map_err(wrong)?;
        let manifest = json!({ "statement": statement, "signature": hex(&signature) });
        Ok(Self { public_key: key.der_bytes().to_vec(), manifest })
    }

    /// Answers a request to the update server.
    pub(crate) fn answer(&self, request: &Request<Incoming>) -> Page {
        match request.uri().path() {
            MANIFEST => http::json(StatusCode::OK, &self.manifest),
            altered::REPORT => http::json(StatusCode::OK, &json!({ "repair": null })),
            _ => http::json(StatusCode::NOT_FOUND, &json!({ "error": "no such file" })),
        }
    }
}

/// Checks shortly after power-on, then once a period or when asked.
pub(crate) async fn check_regularly(device: Arc<Device>) {
    let mut wait = FIRST_CHECK.mul_f64(1.0 + chance::fraction() / 2.0);
    loop {
        tokio::select! {
            () = device.check_now.notified() => {}
            () = device.peers.update.called_for() => {}
            () = tokio::time::sleep(wait) => {}
        }
        let result = tokio::select! {
            () = device.peers.update.called_for() => {
                wait = Duration::ZERO;
                continue;
            }
            result = tokio::time::timeout(PATIENCE, check(&device)) => result,
        };
        device.state.note_update_check(match result {
            Ok(Some(newest)) if newest == model::FIRMWARE => "up to date",
            Ok(Some(_)) => "a newer version is there",
            Ok(None) | Err(_) => "the update server could not be asked",
        });
        wait = Duration::from_secs(u64::from(model::UPDATE_CHECK_HOURS) * 3600);
    }
}

/// Newest version according to a manifest with a good signature.
async fn check(device: &Device) -> Option<String> {
    let stream = calling::open(device, &device.peers.update).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let host = device.peers.update.host();
    let request = Request::get(MANIFEST).header(HOST, host).body(Empty::<Bytes>::new()).ok()?;
    let asking = async {
        let answer = sender.send_request(request).await.ok()?;
        let body = Limited::new(answer.into_body(), 16 * 1024).collect().await.ok()?;
        Some(body.to_bytes())
    };
    let body = tokio::select! {
        body = asking => body?,
        _ = connection => return None,
    };
    newest(&serde_json::from_slice(&body).ok()?, &device.update_key)
}

/// The version that a manifest names, if its signature is good and it is for this model.
fn newest(manifest: &Value, public_key: &[u8]) -> Option<String> {
    let statement = manifest["statement"].as_str()?;
    let signature = unhex(manifest["signature"].as_str()?)?;
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    let (_, ed25519) = algorithms.mapping.iter().find(|(scheme, _)| *scheme == SignatureScheme::ED25519)?;
    ed25519.first()?.verify_signature(public_key, statement.as_bytes(), &signature).ok()?;
    let statement: Value = serde_json::from_str(statement).ok()?;
    (statement["model"] == model::MODEL).then(|| statement["newest"].as_str().map(str::to_owned))?
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_makers_own_manifest_is_believed() {
        let maker = Publisher::new().unwrap();
        assert_eq!(newest(&maker.manifest, &maker.public_key).as_deref(), Some(model::FIRMWARE));
        assert_eq!(newest(&maker.manifest, &Publisher::new().unwrap().public_key), None);
        let mut altered = maker.manifest.clone();
        altered["statement"] = json!({ "model": model::MODEL, "newest": "9.9.9" }).to_string().into();
        assert_eq!(newest(&altered, &maker.public_key), None);
    }
}

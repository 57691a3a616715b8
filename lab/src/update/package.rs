//! Update packages: how the maker makes them, and how the device reads them.
//!
//! A package is a manifest and an image. The manifest is a JSON object `{"statement", "signature"}`: the statement is
//! the text of a JSON object that names model, version, path, length and SHA-512 value of the image, and until when the
//! manifest is valid; the signature is Ed25519 over this text. The image begins with a line of its own model and version and ends with a check sum.

use jiff::Timestamp;
use rcgen::{KeyPair, PublicKeyData, SigningKey};
use rustls::SignatureScheme;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::error::LabError;

/// Where the device asks for the newest manifest.
pub(crate) const MANIFEST: &str = "/hk-100/manifest.json";
/// Until when manifests are valid: no demonstration outlives it.
const VALID_UNTIL: &str = "2099-12-31T23:59:59Z";
/// Until when one was valid that is lent as stale.
const STALE_SINCE: &str = "2025-06-30T00:00:00Z";
/// Length of an image of the maker, in octets.
const IMAGE_LENGTH: usize = 2048;
/// Octets of the check sum at the end of an image.
const CHECK_SUM: usize = 32;
/// What an image begins with.
const MAGIC: &str = "HINODE FIRMWARE";

/// The part of the maker that signs.
#[derive(Debug)]
pub(crate) struct Signer {
    key: KeyPair,
}

impl Signer {
    /// The signer of the world with that seed; its key is the same whenever the same world comes up.
    ///
    /// # Errors
    /// If the cryptographic library takes no such key.
    pub(crate) fn of(seed: u64) -> Result<Self, LabError> {
        let secret =
            Sha256::new().chain_update(b"key for updates").chain_update(seed.to_be_bytes()).finalize();
        // PKCS #8, version 1: an Ed25519 key of 32 octets follows.
        let mut pkcs8 = vec![0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20];
        pkcs8.extend_from_slice(&secret);
        let key = KeyPair::try_from(&PrivatePkcs8KeyDer::from(pkcs8));
        Ok(Self { key: key.map_err(|error| LabError::Certificate(error.to_string()))? })
    }

    /// Public key, as devices have it built in.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.key.der_bytes().to_vec()
    }

    /// The authentic package of a version for a model.
    ///
    /// # Errors
    /// If the cryptographic library does not sign.
    pub(crate) fn package(&self, model: &str, version: &str) -> Result<Package, LabError> {
        self.package_until(model, version, VALID_UNTIL)
    }

    /// The same with a manifest whose time is over.
    ///
    /// # Errors
    /// If the cryptographic library does not sign.
    pub(crate) fn stale_package(&self, model: &str, version: &str) -> Result<Package, LabError> {
        self.package_until(model, version, STALE_SINCE)
    }

    fn package_until(&self, model: &str, version: &str, expires: &str) -> Result<Package, LabError> {
        let image = image(model, version);
        let statement = Statement {
            model: model.to_owned(),
            newest: version.to_owned(),
            image: image_path(version),
            length: image.len() as u64,
            sha512: hex(&Sha512::digest(&image)),
            expires: expires.to_owned(),
        };
        let statement = serde_json::to_string(&statement).expect("texts and a number");
        let signature =
            self.key.sign(statement.as_bytes()).map_err(|error| LabError::Certificate(error.to_string()))?;
        let manifest = json!({ "statement": statement, "signature": hex(&signature) });
        Ok(Package { version: version.to_owned(), manifest, image })
    }
}

/// An update package.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Version.
    pub(crate) version: String,
    /// Manifest.
    pub(crate) manifest: Value,
    /// Image.
    pub(crate) image: Vec<u8>,
}

impl Package {
    /// Path of the image at the update server.
    pub(crate) fn image_path(&self) -> String {
        image_path(&self.version)
    }
}

fn image_path(version: &str) -> String {
    format!("/images/{version}.bin")
}

/// What the statement of a manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Statement {
    /// Model.
    pub(crate) model: String,
    /// Version.
    pub(crate) newest: String,
    /// Path of the image at the update server.
    pub(crate) image: String,
    /// Length of the image in octets.
    pub(crate) length: u64,
    /// SHA-512 value of the image in hexadecimal digits.
    pub(crate) sha512: String,
    /// Until when the manifest is valid, in RFC 3339.
    pub(crate) expires: String,
}

impl Statement {
    /// Whether the image is the one that is meant.
    pub(crate) fn means(&self, image: &[u8]) -> bool {
        self.length == image.len() as u64 && self.sha512 == hex(&Sha512::digest(image))
    }

    /// Whether it is valid at a time. One that does not say until when is not.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires.parse::<Timestamp>().is_ok_and(|until| now <= until)
    }
}

/// Whether a signature over a text is right for an Ed25519 key.
pub(crate) fn is_signed(text: &str, signature: &[u8], public_key: &[u8]) -> bool {
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    let ed25519 = algorithms.mapping.iter().find(|(scheme, _)| *scheme == SignatureScheme::ED25519);
    let verify = ed25519.and_then(|(_, algorithms)| algorithms.first());
    verify.is_some_and(|verify| verify.verify_signature(public_key, text.as_bytes(), signature).is_ok())
}

/// Whether an image ends with its own check sum.
pub(crate) fn has_its_check_sum(image: &[u8]) -> bool {
    let Some(at) = image.len().checked_sub(CHECK_SUM) else { return false };
    let (body, sum) = image.split_at(at);
    *sum == *Sha256::digest(body)
}

/// The version that an image says it is.
pub(crate) fn version_in(image: &[u8]) -> Option<String> {
    let line = image.split(|octet| *octet == b'\n').next().filter(|line| line.len() < 100)?;
    let words = std::str::from_utf8(line).ok()?.strip_prefix(MAGIC)?;
    let (_model, version) = words.trim_start().split_once(' ')?;
    numbers(version).map(|_| version.to_owned())
}

/// The numbers of a version, to be compared one after the other.
pub(crate) fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// An image that stands for a firmware: its first line, octets that follow from it, and a check sum.
fn image(model: &str, version: &str) -> Vec<u8> {
    let first = format!("{MAGIC} {model} {version}\n");
    let mut image = first.clone().into_bytes();
    for block in 0u32.. {
        if image.len() >= IMAGE_LENGTH - CHECK_SUM {
            break;
        }
        image.extend_from_slice(
            &Sha256::new().chain_update(&first).chain_update(block.to_be_bytes()).finalize(),
        );
    }
    image.truncate(IMAGE_LENGTH - CHECK_SUM);
    let sum = Sha256::digest(&image);
    image.extend_from_slice(&sum);
    image
}

/// Hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Octets of hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let octet = |pair: &[u8]| {
        let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
        u8::from_str_radix(digits, 16).ok()
    };
    pairs.map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn the_same_world_makes_the_same_packages_and_another_one_others() {
        let package = |seed| Signer::of(seed).unwrap().package(model::MODEL, "1.5.0").unwrap();
        assert_eq!(package(1).manifest, package(1).manifest);
        assert_eq!(package(1).image, package(2).image);
        assert_ne!(package(1).manifest["signature"], package(2).manifest["signature"]);
        assert_ne!(Signer::of(1).unwrap().public_key(), Signer::of(2).unwrap().public_key());
    }

    #[test]
    fn a_manifest_is_valid_until_its_time_is_over() {
        let signer = Signer::of(1).unwrap();
        let statement = |package: Package| -> Statement {
            serde_json::from_str(package.manifest["statement"].as_str().unwrap()).unwrap()
        };
        let fresh = statement(signer.package(model::MODEL, "1.5.0").unwrap());
        let stale = statement(signer.stale_package(model::MODEL, "1.5.0").unwrap());
        assert!(fresh.is_fresh(Timestamp::now()) && !stale.is_fresh(Timestamp::now()));
        assert!(stale.is_fresh("2025-06-29T23:00:00Z".parse().unwrap()));
        assert_eq!(
            Statement { expires: fresh.expires.clone(), ..stale },
            fresh,
            "it differs in nothing else"
        );
        assert!(!Statement { expires: "soon".to_owned(), ..fresh }.is_fresh(Timestamp::UNIX_EPOCH));
    }

    #[test]
    fn an_image_tells_what_it_is_and_ends_with_its_check_sum() {
        let mut image = image("HK-200", "2.1.0");
        assert_eq!(image.len(), IMAGE_LENGTH);
        assert_eq!(version_in(&image).as_deref(), Some("2.1.0"));
        assert!(has_its_check_sum(&image));
        image[1000] ^= 1;
        assert!(!has_its_check_sum(&image));
        assert!(!has_its_check_sum(&image[..20]));
        assert_eq!(version_in(b"HINODE FIRMWARE HK-100 latest\n"), None);
        assert_eq!(version_in(&[0xFF; 300]), None);
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(numbers("1.10.0") > numbers("1.9.9"));
        assert_eq!(numbers("1.4"), None);
        assert_eq!(numbers("1.4.2.1"), None);
        assert_eq!(numbers("1.4.x"), None);
    }

    #[test]
    fn hexadecimal_digits_come_in_pairs() {
        assert_eq!(unhex("0aFF"), Some(vec![10, 255]));
        assert_eq!(unhex("0a1"), None);
        assert_eq!(unhex("zz"), None);
    }
}

//! Packages of the maker of the personas: a list that is signed, and an image.

use harness::probes::observation::digest;
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData, SigningKey};
use serde_json::{Value, json};

/// Path of the list.
pub(crate) const LIST: &str = "/newest.json";
/// Name of the update server.
pub(crate) const SERVER: &str = "update.persona.example";
/// Octets of an image.
const LENGTH: usize = 4000;

/// Who signs packages.
pub(crate) struct Signer(KeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate_for(&PKCS_ED25519).expect("a key"))
    }

    /// The public key, as a device keeps it.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.der_bytes().to_vec()
    }

    /// `[[update_package]]` of the bench file.
    pub(crate) fn package(&self, kind: &str, model: &str, version: &str) -> String {
        let image: Vec<u8> = version.bytes().chain(model.bytes()).cycle().take(LENGTH).collect();
        let said =
            json!({ "model": model, "version": version, "length": image.len(), "image": digest(&image) })
                .to_string();
        let signature = self.0.sign(said.as_bytes()).expect("a signature");
        let list = json!({ "said": said, "signature": hex(&signature) }).to_string();
        format!(
            "[[update_package]]\nmechanism = \"UpdMech-Net\"\nkind = \"{kind}\"\nversion = \"{version}\"\n\
             file = [{{ path = \"{LIST}\", hex = \"{}\" }}, {{ path = \"/{version}.bin\", hex = \"{}\" }}]\n",
            hex(list.as_bytes()),
            hex(&image),
        )
    }
}

/// What a list says.
pub(crate) struct Told {
    pub(crate) model: String,
    pub(crate) version: String,
    pub(crate) length: usize,
    digest: String,
    said: String,
    signature: Option<Vec<u8>>,
}

impl Told {
    /// `None` for what is no list.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let list: Value = serde_json::from_slice(bytes).ok()?;
        let said = list["said"].as_str()?;
        let inner: Value = serde_json::from_str(said).ok()?;
        Some(Self {
            model: inner["model"].as_str()?.to_owned(),
            version: inner["version"].as_str()?.to_owned(),
            length: usize::try_from(inner["length"].as_u64()?).ok()?,
            digest: inner["image"].as_str()?.to_owned(),
            said: said.to_owned(),
            signature: list["signature"].as_str().map(unhex),
        })
    }

    pub(crate) fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// The signature is the maker's.
    pub(crate) fn is_makers(&self, key: &[u8]) -> bool {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
        let ed25519 =
            algorithms.iter().find(|one| one.signature_alg_id() == rustls::pki_types::alg_id::ED25519);
        let ed25519 = ed25519.expect("ring knows Ed25519");
        let signature = self.signature.as_deref().unwrap_or_default();
        ed25519.verify_signature(key, self.said.as_bytes(), signature).is_ok()
    }

    /// It is of this image.
    pub(crate) fn is_of(&self, image: &[u8]) -> bool {
        self.digest == digest(image)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

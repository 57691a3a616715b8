//! Certificates that no library writes: under the name of another issuer, on another key, with a signature that
//! nobody should make any more. A finished certificate is taken apart, and put together and signed again.

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, SigningKey,
};
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sha1::Digest;

use super::certificates::CertificateTrouble;

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// As is usual for the key.
    Usual,
    /// Over SHA-1.
    Sha1,
    /// Over MD5.
    Md5,
}

/// What is written in place of what stands there; `None` leaves it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'c> {
    /// Name of the issuer, DER.
    pub issuer: Option<&'c [u8]>,
    /// SubjectPublicKeyInfo, DER.
    pub key: Option<&'c [u8]>,
}

/// A key that signs certificates.
pub struct IssuingKey {
    pair: KeyPair,
    pkcs8: Vec<u8>,
}

// AlgorithmIdentifier values, RFC 3279, RFC 5758 and RFC 8410.
const ECDSA_SHA1: &[u8] = &[0x30, 9, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
const ECDSA_SHA256: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const ECDSA_SHA384: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
const ED25519: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
const RSA_MD5: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 4, 5, 0];
const RSA_SHA1: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 5, 5, 0];
const RSA_SHA256: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0];
// What stands before the digest in a signature of RSA, RFC 8017 section 9.2.
const SHA1_BEFORE: [u8; 15] = [0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 14, 3, 2, 0x1a, 5, 0, 4, 20];
const MD5_BEFORE: [u8; 18] =
    [0x30, 0x20, 0x30, 12, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 2, 5, 5, 0, 4, 16];

impl IssuingKey {
    /// From a private key, PKCS #8 PEM.
    ///
    /// # Errors
    /// No such key, or of a kind that the bench does not know.
    pub fn from_pem(text: &str) -> Result<Self, CertificateTrouble> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())
            .map_err(|error| CertificateTrouble::new(format!("no private key, PKCS #8 PEM: {error:?}")))?;
        let pkcs8 = key.secret_pkcs8_der().to_vec();
        let pair = KeyPair::try_from(&PrivateKeyDer::Pkcs8(key)).map_err(CertificateTrouble::new)?;
        Ok(Self { pair, pkcs8 })
    }

    /// A key made by the bench.
    pub fn of(pair: KeyPair) -> Self {
        let pkcs8 = pair.serialize_der();
        Self { pair, pkcs8 }
    }

    /// AlgorithmIdentifier of a signature; `None` where this kind of key has no such one.
    fn algorithm(&self, signature: Signature) -> Option<&'static [u8]> {
        let key = self.pair.algorithm();
        Some(match signature {
            Signature::Usual if key == &PKCS_ECDSA_P256_SHA256 => ECDSA_SHA256,
            Signature::Usual if key == &PKCS_ECDSA_P384_SHA384 => ECDSA_SHA384,
            Signature::Usual if key == &PKCS_ED25519 => ED25519,
            Signature::Usual if key == &PKCS_RSA_SHA256 => RSA_SHA256,
            Signature::Sha1 if key == &PKCS_ECDSA_P256_SHA256 => ECDSA_SHA1,
            Signature::Sha1 if key == &PKCS_RSA_SHA256 => RSA_SHA1,
            Signature::Md5 if key == &PKCS_RSA_SHA256 => RSA_MD5,
            _ => return None,
        })
    }

    fn sign(&self, signature: Signature, signed: &[u8]) -> Result<Vec<u8>, CertificateTrouble> {
        match signature {
            Signature::Usual => self.pair.sign(signed).map_err(CertificateTrouble::new),
            Signature::Sha1 if self.pair.algorithm() == &PKCS_ECDSA_P256_SHA256 => {
                self.sign_with_ec(&sha1::Sha1::digest(signed))
            }
            Signature::Sha1 => self.sign_with_rsa(&[&SHA1_BEFORE[..], &sha1::Sha1::digest(signed)].concat()),
            Signature::Md5 => self.sign_with_rsa(&[&MD5_BEFORE[..], &md5::Md5::digest(signed)].concat()),
        }
    }

    fn sign_with_ec(&self, digest: &[u8]) -> Result<Vec<u8>, CertificateTrouble> {
        use p256::ecdsa::signature::hazmat::PrehashSigner;
        let key = p256::ecdsa::SigningKey::from_pkcs8_der(&self.pkcs8).map_err(CertificateTrouble::new)?;
        let signature: p256::ecdsa::Signature = key.sign_prehash(digest).map_err(CertificateTrouble::new)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn sign_with_rsa(&self, digest_info: &[u8]) -> Result<Vec<u8>, CertificateTrouble> {
        let key = RsaPrivateKey::from_pkcs8_der(&self.pkcs8).map_err(CertificateTrouble::new)?;
        key.sign(Pkcs1v15Sign::new_unprefixed(), digest_info).map_err(CertificateTrouble::new)
    }
}

/// The certificate with these changes, signed anew; `None` where the key knows no such signature.
///
/// # Errors
/// The certificate cannot be taken apart, or the signature cannot be made.
pub fn rewrite(
    certificate: &[u8],
    changes: Changes<'_>,
    key: &IssuingKey,
    signature: Signature,
) -> Result<Option<Vec<u8>>, CertificateTrouble> {
    let Some(algorithm) = key.algorithm(signature) else { return Ok(None) };
    let wrong = || CertificateTrouble::new("the certificate cannot be taken apart");
    let parts = Parts::of(certificate).ok_or_else(wrong)?;
    let body = [
        parts.before_algorithm,
        algorithm,
        changes.issuer.unwrap_or(parts.issuer),
        parts.dates_and_subject,
        changes.key.unwrap_or(parts.key),
        parts.extensions,
    ];
    let body = sequence(&body.concat());
    let signed = key.sign(signature, &body)?;
    let bits = element_of(0x03, &[&[0], &signed[..]].concat());
    Ok(Some(sequence(&[&body[..], algorithm, &bits].concat())))
}

/// Names of subject and issuer and the key of a certificate, DER; `None` if it is none.
pub fn subject_issuer_key(certificate: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let parts = Parts::of(certificate)?;
    let (_, subject) = element(parts.dates_and_subject)?;
    Some((subject, parts.issuer, parts.key))
}

/// A certificate taken apart, RFC 5280 section 4.1.
struct Parts<'a> {
    before_algorithm: &'a [u8],
    issuer: &'a [u8],
    dates_and_subject: &'a [u8],
    key: &'a [u8],
    extensions: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(certificate: &'a [u8]) -> Option<Self> {
        let inside = content(element(certificate)?.0, 0x30)?;
        let body = content(element(inside)?.0, 0x30)?;
        let mut rest = body;
        let mut next = |count: usize| {
            let start = rest;
            for _ in 0..count {
                rest = element(rest)?.1;
            }
            start.get(..start.len() - rest.len())
        };
        // The version has a mark of its own and may be left out.
        let before = if body.first() == Some(&0xa0) { 2 } else { 1 };
        let before_algorithm = next(before)?;
        next(1)?;
        let (issuer, dates_and_subject, key) = (next(1)?, next(2)?, next(1)?);
        Some(Self { before_algorithm, issuer, dates_and_subject, key, extensions: rest })
    }
}

/// The first DER element with its header, and what follows it.
fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, length) = header(bytes)?;
    bytes.split_at_checked(header.checked_add(length)?)
}

fn content(element: &[u8], tag: u8) -> Option<&[u8]> {
    let (header, _) = header(element)?;
    (element.first() == Some(&tag)).then(|| element.get(header..)).flatten()
}

/// Octets of the header and of the content.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes {
        [_, short @ 0..=0x7f, ..] => Some((2, usize::from(*short))),
        [_, long @ 0x81..=0x83, rest @ ..] => {
            let octets = rest.get(..usize::from(long & 0x7f))?;
            let length = octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
            Some((2 + octets.len(), length))
        }
        _ => None,
    }
}

fn sequence(content: &[u8]) -> Vec<u8> {
    element_of(0x30, content)
}

fn element_of(tag: u8, content: &[u8]) -> Vec<u8> {
    let octets = content.len().to_be_bytes();
    let significant = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let mut element = vec![tag];
    match significant {
        [] => element.push(0),
        [short] if *short < 0x80 => element.push(*short),
        long => {
            element.push(0x80 | long.len() as u8);
            element.extend(long);
        }
    }
    element.extend(content);
    element
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::CertificateParams;

    use super::*;
    use crate::tls::certificate::facts;

    fn made() -> Vec<u8> {
        let key = KeyPair::generate().unwrap();
        CertificateParams::new(vec!["cloud.test".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap()
            .der()
            .to_vec()
    }

    #[test]
    fn a_rewritten_certificate_has_the_signature_that_was_asked_for() {
        let key = IssuingKey::of(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
        let before = made();
        for (signature, name) in
            [(Signature::Usual, "ecdsa-with-SHA256"), (Signature::Sha1, "1.2.840.10045.4.1")]
        {
            let written = rewrite(&before, Changes::default(), &key, signature).unwrap().unwrap();
            let facts = facts(&written).unwrap();
            assert_eq!((facts.signature.as_str(), &facts.names[..]), (name, &["cloud.test".to_owned()][..]));
        }
        assert_eq!(rewrite(&before, Changes::default(), &key, Signature::Md5).unwrap(), None);
    }

    #[test]
    fn issuer_and_key_are_those_that_were_given() {
        let (one, other) = (made(), made());
        let key = IssuingKey::of(KeyPair::generate().unwrap());
        let (_, _, other_key) = subject_issuer_key(&other).unwrap();
        let changes = Changes { key: Some(other_key), ..Changes::default() };
        let written = rewrite(&one, changes, &key, Signature::Usual).unwrap().unwrap();
        let (one_subject, one_issuer, one_key) = subject_issuer_key(&one).unwrap();
        let (subject, issuer, key) = subject_issuer_key(&written).unwrap();
        assert_eq!((subject, issuer), (one_subject, one_issuer));
        assert!(key == other_key && key != one_key);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..400, to: u8) {
            let _ = subject_issuer_key(&bytes);
            let mut certificate = made();
            if let Some(octet) = certificate.get_mut(at) {
                *octet = to;
            }
            let _ = subject_issuer_key(&certificate);
        }
    }
}

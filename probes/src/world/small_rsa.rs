//! An RSA key that is too small for anything: the sound libraries neither make such a key nor use it.

use std::convert::Infallible;
use std::sync::Arc;

use rcgen::{PKCS_RSA_SHA256, PublicKeyData};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPrivateKey};
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::{Digest, Sha256};

use super::certificates::CertificateTrouble;
use crate::tls::client_hello::random;

// Two primes of 512 bits. Everybody may know them: a key of this size protects nothing.
const P: &str = "e0eb63dd8eae630b1c5057d906a2e268f7e0ef39282632dbb8b4e9c42e7f8c56\
                 ecf1073fed207bde44b96bddeb8296ce593bd2df82206b8deb0e2a9e159d7c33";
const Q: &str = "d02b3525699272db1c0902b867ceea89986117fee8d6dcb63759da3f4084eb5f\
                 cbd38e43ea6a2e618be57150a4defbb173d08248ea2ac19a2c09112f83c55b33";
/// What stands before a SHA-256 digest in a signature of RSA, RFC 8017 section 9.2.
const SHA256_BEFORE: [u8; 19] =
    [0x30, 0x31, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32];

/// RSA with 1024 bits.
#[derive(Clone, Debug)]
pub struct SmallRsa {
    key: Arc<RsaPrivateKey>,
    /// RSAPublicKey, DER.
    public: Vec<u8>,
}

impl SmallRsa {
    /// The key.
    ///
    /// # Errors
    /// The numbers are not taken.
    pub fn new() -> Result<Self, CertificateTrouble> {
        let number = |hex: &str| {
            let octets: Option<Vec<u8>> = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect();
            BoxedUint::from_be_slice_vartime(&octets.expect("hexadecimal digits"))
        };
        let key = RsaPrivateKey::from_p_q(number(P), number(Q), BoxedUint::from(65_537_u64))
            .map_err(CertificateTrouble::new)?;
        // SEQUENCE of the modulus, with a zero before its high bit, and the exponent 65537.
        let mut public = vec![0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00];
        public.extend(key.n_bytes().iter());
        public.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        Ok(Self { key: Arc::new(key), public })
    }
}

impl PublicKeyData for SmallRsa {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for SmallRsa {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let known = [SignatureScheme::RSA_PSS_SHA256, SignatureScheme::RSA_PKCS1_SHA256];
        let scheme = known.into_iter().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(SmallSigner { key: Arc::clone(&self.key), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

#[derive(Debug)]
struct SmallSigner {
    key: Arc<RsaPrivateKey>,
    scheme: SignatureScheme,
}

impl Signer for SmallSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let digest = Sha256::digest(message);
        let signed = if self.scheme == SignatureScheme::RSA_PSS_SHA256 {
            self.key.sign_with_rng(&mut SystemRandom, Pss::<Sha256>::new(), &digest)
        } else {
            self.key.sign(Pkcs1v15Sign::new_unprefixed(), &[&SHA256_BEFORE[..], &digest].concat())
        };
        signed.map_err(|error| rustls::Error::General(error.to_string()))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// Random bytes of the system in the form that the RSA library asks for.
struct SystemRandom;

impl TryRng for SystemRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(random()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(random()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for part in bytes.chunks_mut(32) {
            part.copy_from_slice(&random::<32>()[..part.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for SystemRandom {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_signs_in_both_ways_and_only_those() {
        let key = SmallRsa::new().unwrap();
        assert_eq!(key.key.n().bits(), 1024);
        for scheme in [SignatureScheme::RSA_PSS_SHA256, SignatureScheme::RSA_PKCS1_SHA256] {
            let signed = key.choose_scheme(&[scheme]).unwrap().sign(b"what the server says").unwrap();
            let digest = Sha256::digest(b"what the server says");
            let public = key.key.to_public_key();
            let verified = match scheme {
                SignatureScheme::RSA_PSS_SHA256 => public.verify(Pss::<Sha256>::new(), &digest, &signed),
                _ => {
                    let info = [&SHA256_BEFORE[..], &digest].concat();
                    public.verify(Pkcs1v15Sign::new_unprefixed(), &info, &signed)
                }
            };
            assert!(verified.is_ok(), "{scheme:?}");
        }
        assert!(key.choose_scheme(&[SignatureScheme::ED25519]).is_none());
    }
}

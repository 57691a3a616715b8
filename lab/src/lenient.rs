//! TLS clients that check less of their peer than they should.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::behaviour::Caller;
use crate::error::LabError;

/// TLS 1.2 and 1.3 that trusts this authority, and checks no more than such a caller does.
pub(crate) fn client(root: &CertificateDer<'static>, caller: Caller) -> Result<Arc<ClientConfig>, LabError> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Lenient::new(root, caller)?))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct Lenient {
    strict: Arc<WebPkiServerVerifier>,
    /// Name of the authority as it stands in certificates, without its header.
    authority: Vec<u8>,
    caller: Caller,
}

impl Lenient {
    fn new(root: &CertificateDer<'static>, caller: Caller) -> Result<Self, LabError> {
        let mut roots = RootCertStore::empty();
        roots.add(root.clone()).map_err(|error| LabError::Certificate(error.to_string()))?;
        let authority = roots.roots.first().map(|anchor| anchor.subject.to_vec()).unwrap_or_default();
        Ok(Self { strict: verifier(roots)?, authority, caller })
    }

    /// What a sound client refuses, and this one lets pass.
    fn forgives(
        &self,
        error: &Error,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> bool {
        let Error::InvalidCertificate(error) = error else { return false };
        match self.caller {
            Caller::IgnoresName => matches!(
                error,
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
            ),
            Caller::TakesExpired => {
                matches!(error, CertificateError::Expired | CertificateError::ExpiredContext { .. })
            }
            Caller::TakesNotYetValid => {
                matches!(error, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })
            }
            Caller::IgnoresKeyUsage => matches!(
                error,
                CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. }
            ),
            // It lets pass what it cannot compute.
            Caller::TakesUnknownSignature => {
                matches!(error, CertificateError::UnsupportedSignatureAlgorithmContext { .. })
            }
            Caller::TakesIssuerWithoutCaBit => self.signed_by_another_server(leaf, others, name, now),
            Caller::ComparesNames => {
                let named = ParsedCertificate::try_from(leaf)
                    .is_ok_and(|leaf| verify_server_name(&leaf, name).is_ok());
                named && holds(leaf, &self.authority)
            }
            _ => false,
        }
    }

    /// One of the other certificates is sound for a server, and signed this one.
    fn signed_by_another_server(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> bool {
        others.iter().any(|other| {
            let sound = self.strict.verify_server_cert(other, others, name, &[], now).is_ok();
            let mut roots = RootCertStore::empty();
            sound
                && roots.add(other.clone().into_owned()).is_ok()
                && verifier(roots)
                    .is_ok_and(|verifier| verifier.verify_server_cert(leaf, &[], name, &[], now).is_ok())
        })
    }

    /// The certificate has an RSA key of 1024 bits, which the library does not use.
    fn forgives_key(&self, certificate: &CertificateDer<'_>) -> bool {
        // RSAPublicKey begins with the modulus: 129 octets, the first of them zero.
        self.caller == Caller::TakesSmallKey && holds(certificate, &[0x30, 0x81, 0x89, 2, 0x81, 0x81, 0])
    }
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.strict.verify_server_cert(leaf, others, name, ocsp, now) {
            Err(error) if self.forgives(&error, leaf, others, name, now) => {
                Ok(ServerCertVerified::assertion())
            }
            said => said,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.strict.verify_tls12_signature(message, certificate, signed) {
            Err(_) if self.forgives_key(certificate) => Ok(HandshakeSignatureValid::assertion()),
            said => said,
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.strict.verify_tls13_signature(message, certificate, signed) {
            Err(_) if self.forgives_key(certificate) => Ok(HandshakeSignatureValid::assertion()),
            said => said,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}

fn verifier(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, LabError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| LabError::Certificate(error.to_string()))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, Issuer, KeyPair};
    use rustls::pki_types::pem::PemObject;

    use super::*;
    use crate::certificate::Maker;

    const HOST: &str = "cloud.hinode.example";

    /// Chains that are wrong in one thing, each with the caller that takes it.
    fn chains(maker: &Maker) -> Vec<(Caller, Vec<CertificateDer<'static>>)> {
        let stored = maker.stored();
        let issuer =
            || Issuer::from_ca_cert_pem(&stored.certificate, KeyPair::from_pem(&stored.key).unwrap());
        let made = |name: &str, change: fn(&mut CertificateParams)| {
            let (key, mut params) =
                (KeyPair::generate().unwrap(), CertificateParams::new(vec![name.into()]).unwrap());
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            change(&mut params);
            (params.signed_by(&key, &issuer().unwrap()).unwrap().der().clone(), params, key)
        };
        let (server, server_params, server_key) = made(HOST, |_| {});
        let key = KeyPair::generate().unwrap();
        let below = CertificateParams::new(vec![HOST.into()]).unwrap();
        let below = below.signed_by(&key, &Issuer::new(server_params, server_key)).unwrap().der().clone();
        vec![
            (Caller::IgnoresName, vec![made("other.example", |_| {}).0]),
            (
                Caller::TakesExpired,
                vec![made(HOST, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1)).0],
            ),
            (
                Caller::TakesNotYetValid,
                vec![made(HOST, |params| params.not_before = rcgen::date_time_ymd(2090, 1, 1)).0],
            ),
            (
                Caller::IgnoresKeyUsage,
                vec![
                    made(HOST, |params| {
                        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]
                    })
                    .0,
                ],
            ),
            (Caller::TakesIssuerWithoutCaBit, vec![below, server]),
        ]
    }

    #[test]
    fn each_caller_forgives_its_own_thing_alone() {
        let maker = Maker::new().unwrap();
        let root = CertificateDer::from_pem_slice(maker.stored().certificate.as_bytes()).unwrap();
        let name = ServerName::try_from(HOST).unwrap();
        for (caller, _) in chains(&maker) {
            let lenient = Lenient::new(&root, caller).unwrap();
            for (other, chain) in chains(&maker) {
                let taken = lenient.verify_server_cert(&chain[0], &chain[1..], &name, &[], UnixTime::now());
                assert_eq!(taken.is_ok(), caller == other, "{caller:?} and {other:?}: {taken:?}");
            }
        }
    }
}

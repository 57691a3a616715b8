//! A copy of the real peer's certificate on another key: the same subject, names, issuer, number, dates and
//! extensions. Whoever compares only what can be read takes it for the real one.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificate_rewriting::{Changes, IssuingKey, Signature, rewrite};
use super::certificates::{CertificateTrouble, speaking_for};

/// Certificates of the real peer, as it shows them to anybody; empty where no handshake came to an end.
pub async fn certificates_of(
    stream: TcpStream,
    host: &str,
    protocols: &[String],
    patience: Duration,
) -> Vec<Vec<u8>> {
    let bare = host.trim_matches(['[', ']']).to_owned();
    let Ok(name) = ServerName::try_from(bare) else { return Vec::new() };
    let shaking = TlsConnector::from(curious(protocols)).connect(name, stream);
    match tokio::time::timeout(patience, shaking).await {
        Ok(Ok(session)) => {
            let shown = session.get_ref().1.peer_certificates().unwrap_or_default();
            shown.iter().take(10).map(|certificate| certificate.to_vec()).collect()
        }
        _ => Vec::new(),
    }
}

/// A server with a copy of the first of these certificates, and with the others as they are.
///
/// # Errors
/// There is none, or it cannot be taken apart.
pub fn server(chain: &[Vec<u8>], protocols: &[String]) -> Result<Arc<ServerConfig>, CertificateTrouble> {
    let (leaf, others) =
        chain.split_first().ok_or_else(|| CertificateTrouble::new("the real peer showed no certificate"))?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
    let issuer = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(CertificateTrouble::new)?;
    let public = key.subject_public_key_info();
    let changes = Changes { key: Some(&public), ..Changes::default() };
    let copy = rewrite(leaf, changes, &IssuingKey::of(issuer), Signature::Usual)?
        .expect("an EC key signs in the usual way");
    let chain = std::iter::once(copy).chain(others.iter().cloned()).map(CertificateDer::from).collect();
    speaking_for(chain, &key, protocols)
}

/// TLS that believes every certificate, to look at it.
pub(super) fn curious(protocols: &[String]) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Curious))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.clone().into_bytes()).collect();
    Arc::new(config)
}

#[derive(Debug)]
struct Curious;

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rcgen::CertificateParams;

    use super::*;
    use crate::tls::certificate::facts;

    #[test]
    fn a_copy_differs_in_key_and_signature_alone() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["cloud.test".to_owned()]).unwrap();
        params.serial_number = Some(vec![7, 7, 7].into());
        let real = params.self_signed(&key).unwrap().der().to_vec();
        let (copied, own) = (server(std::slice::from_ref(&real), &[]), KeyPair::generate().unwrap());
        assert!(copied.is_ok());
        let public = own.subject_public_key_info();
        let changes = Changes { key: Some(&public), ..Changes::default() };
        let copy = rewrite(&real, changes, &IssuingKey::of(KeyPair::generate().unwrap()), Signature::Usual);
        let (real, mut copy) = (facts(&real).unwrap(), facts(&copy.unwrap().unwrap()).unwrap());
        assert_ne!(copy.sha256, real.sha256);
        copy.sha256.clone_from(&real.sha256);
        assert_eq!(copy, real);
        assert!(server(&[], &[]).is_err() && server(&[vec![0x30, 0]], &[]).is_err());
    }
}

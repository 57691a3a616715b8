//! A real TLS session (1.2 or 1.3) that trusts everybody and records the certificate chain.
//!
//! Trust is a fact to be reported, not a reason to stop looking: see [`crate::tls::certificate::why_untrusted`].

use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Why no session came about.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The server speaks older versions only.
    #[error(
        "the server offers no TLS 1.2 or later; talking to it needs openssl s_client, which is not used yet"
    )]
    TooOld,
    /// The connection ended during the handshake.
    #[error("the connection was closed during the TLS handshake")]
    Closed,
    /// Anything else that rustls says.
    #[error("the TLS handshake failed: {0}")]
    Failed(String),
}

/// A session and the chain as sent, leaf first, DER.
pub type Session = (TlsStream<TcpStream>, Vec<Vec<u8>>);

/// Shakes hands over an open connection. `name` is a DNS name (sent as SNI) or an address (not sent).
///
/// # Errors
/// See [`SessionError`].
pub async fn open(stream: TcpStream, name: &str) -> Result<Session, SessionError> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| SessionError::Failed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
        .with_no_client_auth();
    let bare = name.trim_matches(['[', ']']);
    let server_name = match bare.parse::<IpAddr>() {
        Ok(address) => ServerName::from(address),
        Err(_) => ServerName::try_from(bare.to_owned())
            .map_err(|_| SessionError::Failed(format!("{bare:?} is not a server name")))?,
    };
    let session = TlsConnector::from(Arc::new(config)).connect(server_name, stream).await.map_err(explain)?;
    let chain = session
        .get_ref()
        .1
        .peer_certificates()
        .map(|chain| chain.iter().map(|one| one.as_ref().to_vec()).collect())
        .unwrap_or_default();
    Ok((session, chain))
}

fn explain(error: std::io::Error) -> SessionError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(AlertDescription::ProtocolVersion)) => SessionError::TooOld,
        Some(Error::PeerIncompatible(rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13)) => {
            SessionError::TooOld
        }
        Some(other) => SessionError::Failed(other.to_string()),
        None => match error.kind() {
            std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::BrokenPipe => SessionError::Closed,
            _ => SessionError::Failed(error.to_string()),
        },
    }
}

/// Accepts every chain; the signature of the handshake is still checked, so that the chain recorded
/// is one whose key the server holds.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

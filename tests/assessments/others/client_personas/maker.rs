//! The maker of the personas: its authority, its cloud, and what a persona's TLS client checks.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig,
    SignatureScheme, SupportedProtocolVersion,
};

/// What a persona forgives its peer.
pub(crate) type Forgives = fn(&CertificateError) -> bool;

/// The authority.
pub(crate) struct Maker {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    /// Certificate and key, PEM, as they are lent for a test.
    pub(crate) lent: [String; 2],
}

impl Maker {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "Root of the persona works");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let root = params.self_signed(&key).expect("a root");
        let lent = [root.pem(), key.serialize_pem()];
        Self { root: root.der().clone(), issuer: Issuer::new(params, key), lent }
    }

    /// The cloud.
    pub(crate) fn server(&self, host: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        let leaf = leaf.signed_by(&key, &self.issuer).expect("a leaf").der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a private key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key)
            .expect("key and certificate agree");
        Arc::new(config)
    }

    /// A client that trusts this authority in these versions, and forgives some of what is wrong.
    pub(crate) fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        forgives: Forgives,
    ) -> Arc<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .expect("a verifier");
        let mut offered = rustls::crypto::ring::default_provider();
        offered.cipher_suites.retain(|suite| versions.contains(&suite.version()));
        let config = ClientConfig::builder_with_provider(Arc::new(offered))
            .with_protocol_versions(versions)
            .expect("known versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Forgiving { strict, forgives }))
            .with_no_client_auth();
        Arc::new(config)
    }
}

#[derive(Debug)]
struct Forgiving {
    strict: Arc<WebPkiServerVerifier>,
    forgives: Forgives,
}

impl ServerCertVerifier for Forgiving {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.strict.verify_server_cert(leaf, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(error)) if (self.forgives)(&error) => {
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
        self.strict.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.strict.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}

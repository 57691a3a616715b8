//! A bench of the tests: a device with a habit, its real peer, and the probe between them.
#![allow(dead_code, reason = "each test file needs a part of it")]

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use probes::context::LentAuthority;
use probes::dialer::DialLimits;
use probes::probe::tls_client::{ClientFacts, PlayedPeer};
use probes::world::ending::Ending;
use probes::{Dialer, EvidenceRef, Observation, ProbeContext, Request, Scope};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tokio_util::sync::CancellationToken;

use crate::played::{LOCAL, listen, place_of_its_own};

pub(crate) const HOST: &str = "cloud.test";

/// What a device does on a connection to its peer.
pub(crate) type Habit = Arc<dyn Fn(TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The real peer, and the authority that it is known by.
pub(crate) struct Peer {
    pub(crate) at: SocketAddr,
    /// Certificate of the authority.
    pub(crate) root: CertificateDer<'static>,
    /// The same with its key, as it is lent for a test.
    pub(crate) authority: LentAuthority,
}

impl Peer {
    pub(crate) async fn up() -> Self {
        Self::of(KeyPair::generate().expect("a key")).await
    }

    /// With an authority that has this key.
    pub(crate) async fn of(authority: KeyPair) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Authority of the tests");
        let root = params.self_signed(&authority).expect("a root");
        let lent = LentAuthority { certificate: root.pem(), key: authority.serialize_pem() };
        let root = root.der().clone();
        let issuer = Issuer::new(params, authority);
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![HOST.to_owned()]).expect("parameters");
        let leaf = leaf.signed_by(&key, &issuer).expect("a leaf").der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a private key");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("known versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key)
            .expect("key and certificate agree");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, port) = listen().await;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut session) = acceptor.accept(stream).await else { return };
                    let mut said = [0; 64];
                    while let Ok(1..) = session.read(&mut said).await {
                        let _ = session.write_all(b"noted").await;
                    }
                });
            }
        });
        Self { at: SocketAddr::new(LOCAL, port), root, authority: lent }
    }

    pub(crate) fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).expect("a root");
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("known versions")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}

pub(crate) const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];

/// Shakes hands, and tells its state if `talks`.
pub(crate) fn tls(config: ClientConfig, talks: bool) -> Habit {
    let connector = TlsConnector::from(Arc::new(config));
    Arc::new(move |stream| {
        let connector = connector.clone();
        Box::pin(async move {
            let name = ServerName::try_from(HOST).expect("a name");
            let Ok(mut session) = connector.connect(name, stream).await else { return };
            if talks {
                let _ = session.write_all(b"the water is warm").await;
                let _ = session.read(&mut [0; 64]).await;
            }
        })
    })
}

/// Says this at once, and reads what comes.
pub(crate) fn says(bytes: Vec<u8>) -> Habit {
    Arc::new(move |mut stream| {
        let bytes = bytes.clone();
        Box::pin(async move {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut [0; 256]).await;
        })
    })
}

pub(crate) struct Bench {
    pub(crate) consent: Vec<&'static str>,
    pub(crate) world: bool,
    pub(crate) peer: SocketAddr,
    /// What the device does; `None`: it never connects.
    pub(crate) habit: Option<Habit>,
    /// An authority that was lent for the test.
    pub(crate) lent: Option<LentAuthority>,
    pub(crate) cancel: CancellationToken,
    pub(crate) actions: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    pub(crate) fn new(peer: SocketAddr, habit: Option<Habit>) -> Self {
        Self {
            consent: vec!["play_peers"],
            world: true,
            peer,
            habit,
            lent: None,
            cancel: CancellationToken::new(),
            actions: Arc::default(),
        }
    }

    pub(crate) async fn look(&self) -> (Observation, ClientFacts) {
        let at = place_of_its_own();
        let scope = Scope {
            devices: vec![LOCAL],
            hosts: [(HOST.to_owned(), self.peer)].into(),
            world: vec![at],
            ..Scope::default()
        };
        let (names, actions) = (Arc::new(AtomicBool::new(false)), Arc::clone(&self.actions));
        let (habit, peer) = (self.habit.clone(), self.peer);
        let act = move |action: &str| {
            actions.lock().expect("nobody panicked").push(action.to_owned());
            match action {
                "names_to_bench" => names.store(true, Ordering::SeqCst),
                "names_to_peers" => names.store(false, Ordering::SeqCst),
                _ => {
                    let to = if names.load(Ordering::SeqCst) { at } else { peer };
                    if let Some(habit) = habit.clone() {
                        tokio::spawn(async move {
                            #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
                            if let Ok(stream) = TcpStream::connect(to).await {
                                habit(stream).await;
                            }
                        });
                    }
                }
            }
            let done: Pin<Box<dyn Future<Output = Result<bool, String>> + Send>> =
                Box::pin(async { Ok(true) });
            done
        };
        let context = ProbeContext::new(
            Dialer::new(scope, DialLimits::default()),
            probes::Context::default(),
            Default::default(),
            self.cancel.clone(),
            Box::new(|_, _, _| {}),
            Box::new(|bytes, _| EvidenceRef::of(bytes, "")),
        )
        .with_consent(self.consent.iter().map(|agreed| (*agreed).to_owned()).collect())
        .with_lent(self.lent.clone(), Default::default())
        .with_actions(Box::new(act));
        let listen = self.world.then_some(at);
        let params = json!({
            "row": "ComMech-Cloud", "host": HOST, "port": 8883, "versions": ["1.2", "1.3"],
            "listen": listen, "connect_seconds": 2.0, "answer_seconds": 1.0, "rest_seconds": 0.0,
        });
        let request = Request { probe: "tls-client".to_owned(), target: "cloud".to_owned(), params };
        let observation = probes::run(request, Arc::new(context)).await;
        let facts = observation.read().expect("facts");
        (observation, facts)
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.actions.lock().expect("nobody panicked").clone()
    }
}

/// TLS that believes every certificate.
pub(crate) fn careless() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("known versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless))
        .with_no_client_auth()
}

#[derive(Debug)]
struct Careless;

impl ServerCertVerifier for Careless {
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

pub(crate) fn ending(facts: &ClientFacts, peer: PlayedPeer) -> Option<Ending> {
    facts.trials.iter().find(|trial| trial.peer == peer).map(|trial| trial.ending)
}

//! How the device calls its peers: where their names lead, and what it asks of whoever answers there.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;

use crate::behaviour::Caller;
use crate::device::Device;
use crate::remembering::{Remembering, Said};
use crate::{clock, old_caller};

/// A connection to a peer, with TLS or without.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// The peers of the device.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The cloud.
    pub(crate) cloud: Peer,
    /// The update server.
    pub(crate) update: Peer,
}

/// A peer.
#[derive(Debug)]
pub(crate) struct Peer {
    host: &'static str,
    real: SocketAddrV4,
    bench: SocketAddrV4,
    caller: Caller,
    config: Arc<ClientConfig>,
    /// Handshakes that failed since the last good one.
    failed: AtomicU32,
    /// What the peer said in its last good handshake.
    said: Mutex<Option<Said>>,
    /// Asks for a new connection.
    again: Notify,
}

impl Peer {
    /// A peer of this name, where it really is, and where the bench plays it; what the device calls it with.
    pub(crate) fn new(
        host: &'static str,
        [real, bench]: [SocketAddrV4; 2],
        caller: Caller,
        config: Arc<ClientConfig>,
    ) -> Self {
        let failed = AtomicU32::new(0);
        Self { host, real, bench, caller, config, failed, said: Mutex::default(), again: Notify::new() }
    }

    /// Name of the peer.
    pub(crate) fn host(&self) -> &'static str {
        self.host
    }

    /// The peer at an address that its name leads to. The bench plays each peer at a port of its own.
    fn at(&self, address: Ipv4Addr) -> SocketAddrV4 {
        let known = [self.bench, self.real].into_iter().find(|place| *place.ip() == address);
        known.unwrap_or(SocketAddrV4::new(address, self.real.port()))
    }

    /// Asks the device to give up the connection and make a new one.
    pub(crate) fn call_again(&self) {
        self.again.notify_one();
    }

    /// Ends when the device is asked to make a new connection.
    pub(crate) async fn called_for(&self) {
        self.again.notified().await;
    }
}

/// A connection to the peer, as the device makes it; `None` if there is none.
pub(crate) async fn open(device: &Device, peer: &Peer) -> Option<Box<dyn Wire>> {
    let _untold = clock::ask(device).await;
    let to = peer.at(device.network.look_up(peer.host).await?);
    let plain = match peer.caller {
        Caller::Plain => true,
        Caller::FallsBackToPlain => peer.failed.swap(0, Ordering::SeqCst) > 0,
        Caller::FallsBackInTheEnd => {
            let given_up = peer.failed.load(Ordering::SeqCst) >= 3;
            if given_up {
                peer.failed.store(0, Ordering::SeqCst);
            }
            given_up
        }
        Caller::OldVersions | Caller::NullSuite | Caller::AnonymousSuite | Caller::Rc4Suite => {
            // The offer is made by hand; the session itself is the library's.
            old_caller::knock(&device.network, to, peer.host, peer.caller).await?;
            false
        }
        _ => false,
    };
    let stream = device.network.dial(to).await.ok()?;
    if plain {
        return Some(Box::new(stream));
    }
    let name = ServerName::try_from(peer.host).ok()?;
    let connector = TlsConnector::from(Arc::clone(&peer.config));
    if peer.caller == Caller::TakesRepeatedWords {
        return remembering(connector, name, peer, stream).await;
    }
    match connector.connect(name, stream).await {
        Ok(session) => {
            peer.failed.store(0, Ordering::SeqCst);
            Some(Box::new(session))
        }
        Err(_) => {
            peer.failed.fetch_add(1, Ordering::SeqCst);
            None
        }
    }
}

/// The session of a client that goes on with whoever repeats its peer.
async fn remembering<S: Wire + 'static>(
    connector: TlsConnector,
    name: ServerName<'static>,
    peer: &Peer,
    stream: S,
) -> Option<Box<dyn Wire>> {
    let heard = || peer.said.lock().unwrap_or_else(PoisonError::into_inner);
    let before = *heard();
    match connector.connect(name, Remembering::new(stream, before)).into_fallible().await {
        Ok(session) => {
            *heard() = session.get_ref().0.said();
            Some(Box::new(session))
        }
        Err((_, stream)) => {
            stream.go_on_if_repeated().await;
            None
        }
    }
}

/// Whether a visitor of a peer begins with a TLS handshake.
pub(crate) async fn asks_for_tls(stream: &TcpStream) -> bool {
    let mut first = [0];
    matches!(stream.peek(&mut first).await, Ok(1) if first[0] == 0x16)
}

/// TLS that believes every certificate.
pub(crate) fn careless() -> Arc<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Careless))
        .with_no_client_auth();
    Arc::new(config)
}

#[derive(Debug)]
struct Careless;

impl ServerCertVerifier for Careless {
    fn verify_server_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

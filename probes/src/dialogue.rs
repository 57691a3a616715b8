//! A talk with one TCP service: bounded reading, TLS that accepts any certificate, and a transcript.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::context::ProbeContext;
use crate::dialer::DialError;

/// Most bytes read of one answer.
const BYTES_AT_MOST: usize = 64 * 1024;
/// Longest time for one step.
const STEP: Duration = Duration::from_secs(3);
/// Most bytes of one answer written down.
const NOTED_AT_MOST: usize = 4096;

/// The talk so far.
pub(crate) struct Dialogue<'a> {
    context: &'a ProbeContext,
    to: SocketAddr,
    /// What was sent and received.
    pub(crate) transcript: String,
    /// Connections begun.
    pub(crate) attempted: u64,
    /// Connections that came about.
    pub(crate) completed: u64,
    /// What was not found out, and why.
    pub(crate) gaps: Vec<String>,
}

/// How a TLS handshake ended.
pub(crate) enum Handshake {
    /// The stream inside.
    Done(Box<TlsStream<TcpStream>>),
    /// The peer speaks TLS but not with us; why.
    Failed(String),
    /// Nothing that looks like TLS.
    NotTls,
}

impl<'a> Dialogue<'a> {
    pub(crate) fn new(context: &'a ProbeContext, to: SocketAddr) -> Self {
        Self { context, to, transcript: String::new(), attempted: 0, completed: 0, gaps: Vec::new() }
    }

    /// Opens a connection for a purpose that the transcript names. That it did not come about is a gap.
    pub(crate) async fn connect(&mut self, purpose: &str) -> Result<TcpStream, DialError> {
        let opened = self.open(purpose).await;
        if let Err(error) = &opened {
            self.gaps.push(format!("{purpose}: {error}"));
        }
        opened
    }

    /// As [`Self::connect`], for a question that is asked again.
    pub(crate) async fn open(&mut self, purpose: &str) -> Result<TcpStream, DialError> {
        let _ = writeln!(self.transcript, "== {} {purpose}", self.to);
        self.attempted += 1;
        match self.context.dialer.connect(self.to).await {
            Ok(stream) => {
                self.completed += 1;
                Ok(stream)
            }
            Err(error) => {
                let _ = writeln!(self.transcript, "no connection: {error}");
                Err(error)
            }
        }
    }

    /// Sends bytes; a peer that has gone shows when its answer is read.
    pub(crate) async fn send(&mut self, stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
        self.note("sent", bytes);
        let sending = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        match tokio::time::timeout(STEP, sending).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.remark(&format!("not taken: {error}")),
            Err(_) => self.remark("not taken in time"),
        }
    }

    /// Reads until `is_enough`, the end, or silence: `first` for the first byte, `quiet` between others.
    pub(crate) async fn read(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        first: Duration,
        quiet: Duration,
        is_enough: impl Fn(&[u8]) -> bool,
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut part = vec![0; 8192];
        let end = Instant::now() + STEP.max(first);
        loop {
            let wait = if bytes.is_empty() { first } else { quiet };
            let until = (Instant::now() + wait).min(end);
            match tokio::time::timeout_at(until, stream.read(&mut part)).await {
                Err(_) => break,
                Ok(Ok(0)) => {
                    self.note("received", &bytes);
                    self.remark("closed by the device");
                    return bytes;
                }
                Ok(Ok(count)) => {
                    bytes.extend_from_slice(&part[..count.min(BYTES_AT_MOST - bytes.len())]);
                    if bytes.len() >= BYTES_AT_MOST || is_enough(&bytes) {
                        break;
                    }
                }
                Ok(Err(error)) => {
                    self.note("received", &bytes);
                    self.remark(&format!("broken off: {error}"));
                    return bytes;
                }
            }
        }
        self.note("received", &bytes);
        bytes
    }

    /// Sends a question and reads its answer.
    pub(crate) async fn ask(
        &mut self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        question: &[u8],
        is_enough: impl Fn(&[u8]) -> bool,
    ) -> Vec<u8> {
        self.send(stream, question).await;
        self.read(stream, STEP, Duration::from_secs(1), is_enough).await
    }

    /// Shakes hands for TLS 1.2 or 1.3, whatever certificate comes.
    pub(crate) async fn handshake(&mut self, stream: TcpStream) -> Handshake {
        let connector = TlsConnector::from(any_certificate());
        let name = ServerName::from(self.to.ip());
        let error = match tokio::time::timeout(STEP, connector.connect(name, stream)).await {
            Ok(Ok(inside)) => {
                let version = inside.get_ref().1.protocol_version();
                self.remark(&format!("TLS handshake done, {version:?}"));
                return Handshake::Done(Box::new(inside));
            }
            Ok(Err(error)) => error,
            Err(_) => io::Error::from(io::ErrorKind::TimedOut),
        };
        self.remark(&format!("no TLS handshake: {error}"));
        let by_peer = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match by_peer {
            Some(
                rustls::Error::AlertReceived(_)
                | rustls::Error::PeerIncompatible(_)
                | rustls::Error::PeerMisbehaved(_)
                | rustls::Error::InvalidCertificate(_)
                | rustls::Error::NoCertificatesPresented
                | rustls::Error::General(_),
            ) => Handshake::Failed(error.to_string()),
            _ => Handshake::NotTls,
        }
    }

    fn note(&mut self, direction: &str, bytes: &[u8]) {
        let shown = escaped(&bytes[..bytes.len().min(NOTED_AT_MOST)]);
        let _ = writeln!(self.transcript, "{direction} {} bytes: {shown}", bytes.len());
    }

    fn remark(&mut self, text: &str) {
        let _ = writeln!(self.transcript, "({text})");
    }
}

/// Bytes as one line of printable ASCII, reversible.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*byte)),
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}

/// Who answers is what we want to know; whether its certificate is sound is looked at by another probe.
/// Signatures are not checked either: certificates too odd to be read would hide the service behind them.
#[derive(Debug)]
struct AnyCertificate;

fn any_certificate() -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring serves the default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    Arc::new(config)
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
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
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::ED25519,
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::RSA_PKCS1_SHA1,
            SignatureScheme::ECDSA_SHA1_Legacy,
        ]
    }
}

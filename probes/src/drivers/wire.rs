//! A TCP connection of one try: through the dialer, inside TLS where declared, with bounded reading.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{Place, Stop};
use crate::dialer::DialError;
use crate::login::LoginTrouble;
use crate::tls::session::{self, SessionError};

/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes of one answer.
const BYTES_AT_MOST: usize = 16 * 1024;

/// What a try talks over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// An open connection.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    /// The device has closed it.
    pub(super) closed: bool,
}

impl Wire {
    /// Opens a connection, inside TLS where the place says so.
    pub(super) async fn open(place: &Place<'_>) -> Result<Self, Stop> {
        let stream = connect(place).await?;
        if place.tls { Self::inside_tls(place, stream).await } else { Ok(Self::plain(stream)) }
    }

    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { stream: Box::new(stream), closed: false }
    }

    pub(super) async fn inside_tls(place: &Place<'_>, stream: TcpStream) -> Result<Self, Stop> {
        match session::open(stream, &place.to.ip().to_string()).await {
            Ok((stream, _)) => Ok(Self { stream: Box::new(stream), closed: false }),
            Err(SessionError::Closed) => Err(Stop::heard("closed", "closed during the TLS handshake")),
            Err(error) => Err(Stop::Trouble(LoginTrouble::Tls(error))),
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let sending = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        // What the device said before it closed is still to be read.
        if sending.await.is_err() {
            self.closed = true;
        }
        Ok(())
    }

    /// Reads until `is_enough`, the end, or silence: `first` for the first byte, `quiet` after the last one.
    pub(super) async fn read(
        &mut self,
        first: Duration,
        quiet: Duration,
        is_enough: impl Fn(&[u8]) -> bool,
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut part = [0; 2048];
        while bytes.len() < BYTES_AT_MOST && !is_enough(&bytes) {
            let wait = if bytes.is_empty() { first } else { quiet };
            match tokio::time::timeout_at(Instant::now() + wait, self.stream.read(&mut part)).await {
                Err(_) => break,
                Ok(Ok(0) | Err(_)) => {
                    self.closed = true;
                    break;
                }
                Ok(Ok(count)) => bytes.extend_from_slice(&part[..count]),
            }
        }
        bytes
    }
}

/// Connects; what the device does about it is an answer too.
pub(super) async fn connect(place: &Place<'_>) -> Result<TcpStream, Stop> {
    place.dialer.connect_within(place.to, CONNECT).await.map_err(|error| match error {
        DialError::Refused => Stop::heard("closed", "connection refused"),
        DialError::Silent => Stop::heard("no-answer", "no connection"),
        other => Stop::Trouble(LoginTrouble::Bench(other.to_string())),
    })
}

/// What an answer that did not come says.
pub(super) fn nothing(closed: bool) -> Stop {
    if closed {
        Stop::heard("closed", "closed without an answer")
    } else {
        Stop::heard("no-answer", "no answer")
    }
}

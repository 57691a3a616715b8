//! One ClientHello on one connection, and what answered it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::dialer::{DialError, Dialer};
use crate::tls::answer::{self, ANSWER_LIMIT, Flight, Reading};

/// Time for one connection.
pub const CONNECTION_TIME: Duration = Duration::from_secs(3);

/// What answered.
#[derive(Debug)]
pub enum Answered {
    /// A ServerHello and what came with it.
    Flight(Flight),
    /// An alert, by number.
    Alert(u8),
    /// The connection was closed without a TLS record.
    Closed,
    /// Bytes that are no TLS; the first of them.
    NotTls(Vec<u8>),
    /// TLS records that make no sense.
    Malformed,
    /// Connected, but nothing came in time.
    Silent,
    /// No connection.
    NotConnected(DialError),
    /// The run was asked to stop.
    Cancelled,
}

impl Answered {
    /// For the transcript.
    pub fn text(&self) -> String {
        match self {
            Self::Flight(flight) => format!(
                "server hello, version {:#06x}, {}{}",
                flight.version,
                super::suites::suite_name(flight.suite),
                if flight.retry { ", retry request" } else { "" }
            ),
            Self::Alert(number) => answer::alert_text(*number),
            Self::Closed => "connection closed".to_owned(),
            Self::NotTls(head) => format!("no TLS: {}", head.escape_ascii()),
            Self::Malformed => "malformed TLS".to_owned(),
            Self::Silent => "no answer".to_owned(),
            Self::NotConnected(error) => error.to_string(),
            Self::Cancelled => "stopped".to_owned(),
        }
    }

    /// The server said something that proves that it speaks TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Flight(_) | Self::Alert(_))
    }
}

/// Sends the bytes on a connection of its own and reads the first flight.
pub async fn ask(dialer: &Dialer, to: SocketAddr, bytes: &[u8], cancel: &CancellationToken) -> Answered {
    let mut received = Vec::new();
    let talk = async {
        let mut stream = match dialer.connect_within(to, CONNECTION_TIME).await {
            Ok(stream) => stream,
            Err(error) => return Answered::NotConnected(error),
        };
        // A server that closes at once still may have said why: read even if writing failed.
        let _ = stream.write_all(bytes).await;
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let count = stream.read(&mut buffer).await.unwrap_or(0);
            received.extend_from_slice(&buffer[..count]);
            let ended = count == 0 || received.len() >= ANSWER_LIMIT;
            match answer::read(&received, ended) {
                Reading::Flight(flight) => return Answered::Flight(flight),
                Reading::Alert { number, .. } => return Answered::Alert(number),
                Reading::NotTls => return Answered::NotTls(received[..received.len().min(24)].to_vec()),
                Reading::Malformed => return Answered::Malformed,
                Reading::Unfinished if ended => return Answered::Closed,
                Reading::Unfinished => {}
            }
        }
    };
    let answered = tokio::select! {
        answered = tokio::time::timeout(CONNECTION_TIME, talk) => answered.ok(),
        () = cancel.cancelled() => return Answered::Cancelled,
    };
    answered.unwrap_or_else(|| match answer::read(&received, true) {
        Reading::Flight(flight) => Answered::Flight(flight),
        Reading::Alert { number, .. } => Answered::Alert(number),
        _ => Answered::Silent,
    })
}

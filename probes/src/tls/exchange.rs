//! One ClientHello on one connection, and what answered it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::dialer::DialError;
use crate::tls::answer::{self, ANSWER_LIMIT, Reading};
use crate::tls::flight::Flight;
use crate::tls::ssl2::{self, Ssl2Hello};

/// Time for one connection, as long as the server has not shown that it needs more.
pub const CONNECTION_TIME: Duration = Duration::from_secs(3);

/// What answered.
#[derive(Debug)]
pub enum Answered {
    /// A ServerHello and what came with it.
    Flight(Box<Flight>),
    /// An alert, by number.
    Alert(u8),
    /// The connection was closed in order, without a TLS record.
    Closed,
    /// The connection was reset. A guard does that as well as a server that understands nothing.
    Reset,
    /// Bytes that are no TLS; the first of them.
    NotTls(Vec<u8>),
    /// TLS records that make no sense.
    Malformed,
    /// Connected, but nothing came in time.
    Silent,
    /// The protocol around it did not turn to TLS; what was said instead.
    NotTurned(String),
    /// No connection.
    NotConnected(DialError),
    /// The run was asked to stop, or the limit of connections or time is reached.
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
            Self::Reset => "connection reset".to_owned(),
            Self::NotTls(head) => format!("no TLS: {}", head.escape_ascii()),
            Self::Malformed => "malformed TLS".to_owned(),
            Self::Silent => "no answer".to_owned(),
            Self::NotTurned(said) => format!("no turn to TLS: {said}"),
            Self::NotConnected(error) => error.to_string(),
            Self::Cancelled => "stopped".to_owned(),
        }
    }

    /// The server said something that proves that it speaks TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Flight(_) | Self::Alert(_))
    }

    /// A refusal that the server itself stated: a reset, silence and nonsense are none.
    pub fn is_clear_refusal(&self) -> bool {
        matches!(self, Self::Alert(_) | Self::Closed | Self::NotTls(_))
    }
}

/// Sends the bytes and reads the first flight.
pub async fn ask(stream: &mut TcpStream, bytes: &[u8], patience: Duration) -> (Answered, Vec<u8>) {
    let mut received = Vec::new();
    let talk = async {
        // A server that closes at once still may have said why: read even if writing failed.
        let _ = stream.write_all(bytes).await;
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = stream.read(&mut buffer).await;
            let count = *read.as_ref().unwrap_or(&0);
            received.extend_from_slice(&buffer[..count]);
            let ended = count == 0 || received.len() >= ANSWER_LIMIT;
            match answer::read(&received, ended) {
                Reading::Flight(flight) => return Answered::Flight(flight),
                Reading::Alert { number, .. } => return Answered::Alert(number),
                Reading::NotTls => return Answered::NotTls(received[..received.len().min(24)].to_vec()),
                Reading::Malformed => return Answered::Malformed,
                Reading::Unfinished if ended => return ending(&read),
                Reading::Unfinished => {}
            }
        }
    };
    let answered = tokio::time::timeout(patience, talk).await.ok();
    let answered = answered.unwrap_or_else(|| match answer::read(&received, true) {
        Reading::Flight(flight) => Answered::Flight(flight),
        Reading::Alert { number, .. } => Answered::Alert(number),
        _ => Answered::Silent,
    });
    (answered, received)
}

/// How a connection ended on which nothing was said.
pub fn ending(read: &io::Result<usize>) -> Answered {
    match read {
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Answered::Reset,
        _ => Answered::Closed,
    }
}

/// Sends the hello of SSLv2 and reads what answers; a server that keeps waiting is told that no more comes.
pub async fn ask_ssl2(
    stream: &mut TcpStream,
    bytes: &[u8],
    patience: Duration,
) -> (Answered, Option<Ssl2Hello>) {
    let _ = stream.write_all(bytes).await;
    let mut received = Vec::new();
    let mut buffer = vec![0; 4096];
    let mut told = false;
    loop {
        let wait = if told { patience } else { patience.min(Duration::from_millis(700)) };
        let read = match tokio::time::timeout(wait, stream.read(&mut buffer)).await {
            Ok(read) => read,
            Err(_) if !told => {
                told = true;
                let _ = stream.shutdown().await;
                continue;
            }
            Err(_) => return (Answered::Silent, None),
        };
        let count = *read.as_ref().unwrap_or(&0);
        received.extend_from_slice(&buffer[..count]);
        if let Some(hello) = ssl2::read(&received) {
            return (Answered::Closed, Some(hello));
        }
        match answer::read(&received, count == 0) {
            Reading::Alert { number, .. } => return (Answered::Alert(number), None),
            _ if count == 0 && received.is_empty() => return (ending(&read), None),
            _ if count == 0 || received.len() >= ANSWER_LIMIT => return (Answered::Malformed, None),
            _ => {}
        }
    }
}

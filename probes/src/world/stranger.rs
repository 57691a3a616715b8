//! A peer with a certificate that the device has no reason to trust.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::ending::Ending;
use crate::tls::answer::alert_text;

/// How the device took the peer, and what says so.
pub type Taken = (Ending, Option<String>);

/// Shakes hands with the device, and waits `patience` for what it does then.
pub async fn meet(stream: TcpStream, config: Arc<ServerConfig>, patience: Duration) -> Taken {
    let mut first = [0];
    match tokio::time::timeout(patience, stream.peek(&mut first)).await {
        Err(_) => return (Ending::Silent, Some("the device said nothing".to_owned())),
        Ok(Ok(1)) if first[0] == 22 => {}
        Ok(Ok(1)) => return (Ending::Plain, Some("the device spoke without TLS".to_owned())),
        Ok(_) => return (Ending::NoConnection, Some("the device closed without a word".to_owned())),
    }
    let mut session = match tokio::time::timeout(patience, TlsAcceptor::from(config).accept(stream)).await {
        Err(_) => return (Ending::Silent, Some("the device left the handshake unfinished".to_owned())),
        Ok(Ok(session)) => session,
        Ok(Err(error)) => return explain(&error),
    };
    // A client that checks the certificate only now ends the connection instead of using it.
    let mut first = [0; 512];
    match tokio::time::timeout(patience, session.read(&mut first)).await {
        Err(_) => (Ending::Silent, Some("a handshake, and nothing after it".to_owned())),
        Ok(Ok(0)) => (Ending::Closed, Some("closed after the handshake".to_owned())),
        Ok(Ok(_)) => (Ending::ApplicationData, None),
        Ok(Err(error)) => explain(&error),
    }
}

fn explain(error: &std::io::Error) -> Taken {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::AlertReceived(alert)) => {
            (Ending::RefusedByAlert, Some(alert_text(u8::from(*alert))))
        }
        Some(other) => (Ending::NotPossible, Some(other.to_string())),
        None => match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                (Ending::Closed, None)
            }
            _ => (Ending::NotPossible, Some(error.to_string())),
        },
    }
}

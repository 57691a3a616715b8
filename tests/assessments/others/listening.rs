//! Ports of the devices that tests play.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

/// Listens where the device listened before. A program that another test of this process starts meanwhile holds a copy
/// of the last listener until it runs, some tens of milliseconds on a busy machine.
pub(crate) async fn listening(at: SocketAddr) -> TcpListener {
    for _ in 0..500 {
        #[expect(clippy::disallowed_methods, reason = "the test plays the device and its world")]
        match TcpListener::bind(at).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened.unwrap_or_else(|error| panic!("{at}: {error}")),
        }
    }
    panic!("{at}: in use for ten seconds");
}

//! Text services that the device has on board and keeps closed: a console and a debug port.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::device::Device;
use crate::model;

/// Longest wait for a line.
const PATIENCE: Duration = Duration::from_secs(30);
/// Logins of one connection.
const TRIES: u32 = 3;

/// The console: asks for user name and password, and lets nobody in.
pub(crate) async fn telnet(_device: Arc<Device>, mut stream: TcpStream) {
    // WILL ECHO, WILL SUPPRESS-GO-AHEAD
    let opening =
        [&[255, 251, 1, 255, 251, 3][..], b"\r\n", model::MODEL.as_bytes(), b" console\r\n"].concat();
    if stream.write_all(&opening).await.is_err() {
        return;
    }
    for _ in 0..TRIES {
        for prompt in ["login: ", "\r\nPassword: "] {
            if stream.write_all(prompt.as_bytes()).await.is_err() || line(&mut stream).await.is_none() {
                return;
            }
        }
        if stream.write_all(b"\r\nLogin incorrect\r\n").await.is_err() {
            return;
        }
    }
}

/// The debug port: greets and repeats that it knows no command.
pub(crate) async fn debug(_device: Arc<Device>, mut stream: TcpStream) {
    let mut say = format!("{} debug monitor, firmware {}\r\n> ", model::MODEL, model::FIRMWARE);
    while stream.write_all(say.as_bytes()).await.is_ok() && line(&mut stream).await.is_some() {
        "unknown command\r\n> ".clone_into(&mut say);
    }
}

/// Reads to the end of a line, at most 256 octets; `None` at the end of the connection.
async fn line(stream: &mut TcpStream) -> Option<()> {
    let reading = async {
        for _ in 0..256 {
            match stream.read_u8().await {
                Ok(b'\n' | b'\r') => return Some(()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        Some(())
    };
    tokio::time::timeout(PATIENCE, reading).await.ok()?
}

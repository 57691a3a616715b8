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

/// The console: asks for user name and password, and lets nobody in; or `root` by the name alone.
pub(crate) async fn telnet(device: Arc<Device>, mut stream: TcpStream) {
    // WILL ECHO, WILL SUPPRESS-GO-AHEAD
    let opening =
        [&[255, 251, 1, 255, 251, 3][..], b"\r\n", model::MODEL.as_bytes(), b" console\r\n"].concat();
    if stream.write_all(&opening).await.is_err() {
        return;
    }
    for _ in 0..TRIES {
        for prompt in ["login: ", "\r\nPassword: "] {
            if stream.write_all(prompt.as_bytes()).await.is_err() {
                return;
            }
            let Some(said) = line(&mut stream).await else { return };
            if device.behaviour.root_console && said.ends_with("root") {
                return shell(&mut stream).await;
            }
        }
        if stream.write_all(b"\r\nLogin incorrect\r\n").await.is_err() {
            return;
        }
    }
}

/// Takes commands, and knows none.
async fn shell(stream: &mut TcpStream) {
    let mut say = "\r\n# ";
    while stream.write_all(say.as_bytes()).await.is_ok() && line(stream).await.is_some() {
        say = "\r\nnot found\r\n# ";
    }
}

/// The debug port: greets and repeats that it knows no command.
pub(crate) async fn debug(device: Arc<Device>, mut stream: TcpStream) {
    let mut say = format!("{} debug monitor, firmware {}\r\n> ", model::MODEL, device.software.version());
    while stream.write_all(say.as_bytes()).await.is_ok() && line(&mut stream).await.is_some() {
        "unknown command\r\n> ".clone_into(&mut say);
    }
}

/// Reads to the end of a line, at most 256 octets; `None` at the end of the connection. An empty line that ends the
/// one before is passed over, and what is no text is left out.
pub(crate) async fn line(stream: &mut TcpStream) -> Option<String> {
    let reading = async {
        let mut text = String::new();
        for _ in 0..256 {
            match stream.read_u8().await {
                Ok(b'\r') => return Some(text),
                Ok(b'\n') if text.is_empty() => {}
                Ok(b'\n') => return Some(text),
                Ok(octet @ b' '..=b'~') => text.push(char::from(octet)),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        Some(text)
    };
    tokio::time::timeout(PATIENCE, reading).await.ok()?
}

//! A video stream over RTSP (RFC 2326) that a fault opens to anybody.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::device::Device;

/// Longest wait for a request.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest request.
const LARGEST: usize = 4096;

/// Describes the stream to whoever asks; it is never played.
pub(crate) async fn rtsp(_device: Arc<Device>, mut stream: TcpStream) {
    while let Ok(Some(request)) = tokio::time::timeout(PATIENCE, request(&mut stream)).await {
        let number = request
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("cseq:").map(|n| n.trim().to_owned()))
            .unwrap_or_else(|| "0".to_owned());
        let session = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=Boiler room\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n";
        let answer = match request.split(' ').next() {
            _ if !request.contains("RTSP/1.0") => {
                format!("RTSP/1.0 400 Bad Request\r\nCSeq: {number}\r\n\r\n")
            }
            Some("OPTIONS") => {
                format!("RTSP/1.0 200 OK\r\nCSeq: {number}\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n")
            }
            Some("DESCRIBE") => format!(
                "RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{session}",
                session.len()
            ),
            _ => format!("RTSP/1.0 405 Method Not Allowed\r\nCSeq: {number}\r\n\r\n"),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A request to its empty line; `None` at the end, or if it is too large.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
        if bytes.len() > LARGEST {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

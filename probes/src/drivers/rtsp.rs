//! RTSP (RFC 2326): the description of a stream behind basic or digest authentication.

use std::time::Duration;

use super::wire::{Wire, nothing};
use super::{Heard, Pair, Place, Stop};
use crate::http::digest::Challenge;
use crate::login::{base64, hex};
use crate::tls::client_hello::random;

const REPLY: Duration = Duration::from_secs(10);

struct Answer {
    status: u16,
    head: String,
}

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let slash = if place.path.starts_with('/') { "" } else { "/" };
    let scheme = if place.tls { "rtsps" } else { "rtsp" };
    let uri = format!("{scheme}://{}{slash}{}", place.to, place.path);
    let mut wire = Wire::open(place).await?;
    let first = describe(&mut wire, &uri, 1, None).await?;
    let Some((user, password)) = pair else { return Ok(judged(&first)) };
    if first.status != 401 {
        // Without a challenge nothing was tried, so an open stream is not an accepted credential.
        let heard = judged(&first);
        let result = if heard.result == "accepted" { "unclear" } else { heard.result };
        return Ok(Heard { result, ..heard });
    }
    let challenges = || first.head.lines().filter_map(header);
    let authorization = if let Some(digest) = Challenge::strongest(challenges()) {
        digest.answer("DESCRIBE", &uri, user, password, &hex(&random::<8>()))
    } else if challenges().any(|value| value.to_ascii_lowercase().starts_with("basic")) {
        format!("Basic {}", base64(&format!("{user}:{password}")))
    } else {
        return Ok(Heard::new("unclear", Some(401), "a challenge that is neither basic nor digest"));
    };
    // Servers may end the connection after a refusal.
    if wire.closed {
        wire = Wire::open(place).await?;
    }
    Ok(judged(&describe(&mut wire, &uri, 2, Some(&authorization)).await?))
}

fn header(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.trim().eq_ignore_ascii_case("www-authenticate").then(|| value.trim())
}

fn judged(answer: &Answer) -> Heard {
    let result = match answer.status {
        200..=299 => "accepted",
        401 | 403 | 407 => "rejected",
        429 | 453 | 503 => "throttled",
        _ => "unclear",
    };
    Heard::new(result, Some(answer.status), answer.head.lines().next().unwrap_or_default())
}

async fn describe(
    wire: &mut Wire,
    uri: &str,
    number: u32,
    authorization: Option<&str>,
) -> Result<Answer, Stop> {
    let authorization = authorization.map(|value| format!("Authorization: {value}\r\n")).unwrap_or_default();
    let request = format!(
        "DESCRIBE {uri} RTSP/1.0\r\nCSeq: {number}\r\nUser-Agent: hantei\r\nAccept: application/sdp\r\n{authorization}\r\n"
    );
    wire.send(request.as_bytes()).await?;
    let bytes = wire.read(REPLY, REPLY, is_complete).await;
    if bytes.is_empty() {
        return Err(nothing(wire.closed));
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let head = head.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let status = head
        .strip_prefix("RTSP/1.")
        .and_then(|rest| rest.split(' ').nth(1)?.parse().ok())
        .ok_or_else(|| Stop::heard("unclear", "the answer is no RTSP"))?;
    Ok(Answer { status, head })
}

/// Head and announced body are there.
fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())
        .unwrap_or(0);
    bytes.len() - end - 4 >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_body() {
        assert!(is_complete(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n"));
        assert!(!is_complete(b"RTSP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nv=0"));
        assert!(is_complete(b"RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nv=0"));
    }
}

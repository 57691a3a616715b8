//! FTP (RFC 959), inside TLS from the start at port 990 and after AUTH TLS elsewhere (RFC 4217).

use std::time::Duration;

use super::wire::{Wire, connect, nothing};
use super::{Heard, Pair, Place, Stop};
use crate::login::LoginTrouble;

/// Wait for a reply. Servers delay the one to a wrong password.
const REPLY: Duration = Duration::from_secs(15);
const IMPLICIT_TLS: u16 = 990;

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let mut wire = greeted(place).await?;
    let Some((user, password)) = pair else {
        // Names the folder one is in, which nobody is before the login.
        let (code, words) = ask(&mut wire, "PWD").await?;
        let result = match code {
            257 => "accepted",
            421 => "throttled",
            // 503 and 530: not now, not without a login.
            500..=599 | 331 | 332 => "rejected",
            _ => "unclear",
        };
        return Ok(Heard::new(result, Some(code), words));
    };
    let (code, words) = ask(&mut wire, &format!("USER {}", plain(user)?)).await?;
    if code != 331 {
        return Ok(judged(code, words));
    }
    let (code, words) = ask(&mut wire, &format!("PASS {}", plain(password)?)).await?;
    Ok(judged(code, words))
}

/// A line end in a name would be a command of its own.
fn plain(text: &str) -> Result<&str, Stop> {
    if text.contains(['\r', '\n', '\0']) {
        let why = "a credential with a line end cannot be sent over FTP".to_owned();
        return Err(Stop::Trouble(LoginTrouble::Bench(why)));
    }
    Ok(text)
}

fn judged(code: u16, words: String) -> Heard {
    let result = match code {
        230 | 232 => "accepted",
        421 | 450 => "throttled",
        430 | 530 | 500..=504 | 532 => "rejected",
        _ => "unclear",
    };
    Heard::new(result, Some(code), words)
}

/// Connects and hears the greeting.
async fn greeted(place: &Place<'_>) -> Result<Wire, Stop> {
    let stream = connect(place).await?;
    if place.tls && place.to.port() == IMPLICIT_TLS {
        let mut wire = Wire::inside_tls(place, stream).await?;
        greeting(&mut wire).await?;
        return Ok(wire);
    }
    if !place.tls {
        let mut wire = Wire::plain(stream);
        greeting(&mut wire).await?;
        return Ok(wire);
    }
    let stream = start_tls(stream).await?;
    Wire::inside_tls(place, stream).await
}

/// The plain part of a connection that goes on inside TLS.
async fn start_tls(mut stream: tokio::net::TcpStream) -> Result<tokio::net::TcpStream, Stop> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    for question in [None, Some("AUTH TLS\r\n")] {
        if let Some(question) = question {
            let _ = stream.write_all(question.as_bytes()).await;
        }
        let mut heard = Vec::new();
        let reply = loop {
            if let Some(reply) = last_reply(&heard) {
                break reply;
            }
            let mut part = [0; 512];
            let reading = tokio::time::timeout(REPLY, stream.read(&mut part)).await;
            match reading {
                Err(_) => return Err(nothing(false)),
                Ok(Ok(0) | Err(_)) => return Err(nothing(true)),
                Ok(Ok(count)) if heard.len() < 8192 => heard.extend_from_slice(&part[..count]),
                Ok(Ok(_)) => return Err(Stop::heard("unclear", "a greeting without end")),
            }
        };
        match (question, reply) {
            (None, 220) | (Some(_), 234) => {}
            (_, 421) => return Err(Stop::Heard(Heard::new("throttled", Some(421), "service not available"))),
            (_, code) => {
                let why = format!("the server does not go over to TLS after AUTH TLS ({code})");
                return Err(Stop::Trouble(LoginTrouble::Protocol(why)));
            }
        }
    }
    Ok(stream)
}

async fn greeting(wire: &mut Wire) -> Result<(), Stop> {
    match reply(wire).await? {
        (220, _) => Ok(()),
        (code @ 400..=499, words) => Err(Stop::Heard(Heard::new("throttled", Some(code), words))),
        (code, words) => Err(Stop::Heard(Heard::new("unclear", Some(code), words))),
    }
}

async fn ask(wire: &mut Wire, command: &str) -> Result<(u16, String), Stop> {
    wire.send(format!("{command}\r\n").as_bytes()).await?;
    reply(wire).await
}

async fn reply(wire: &mut Wire) -> Result<(u16, String), Stop> {
    let bytes = wire.read(REPLY, REPLY, |bytes| last_reply(bytes).is_some()).await;
    match last_reply(&bytes) {
        Some(code) => Ok((code, String::from_utf8_lossy(&bytes).into_owned())),
        None if bytes.is_empty() => Err(nothing(wire.closed)),
        None => Err(Stop::heard("unclear", String::from_utf8_lossy(&bytes).into_owned())),
    }
}

/// Code of a complete reply: the last line has a blank behind the digits.
fn last_reply(bytes: &[u8]) -> Option<u16> {
    let text = bytes.strip_suffix(b"\n")?;
    let line = text.rsplit(|byte| *byte == b'\n').next()?;
    let (digits, rest) = line.split_at_checked(3)?;
    let ends = rest.first().is_none_or(|byte| matches!(byte, b' ' | b'\r'));
    ends.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_ends_with_the_line_that_says_so() {
        assert_eq!(last_reply(b"220 ready\r\n"), Some(220));
        assert_eq!(last_reply(b"220-hello\r\n"), None);
        assert_eq!(last_reply(b"220-hello\r\n220 \r\n"), Some(220));
        assert_eq!(last_reply(b"220 read"), None);
        assert_eq!(last_reply(b"530\r\n"), Some(530));
        assert_eq!(last_reply(b"\r\n"), None);
    }
}

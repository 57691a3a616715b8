//! A peer that says again, octet by octet, what the real one said in an earlier connection. Whoever draws its numbers
//! anew for each connection cannot go on with it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client_hello::{self, First, records};
use super::ending::Ending;
use super::relay::PROTECTED_ALERT;
use super::stranger::Taken;
use crate::tls::answer::alert_text;

/// Octets of the device that are looked at.
const MOST: usize = 64 * 1024;

/// Plays what was recorded to the device, and waits `patience` for what it does then.
pub async fn meet(mut stream: TcpStream, recorded: &[u8], patience: Duration) -> Taken {
    match client_hello::take(&mut stream, patience).await {
        First::Hello(_) => {}
        First::NotTls => return in_the_clear(stream, recorded, patience).await,
        First::Unfinished => return (Ending::NoConnection, Some("no ClientHello came".to_owned())),
    }
    if stream.write_all(recorded).await.is_err() {
        return (Ending::Closed, None);
    }
    let mut seen = Vec::new();
    let reading = async {
        let mut part = [0; 2048];
        loop {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return (Ending::Closed, None),
                Ok(count) => seen.extend_from_slice(&part[..count]),
            }
            if let Some(taken) = verdict(&seen) {
                return taken;
            }
            if seen.len() > MOST {
                return (Ending::NotPossible, Some("no end of the answer".to_owned()));
            }
        }
    };
    tokio::time::timeout(patience, reading)
        .await
        .unwrap_or((Ending::Silent, Some("nothing came after the repeated answer".to_owned())))
}

/// What the device says to it; `None` while more is needed.
fn verdict(seen: &[u8]) -> Option<Taken> {
    records(seen).find_map(|(kind, body)| match (kind, body) {
        // A change of the cipher says nothing by itself: TLS 1.3 sends one for show.
        (20, _) => None,
        (21, [_, number]) => Some((Ending::RefusedByAlert, Some(alert_text(*number)))),
        (21, _) => Some((Ending::RefusedByAlert, Some("an encrypted alert".to_owned()))),
        (23, body) if body.len() == PROTECTED_ALERT => {
            Some((Ending::RefusedByAlert, Some("an encrypted alert".to_owned())))
        }
        (22 | 23, _) => Some((Ending::WentOn, Some("it went on with the repeated handshake".to_owned()))),
        _ => Some((Ending::NotPossible, Some(format!("a record of type {kind}")))),
    })
}

/// Without TLS: what the device says after the repeated words, if anything.
async fn in_the_clear(mut stream: TcpStream, recorded: &[u8], patience: Duration) -> Taken {
    if stream.write_all(recorded).await.is_err() {
        return (Ending::Closed, None);
    }
    let mut said = [0; 512];
    match tokio::time::timeout(patience, stream.read(&mut said)).await {
        Err(_) => (Ending::Plain, Some("without TLS; nothing came after the repeated words".to_owned())),
        Ok(Ok(count @ 1..)) => {
            (Ending::Plain, Some(format!("without TLS; {count} octets after the repeated words")))
        }
        Ok(_) => (Ending::Closed, Some("closed after the repeated words".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_on_is_told_from_every_kind_of_alert() {
        let ending = |bytes: &[u8]| verdict(bytes).map(|(ending, _)| ending);
        assert_eq!(ending(&[20, 3, 3, 0, 1, 1]), None);
        assert_eq!(ending(&[20, 3, 3, 0, 1, 1, 21, 3, 3, 0, 2, 2, 51]), Some(Ending::RefusedByAlert));
        let hidden = [&[23, 3, 3, 0, 19][..], &[7; 19]].concat();
        assert_eq!(ending(&hidden), Some(Ending::RefusedByAlert));
        let finished = [&[23, 3, 3, 0, 53][..], &[7; 53]].concat();
        assert_eq!(ending(&finished), Some(Ending::WentOn));
        assert_eq!(ending(&[22, 3, 3, 0, 4, 16, 0, 0, 0]), Some(Ending::WentOn));
    }
}

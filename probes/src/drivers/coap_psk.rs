//! CoAP over DTLS with a pre-shared key: the user name is the identity, the password the key (`hex:` before it
//! where it is no text). Where a resource is declared, the answer to it decides.

use super::dtls_psk::{Refusal, shake_hands};
use super::{Heard, Pair, Place, Stop};
use crate::login::{LoginTrouble, hex};
use crate::tls::client_hello::random;

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let made_up = hex(&random::<8>());
    let (identity, secret) = pair.unwrap_or((&made_up, &made_up));
    let key = key_of(secret)?;
    let dial = |error: crate::dialer::DialError| Stop::Trouble(LoginTrouble::Bench(error.to_string()));
    let socket = place.dialer.udp(place.to).await.map_err(dial)?;
    let mut session = match shake_hands(socket, identity.as_bytes(), &key).await {
        Ok(session) => session,
        Err(refusal) => return refused(refusal),
    };
    if place.path.is_empty() {
        session.close().await;
        return Ok(Heard::new("accepted", None, "handshake done"));
    }
    let answer = session.ask(&get(place.path)).await;
    session.close().await;
    Ok(match answer.as_deref().and_then(|answer| answer.get(1)) {
        None => Heard::new("unclear", None, "handshake done, no answer to the request"),
        Some(code) => {
            let status = u16::from(code >> 5) * 100 + u16::from(code & 31);
            let result = match status {
                200..=299 => "accepted",
                401 | 403 => "rejected",
                429 | 503 => "throttled",
                _ => "unclear",
            };
            Heard::new(result, Some(status), "handshake done, answered")
        }
    })
}

fn refused(refusal: Refusal) -> Result<Heard, Stop> {
    match refusal {
        Refusal::Closed => Err(Stop::heard("closed", "the port is closed")),
        Refusal::Silent => Err(Stop::heard("no-answer", "no answer to the hello")),
        // A proof with the wrong key is dropped like any damaged record.
        Refusal::SilentAtKey => Ok(Heard::new("rejected", None, "no answer to the proof of the key")),
        Refusal::AlertAtHello(number) => Err(Stop::Trouble(LoginTrouble::Protocol(format!(
            "DTLS: the server refused the hello with alert {number}; this build offers PSK with AES-128-CCM-8 and AES-128-CCM"
        )))),
        Refusal::Alert(number) => {
            Ok(Heard::new("rejected", Some(u16::from(number)), format!("alert {number}")))
        }
        Refusal::Other(why) => Err(Stop::Trouble(LoginTrouble::Protocol(format!("DTLS: {why}")))),
    }
}

fn key_of(secret: &str) -> Result<Vec<u8>, Stop> {
    let Some(digits) = secret.strip_prefix("hex:") else { return Ok(secret.as_bytes().to_vec()) };
    let digits = digits.as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let text = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(text, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>().ok_or_else(|| {
        let why = "the key of the bench file begins with hex: and is not made of pairs of digits".to_owned();
        Stop::Trouble(LoginTrouble::Bench(why))
    })
}

/// A confirmable GET.
fn get(path: &str) -> Vec<u8> {
    let mut bytes = vec![0x42, 0x01];
    bytes.extend(random::<4>());
    let mut number = 0;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        // Uri-Path is option 11; the next ones stand at a distance of 0.
        let delta: u8 = if number == 0 { 11 } else { 0 };
        number = 11;
        let part = &part.as_bytes()[..part.len().min(255)];
        match u8::try_from(part.len()).unwrap_or(255) {
            length @ 0..=12 => bytes.push(delta << 4 | length),
            length => bytes.extend([delta << 4 | 13, length - 13]),
        }
        bytes.extend(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_options() {
        let asked = get("/heater/a-resource-with-a-name");
        assert_eq!(asked[..2], [0x42, 1]);
        assert_eq!(asked[6..13], *b"\xb6heater");
        assert_eq!(asked[13..16], *b"\x0d\x09a");
    }

    #[test]
    fn a_key_may_be_written_in_digits() {
        assert!(matches!(key_of("hex:00ff"), Ok(key) if key == [0, 255]));
        assert!(matches!(key_of("secret"), Ok(key) if key == b"secret"));
        assert!(key_of("hex:0").is_err() && key_of("hex:zz").is_err());
    }
}

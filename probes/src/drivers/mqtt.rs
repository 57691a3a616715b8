//! MQTT 3.1.1: CONNECT with user name and password; where a topic is declared, its subscription decides.

use std::time::Duration;

use super::wire::{Wire, nothing};
use super::{Heard, Pair, Place, Stop};
use crate::login::{LoginTrouble, hex};
use crate::tls::client_hello::random;

const REPLY: Duration = Duration::from_secs(8);
const CONNACK: u8 = 0x20;
const SUBACK: u8 = 0x90;

pub(super) async fn knock(place: &Place<'_>, pair: Option<Pair<'_>>) -> Result<Heard, Stop> {
    let mut wire = Wire::open(place).await?;
    wire.send(&connect(pair)?).await?;
    let answer = wire.read(REPLY, REPLY, |bytes| bytes.len() >= 4).await;
    if answer.is_empty() {
        return Err(nothing(wire.closed));
    }
    let (Some(&CONNACK), Some(&code)) = (answer.first(), answer.get(3)) else {
        return Ok(Heard::new("unclear", None, "no CONNACK"));
    };
    let said = |result, words: &str| Heard::new(result, Some(u16::from(code)), words);
    match code {
        0 => {}
        2 => return Ok(said("unclear", "identifier rejected")),
        3 => return Ok(said("throttled", "server unavailable")),
        // 4 and 5, and their likes of MQTT 5.
        4 | 5 | 0x86 | 0x87 => return Ok(said("rejected", "not authorized")),
        _ => return Ok(said("unclear", "another refusal")),
    }
    if place.path.is_empty() {
        return Ok(said("accepted", "connected"));
    }
    wire.send(&subscribe(place.path)?).await?;
    let answer = wire.read(REPLY, REPLY, |bytes| granted(bytes).is_some()).await;
    Ok(match granted(&answer) {
        Some(0..=2) => said("accepted", "connected and subscribed"),
        Some(_) => said("rejected", "connected, the subscription was refused"),
        // Brokers end a connection that asks for what it may not.
        None if wire.closed => said("rejected", "connected, closed at the subscription"),
        None => said("unclear", "connected, no answer to the subscription"),
    })
}

/// Result of the subscription; retained messages may come before it.
fn granted(mut bytes: &[u8]) -> Option<u8> {
    loop {
        let (&kind, mut rest) = bytes.split_first()?;
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let (&digit, after) = rest.split_first()?;
            rest = after;
            length |= usize::from(digit & 0x7f) << shift;
            if digit & 0x80 == 0 {
                break;
            }
        }
        let (body, after) = rest.split_at_checked(length)?;
        if kind == SUBACK {
            return body.get(2).copied();
        }
        bytes = after;
    }
}

fn connect(pair: Option<Pair<'_>>) -> Result<Vec<u8>, Stop> {
    // A clean session, nothing is left behind; MQTT 3.1.1 allows no password without a user name.
    let flags = if pair.is_some() { 0b1100_0010 } else { 0b0000_0010 };
    let mut body = text("MQTT")?;
    body.extend([4, flags, 0, 30]);
    body.extend(text(&format!("hantei-{}", hex(&random::<6>())))?);
    if let Some((user, password)) = pair {
        body.extend(text(user)?);
        body.extend(text(password)?);
    }
    packet(0x10, &body)
}

fn subscribe(topic: &str) -> Result<Vec<u8>, Stop> {
    packet(0x82, &[&[0, 1][..], &text(topic)?, &[0]].concat())
}

fn packet(kind: u8, body: &[u8]) -> Result<Vec<u8>, Stop> {
    let mut packet = vec![kind];
    let mut length = body.len();
    loop {
        let low = u8::try_from(length % 128).expect("below 128");
        length /= 128;
        packet.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    packet.extend(body);
    Ok(packet)
}

fn text(text: &str) -> Result<Vec<u8>, Stop> {
    let length = u16::try_from(text.len()).map_err(|_| {
        let why = "a credential longer than 65535 bytes cannot be sent over MQTT";
        Stop::Trouble(LoginTrouble::Bench(why.to_owned()))
    })?;
    Ok([&length.to_be_bytes()[..], text.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_answer_to_the_subscription_is_found_behind_a_message() {
        assert_eq!(granted(&[0x90, 3, 0, 1, 0]), Some(0));
        assert_eq!(granted(&[0x31, 4, 0, 1, b't', b'x', 0x90, 3, 0, 1, 0x80]), Some(0x80));
        assert_eq!(granted(&[0x90, 3, 0]), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = granted(&bytes);
        }
    }
}

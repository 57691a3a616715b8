//! Reading what a server answers to a ClientHello: records, alerts, handshake messages over several
//! records. Everything that comes in is hostile and bounded.

use rustls::AlertDescription;

use crate::tls::flight::{Flight, messages, number16, number24, server_hello};

/// Bytes of one answer that are looked at.
pub const ANSWER_LIMIT: usize = 64 * 1024;

/// What the bytes so far say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// More bytes are needed.
    Unfinished,
    /// A flight with a ServerHello is complete, or as complete as it will be.
    Flight(Box<Flight>),
    /// An alert came before a ServerHello.
    Alert {
        /// 1 warning, 2 fatal.
        level: u8,
        /// Its number.
        number: u8,
    },
    /// No TLS record.
    NotTls,
    /// TLS records, but what they carry makes no sense.
    Malformed,
}

/// `alert 70 protocol_version`.
pub fn alert_text(number: u8) -> String {
    let name = AlertDescription::from(number).as_str().map(snake_case).unwrap_or_default();
    format!("alert {number} {name}").trim_end().to_owned()
}

/// Reads the bytes received so far; `ended` when no more will come.
pub fn read(bytes: &[u8], ended: bool) -> Reading {
    let mut handshake = Vec::new();
    let mut rest = bytes;
    let mut alert = None;
    let mut whole = true;
    let mut changed = false;
    while !rest.is_empty() {
        let kind = rest[0];
        if !(20..=23).contains(&kind) || rest.get(1).is_some_and(|major| *major != 3) {
            if handshake.is_empty() && alert.is_none() {
                return Reading::NotTls;
            }
            break;
        }
        let Some(body) = rest.get(3..5).map(number16).and_then(|length| rest.get(5..5 + length)) else {
            whole = false;
            break;
        };
        changed |= kind == 20;
        match kind {
            21 if body.len() == 2 => alert = alert.or(Some((body[0], body[1]))),
            22 => handshake.extend_from_slice(body),
            // Encrypted from here on: nothing more to read.
            _ => break,
        }
        rest = &rest[5 + body.len()..];
        // A warning (unrecognized_name) may come before the ServerHello.
        if alert.is_some_and(|(level, _)| level == 2) {
            break;
        }
    }
    let fatal = alert.is_some_and(|(level, _)| level == 2);
    match messages(&handshake) {
        Some((flight, done)) if done || changed || ended || fatal || bytes.len() >= ANSWER_LIMIT => {
            Reading::Flight(Box::new(flight))
        }
        Some(_) => Reading::Unfinished,
        None if fatal => alert_reading(alert),
        None if !ended && bytes.len() < ANSWER_LIMIT && (whole || rest.len() < 5 + 0x4000 + 2048) => {
            if first_message_is_wrong(&handshake) {
                Reading::Malformed
            } else {
                Reading::Unfinished
            }
        }
        None if alert.is_some() => alert_reading(alert),
        None if bytes.is_empty() => Reading::Unfinished,
        None if handshake.is_empty() && !whole => Reading::NotTls,
        None => Reading::Malformed,
    }
}

fn alert_reading(alert: Option<(u8, u8)>) -> Reading {
    alert.map_or(Reading::Malformed, |(level, number)| Reading::Alert { level, number })
}

fn first_message_is_wrong(handshake: &[u8]) -> bool {
    match handshake.first() {
        None => false,
        Some(2) => handshake.get(1..4).is_some_and(|length| {
            handshake.len() >= 4 + number24(length)
                && server_hello(&handshake[4..4 + number24(length)]).is_none()
        }),
        Some(_) => true,
    }
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && before_lower {
            text.push('_');
        }
        before_lower = c.is_ascii_lowercase();
        text.push(c.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A record that carries `body`.
    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind, 3, 1];
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend(body);
        bytes
    }

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend(&(body.len() as u32).to_be_bytes()[1..]);
        bytes.extend(body);
        bytes
    }

    fn hello(suite: u16) -> Vec<u8> {
        let mut body = vec![3, 1];
        body.extend([7; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(0);
        message(2, &body)
    }

    #[test]
    fn messages_are_put_together_over_records() {
        let mut flight = hello(0x0033);
        flight.extend(message(11, &[0, 0, 5, 0, 0, 2, 0xaa, 0xbb]));
        flight.extend(message(12, &[0, 3, 0, 0x40, 1, 0, 1, 2]));
        flight.extend(message(14, &[]));
        let bytes: Vec<u8> = flight.chunks(7).flat_map(|part| record(22, part)).collect();
        let Reading::Flight(seen) = read(&bytes, false) else { panic!("{:?}", read(&bytes, false)) };
        assert_eq!(
            (seen.version, seen.suite, seen.prime.map(|prime| prime.bits)),
            (0x0301, 0x0033, Some(15))
        );
        assert_eq!(seen.chain, [vec![0xaa, 0xbb]]);
        for end in 1..bytes.len() {
            assert!(matches!(read(&bytes[..end], false), Reading::Unfinished), "{end}");
        }
    }

    #[test]
    fn alerts_and_other_protocols_are_told_apart() {
        let refused = record(21, &[2, 70]);
        assert_eq!(read(&refused, false), Reading::Alert { level: 2, number: 70 });
        assert_eq!(alert_text(70), "alert 70 protocol_version");
        assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\n", false), Reading::NotTls);
        assert_eq!(read(b"SSH-2.0-x\r\n", true), Reading::NotTls);
        let mut warned = record(21, &[1, 112]);
        assert_eq!(read(&warned, false), Reading::Unfinished);
        warned.extend(record(22, &hello(0x002f)));
        assert!(matches!(read(&warned, true), Reading::Flight(_)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300), ended: bool) {
            let _ = read(&bytes, ended);
            let _ = read(&record(22, &bytes), ended);
            for kind in [2, 11, 12] {
                let mut flight = hello(0xc013);
                flight.extend(message(kind, &bytes));
                let _ = read(&record(22, &flight), ended);
                let _ = read(&record(22, &message(kind, &bytes)), ended);
            }
        }
    }
}

//! AMQP 0-9-1: the server begins and names its ways to log in.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number32};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "amqp", likely: &[5672, 5671], in_tls: true, question, recognize };

const HEADER: &[u8] = b"AMQP\0\0\x09\x01";

fn question(_asking: &Asking) -> Vec<u8> {
    HEADER.to_vec()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    // Another version: the server says which it speaks, or asks for a login layer first.
    if let [b'A', b'M', b'Q', b'P', layer @ (0 | 3), ..] = bytes
        && bytes.len() == 8
        && bytes != HEADER
    {
        return Some(if *layer == 3 {
            Spoken::nothing().offering(LoginOffer::unsure("amqp", "a login layer is asked for"))
        } else {
            Spoken {
                gap: Some("AMQP: another version, whose login was not asked".to_owned()),
                ..Spoken::nothing()
            }
        });
    }
    // A method on channel 0: connection, start.
    let [1, 0, 0, _, _, _, _, 0, 10, 0, 10, 0, 9, properties @ ..] = bytes else { return None };
    let after = properties.get(4 + number32(properties, 0)? as usize..)?;
    let mechanisms = after.get(4..4 + number32(after, 0)? as usize)?;
    let words: Vec<&[u8]> = mechanisms.split(|byte| *byte == b' ').collect();
    let seen = format!("mechanisms {}", crate::disclosed::printable(mechanisms, 120));
    let mut spoken = Spoken::nothing();
    if words.contains(&&b"ANONYMOUS"[..]) {
        spoken = spoken.offering(LoginOffer::certain("amqp-anonymous", false, seen.clone()));
    }
    let password = ["PLAIN", "AMQPLAIN", "CRAM-MD5", "SCRAM-SHA-256"]
        .iter()
        .any(|word| words.contains(&word.as_bytes()));
    Some(spoken.offering(match password {
        true => LoginOffer::certain("amqp", true, seen),
        false => LoginOffer::unsure("amqp", seen),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn mechanisms_are_read_from_the_start() {
        let mut start = vec![1, 0, 0, 0, 0, 0, 30, 0, 10, 0, 10, 0, 9, 0, 0, 0, 0, 0, 0, 0, 14];
        start.extend(b"PLAIN AMQPLAIN");
        start.extend([0, 0, 0, 5]);
        start.extend(b"en_US\xce");
        let spoken = recognize(&asking(), &start).expect("an answer");
        assert_eq!((spoken.logins[0].kind.as_str(), spoken.logins[0].certain), ("amqp", true));
        start[10] = 11;
        assert_eq!(recognize(&asking(), &start), None, "not the start");
    }
}

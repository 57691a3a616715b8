//! MQTT 3.1.1: CONNECT without a name; the return code tells whether strangers are let in.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "mqtt", likely: &[1883, 8883], in_tls: true, question, recognize };

const DISCONNECT: &[u8] = &[0xe0, 0];

fn question(_asking: &Asking) -> Vec<u8> {
    let mut connect = vec![0x10, 18, 0, 4];
    connect.extend(b"MQTT");
    // Version 4, clean session, a minute, the name of the client.
    connect.extend([4, 2, 0, 60, 0, 6]);
    connect.extend(b"hantei");
    connect
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let [0x20, length, flags, code, ..] = bytes else { return None };
    if !(2..0x80).contains(length) || *flags > 1 {
        return None;
    }
    let seen = format!("CONNACK code {code}");
    let spoken = Spoken::nothing();
    Some(match code {
        0 => Spoken {
            farewell: DISCONNECT,
            ..spoken.offering(LoginOffer::certain("mqtt-anonymous", false, seen))
        },
        // Bad user name or password.
        4 | 0x86 => spoken.offering(LoginOffer::certain("mqtt", true, seen)),
        // Not authorized: what would be, a password or a certificate, is not said.
        5 | 0x87 => spoken.offering(LoginOffer::unsure("mqtt", format!("{seen}, not authorized"))),
        1..=5 | 0x80..=0x9f => Spoken {
            gap: Some(format!("MQTT: {seen} does not say whether a password is asked for")),
            ..spoken
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn only_a_code_that_names_the_password_is_certain() {
        let kinds = |code: u8| {
            let spoken = recognize(&asking(), &[0x20, 2, 0, code]).expect("an answer");
            spoken.logins.iter().map(|offer| (offer.kind.clone(), offer.certain)).collect::<Vec<_>>()
        };
        assert_eq!(kinds(0), [("mqtt-anonymous".to_owned(), true)]);
        assert_eq!(kinds(4), [("mqtt".to_owned(), true)]);
        assert_eq!(kinds(5), [("mqtt".to_owned(), false)], "it may want a certificate");
        assert!(kinds(3).is_empty());
        assert_eq!(recognize(&asking(), &[0x20, 2, 0, 77]), None, "no code of MQTT");
        assert_eq!(recognize(&asking(), &[0x30, 2, 0, 0]), None, "not a CONNACK");
    }
}

//! CoAP over TCP: settings and a ping (RFC 8323, 3.3, 5).

use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "coap", likely: &[5683, 5684], in_tls: true, question, recognize };

const SETTINGS: u8 = 0xe1;
const PING: u8 = 0xe2;
const PONG: u8 = 0xe3;

fn token(asking: &Asking) -> [u8; 4] {
    asking.number().to_be_bytes()
}

fn question(asking: &Asking) -> Vec<u8> {
    [&[0x00, SETTINGS, 0x04, PING][..], &token(asking)].concat()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let mut rest = bytes;
    for _ in 0..8 {
        // Length and token length, extended length, code, token, content.
        let (&first, after) = rest.split_first()?;
        let (length, after) = match first >> 4 {
            13 => (usize::from(*after.first()?) + 13, &after[1..]),
            length @ 0..=12 => (usize::from(length), after),
            _ => return None,
        };
        let (&code, after) = after.split_first()?;
        let (found, after) = after.split_at_checked(usize::from(first & 0x0f))?;
        if code == PONG {
            // A widespread server leaves the token out; its settings came before.
            let ours = found == token(asking) || (found.is_empty() && rest.len() < bytes.len());
            return ours.then(Spoken::nothing);
        }
        // Settings come first.
        if code != SETTINGS {
            return None;
        }
        rest = after.get(length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_pong_repeats_the_token() {
        let mut answer = [&[0x30, SETTINGS, 0x22, 4, 0x80, 0x04, PONG][..], &token(&asking())].concat();
        assert!(recognize(&asking(), &answer).is_some());
        assert!(recognize(&asking(), &[0x50, SETTINGS, 0x23, 0x80, 1, 0, 0x20, 0x10, PONG, 0x20]).is_some());
        assert_eq!(recognize(&asking(), &[0x10, PONG, 0x20]), None, "no settings and no token");
        *answer.last_mut().expect("not empty") ^= 2;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

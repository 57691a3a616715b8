//! SMUX, the port at which an SNMP agent takes in others (RFC 1227): an opening without a password, which
//! it refuses in words of its own.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol { name: "smux", likely: &[199], in_tls: false, question, recognize };

/// The reason of a closing: the password.
const AUTHENTICATION: u8 = 5;

fn question(_asking: &Asking) -> Vec<u8> {
    // Open: version 0, an identity of nobody, a description, an empty password.
    let body = b"\x02\x01\x00\x06\x06\x2b\x06\x01\x04\x01\x00\x04\x06hantei\x04\x00";
    [&[0x60, body.len() as u8][..], body].concat()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    match bytes {
        // Closed, with a reason.
        [0x41, 1, reason @ 0..=5] => {
            let seen = format!("closed with reason {reason}");
            Some(Spoken::nothing().offering(match *reason {
                AUTHENTICATION => LoginOffer::certain("smux", true, seen),
                _ => LoginOffer::unsure("smux", seen),
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_refusal_names_its_reason() {
        assert!(recognize(&asking(), &[0x41, 1, 5]).expect("an answer").logins[0].certain);
        assert!(!recognize(&asking(), &[0x41, 1, 2]).expect("an answer").logins[0].certain);
        assert_eq!(recognize(&asking(), &[0x41, 1, 9]), None, "no reason of SMUX");
    }
}

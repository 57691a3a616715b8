//! The transport of ISO over TCP, as controllers for machines speak it: the request for a connection
//! (RFC 1006, ISO 8073).

use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number16};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "iso-tsap", likely: &[102], in_tls: false, question, recognize };

/// Our reference of the connection.
fn reference(asking: &Asking) -> [u8; 2] {
    asking.id().to_be_bytes()
}

fn question(asking: &Asking) -> Vec<u8> {
    let [high, low] = reference(asking);
    // Length of the transfer units, who calls, who is called.
    vec![3, 0, 0, 22, 17, 0xe0, 0, 0, high, low, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let [3, 0, _, _, rest, 0xd0, high, low, ..] = bytes else { return None };
    let length = usize::from(number16(bytes, 2)?);
    (length == bytes.len() && usize::from(*rest) + 5 == length && [*high, *low] == reference(asking))
        .then(Spoken::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_confirmation_names_our_reference() {
        let [high, low] = reference(&asking());
        let mut answer = vec![3, 0, 0, 14, 9, 0xd0, high, low, 0, 1, 0, 0xc0, 1, 10];
        assert!(recognize(&asking(), &answer).is_some());
        answer[7] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

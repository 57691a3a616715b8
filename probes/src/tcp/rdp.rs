//! Remote desktop: the request for a connection ([MS-RDPBCGR] 2.2.1.1).

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number16};

/// The protocol.
pub static PROTOCOL: Protocol = Protocol { name: "rdp", likely: &[3389], in_tls: false, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    // A frame with a connection request; TLS and network authentication are welcome.
    vec![3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let [3, 0, _, _, rest, 0xd0, 0, 0, _, _, 0, negotiation @ ..] = bytes else { return None };
    let length = usize::from(number16(bytes, 2)?);
    if length != bytes.len() || usize::from(*rest) + 5 != length {
        return None;
    }
    let seen = match negotiation {
        [2, _, 8, 0, protocol, ..] => format!("security protocol {protocol}"),
        [3, _, 8, 0, code, ..] => format!("refused with code {code}"),
        [] => "security of the protocol itself".to_owned(),
        _ => return None,
    };
    Some(Spoken::nothing().offering(LoginOffer::unsure("rdp", seen)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_confirmation_has_its_length() {
        let mut answer = vec![3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 2, 0, 0, 0];
        assert_eq!(recognize(&asking(), &answer).expect("an answer").logins[0].seen, "security protocol 2");
        answer[3] = 18;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

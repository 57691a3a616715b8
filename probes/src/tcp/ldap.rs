//! LDAP: a bind without a name (RFC 4513, 5.1.1).

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "ldap", likely: &[389, 636], in_tls: true, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    // Message 1: version 3, no name, simple, no password.
    vec![0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    // Some servers write every length in five bytes.
    let body = match bytes {
        [0x30, 0x84, _, _, _, _, rest @ ..] => rest,
        [0x30, 0x00..=0x7f, rest @ ..] => rest,
        _ => return None,
    };
    let code = match body {
        [2, 1, 1, 0x61, 0x84, _, _, _, _, 0x0a, 1, code, ..] => code,
        [2, 1, 1, 0x61, 0x00..=0x7f, 0x0a, 1, code, ..] => code,
        _ => return None,
    };
    Some(Spoken::nothing().offering(match code {
        0 => LoginOffer::certain("ldap-anonymous", false, "a bind without a name was accepted"),
        _ => LoginOffer::unsure("ldap", format!("a bind without a name was refused with code {code}")),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_bind_is_accepted_or_refused() {
        let mut answer = vec![0x30, 12, 2, 1, 1, 0x61, 7, 0x0a, 1, 0, 4, 0, 4, 0];
        assert_eq!(recognize(&asking(), &answer).expect("an answer").logins[0].kind, "ldap-anonymous");
        answer[9] = 48;
        assert_eq!(recognize(&asking(), &answer).expect("an answer").logins[0].kind, "ldap");
        answer[5] = 0x65;
        assert_eq!(recognize(&asking(), &answer), None, "another operation");
    }
}

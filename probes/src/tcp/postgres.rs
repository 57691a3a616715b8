//! PostgreSQL: a start with a user name and no password; the answer names the way to log in.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number32};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "postgresql", likely: &[5432], in_tls: false, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    let body = b"\0\x03\0\0user\0hantei\0database\0hantei\0\0";
    [&(body.len() as u32 + 4).to_be_bytes()[..], body].concat()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let length = number32(bytes, 1)? as usize;
    let spoken = Spoken::nothing();
    match bytes[0] {
        b'R' if (8..=1024).contains(&length) => Some(match number32(bytes, 5)? {
            0 => spoken.offering(LoginOffer::certain("postgresql-anonymous", false, "authentication: none")),
            3 | 5 => spoken.offering(LoginOffer::certain("postgresql", true, "authentication: password")),
            10 if bytes.windows(5).any(|part| part == b"SCRAM") => {
                spoken.offering(LoginOffer::certain("postgresql", true, "authentication: SCRAM"))
            }
            2 | 7..=12 => {
                spoken.offering(LoginOffer::unsure("postgresql", "authentication: not by password"))
            }
            _ => return None,
        }),
        // An error: fields that begin with their kind, severity first.
        b'E' if (8..=4096).contains(&length) && matches!(bytes.get(5), Some(b'S')) => {
            Some(spoken.offering(LoginOffer::unsure("postgresql", "the start was refused")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn the_way_to_log_in_is_named() {
        let kind = |bytes: &[u8]| recognize(&asking(), bytes).map(|spoken| spoken.logins[0].certain);
        assert_eq!(kind(b"R\0\0\0\x08\0\0\0\x03"), Some(true));
        assert_eq!(kind(b"E\0\0\0\x0aSFATAL"), Some(false));
        assert_eq!(kind(b"R\0\0\0\x08\0\0\0\x63"), None);
        assert_eq!(kind(b"ERROR unknown"), None);
    }
}

//! memcached: its version. It has no login in its text protocol.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "memcached", likely: &[11211], in_tls: false, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    b"version\r\n".to_vec()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let version = bytes.strip_prefix(b"VERSION ")?.strip_suffix(b"\r\n")?;
    if !version.first()?.is_ascii_digit() || version.contains(&b'\n') {
        return None;
    }
    let open = LoginOffer::certain("memcached-anonymous", false, "a command was answered without a login");
    Some(Spoken::nothing().and("server-software", version, "memcached version").offering(open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_version_is_a_number() {
        assert!(recognize(&asking(), b"VERSION 1.6.18\r\n").is_some());
        assert_eq!(recognize(&asking(), b"VERSION of what\r\n"), None);
    }
}

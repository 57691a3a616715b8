//! Redis: a ping.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "redis", likely: &[6379], in_tls: true, question, recognize };

fn question(_asking: &Asking) -> Vec<u8> {
    b"*1\r\n$4\r\nPING\r\n".to_vec()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let line = bytes.strip_suffix(b"\r\n")?;
    let spoken = Spoken::nothing();
    if line == b"+PONG" {
        return Some(spoken.offering(LoginOffer::certain("redis-anonymous", false, "PING: +PONG")));
    }
    if line.starts_with(b"-NOAUTH") {
        return Some(spoken.offering(LoginOffer::certain("redis", true, "PING: -NOAUTH")));
    }
    line.starts_with(b"-DENIED Redis").then(|| spoken.offering(LoginOffer::unsure("redis", "PING: -DENIED")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_store_that_lets_strangers_in_is_told_from_one_that_does_not() {
        let kind = |bytes: &[u8]| recognize(&asking(), bytes).map(|spoken| spoken.logins[0].kind.clone());
        assert_eq!(kind(b"+PONG\r\n").as_deref(), Some("redis-anonymous"));
        assert_eq!(kind(b"-NOAUTH Authentication required.\r\n").as_deref(), Some("redis"));
        assert_eq!(kind(b"-ERR\r\n"), None);
    }
}

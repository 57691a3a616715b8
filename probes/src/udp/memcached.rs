//! memcached over UDP: its version.

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("memcached", &[11211], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Request, datagram 0 of 1, reserved.
    vec![[&asking.id().to_be_bytes()[..], &[0, 0, 0, 1, 0, 0], b"version\r\n"].concat()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    if number16(bytes, 0)? != asking.id() || bytes.get(2..8)? != [0, 0, 0, 1, 0, 0] {
        return None;
    }
    let line = bytes[8..].strip_suffix(b"\r\n")?;
    match line.strip_prefix(b"VERSION ") {
        Some(version) => Some(Told::nothing().and("server-software", version, "memcached version")),
        None => line.starts_with(b"ERROR").then(Told::nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_version_comes_behind_our_number() {
        let mut answer = [&asking().id().to_be_bytes()[..], &[0, 0, 0, 1, 0, 0], b"VERSION 1.6\r\n"].concat();
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed[0].value, "1.6");
        answer[8] = b'v';
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

//! QUIC: a version that nobody has is asked for, so that the server lists its own (RFC 8999, 6).

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("quic", &[443], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Reserved version, two connection ids of eight bytes; shorter datagrams are not answered.
    let mut question = vec![0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8];
    question.extend(asking.bytes::<8>());
    question.push(8);
    question.extend(asking.bytes::<16>()[8..].iter());
    question.resize(1200, 0);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let ids = asking.bytes::<16>();
    // The ids come back the other way round.
    let expected = [&[0, 0, 0, 0, 8][..], &ids[8..], &[8], &ids[..8]].concat();
    if bytes.first()? & 0x80 == 0 || bytes.get(1..23)? != expected {
        return None;
    }
    let (versions, rest) = bytes[23..].as_chunks::<4>();
    if versions.is_empty() || !rest.is_empty() {
        return None;
    }
    let listed: Vec<String> =
        versions.iter().take(16).map(|version| format!("{:08x}", u32::from_be_bytes(*version))).collect();
    Some(Told::nothing().announcing(format!("quic versions {}", listed.join(" "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn versions_are_listed() {
        let ids = asking().bytes::<16>();
        let mut answer = [&[0x80, 0, 0, 0, 0, 8][..], &ids[8..], &[8], &ids[..8], &[0, 0, 0, 1]].concat();
        let told = recognize(&asking(), &answer).expect("an answer");
        assert!(told.announced.contains("quic versions 00000001"));
        answer.push(0);
        assert_eq!(recognize(&asking(), &answer), None, "not a list of versions");
    }
}

//! STUN binding (RFC 8489).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("stun", &[3478], questions, recognize);

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const SOFTWARE: u16 = 0x8022;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![[&[0, 1, 0, 0][..], &COOKIE, &asking.bytes::<12>()].concat()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let ours = [&COOKIE[..], &asking.bytes::<12>()].concat();
    if !matches!(number16(bytes, 0)?, 0x0101 | 0x0111) || bytes.get(4..20)? != ours {
        return None;
    }
    let mut rest = bytes.get(20..20 + usize::from(number16(bytes, 2)?))?;
    let mut told = Told::nothing();
    while let (Some(kind), Some(length)) = (number16(rest, 0), number16(rest, 2)) {
        let length = usize::from(length);
        let Some(value) = rest.get(4..4 + length) else { break };
        if kind == SOFTWARE {
            told = told.and("server-software", value, "STUN SOFTWARE");
        }
        rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_software_is_told_and_the_transaction_has_to_be_ours() {
        let mut answer =
            [&[1, 1, 0, 8][..], &COOKIE, &asking().bytes::<12>(), b"\x80\x22\0\x03abc\0"].concat();
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed[0].value, "abc");
        answer[19] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

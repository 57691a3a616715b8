//! IPMI: presence (ASF 2.0, 3.2.4.3) and ways to authenticate (IPMI 2.0, 22.13).

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("ipmi", &[623], questions, recognize);

const ASF: [u8; 4] = [0, 0, 0x11, 0xbe];
const PING: u8 = 0x80;
const PONG: u8 = 0x40;

fn tag(asking: &Asking) -> u8 {
    // 255 means that no answer is wanted.
    asking.bytes::<1>()[0] & 0x7f
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut presence = vec![6, 0, 0xff, 6];
    presence.extend(ASF);
    presence.extend([PING, tag(asking), 0, 0]);
    let mut ways = vec![6, 0, 0xff, 7];
    ways.extend([0; 9]);
    ways.extend([9, 0x20, 0x18, 0xc8, 0x81, 0, 0x38, 0x8e, 4, 0xb5]);
    vec![presence, ways]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    match bytes {
        [6, 0, 0xff, 6, rest @ ..] => {
            let [kind, number, 0, length, ..] = rest.strip_prefix(&ASF)? else { return None };
            (*kind == PONG && *number == tag(asking) && rest.len() == 8 + usize::from(*length))
                .then(Told::nothing)
        }
        [6, 0, 0xff, 7, 0, rest @ ..] => {
            let message = rest.get(9..)?;
            // Addressed to us, an answer of the application class to the question for ways.
            (message.len() > 6 && message[0] == 0x81 && message[1] >> 2 == 7 && message[5] == 0x38)
                .then(|| Told::nothing().announcing("ipmi authentication".to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_pong_has_our_tag() {
        let mut answer = [&[6, 0, 0xff, 6][..], &ASF, &[PONG, tag(&asking()), 0, 16], &[0; 16]].concat();
        assert!(recognize(&asking(), &answer).is_some());
        answer[9] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

//! RTMP: the handshake, in which the server repeats what we sent.

use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol = Protocol { name: "rtmp", likely: &[1935], in_tls: true, question, recognize };

/// Length of the random part of a handshake with its two time stamps.
const HANDSHAKE: usize = 1536;

fn question(asking: &Asking) -> Vec<u8> {
    let mut question = vec![3, 0, 0, 0, 0, 0, 0, 0, 0];
    question.extend(asking.bytes::<{ HANDSHAKE - 8 }>());
    question
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    // Version, its own part, ours again.
    let repeated = bytes.get(1 + HANDSHAKE + 8..1 + 2 * HANDSHAKE)?;
    (bytes[0] == 3 && repeated == asking.bytes::<{ HANDSHAKE - 8 }>()).then(Spoken::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn our_part_has_to_come_back() {
        let ours = question(&asking());
        let mut answer = [&[3][..], &[9; HANDSHAKE], &ours[1..]].concat();
        assert!(recognize(&asking(), &answer).is_some());
        *answer.last_mut().expect("not empty") ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

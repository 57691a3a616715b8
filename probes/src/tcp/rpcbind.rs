//! The port mapper of ONC RPC over TCP: a question without effect (RFC 5531, 11; RFC 1833).

use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number32};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "rpcbind", likely: &[111], in_tls: false, question, recognize };

/// Mark of the last fragment of a record.
const LAST: u32 = 0x8000_0000;

fn question(asking: &Asking) -> Vec<u8> {
    // Call of RPC version 2, the mapper's procedure that does nothing, no credentials.
    let words = [LAST | 40, asking.number(), 0, 2, 100_000, 2, 0, 0, 0, 0, 0];
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let answers = number32(bytes, 0)? & LAST != 0
        && number32(bytes, 4)? == asking.number()
        && number32(bytes, 8)? == 1
        && number32(bytes, 12)? <= 1;
    answers.then(Spoken::nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn a_reply_has_our_number() {
        let words = [LAST | 24, asking().number(), 1, 0, 0, 0, 0];
        let mut answer: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert!(recognize(&asking(), &answer).is_some());
        answer[7] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

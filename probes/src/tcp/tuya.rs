//! The local protocol of Tuya devices: a sign of life, which needs no key.

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number32};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "tuya", likely: &[6668], in_tls: false, question, recognize };

const BEGIN: u32 = 0x0000_55aa;
const END: u32 = 0x0000_aa55;
const SIGN_OF_LIFE: u32 = 9;

/// CRC-32 as Ethernet has it.
fn sum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 },
        )
    })
}

fn question(_asking: &Asking) -> Vec<u8> {
    let mut question: Vec<u8> =
        [BEGIN, 0, SIGN_OF_LIFE, 8].iter().flat_map(|number| number.to_be_bytes()).collect();
    question.extend(sum(&question).to_be_bytes());
    question.extend(END.to_be_bytes());
    question
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let length = number32(bytes, 12)? as usize;
    // An answer has a return code before its sum.
    let answers = number32(bytes, 0)? == BEGIN
        && number32(bytes, 8)? == SIGN_OF_LIFE
        && (12..=1024).contains(&length)
        && number32(bytes, 12 + length)? == END;
    answers.then(|| Spoken::nothing().offering(LoginOffer::certain("tuya", false, "orders need a local key")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn an_answer_has_a_return_code() {
        let words = [BEGIN, 0, SIGN_OF_LIFE, 12, 0, 77, END];
        let answer: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert!(recognize(&asking(), &answer).is_some());
        assert_eq!(recognize(&asking(), &answer[..24]), None, "cut off");
        assert_eq!(sum(b"123456789"), 0xcbf4_3926);
    }
}

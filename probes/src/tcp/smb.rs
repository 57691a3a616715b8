//! SMB: the negotiation of a dialect ([MS-SMB2] 2.2.3, [MS-CIFS] 2.2.4.52).

use crate::probe::identify::LoginOffer;
use crate::tcp::{Protocol, Spoken};
use crate::udp::Asking;

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "smb", likely: &[445, 139], in_tls: false, question, recognize };

const NEGOTIATE: u8 = 0x72;
const RESPONSE: u8 = 0x80;

fn question(_asking: &Asking) -> Vec<u8> {
    // The old form with the old and the new dialects: whoever speaks either answers it.
    let dialects = b"\x02NT LM 0.12\0\x02SMB 2.002\0\x02SMB 2.???\0";
    let mut message = b"\xffSMB".to_vec();
    message.extend([NEGOTIATE, 0, 0, 0, 0, 0x18, 0x53, 0xc8]);
    message.extend([0; 12]);
    // Tree, process, user, multiplex; no words.
    message.extend([0, 0, 0xff, 0xfe, 0, 0, 0, 0, 0]);
    message.extend((dialects.len() as u16).to_le_bytes());
    message.extend(dialects);
    [&(message.len() as u32).to_be_bytes()[..], &message].concat()
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let [0, _, _, _, message @ ..] = bytes else { return None };
    let version = match message {
        // The flag of an answer.
        [0xff, b'S', b'M', b'B', NEGOTIATE, _, _, _, _, flags, ..] if flags & RESPONSE != 0 => {
            "SMB1".to_owned()
        }
        [0xfe, b'S', b'M', b'B', 64, 0, ..]
            if message.get(12..14)? == [0, 0] && message.get(16)? & 1 == 1 =>
        {
            let dialect = u16::from_le_bytes([*message.get(68)?, *message.get(69)?]);
            format!("SMB dialect {dialect:#06x}")
        }
        _ => return None,
    };
    Some(
        Spoken::nothing().and("server-software", version.as_bytes(), "SMB negotiation").offering(
            LoginOffer::unsure("smb", format!("{version}; whether guests are let in was not asked")),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn old_and_new_answers_are_known_and_a_question_is_not() {
        let mut old = question(&asking());
        assert_eq!(recognize(&asking(), &old), None);
        old[4 + 9] |= RESPONSE;
        assert_eq!(recognize(&asking(), &old).expect("an answer").disclosed[0].value, "SMB1");
        let mut new = vec![0, 0, 0, 70, 0xfe, b'S', b'M', b'B', 64, 0];
        new.resize(4 + 70, 0);
        new[4 + 16] = 1;
        new[4 + 68..].copy_from_slice(&[0x11, 3]);
        assert_eq!(recognize(&asking(), &new).expect("an answer").disclosed[0].value, "SMB dialect 0x0311");
        new[4 + 16] = 0;
        assert_eq!(recognize(&asking(), &new), None, "a request");
    }
}

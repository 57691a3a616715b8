//! IKE: the first message of versions 1 and 2 (RFC 2408, 7296).

use crate::udp::{Asking, Service, Told, number32};

/// The service.
pub static SERVICE: Service = Service::plain("ike", &[500], questions, recognize);

const MAIN_MODE: u8 = 2;
const INFORMATIONAL_1: u8 = 5;
const SA_INIT: u8 = 34;

fn header(asking: &Asking, first: u8, version: u8, exchange: u8, flags: u8, payloads: &[u8]) -> Vec<u8> {
    let mut message = asking.bytes::<8>().to_vec();
    message.extend([0; 8]);
    message.extend([first, version, exchange, flags, 0, 0, 0, 0]);
    message.extend((28 + payloads.len() as u32).to_be_bytes());
    message.extend(payloads);
    message
}

/// A payload with its generic header.
fn payload(next: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![next, 0];
    bytes.extend((4 + content.len() as u16).to_be_bytes());
    bytes.extend(content);
    bytes
}

fn version_2(asking: &Asking) -> Vec<u8> {
    let transforms: [&[u8]; 4] = [
        // AES-CBC with 128 bits, PRF and integrity with SHA-256, group 14.
        &[3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 0, 128],
        &[3, 0, 0, 8, 2, 0, 0, 5],
        &[3, 0, 0, 8, 3, 0, 0, 12],
        &[0, 0, 0, 8, 4, 0, 0, 14],
    ];
    let transforms = transforms.concat();
    let mut proposal = vec![0, 0];
    proposal.extend((8 + transforms.len() as u16).to_be_bytes());
    proposal.extend([1, 1, 0, 4]);
    proposal.extend(transforms);
    let mut exchange = vec![0, 14, 0, 0];
    exchange.extend(asking.bytes::<256>());
    let payloads =
        [payload(34, &proposal), payload(40, &exchange), payload(0, &asking.bytes::<32>())].concat();
    header(asking, 33, 0x20, SA_INIT, 0x08, &payloads)
}

fn version_1(asking: &Asking) -> Vec<u8> {
    // AES-CBC 128, SHA-1, group 14, pre-shared key, for eight hours.
    let transform: [&[u8]; 2] = [
        &[0, 0, 0, 36, 1, 1, 0, 0],
        &[
            0x80, 1, 0, 7, 0x80, 14, 0, 128, 0x80, 2, 0, 2, 0x80, 4, 0, 14, 0x80, 3, 0, 1, 0x80, 11, 0, 1,
            0x80, 12, 0x70, 0x80,
        ],
    ];
    let transform = transform.concat();
    let mut proposal = vec![0, 0];
    proposal.extend((8 + transform.len() as u16).to_be_bytes());
    proposal.extend([1, 1, 0, 1]);
    proposal.extend(transform);
    // Domain of interpretation 1, situation 1.
    let association = [&[0, 0, 0, 1, 0, 0, 0, 1][..], &proposal].concat();
    header(asking, 1, 0x10, MAIN_MODE, 0, &payload(0, &association))
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![version_2(asking), version_1(asking)]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    if bytes.get(..8)? != asking.bytes::<8>() || number32(bytes, 24)? as usize != bytes.len() {
        return None;
    }
    let answers = match (bytes[17], bytes[18]) {
        // The bit of a response.
        (0x20, SA_INIT) => bytes[19] & 0x20 != 0,
        // The responder names itself; a notice of refusal may leave that out.
        (0x10, MAIN_MODE) => bytes[8..16] != [0; 8],
        (0x10, INFORMATIONAL_1) => true,
        _ => false,
    };
    answers.then(|| Told::nothing().announcing(format!("ike version {}", bytes[17] >> 4)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_response_is_told_from_a_request() {
        let mut answer = header(&asking(), 41, 0x20, SA_INIT, 0x20, &payload(0, &[0, 0, 0, 14]));
        assert!(recognize(&asking(), &answer).is_some());
        answer[19] = 0x08;
        assert_eq!(recognize(&asking(), &answer), None, "a request of another initiator");
        let mut old = version_1(&asking());
        assert_eq!(recognize(&asking(), &old), None);
        old[8] = 7;
        assert!(recognize(&asking(), &old).is_some());
    }

    #[test]
    fn lengths_within_the_questions_agree() {
        for question in questions(&asking()) {
            let mut rest = &question[28..];
            while !rest.is_empty() {
                let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
                rest = &rest[length..];
            }
        }
    }
}

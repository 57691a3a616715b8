//! Matter over UDP alone: a message outside of any session, which has to be acknowledged, and then the
//! first message of a commissioning (Matter specification 4.4, 4.14.1). No passcode is tried.

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("matter", &[5540], questions, recognize);

const ACKNOWLEDGEMENT: u8 = 0x10;
const PARAMETERS_REQUEST: u8 = 0x20;
const PARAMETERS_RESPONSE: u8 = 0x21;
const STATUS: u8 = 0x40;

fn message(asking: &Asking, operation: u8, counter: u8, payload: &[u8]) -> Vec<u8> {
    // Names its source; session 0, no security.
    let mut bytes = vec![0x04, 0, 0, 0, counter];
    bytes.extend(&asking.bytes::<4>()[1..]);
    bytes.extend(asking.bytes::<8>());
    // Begins an exchange and wants an acknowledgement; secure channel.
    bytes.extend([0x05, operation]);
    bytes.extend(asking.id().to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Success, general: says nothing, but has to be acknowledged.
    let status = message(asking, STATUS, 1, &[0, 0, 0, 0, 0, 0, 0, 0]);
    let mut parameters = vec![0x15, 0x30, 1, 32];
    parameters.extend(asking.bytes::<32>());
    parameters.extend([0x25, 2]);
    parameters.extend(asking.id().to_le_bytes());
    parameters.extend([0x24, 3, 0, 0x28, 4, 0x18]);
    vec![status, message(asking, PARAMETERS_REQUEST, 2, &parameters)]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [flags, 0, 0, 0, ..] = bytes else { return None };
    if flags & 0xf0 != 0 {
        return None;
    }
    let source = if flags & 4 != 0 { 8 } else { 0 };
    let destination = match flags & 3 {
        0 => 0,
        1 => 8,
        2 => 2,
        _ => return None,
    };
    // Without a destination or with ours.
    if flags & 3 == 1 && bytes.get(8 + source..16 + source)? != asking.bytes::<8>() {
        return None;
    }
    let [exchange, operation, low, high, rest @ ..] = bytes.get(8 + source + destination..)? else {
        return None;
    };
    let ours = u16::from_le_bytes([*low, *high]) == asking.id() && number16(rest, 0)? == 0;
    // Sent by the one that did not begin.
    let answers = exchange & 1 == 0 && matches!(*operation, ACKNOWLEDGEMENT | PARAMETERS_RESPONSE | STATUS);
    (ours && answers).then(|| {
        let told = Told::nothing();
        if *operation == PARAMETERS_RESPONSE {
            told.announcing("matter commissioning".to_owned())
        } else {
            told
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_acknowledgement_names_our_exchange() {
        let mut answer = vec![0x01, 0, 0, 0, 9, 9, 9, 9];
        answer.extend(asking().bytes::<8>());
        answer.extend([0x02, ACKNOWLEDGEMENT]);
        answer.extend(asking().id().to_le_bytes());
        answer.extend([0, 0, 1, 2, 3, 4]);
        assert!(recognize(&asking(), &answer).is_some());
        answer[16] = 0x03;
        assert_eq!(recognize(&asking(), &answer), None, "sent by the one that began");
        answer[16] = 0x02;
        answer[18] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None, "another exchange");
    }
}

//! Lamps with the LIFX protocol: which services they have.

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("lifx", &[56700], questions, recognize);

const GET_SERVICE: u8 = 2;
const STATE_SERVICE: u8 = 3;

fn source(asking: &Asking) -> [u8; 4] {
    asking.number().to_le_bytes()
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // Size, protocol 1024 to all lamps that hear it, who asks.
    let mut question = vec![36, 0, 0, 0x34];
    question.extend(source(asking));
    question.resize(36, 0);
    question[22] = 1;
    question[32] = GET_SERVICE;
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [size_low, size_high, _, protocol, ..] = bytes else { return None };
    let size = usize::from(u16::from_le_bytes([*size_low, *size_high]));
    let answers = size == bytes.len()
        && protocol & 0x0f == 4
        && bytes.get(4..8)? == source(asking)
        && bytes.get(32..34)? == [STATE_SERVICE, 0];
    answers.then(|| {
        let pairs: Vec<String> = bytes[8..14].iter().map(|byte| format!("{byte:02x}")).collect();
        Told::nothing().and("mac-address", pairs.join(":").as_bytes(), "LIFX target")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_lamp_tells_its_hardware_address() {
        let mut answer = questions(&asking()).remove(0);
        answer[32] = STATE_SERVICE;
        answer[8..14].copy_from_slice(&[2, 0, 0x5e, 0, 0x53, 3]);
        answer.extend([1, 0x7c, 0xdd, 0, 0]);
        answer[0] = answer.len() as u8;
        let told = recognize(&asking(), &answer).expect("an answer");
        assert_eq!(told.disclosed[0].value, "02:00:5e:00:53:03");
        answer[4] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None, "somebody else asked");
    }
}

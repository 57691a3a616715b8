//! BACnet/IP: the model of whatever device there is (ASHRAE 135, 15.5 and annex J).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("bacnet", &[47808], questions, recognize);

/// Property of an object: its model.
const MODEL: u8 = 70;
/// Property of an object: its name.
const NAME: u8 = 77;
const READ: u8 = 12;

fn invocation(asking: &Asking) -> u8 {
    asking.bytes::<1>()[0]
}

fn read(asking: &Asking, property: u8) -> Vec<u8> {
    // Virtual link, original unicast; network layer that expects a reply; confirmed request; the device of
    // any number.
    let mut question = vec![0x81, 0x0a, 0, 17, 1, 4, 0, 5, invocation(asking), READ];
    question.extend([0x0c, 0x02, 0x3f, 0xff, 0xff, 0x19, property]);
    question
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![read(asking, MODEL), read(asking, NAME)]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [0x81, 0x0a, _, _, 1, control, service @ ..] = bytes else { return None };
    // Without addresses of another network.
    if usize::from(number16(bytes, 2)?) != bytes.len() || control & 0xa8 != 0 {
        return None;
    }
    let ours = service.get(1) == Some(&invocation(asking));
    match service.first()? >> 4 {
        // A complex acknowledgement with a string, an error, a rejection, an abort.
        3 if ours && service.get(2) == Some(&READ) => Some(value(&service[3..])),
        5 if ours && service.get(2) == Some(&READ) => Some(Told::nothing()),
        6 | 7 if ours && service.len() == 3 => Some(Told::nothing()),
        _ => None,
    }
}

/// A character string between the opening and the closing tag.
fn value(content: &[u8]) -> Told {
    let property = content.windows(2).find_map(|two| (two[0] == 0x19).then_some(two[1]));
    let inside = content.iter().position(|byte| *byte == 0x3e).map(|at| &content[at + 1..]);
    let text = match inside {
        Some([0x75, length, 0, text @ ..]) => text.get(..usize::from(*length).saturating_sub(1)),
        Some([first @ 0x72..=0x74, 0, text @ ..]) => text.get(..usize::from(first & 7) - 1),
        _ => None,
    };
    match (text, property) {
        (Some(text), Some(MODEL)) => Told::nothing().and("model", text, "BACnet model-name"),
        (Some(text), _) => Told::nothing().and("host-name", text, "BACnet object-name"),
        (None, _) => Told::nothing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_model_is_told_and_another_invocation_is_not_ours() {
        let mut answer = vec![0x81, 0x0a, 0, 0, 1, 0, 0x30, invocation(&asking()), READ];
        answer.extend([0x0c, 2, 0, 0, 1, 0x19, MODEL, 0x3e, 0x75, 7, 0]);
        answer.extend(b"HK-100\x3f");
        answer[3] = answer.len() as u8;
        let told = recognize(&asking(), &answer).expect("an answer");
        assert_eq!((told.disclosed[0].item.as_str(), told.disclosed[0].value.as_str()), ("model", "HK-100"));
        answer[7] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

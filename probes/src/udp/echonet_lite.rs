//! ECHONET Lite, as household equipment in Japan speaks it: which objects the node has, its identification
//! and its product code (ECHONET Lite 1.14, 3.2; appendix, node profile). It reads and never sets.

use std::time::Duration;

use crate::udp::{Asking, Service, Told, number16};

/// The service. Nodes answer to port 3610.
pub static SERVICE: Service = Service {
    own_port: Some(3610),
    gather: Duration::from_millis(250),
    ..Service::plain("echonet-lite", &[3610], questions, recognize)
};

const HEAD: [u8; 2] = [0x10, 0x81];
/// The node profile of any node, and a controller as the one that asks.
const NODE: [u8; 2] = [0x0e, 0xf0];
const CONTROLLER: [u8; 3] = [0x05, 0xff, 0x01];
const GET: u8 = 0x62;
const OBJECTS: u8 = 0xd6;
const IDENTIFICATION: u8 = 0x83;
const PRODUCT: u8 = 0x8c;
const SERIAL: u8 = 0x8d;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let ask = |properties: &[u8]| {
        let mut question = HEAD.to_vec();
        question.extend(asking.id().to_be_bytes());
        question.extend(CONTROLLER);
        question.extend([NODE[0], NODE[1], 1, GET, properties.len() as u8]);
        properties.iter().for_each(|property| question.extend([*property, 0]));
        question
    };
    vec![ask(&[OBJECTS, IDENTIFICATION, PRODUCT, SERIAL]), ask(&[OBJECTS])]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let rest = bytes.strip_prefix(&HEAD)?;
    // From a node profile to us: an answer (0x72), or an answer that some of it is not there (0x52).
    let [_, _, first, second, _, to @ ..] = rest else { return None };
    let [a, b, c, 0x72 | 0x52, count, properties @ ..] = to else { return None };
    if number16(rest, 0)? != asking.id() || [*first, *second] != NODE || [*a, *b, *c] != CONTROLLER {
        return None;
    }
    let mut told = Told::nothing();
    let mut rest = properties;
    for _ in 0..*count {
        let [property, length, after @ ..] = rest else { return None };
        let value = after.get(..usize::from(*length))?;
        let written = || value.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        told = match *property {
            OBJECTS => value.get(1..).unwrap_or_default().as_chunks::<3>().0.iter().take(84).fold(
                told,
                |told, object| {
                    told.announcing(format!(
                        "echonet-lite {:02x}{:02x}{:02x}",
                        object[0], object[1], object[2]
                    ))
                },
            ),
            IDENTIFICATION => told.and("other", written().as_bytes(), "ECHONET Lite identification"),
            PRODUCT => told.and("model", value, "ECHONET Lite product code"),
            SERIAL => told.and("serial", value, "ECHONET Lite production number"),
            _ => told,
        };
        rest = &after[value.len()..];
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn objects_of_a_node_are_announced() {
        let mut answer = HEAD.to_vec();
        answer.extend(asking().id().to_be_bytes());
        answer.extend([0x0e, 0xf0, 1, 5, 0xff, 1, 0x72, 2, OBJECTS, 4, 1, 0x02, 0x72, 1, PRODUCT, 3]);
        answer.extend(b"HK1");
        let told = recognize(&asking(), &answer).expect("an answer");
        assert!(told.announced.contains("echonet-lite 027201"));
        assert_eq!(told.disclosed[0].value, "HK1");
        answer[10] = GET;
        assert_eq!(recognize(&asking(), &answer), None, "a question of another controller");
    }
}

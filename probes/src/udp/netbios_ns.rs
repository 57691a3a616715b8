//! NetBIOS name service: the status of the node (RFC 1002, 4.2.17).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("netbios-ns", &[137], questions, recognize);

/// The wildcard name `*` in its encoding.
const ANY_NAME: &[u8] = b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0";
const NODE_STATUS: u16 = 0x21;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = asking.id().to_be_bytes().to_vec();
    question.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    question.extend(ANY_NAME);
    question.extend(NODE_STATUS.to_be_bytes());
    question.extend([0, 1]);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let flags = number16(bytes, 2)?;
    if number16(bytes, 0)? != asking.id() || flags & 0x8000 == 0 || number16(bytes, 6)? != 1 {
        return None;
    }
    // Name, type, class, time to live, length.
    let record = bytes.get(12..)?.strip_prefix(ANY_NAME)?;
    if number16(record, 0)? != NODE_STATUS {
        return None;
    }
    let (&count, mut rest) = record.get(10..)?.split_first()?;
    let mut told = Told::nothing();
    for _ in 0..count {
        let (name, after) = rest.split_at_checked(18)?;
        // Suffix 0 of a name of its own is the name of the host.
        if name[15] == 0 && name[16] & 0x80 == 0 {
            told = told.and("host-name", name[..15].trim_ascii_end(), "NetBIOS node status");
        }
        rest = after;
    }
    if let Some(address) = rest.get(..6).filter(|address| address.iter().any(|byte| *byte != 0)) {
        let pairs: Vec<String> = address.iter().map(|byte| format!("{byte:02x}")).collect();
        told = told.and("mac-address", pairs.join(":").as_bytes(), "NetBIOS node status");
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn the_host_and_its_hardware_address_are_told() {
        let mut answer = asking().id().to_be_bytes().to_vec();
        answer.extend([0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
        answer.extend(ANY_NAME);
        answer.extend([0, 0x21, 0, 1, 0, 0, 0, 0, 0, 65, 1]);
        answer.extend(b"HEATER         \0\x04\0");
        answer.extend([2, 0, 0x5e, 0, 0x53, 7]);
        let told = recognize(&asking(), &answer).expect("an answer");
        let values: Vec<&str> = told.disclosed.iter().map(|told| told.value.as_str()).collect();
        assert_eq!(values, ["HEATER", "02:00:5e:00:53:07"]);
        answer[13] = b'D';
        assert_eq!(recognize(&asking(), &answer), None, "another name");
    }
}

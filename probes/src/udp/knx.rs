//! KNXnet/IP: description and search, answered to the sender (KNX specification 03/08/02).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("knx", &[3671], questions, recognize);

const SEARCH_REQUEST: u16 = 0x0201;
const DESCRIPTION_REQUEST: u16 = 0x0203;

fn question(kind: u16) -> Vec<u8> {
    let mut question = vec![6, 0x10];
    question.extend(kind.to_be_bytes());
    // No address of our own: answer to the sender.
    question.extend([0, 14, 8, 1, 0, 0, 0, 0, 0, 0]);
    question
}

fn questions(_asking: &Asking) -> Vec<Vec<u8>> {
    vec![question(DESCRIPTION_REQUEST), question(SEARCH_REQUEST)]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [6, 0x10, 2, kind @ (2 | 4), _, _, rest @ ..] = bytes else { return None };
    if usize::from(number16(bytes, 4)?) != bytes.len() {
        return None;
    }
    // A search is answered with the address of the control endpoint first.
    let blocks = if *kind == 2 { rest.get(8..)? } else { rest };
    // The block of the device: medium, status, address, project, serial number, group, hardware address, name.
    let device = blocks.get(..54).filter(|block| block[0] == 54 && block[1] == 1)?;
    let written = |bytes: &[u8], mark: &str| {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(mark)
    };
    let name = device[24..54].split(|byte| *byte == 0).next().unwrap_or_default();
    Some(
        Told::nothing()
            .and("serial", written(&device[8..14], "").as_bytes(), "KNX serial number")
            .and("mac-address", written(&device[18..24], ":").as_bytes(), "KNX hardware address")
            .and("model", name, "KNX friendly name"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_description_tells_serial_address_and_name() {
        let mut block =
            vec![54, 1, 2, 0, 0x11, 1, 0, 0, 0, 1, 2, 3, 4, 5, 224, 0, 23, 12, 2, 0, 0x5e, 0, 0x53, 9];
        block.extend(b"Heater gateway");
        block.resize(54, 0);
        let mut answer = vec![6, 0x10, 2, 4, 0, 60];
        answer.extend(block);
        let told = recognize(&asking(), &answer).expect("an answer");
        let values: Vec<&str> = told.disclosed.iter().map(|told| told.value.as_str()).collect();
        assert_eq!(values, ["000102030405", "02:00:5e:00:53:09", "Heater gateway"]);
        answer[5] = 61;
        assert_eq!(recognize(&asking(), &answer), None, "not its length");
    }
}

//! EtherNet/IP: the identity of the device (CIP volume 2, 2-4.2).

use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("ethernet-ip", &[44818], questions, recognize);

const LIST_IDENTITY: [u8; 2] = [0x63, 0];

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = LIST_IDENTITY.to_vec();
    question.extend([0; 10]);
    question.extend(asking.bytes::<8>());
    question.extend([0; 4]);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let body = bytes.get(24..)?;
    let length = usize::from(u16::from_le_bytes([bytes[2], bytes[3]]));
    if bytes[..2] != LIST_IDENTITY || length != body.len() || bytes[12..20] != asking.bytes::<8>() {
        return None;
    }
    // One item of the kind identity.
    let [1, 0, 0x0c, 0, _, _, item @ ..] = body else { return None };
    // Version, address, vendor, type, product, revision, status, serial, length of the name.
    let serial = item.get(28..32)?;
    let serial = u32::from_le_bytes([serial[0], serial[1], serial[2], serial[3]]);
    let name = item.get(33..33 + usize::from(*item.get(32)?))?;
    let revision = format!("{}.{}", item[24], item[25]);
    Some(
        Told::nothing()
            .and("model", name, "EtherNet/IP product name")
            .and("serial", format!("{serial:08x}").as_bytes(), "EtherNet/IP serial number")
            .and("firmware-version", revision.as_bytes(), "EtherNet/IP revision"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_identity_tells_model_serial_and_revision() {
        let mut item = vec![0; 32];
        item[24..26].copy_from_slice(&[2, 4]);
        item[28] = 0x2a;
        item.extend(b"\x06HK-100\x03");
        let mut answer = LIST_IDENTITY.to_vec();
        answer.extend([6 + item.len() as u8, 0]);
        answer.extend([0; 8]);
        answer.extend(asking().bytes::<8>());
        answer.extend([0; 4]);
        answer.extend([1, 0, 0x0c, 0, item.len() as u8, 0]);
        answer.extend(item);
        let told = recognize(&asking(), &answer).expect("an answer");
        let values: Vec<&str> = told.disclosed.iter().map(|told| told.value.as_str()).collect();
        assert_eq!(values, ["HK-100", "0000002a", "2.4"]);
        answer[12] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None, "somebody else asked");
    }
}

//! UDP services that faults open: SSDP and CoAP.

use crate::device::Device;
use crate::model;

/// Resources more that a CoAP server lists which lists much; as many as a datagram takes that is not parted.
const PROGRAMS_LISTED: usize = 30;

/// Answers an SSDP search.
pub(crate) fn ssdp(device: &Device, datagram: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(datagram).ok()?;
    if !text.starts_with("M-SEARCH * HTTP/1.1\r\n") {
        return None;
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://{}:{}/description.xml\r\n\
         SERVER: Linux/4.9 UPnP/1.0 {}/{}\r\nST: upnp:rootdevice\r\nUSN: uuid:{}::upnp:rootdevice\r\n\r\n",
        device.address,
        device.ports.plain_http,
        model::MODEL,
        device.software.version(),
        device.secrets.serial,
    );
    Some(answer.into_bytes())
}

/// Answers a CoAP GET of `/.well-known/core` with a list, anything else with 4.04; a ping with a reset.
pub(crate) fn coap(device: &Device, datagram: &[u8]) -> Option<Vec<u8>> {
    let (&[first, code, id_high, id_low], rest) = datagram.split_first_chunk()?;
    let (version, kind, token_length) = (first >> 6, (first >> 4) & 3, usize::from(first & 15));
    // Codes from 32 on are answers.
    if version != 1 || kind > 1 || token_length > 8 || code >= 32 {
        return None;
    }
    if code == 0 {
        // Empty message: reset, kind 3.
        return Some(vec![0x70, 0, id_high, id_low]);
    }
    let token = rest.get(..token_length)?;
    let wanted = rest.windows(4).any(|part| part == b"core");
    // A confirmable question gets its answer in the acknowledgement (kind 2), another one (kind 1).
    let answer_kind: u8 = if kind == 0 { 2 } else { 1 };
    let answer_code = if code == 1 && wanted { 0x45 } else { 0x84 };
    let mut answer = vec![0x40 | answer_kind << 4 | (token_length as u8), answer_code, id_high, id_low];
    answer.extend_from_slice(token);
    if answer_code == 0x45 {
        // Content-Format (12): application/link-format (40), then the payload.
        answer.extend_from_slice(&[0xC1, 40, 0xFF]);
        answer.extend_from_slice(b"</heater/status>;rt=\"heater\",</heater/target>;rt=\"heater\"");
        let listed = if device.behaviour.coap_lists_much { PROGRAMS_LISTED } else { 0 };
        for number in 0..listed {
            answer.extend_from_slice(format!(",</heater/program/{number:02}>;rt=\"heater\"").as_bytes());
        }
    }
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behaviour::Behaviour;

    #[test]
    fn coap_keeps_id_and_token() {
        let device = crate::instance::tests::unpowered();
        let question = [
            0x42, 1, 0x12, 0x34, 9, 8, 0xBB, b'.', b'w', b'e', b'l', b'l', b'-', b'k', b'n', b'o', b'w',
            b'n', 4, b'c', b'o', b'r', b'e',
        ];
        let answer = coap(&device, &question).unwrap();
        assert_eq!(answer[..6], [0x62, 0x45, 0x12, 0x34, 9, 8]);
        assert_eq!(coap(&device, &[0x40, 0, 1, 2]), Some(vec![0x70, 0, 1, 2]));
        assert_eq!(coap(&device, b"GET / HTTP/1.1\r\n"), None);
        assert!(answer.len() < 10 * question.len(), "{}", answer.len());
        let much = |behaviour: &mut Behaviour| behaviour.coap_lists_much = true;
        let device = crate::instance::tests::unpowered_with(much);
        let long = coap(&device, &question).unwrap();
        assert!((10 * question.len() + 1..1400).contains(&long.len()), "{}", long.len());
    }
}

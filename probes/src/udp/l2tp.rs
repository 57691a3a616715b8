//! L2TP: the request for a control connection (RFC 2661, 6.1).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("l2tp", &[1701], questions, recognize);

const REPLY: u16 = 2;
const STOP: u16 = 4;
const HOST_NAME: u16 = 7;
const VENDOR_NAME: u16 = 8;

fn pair(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = (0x8000 | (6 + value.len() as u16)).to_be_bytes().to_vec();
    bytes.extend([0, 0]);
    bytes.extend(kind.to_be_bytes());
    bytes.extend(value);
    bytes
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let pairs = [
        pair(0, &[0, 1]),
        pair(2, &[1, 0]),
        pair(3, &[0, 0, 0, 3]),
        pair(HOST_NAME, b"hantei"),
        pair(9, &asking.id().to_be_bytes()),
    ]
    .concat();
    let mut question = vec![0xc8, 2];
    question.extend((12 + pairs.len() as u16).to_be_bytes());
    question.extend([0; 8]);
    question.extend(pairs);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let flags = number16(bytes, 0)?;
    let length = usize::from(number16(bytes, 2)?);
    // A control message of version 2 with length and numbers, for the tunnel that we named.
    if flags & 0xc80f != 0xc802 || length != bytes.len() || number16(bytes, 4)? != asking.id() {
        return None;
    }
    let mut rest = bytes.get(12..)?;
    // A bare acknowledgement.
    if rest.is_empty() {
        return Some(Told::nothing());
    }
    if number16(rest, 4)? != 0 || !matches!(number16(rest, 6)?, REPLY | STOP) {
        return None;
    }
    let mut told = Told::nothing();
    while let Some(size) = number16(rest, 0).map(|first| usize::from(first & 0x3ff)).filter(|size| *size >= 6)
    {
        let Some(pair) = rest.get(..size) else { break };
        match number16(pair, 4) {
            Some(HOST_NAME) => told = told.and("host-name", &pair[6..], "L2TP host name"),
            Some(VENDOR_NAME) => told = told.and("server-software", &pair[6..], "L2TP vendor name"),
            _ => {}
        }
        rest = &rest[size..];
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_reply_names_host_and_vendor() {
        let pairs = [pair(0, &[0, 2]), pair(HOST_NAME, b"heater"), pair(VENDOR_NAME, b"x")].concat();
        let mut answer = vec![0xc8, 2];
        answer.extend((12 + pairs.len() as u16).to_be_bytes());
        answer.extend(asking().id().to_be_bytes());
        answer.extend([0; 6]);
        answer.extend(pairs);
        assert_eq!(recognize(&asking(), &answer).expect("an answer").disclosed.len(), 2);
        answer[4] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None, "another tunnel");
    }
}

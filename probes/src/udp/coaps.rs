//! DTLS, as CoAP over it and others speak it: a ClientHello (RFC 6347, 4.2).

use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("coaps", &[5684], questions, recognize);

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const HELLO_VERIFY_REQUEST: u8 = 3;
/// Suites that small devices choose from: pre-shared keys, raw keys and certificates.
const SUITES: [u16; 13] =
    [0xc0a8, 0xc0a9, 0xc0ae, 0xc0ac, 0xc02b, 0xc02f, 0xc023, 0xc027, 0x00a8, 0x00ae, 0x008c, 0x009c, 0x002f];

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut body = vec![0xfe, 0xfd];
    body.extend(asking.bytes::<32>());
    // No session, no cookie.
    body.extend([0, 0]);
    body.extend((SUITES.len() as u16 * 2).to_be_bytes());
    SUITES.iter().for_each(|suite| body.extend(suite.to_be_bytes()));
    body.extend([1, 0]);
    // Groups P-256 and X25519, uncompressed points, signatures with SHA-256.
    let extensions: [&[u8]; 3] =
        [&[0, 10, 0, 6, 0, 4, 0, 23, 0, 29], &[0, 11, 0, 2, 1, 0], &[0, 13, 0, 8, 0, 6, 4, 3, 4, 1, 8, 4]];
    let extensions = extensions.concat();
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let length = (body.len() as u32).to_be_bytes();
    let mut message =
        vec![1, length[1], length[2], length[3], 0, 0, 0, 0, 0, length[1], length[2], length[3]];
    message.extend(body);
    let mut record = vec![HANDSHAKE, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
    record.extend((message.len() as u16).to_be_bytes());
    record.extend(message);
    vec![record]
}

fn recognize(_asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [kind, 0xfe, 0xff | 0xfd, 0, 0, ..] = bytes else { return None };
    let body = bytes.get(13..)?;
    let length = usize::from(number16(bytes, 11)?);
    if length == 0 || body.len() < length {
        return None;
    }
    let speaks = match *kind {
        ALERT => length == 2 && matches!(body[0], 1 | 2),
        HANDSHAKE => length > 12 && matches!(body[0], SERVER_HELLO | HELLO_VERIFY_REQUEST),
        _ => false,
    };
    speaks.then(|| Told::nothing().announcing("dtls".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_request_for_a_cookie_and_an_alert_are_answers() {
        let mut verify =
            vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 3, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4];
        verify.extend([0xfe, 0xff, 1, 9]);
        assert!(recognize(&asking(), &verify).is_some());
        let alert = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
        assert!(recognize(&asking(), &alert).is_some());
        let tls = [21, 3, 3, 0, 2, 2, 40];
        assert_eq!(recognize(&asking(), &tls), None, "TLS over UDP is nothing we know");
        verify[13] = 1;
        assert_eq!(recognize(&asking(), &verify), None, "a ClientHello is a question");
    }
}

//! DHCP: a request for information, which takes no address (RFC 2131, 4.4.3). The answer goes to port 68.

use std::net::IpAddr;

use crate::udp::{Asking, Service, Told, number32};

/// The service.
pub static SERVICE: Service =
    Service { own_port: Some(68), ..Service::plain("dhcp", &[67], questions, recognize) };

const COOKIE: [u8; 4] = [99, 130, 83, 99];
const INFORM: u8 = 8;
/// Length of the fixed part before the cookie.
const FIXED: usize = 236;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let mut question = vec![1, 1, 6, 0];
    question.extend(asking.number().to_be_bytes());
    question.resize(FIXED, 0);
    if let IpAddr::V4(own) = asking.from.ip() {
        question[12..16].copy_from_slice(&own.octets());
    }
    // A hardware address of our own making, locally administered.
    question[28] = 2;
    question[29..34].copy_from_slice(&asking.bytes::<5>());
    question.extend(COOKIE);
    question.extend([53, 1, INFORM, 55, 4, 1, 3, 6, 15, 255]);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [2, 1, 6, ..] = bytes else { return None };
    if number32(bytes, 4)? != asking.number() || bytes.get(FIXED..FIXED + 4)? != COOKIE {
        return None;
    }
    let mut told = Told::nothing();
    let mut rest = &bytes[FIXED + 4..];
    while let [option, length, after @ ..] = rest {
        if *option == 255 {
            break;
        }
        let Some(value) = after.get(..usize::from(*length)) else { break };
        if *option == 15 {
            told = told.and("other", value, "DHCP domain");
        }
        rest = &after[value.len()..];
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn a_reply_repeats_the_transaction() {
        let mut answer = questions(&asking()).remove(0);
        answer[0] = 2;
        assert!(recognize(&asking(), &answer).is_some());
        answer[7] ^= 2;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

//! SLP: which kinds of services there are (RFC 2608, 10.1).

use crate::disclosed::printable;
use crate::udp::{Asking, Service, Told, number16};

/// The service.
pub static SERVICE: Service = Service::plain("slp", &[427], questions, recognize);

const KINDS_REQUEST: u8 = 9;
const KINDS_REPLY: u8 = 10;

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    // No previous responders, all naming authorities, the default scope.
    let body = [&[0, 0, 0xff, 0xff, 0, 7][..], b"DEFAULT"].concat();
    let length = 16 + body.len() as u8;
    let mut question = vec![2, KINDS_REQUEST, 0, 0, length, 0, 0, 0, 0, 0];
    question.extend(asking.id().to_be_bytes());
    question.extend(b"\0\x02en");
    question.extend(body);
    vec![question]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let [2, KINDS_REPLY, ..] = bytes else { return None };
    let language = usize::from(number16(bytes, 12)?);
    if number16(bytes, 10)? != asking.id() || language > 8 {
        return None;
    }
    // An error code, then the list with its length.
    let body = bytes.get(14 + language..)?;
    number16(body, 0)?;
    let list = match number16(body, 2) {
        Some(length) => body.get(4..4 + usize::from(length))?,
        None => &[],
    };
    let mut told = Told::nothing().and("service-list", list, "SLP service types");
    for kind in printable(list, 1024).split(',').filter(|kind| !kind.is_empty()).take(64) {
        told = told.announcing(format!("slp {kind}"));
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn kinds_are_announced_and_the_number_has_to_be_ours() {
        let mut answer = vec![2, 10, 0, 0, 34, 0, 0, 0, 0, 0];
        answer.extend(asking().id().to_be_bytes());
        answer.extend(b"\0\x02en\0\0\0\x0fservice:printer");
        let told = recognize(&asking(), &answer).expect("an answer");
        assert!(told.announced.contains("slp service:printer"));
        answer[10] ^= 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

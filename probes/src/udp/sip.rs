//! SIP: what it can do (RFC 3261, 11).

use crate::http_answer;
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("sip", &[5060], questions, recognize);

fn call(asking: &Asking) -> String {
    format!("{:08x}@hantei.invalid", asking.number())
}

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    let (to, from, call) = (asking.to, asking.from, call(asking));
    let question = format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{call};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:hantei@{from}>;tag=hantei\r\nTo: <sip:{to}>\r\nCall-ID: {call}\r\nCSeq: 1 OPTIONS\r\n\
         Contact: <sip:hantei@{from}>\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n"
    );
    vec![question.into_bytes()]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    let answer = http_answer::parse(bytes).filter(|answer| answer.protocol == "SIP")?;
    let ours = ["call-id", "i"].iter().any(|name| answer.value(name) == Some(call(asking)));
    if !ours {
        return None;
    }
    let mut told = Told::nothing();
    for header in ["Server", "User-Agent"] {
        if let Some(value) = answer.value(header) {
            told = told.and("server-software", value.as_bytes(), &format!("SIP {header}"));
        }
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_answer_belongs_to_our_call() {
        let answer = |call: &str| format!("SIP/2.0 200 OK\r\nCall-ID: {call}\r\nServer: phone/1\r\n\r\n");
        let told = recognize(&asking(), answer(&call(&asking())).as_bytes()).expect("an answer");
        assert_eq!(told.disclosed[0].value, "phone/1");
        assert_eq!(recognize(&asking(), answer("other").as_bytes()), None);
    }
}

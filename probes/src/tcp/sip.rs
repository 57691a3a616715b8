//! SIP over TCP: what it can do (RFC 3261, 11).

use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, service};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "sip", likely: &[5060, 5061], in_tls: true, question, recognize };

fn question(asking: &Asking) -> Vec<u8> {
    let question = (service::sip::SERVICE.questions)(asking).concat();
    String::from_utf8_lossy(&question).replace("SIP/2.0/UDP", "SIP/2.0/TCP").into_bytes()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let told = (service::sip::SERVICE.recognize)(asking, bytes)?;
    Some(Spoken { disclosed: told.disclosed, ..Spoken::nothing() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn an_answer_belongs_to_our_call() {
        let text = String::from_utf8(question(&asking())).expect("text");
        let call = text.lines().find(|line| line.starts_with("Call-ID")).expect("a call");
        assert!(recognize(&asking(), format!("SIP/2.0 200 OK\r\n{call}\r\n\r\n").as_bytes()).is_some());
        assert_eq!(recognize(&asking(), b"SIP/2.0 200 OK\r\nCall-ID: x\r\n\r\n"), None);
    }
}

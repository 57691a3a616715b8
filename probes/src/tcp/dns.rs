//! DNS over TCP: the version of the server (RFC 7766).

use crate::dns_message::{self, CHAOS, Data, Name, TXT};
use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, number16};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "dns", likely: &[53, 853], in_tls: true, question, recognize };

fn question(asking: &Asking) -> Vec<u8> {
    let message = dns_message::question(asking.id(), &Name::of("version.bind"), TXT, CHAOS);
    [&(message.len() as u16).to_be_bytes()[..], &message].concat()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let message = bytes.get(2..2 + usize::from(number16(bytes, 0)?))?;
    let message = dns_message::parse(message).filter(|message| {
        message.is_answer
            && message.id == asking.id()
            && message.questions.iter().all(|(_, kind)| *kind == TXT)
    })?;
    let mut spoken = Spoken::nothing();
    for record in &message.records {
        if let Data::Text(strings) = &record.data {
            spoken = spoken.and("server-software", &strings.concat(), "DNS version.bind");
        }
    }
    Some(spoken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::tests::asking;

    #[test]
    fn an_answer_has_its_length_and_our_number() {
        let mut answer = question(&asking());
        answer[4] = 0x84;
        assert!(recognize(&asking(), &answer).is_some());
        answer[1] += 1;
        assert_eq!(recognize(&asking(), &answer), None);
    }
}

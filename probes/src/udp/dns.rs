//! DNS (RFC 1035): the server's version and the root's name servers are asked for.

use crate::dns_message::{self, CHAOS, Data, INTERNET, NAME_SERVER, Name, TXT};
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service = Service::plain("dns", &[53], questions, recognize);

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![
        dns_message::question(asking.id(), &Name::of("version.bind"), TXT, CHAOS),
        dns_message::question(asking.id(), &Name::default(), NAME_SERVER, INTERNET),
    ]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    // A refusal may leave the question out; an answer to another question is none.
    let ours = |(_, kind): &(Name, u16)| *kind == TXT || *kind == NAME_SERVER;
    let message = dns_message::parse(bytes).filter(|message| {
        message.is_answer && message.id == asking.id() && message.questions.iter().all(ours)
    })?;
    let mut told = Told::nothing();
    for record in &message.records {
        if let Data::Text(strings) = &record.data {
            told = told.and("server-software", &strings.concat(), "DNS version.bind");
        }
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_answer_is_one_to_this_question() {
        let asking = asking();
        let mut answer = questions(&asking).remove(0);
        answer[2] = 0x84;
        assert!(recognize(&asking, &answer).is_some());
        answer[0] ^= 1;
        assert_eq!(recognize(&asking, &answer), None, "another id");
    }
}

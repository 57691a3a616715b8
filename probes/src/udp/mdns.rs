//! mDNS asked straight at the device (RFC 6762): what services it announces. The names that it answers
//! are followed up by the caller.

use std::time::Duration;

use crate::dns_message::{self, Data, INTERNET, Name, PTR, UNICAST_ANSWER};
use crate::udp::{Asking, Service, Told};

/// The service.
pub static SERVICE: Service =
    Service { gather: Duration::from_millis(250), ..Service::plain("mdns", &[5353], questions, recognize) };

/// The name below which the kinds of services are listed (RFC 6763, 9).
pub(crate) const KINDS: &str = "_services._dns-sd._udp.local";

fn questions(asking: &Asking) -> Vec<Vec<u8>> {
    vec![dns_message::question(asking.id(), &Name::of(KINDS), PTR, INTERNET | UNICAST_ANSWER)]
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Told> {
    // Some responders answer with id 0, as on multicast.
    let message = dns_message::parse(bytes).filter(|message| {
        message.is_answer && message.answers > 0 && (message.id == asking.id() || message.id == 0)
    })?;
    let mut told = Told::nothing();
    for record in &message.records {
        if let Data::Pointer(kind) = &record.data
            && record.name.ends_with(&Name::of(KINDS))
        {
            told = told.announcing(kind.to_string());
        }
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::tests::asking;

    #[test]
    fn an_empty_answer_of_a_name_server_is_no_responder() {
        let asking = asking();
        let mut answer = questions(&asking).remove(0);
        answer[2] = 0x84;
        assert_eq!(recognize(&asking, &answer), None, "no record");
        answer[7] = 1;
        answer.extend([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 9, 0, 6, 4, b'_', b'a', b'b', b'c', 0]);
        let told = recognize(&asking, &answer).expect("an answer");
        assert_eq!(told.announced.into_iter().collect::<Vec<_>>(), ["_abc"]);
    }
}

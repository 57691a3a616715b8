//! Protocols over TCP in which the client speaks first, one a file in `tcp/`: the question, and what
//! counts as its answer. Services that greet are known by their greeting instead.

use crate::probe::identify::{Disclosure, LoginOffer};
use crate::udp::Asking;

include!(concat!(env!("OUT_DIR"), "/tcp_modules.rs"));

/// A protocol over TCP.
#[derive(Debug)]
pub struct Protocol {
    /// Name, e.g. `mqtt`.
    pub name: &'static str,
    /// Ports at which it is asked first. They say where to begin, never what it is.
    pub likely: &'static [u16],
    /// Spoken inside TLS too.
    pub in_tls: bool,
    /// What to say; it changes nothing on the device.
    pub question: fn(&Asking) -> Vec<u8>,
    /// What an answer tells; `None` if the bytes are none in this protocol.
    pub recognize: fn(&Asking, &[u8]) -> Option<Spoken>,
}

/// All protocols, those that are likely at this port first.
pub fn protocols(port: u16) -> Vec<&'static Protocol> {
    let mut all = protocol::ALL.to_vec();
    all.sort_by_key(|protocol| !protocol.likely.contains(&port));
    all
}

/// What an answer told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spoken {
    /// Ways to log in that it shows, and that it lets strangers in (`…-anonymous`).
    pub logins: Vec<LoginOffer>,
    /// Of the device, without authentication.
    pub disclosed: Vec<Disclosure>,
    /// What the answer leaves open.
    pub gap: Option<String>,
    /// Said before the connection is closed.
    pub farewell: &'static [u8],
}

impl Spoken {
    /// That it speaks the protocol, and nothing more.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// And this too; bounded and made printable.
    #[must_use]
    pub fn and(mut self, item: &str, value: &[u8], place: &str) -> Self {
        crate::disclosed::tell(&mut self.disclosed, item, value, place);
        self
    }

    /// And this way to log in.
    #[must_use]
    pub fn offering(mut self, offer: LoginOffer) -> Self {
        self.logins.push(offer);
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    pub(crate) use crate::udp::tests::asking;

    #[test]
    fn the_likely_protocol_is_asked_first_and_all_of_them_are_asked() {
        assert_eq!(protocols(1883)[0].name, "mqtt");
        let names: BTreeSet<&str> = protocols(1).iter().map(|protocol| protocol.name).collect();
        assert_eq!(names.len(), protocol::ALL.len());
    }

    #[test]
    fn no_protocol_takes_an_echo_or_a_stranger_for_its_answer() {
        let strangers: [&[u8]; 6] = [
            b"",
            b"\0",
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"hello\r\n",
            b"220 ftp\r\n",
            b"\x15\x03\x01\0\x02\x02\x28",
        ];
        for protocol in protocol::ALL {
            for asked in protocol::ALL {
                let question = (asked.question)(&asking());
                assert_eq!((protocol.recognize)(&asking(), &question), None, "{}", protocol.name);
            }
            for stranger in strangers {
                assert_eq!((protocol.recognize)(&asking(), stranger), None, "{}", protocol.name);
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_stop_no_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for protocol in protocol::ALL {
                let _ = (protocol.recognize)(&asking(), &bytes);
            }
        }

        #[test]
        fn questions_that_were_tampered_with_stop_no_reader(
            changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..12),
            cut in any::<u16>(),
        ) {
            for protocol in protocol::ALL {
                let mut question = (protocol.question)(&asking());
                let length = question.len();
                for (at, byte) in &changes {
                    question[usize::from(*at) % length] = *byte;
                }
                let _ = (protocol.recognize)(&asking(), &question);
                question.truncate(usize::from(cut) % (length + 1));
                let _ = (protocol.recognize)(&asking(), &question);
            }
        }
    }
}

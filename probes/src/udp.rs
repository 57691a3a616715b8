//! UDP services that can be asked, one a file in `udp/`: where they usually listen, the questions that
//! they answer, and what counts as their answer.
//!
//! A service is named by its answer. Every question carries a number that nobody can guess where the
//! protocol has a place for it, so that an echo or the answer to somebody else is not taken for one.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::probe::identify::Disclosure;

include!(concat!(env!("OUT_DIR"), "/udp_modules.rs"));

/// A service over UDP.
#[derive(Debug)]
pub struct Service {
    /// Name, e.g. `coap`.
    pub name: &'static str,
    /// Ports at which it usually listens.
    pub ports: &'static [u16],
    /// Datagrams to send in turn; each is sent at least twice before silence is believed.
    pub questions: fn(&Asking) -> Vec<Vec<u8>>,
    /// What an answer tells; `None` if the bytes are no answer of this protocol to this question.
    pub recognize: fn(&Asking, &[u8]) -> Option<Told>,
    /// How long further answers are awaited after the first.
    pub gather: Duration,
    /// The port that the question has to come from, where the protocol answers to a fixed one.
    pub own_port: Option<u16>,
    /// Answers come from another port than the one that was asked.
    pub answers_from_elsewhere: bool,
}

impl Service {
    /// A service that answers once, to the sender, from the port that was asked.
    pub const fn plain(
        name: &'static str,
        ports: &'static [u16],
        questions: fn(&Asking) -> Vec<Vec<u8>>,
        recognize: fn(&Asking, &[u8]) -> Option<Told>,
    ) -> Self {
        Self {
            name,
            ports,
            questions,
            recognize,
            gather: Duration::ZERO,
            own_port: None,
            answers_from_elsewhere: false,
        }
    }
}

/// All services.
pub fn services() -> &'static [&'static Service] {
    service::ALL
}

/// A service by name.
pub fn service(name: &str) -> Option<&'static Service> {
    services().iter().copied().find(|service| service.name == name)
}

/// Every service at its usual ports, ascending.
pub fn usual() -> BTreeSet<(u16, &'static str)> {
    let places = |service: &'static Service| service.ports.iter().map(move |port| (*port, service.name));
    services().iter().copied().flat_map(places).collect()
}

/// One asking of one service: who asks whom, and the number that answers have to repeat.
#[derive(Clone, Debug)]
pub struct Asking {
    number: u64,
    /// Whom.
    pub to: SocketAddr,
    /// From where.
    pub from: SocketAddr,
}

impl Asking {
    /// With a number that a device cannot guess.
    pub fn new(to: SocketAddr, from: SocketAddr) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { number: now.as_nanos() as u64 ^ u64::from(from.port()) << 48, to, from }
    }

    /// Bytes that are the same for the whole asking and look random.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut state = self.number;
        std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            ((mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) >> 56) as u8
        })
    }

    /// A number of two bytes, never zero.
    pub fn id(&self) -> u16 {
        u16::from_be_bytes(self.bytes()) | 1
    }

    /// A number of four bytes, positive where it is read with a sign, never zero.
    pub fn number(&self) -> u32 {
        u32::from_be_bytes(self.bytes()) & 0x7fff_ffff | 1
    }

    /// A version 4 UUID in its usual writing.
    pub fn uuid(&self) -> String {
        let mut bytes: [u8; 16] = self.bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }
}

/// What an answer told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Of the device, without authentication.
    pub disclosed: Vec<Disclosure>,
    /// Further services and resources.
    pub announced: BTreeSet<String>,
}

impl Told {
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

    /// A further service or resource that it names.
    #[must_use]
    pub fn announcing(mut self, what: String) -> Self {
        if !what.is_empty() && self.announced.len() < 256 {
            self.announced.insert(what);
        }
        self
    }
}

/// A number of two bytes, high byte first.
pub(crate) fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).map(|two| u16::from_be_bytes([two[0], two[1]]))
}

/// A number of four bytes, high byte first.
pub(crate) fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An asking with fixed ends for tests of the services.
    pub(crate) fn asking() -> Asking {
        Asking {
            number: 0x0123_4567_89ab_cdef,
            to: ([127, 73, 9, 1], 4000).into(),
            from: ([127, 73, 9, 2], 5000).into(),
        }
    }

    #[test]
    fn there_are_many_services_and_their_names_are_their_own() {
        let names: BTreeSet<&str> = services().iter().map(|service| service.name).collect();
        assert_eq!(names.len(), services().len());
        assert!(names.len() >= 25, "{names:?}");
        assert!(services().iter().all(|service| !service.ports.is_empty()));
    }

    #[test]
    fn no_service_takes_an_echo_of_a_question_for_its_answer() {
        let asking = asking();
        for service in services().iter().filter(|service| service.name != "echo") {
            for asked in services() {
                for question in (asked.questions)(&asking) {
                    assert_eq!((service.recognize)(&asking, &question), None, "{}", service.name);
                }
            }
        }
    }

    #[test]
    fn every_question_fits_a_datagram_and_differs_with_the_asking() {
        for service in services() {
            let questions = (service.questions)(&asking());
            assert!(!questions.is_empty(), "{}", service.name);
            for question in questions {
                assert!((1..=1400).contains(&question.len()), "{}", service.name);
            }
        }
        let other = Asking { number: 7, ..asking() };
        assert_ne!(asking().uuid(), other.uuid());
        assert_ne!(asking().id(), other.id());
    }

    #[test]
    fn a_chatty_stranger_is_nobody_we_know() {
        let asking = asking();
        let lines: [&[u8]; 5] =
            [b"", b"\0", b"HTTP/1.1 200 OK\r\n\r\n", b"hello\r\n", b"{\"error\":\"unknown\"}"];
        for service in services() {
            for line in lines {
                assert_eq!((service.recognize)(&asking, line), None, "{} {line:?}", service.name);
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_stop_no_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for service in services() {
                let _ = (service.recognize)(&asking(), &bytes);
            }
        }

        #[test]
        fn questions_that_were_tampered_with_stop_no_reader(
            changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..12),
            cut in any::<u16>(),
        ) {
            let asking = asking();
            for service in services() {
                for mut question in (service.questions)(&asking) {
                    let length = question.len();
                    for (at, byte) in &changes {
                        question[usize::from(*at) % length] = *byte;
                    }
                    let _ = (service.recognize)(&asking, &question);
                    question.truncate(usize::from(cut) % (length + 1));
                    let _ = (service.recognize)(&asking, &question);
                }
            }
        }
    }
}

//! DTLS: a ClientHello over UDP, the cookie that comes back first, and a flight in fragments.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::net::UdpSocket;

use crate::dialer::DialError;
use crate::tls::client_hello::{Hello, Version, body};
use crate::tls::exchange::Answered;
use crate::tls::flight::{Flight, messages, number16, number24};

/// Numbers of DTLS 1.0 and 1.2 on the wire.
const NUMBERS: [(u16, Version); 2] = [(0xfeff, Version::Tls11), (0xfefd, Version::Tls12)];

/// Most messages of a flight, most bytes of one, most datagrams read.
const MESSAGES_AT_MOST: u16 = 16;
const MESSAGE_LIMIT: usize = 64 * 1024;
const DATAGRAMS_AT_MOST: usize = 200;

/// The first wait for an answer; later ones are twice as long each.
const FIRST_WAIT: Duration = Duration::from_millis(700);

/// What answered over UDP.
#[derive(Debug)]
pub struct DatagramAnswer {
    /// As over TCP; versions of flights carry the numbers of TLS 1.1 and 1.2.
    pub answered: Answered,
    /// A cookie was asked back first.
    pub cookie: bool,
}

/// Sends a hello and reads the flight. Lost datagrams are sent again until patience ends.
pub async fn ask(socket: &UdpSocket, hello: &Hello, patience: Duration) -> DatagramAnswer {
    let number =
        NUMBERS.iter().find(|(_, version)| *version == hello.version).map_or(0xfefd, |(number, _)| *number);
    let first = body(hello, number, Some(&[]));
    let mut dialogue = Dialogue {
        socket,
        question: datagram(0, &first),
        body: first,
        cookie_at: 35 + hello.session_id.len(),
        cookie: false,
        flight: Assembly::default(),
    };
    let answered = tokio::time::timeout(patience, dialogue.run()).await;
    let answered = answered.unwrap_or_else(|_| dialogue.flight.reading(true).unwrap_or(Answered::Silent));
    DatagramAnswer { answered, cookie: dialogue.cookie }
}

struct Dialogue<'a> {
    socket: &'a UdpSocket,
    question: Vec<u8>,
    body: Vec<u8>,
    cookie_at: usize,
    cookie: bool,
    flight: Assembly,
}

impl Dialogue<'_> {
    async fn run(&mut self) -> Answered {
        let mut wait = FIRST_WAIT;
        let mut buffer = vec![0; 16 * 1024];
        let mut read = 0;
        if let Err(error) = self.socket.send(&self.question).await {
            return refused(error);
        }
        loop {
            let count = match tokio::time::timeout(wait, self.socket.recv(&mut buffer)).await {
                Ok(Ok(count)) => count,
                Ok(Err(error)) => return refused(error),
                Err(_) => {
                    wait *= 2;
                    if let Err(error) = self.socket.send(&self.question).await {
                        return refused(error);
                    }
                    continue;
                }
            };
            read += 1;
            if let Some(cookie) = self.flight.take(&buffer[..count]).filter(|_| !self.cookie) {
                self.cookie = true;
                self.question = datagram(1, &with_cookie(&self.body, self.cookie_at, &cookie));
                if let Err(error) = self.socket.send(&self.question).await {
                    return refused(error);
                }
            }
            if let Some(answered) = self.flight.reading(read >= DATAGRAMS_AT_MOST) {
                return answered;
            }
            if read >= DATAGRAMS_AT_MOST {
                return Answered::Malformed;
            }
        }
    }
}

/// A closed UDP port is told by ICMP, which shows as a refused connection.
fn refused(error: io::Error) -> Answered {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Answered::NotConnected(DialError::Refused),
        _ => Answered::NotConnected(DialError::Tester(error)),
    }
}

/// One ClientHello in one record, whole.
fn datagram(sequence: u8, body: &[u8]) -> Vec<u8> {
    let length = &u32::try_from(body.len()).expect("a hello is short").to_be_bytes()[1..];
    let mut message = vec![1];
    message.extend(length);
    message.extend([0, sequence, 0, 0, 0]);
    message.extend(length);
    message.extend(body);
    // The record of a first hello carries the oldest version, whatever is asked for.
    let mut record = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence];
    record.extend((message.len() as u16).to_be_bytes());
    record.extend(message);
    record
}

/// The same hello with the cookie: servers compute it over the rest.
fn with_cookie(body: &[u8], at: usize, cookie: &[u8]) -> Vec<u8> {
    let mut with = body[..at].to_vec();
    with.push(u8::try_from(cookie.len()).unwrap_or(u8::MAX));
    with.extend(cookie.iter().take(255));
    with.extend(&body[at + 1..]);
    with
}

/// Puts the fragments of a flight together.
#[derive(Default)]
struct Assembly {
    messages: BTreeMap<u16, Fragments>,
    alert: Option<(u8, u8)>,
    other: Option<Vec<u8>>,
}

struct Fragments {
    kind: u8,
    bytes: Vec<u8>,
    /// Ranges that have come.
    parts: Vec<(usize, usize)>,
}

impl Assembly {
    /// Takes a datagram; gives back the cookie of a HelloVerifyRequest.
    fn take(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut cookie = None;
        let mut rest = bytes;
        while let Some(head) = rest.get(..13) {
            if !(20..=25).contains(&head[0]) || head[1] != 0xfe {
                break;
            }
            let Some(body) = rest.get(13..13 + number16(&head[11..])) else { break };
            // Epoch 0 is in clear.
            match (head[0], number16(&head[3..])) {
                (21, 0) if body.len() == 2 => self.alert = self.alert.or(Some((body[0], body[1]))),
                (22, 0) => cookie = self.fragments(body).or(cookie),
                _ => {}
            }
            rest = &rest[13 + body.len()..];
        }
        if rest.len() == bytes.len() && !bytes.is_empty() {
            self.other = Some(bytes[..bytes.len().min(24)].to_vec());
        }
        cookie
    }

    fn fragments(&mut self, mut rest: &[u8]) -> Option<Vec<u8>> {
        let mut cookie = None;
        while let Some(head) = rest.get(..12) {
            let (length, sequence) = (number24(&head[1..]), number16(&head[4..]) as u16);
            let (from, count) = (number24(&head[6..]), number24(&head[9..]));
            let Some(body) = rest.get(12..12 + count) else { break };
            rest = &rest[12 + count..];
            if head[0] == 3 {
                let size = body.get(2).copied().map_or(0, usize::from);
                cookie = body.get(3..3 + size).map(<[u8]>::to_vec).or(cookie);
                continue;
            }
            if length > MESSAGE_LIMIT || from + count > length || sequence > MESSAGES_AT_MOST {
                continue;
            }
            let message = self.messages.entry(sequence).or_insert_with(|| Fragments {
                kind: head[0],
                bytes: vec![0; length],
                parts: Vec::new(),
            });
            if message.bytes.len() == length && message.parts.len() < 256 {
                message.bytes[from..from + count].copy_from_slice(body);
                message.parts.push((from, from + count));
            }
        }
        cookie
    }

    /// What has come, once it says enough; `ended` when no more will.
    fn reading(&self, ended: bool) -> Option<Answered> {
        let mut handshake = Vec::new();
        let mut next = None;
        for (sequence, message) in &self.messages {
            if next.is_some_and(|next| next != *sequence) || !message.is_whole() {
                break;
            }
            next = Some(sequence + 1);
            handshake.push(message.kind);
            handshake.extend(&(message.bytes.len() as u32).to_be_bytes()[1..]);
            handshake.extend(&message.bytes);
        }
        let fatal = self.alert.filter(|(level, _)| *level == 2);
        match messages(&handshake) {
            Some((flight, done)) if done || ended || fatal.is_some() => {
                Some(Answered::Flight(Box::new(as_over_tcp(flight))))
            }
            Some(_) => None,
            None => match (fatal, &self.other) {
                (Some((_, number)), _) => Some(Answered::Alert(number)),
                (None, Some(bytes)) if self.messages.is_empty() => Some(Answered::NotTls(bytes.clone())),
                _ => None,
            },
        }
    }
}

impl Fragments {
    fn is_whole(&self) -> bool {
        let mut parts = self.parts.clone();
        parts.sort_unstable();
        let end = parts.into_iter().fold(0, |end, (from, to)| if from <= end { end.max(to) } else { end });
        end == self.bytes.len()
    }
}

fn as_over_tcp(mut flight: Flight) -> Flight {
    if let Some((_, version)) = NUMBERS.iter().find(|(number, _)| *number == flight.version) {
        flight.version = version.number();
    }
    flight
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fragment(kind: u8, sequence: u8, whole: &[u8], from: usize, to: usize) -> Vec<u8> {
        let number = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
        let mut message = vec![kind];
        message.extend(number(whole.len()));
        message.extend([0, sequence]);
        message.extend(number(from));
        message.extend(number(to - from));
        message.extend(&whole[from..to]);
        let mut record = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9];
        record.extend((message.len() as u16).to_be_bytes());
        record.extend(message);
        record
    }

    fn server_hello() -> Vec<u8> {
        let mut body = vec![0xfe, 0xfd];
        body.extend([7; 32]);
        body.extend([0, 0xc0, 0xa8, 0]);
        body
    }

    #[test]
    fn fragments_out_of_order_and_twice_make_one_flight() {
        let hello = server_hello();
        let mut assembly = Assembly::default();
        for part in [
            fragment(14, 2, &[], 0, 0),
            fragment(2, 1, &hello, 10, hello.len()),
            fragment(2, 1, &hello, 10, hello.len()),
        ] {
            assert_eq!(assembly.take(&part), None);
            assert!(assembly.reading(false).is_none());
        }
        assembly.take(&fragment(2, 1, &hello, 0, 12));
        let Some(Answered::Flight(flight)) = assembly.reading(false) else { panic!("no flight") };
        assert_eq!((flight.version, flight.suite), (0x0303, 0xc0a8));
    }

    #[test]
    fn the_cookie_goes_between_session_and_suites() {
        let hello = Hello::new(Version::Tls12, &[0xc0a8]);
        let first = body(&hello, 0xfefd, Some(&[]));
        let second = with_cookie(&first, 35, b"cookie");
        assert_eq!(second[35..42], *b"\x06cookie");
        assert_eq!((&second[..35], &second[42..]), (&first[..35], &first[36..]));
        let verify = fragment(3, 0, &[0xfe, 0xff, 2, 5, 6], 0, 5);
        assert_eq!(Assembly::default().take(&verify), Some(vec![5, 6]));
    }

    proptest! {
        #[test]
        fn any_datagrams_are_taken(
            datagrams in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 0..6),
            kind: u8, sequence: u8, ended: bool,
        ) {
            let mut assembly = Assembly::default();
            for bytes in &datagrams {
                let _ = assembly.take(bytes);
                let _ = assembly.take(&fragment(kind, sequence, bytes, 0, bytes.len()));
                let mut record = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9];
                record.extend((bytes.len() as u16).to_be_bytes());
                record.extend(bytes);
                let _ = assembly.take(&record);
                let _ = assembly.reading(ended);
            }
        }
    }
}

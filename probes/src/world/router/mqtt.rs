//! A broker for one device: it takes what is published, grants what is subscribed to, and delivers nothing but what its
//! keeper words (MQTT 3.1.1, and as much of 5 as differs).

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::records::Records;

/// Largest packet that is read.
const LARGEST: usize = 256 * 1024;
/// How long a client may be silent: clients ping within their keep-alive.
const PATIENCE: Duration = Duration::from_secs(600);

/// What the broker has to say to a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These octets; may be empty.
    Say(Vec<u8>),
    /// Nothing more: the client left, or broke the protocol.
    Close,
}

/// A conversation with one client.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// Level of the protocol; 0 before CONNECT. 4 is MQTT 3.1.1.
    level: u8,
}

impl Conversation {
    /// Takes a packet: first octet, and what follows the length. Gives the answer, and what is worth a note.
    pub fn take(&mut self, first: u8, body: &[u8]) -> (Reply, Option<String>) {
        let answered = match (self.level, first >> 4) {
            (0, 1) => self.connect(body),
            (0, _) => None,
            (_, 3) => self.publish(first, body),
            // PUBREL, the third step of quality 2.
            (_, 6) => body.get(..2).map(|id| (Reply::Say([&[0x70, 2], id].concat()), None)),
            (_, 8) => self.subscribe(body),
            (_, 10) => body.get(..2).map(|id| (Reply::Say([&[0xb0, 2], id].concat()), None)),
            (_, 12) => Some((Reply::Say(vec![0xd0, 0]), None)),
            // Acknowledgements of what was never delivered are passed over.
            (_, 4 | 5 | 7) => Some((Reply::Say(Vec::new()), None)),
            _ => None,
        };
        answered.unwrap_or((Reply::Close, None))
    }

    fn connect(&mut self, body: &[u8]) -> Option<(Reply, Option<String>)> {
        let (name, rest) = text(body)?;
        let [level, flags, _, _, rest @ ..] = rest else { return None };
        (matches!(name, b"MQTT" | b"MQIsdp") && (3..=5).contains(level)).then_some(())?;
        self.level = *level;
        let (client, _) = text(if *level == 5 { after_properties(rest)? } else { rest })?;
        let login = match (flags & 0x80 != 0, flags & 0x40 != 0) {
            (false, _) => "without a login",
            (true, false) => "with a name and no password",
            (true, true) => "with name and password",
        };
        let note = format!("MQTT CONNECT of {} {login}", String::from_utf8_lossy(client));
        let answer = if *level == 5 { vec![0x20, 3, 0, 0, 0] } else { vec![0x20, 2, 0, 0] };
        Some((Reply::Say(answer), Some(note)))
    }

    fn publish(&self, first: u8, body: &[u8]) -> Option<(Reply, Option<String>)> {
        let (topic, rest) = text(body)?;
        let note = format!("MQTT PUBLISH to {}: {} octets", String::from_utf8_lossy(topic), rest.len());
        let answer = match first >> 1 & 3 {
            0 => Vec::new(),
            1 => [&[0x40, 2], rest.get(..2)?].concat(),
            2 => [&[0x50, 2], rest.get(..2)?].concat(),
            _ => return None,
        };
        Some((Reply::Say(answer), Some(note)))
    }

    fn subscribe(&self, body: &[u8]) -> Option<(Reply, Option<String>)> {
        let id = body.get(..2)?;
        let topics = self.topics(body)?;
        // Each is granted at quality 0.
        let properties: &[u8] = if self.level == 5 { &[0] } else { &[] };
        let payload = [id, properties, &vec![0; topics.len()]].concat();
        let answer = [&[0x90][..], &length(payload.len()), &payload].concat();
        Some((Reply::Say(answer), Some(format!("MQTT SUBSCRIBE to {}", topics.join(", ")))))
    }

    /// The topics that a SUBSCRIBE asks for, wildcards as they are written; `None` if it cannot be read.
    pub fn topics(&self, body: &[u8]) -> Option<Vec<String>> {
        let rest = body.get(2..)?;
        let mut rest = if self.level == 5 { after_properties(rest)? } else { rest };
        let mut topics = Vec::new();
        while !rest.is_empty() {
            let (topic, after) = text(rest)?;
            topics.push(String::from_utf8_lossy(topic).into_owned());
            rest = after.get(1..)?;
        }
        Some(topics)
    }

    /// A message to the client at quality 0. Its parts are cut at 65,535 octets of topic.
    pub fn message(&self, topic: &str, content: &[u8]) -> Vec<u8> {
        let topic = &topic.as_bytes()[..topic.len().min(usize::from(u16::MAX))];
        let size = (topic.len() as u16).to_be_bytes();
        let properties: &[u8] = if self.level == 5 { &[0] } else { &[] };
        let body = [&size, topic, properties, content].concat();
        [&[0x30][..], &length(body.len()), &body].concat()
    }
}

/// A text with its length before it, and what follows.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(2)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(length.try_into().ok()?)))
}

fn after_properties(bytes: &[u8]) -> Option<&[u8]> {
    let mut size = 0_usize;
    for (index, octet) in bytes.iter().take(4).enumerate() {
        size |= usize::from(octet & 0x7f) << (7 * index);
        if octet & 0x80 == 0 {
            return bytes.get(index + 1 + size..);
        }
    }
    None
}

fn length(mut size: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    loop {
        let low = (size & 0x7f) as u8;
        size >>= 7;
        octets.push(if size > 0 { low | 0x80 } else { low });
        if size == 0 {
            return octets;
        }
    }
}

/// Speaks with one client until it leaves.
pub(super) async fn talk<S>(mut stream: S, name: Arc<str>, records: Arc<Records>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut conversation = Conversation::default();
    // A client that goes away is no trouble of the bench.
    while let Ok(Ok(Some((first, body)))) = tokio::time::timeout(PATIENCE, packet(&mut stream)).await {
        let (reply, note) = conversation.take(first, &body);
        if let Some(note) = note {
            records.note(&name, &note);
        }
        match reply {
            Reply::Say(answer) if stream.write_all(&answer).await.is_ok() && stream.flush().await.is_ok() => {
            }
            _ => return,
        }
    }
}

/// The next packet of a client: first octet, and what follows the length; `None` if it is too large.
///
/// # Errors
/// The connection ended.
pub(crate) async fn packet<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<Option<(u8, Vec<u8>)>> {
    let first = stream.read_u8().await?;
    let mut size = 0_usize;
    for index in 0..4 {
        let octet = stream.read_u8().await?;
        size |= usize::from(octet & 0x7f) << (7 * index);
        if octet & 0x80 == 0 {
            if size > LARGEST {
                return Ok(None);
            }
            let mut body = vec![0; size];
            stream.read_exact(&mut body).await?;
            return Ok(Some((first, body)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONNECT: &[u8] = b"\x00\x04MQTT\x04\xc2\x00\x3c\x00\x02hk\x00\x01u\x00\x01p";

    fn said(reply: Reply) -> Vec<u8> {
        match reply {
            Reply::Say(octets) => octets,
            Reply::Close => panic!("closed"),
        }
    }

    #[test]
    fn a_client_connects_publishes_subscribes_and_pings() {
        let mut talk = Conversation::default();
        let (reply, note) = talk.take(0x10, CONNECT);
        assert_eq!(said(reply), [0x20, 2, 0, 0]);
        let note = note.unwrap();
        assert!(note.contains("of hk with name and password") && !note.contains('\u{1}'), "{note}");
        let (reply, note) = talk.take(0x32, b"\x00\x03a/b\x00\x07payload");
        assert_eq!((said(reply), note.unwrap().contains("a/b")), (vec![0x40, 2, 0, 7], true));
        assert_eq!(said(talk.take(0x82, b"\x00\x08\x00\x01c\x00\x00\x01d\x01").0), [0x90, 4, 0, 8, 0, 0]);
        assert_eq!(said(talk.take(0xc0, b"").0), [0xd0, 0]);
        assert_eq!(talk.take(0xe0, b"").0, Reply::Close);
    }

    #[test]
    fn version_5_is_answered_with_properties() {
        let mut talk = Conversation::default();
        let connect = b"\x00\x04MQTT\x05\x02\x00\x3c\x03\x21\x00\x14\x00\x02hk";
        assert_eq!(said(talk.take(0x10, connect).0), [0x20, 3, 0, 0, 0]);
        assert_eq!(said(talk.take(0x82, b"\x00\x08\x00\x00\x01c\x00").0), [0x90, 4, 0, 8, 0, 0]);
    }

    #[test]
    fn nothing_is_taken_before_connect_and_no_other_protocol() {
        assert_eq!(Conversation::default().take(0x30, b"\x00\x01ax").0, Reply::Close);
        assert_eq!(
            Conversation::default().take(0x10, b"\x00\x04HTTP\x04\x00\x00\x00\x00\x00").0,
            Reply::Close
        );
        let mut talk = Conversation::default();
        talk.take(0x10, CONNECT);
        assert_eq!(talk.take(0x36, b"\x00\x01a\x00\x01").0, Reply::Close, "quality 3 does not exist");
    }

    proptest! {
        #[test]
        fn no_packet_makes_it_panic(
            packets in proptest::collection::vec((any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..6),
            level in 3_u8..6,
        ) {
            let mut talk = Conversation { level };
            for (first, body) in packets {
                talk.take(first, &body);
            }
        }
    }
}

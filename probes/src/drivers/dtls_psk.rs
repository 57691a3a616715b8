//! A DTLS 1.2 client with a pre-shared key (RFC 6347, 4279, 6655): one handshake, then datagrams inside it. Suites
//! PSK with AES-128-CCM-8, which CoAP asks for, and AES-128-CCM.

use std::time::Duration;

use aes::Aes128;
use ccm::Ccm;
use ccm::aead::{
    AeadInOut, KeyInit,
    consts::{U8, U12, U16},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use crate::tls::client_hello::random;

const ALERT: u8 = 21;
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const HELLO_VERIFY_REQUEST: u8 = 3;
const SERVER_HELLO_DONE: u8 = 14;
const CLIENT_KEY_EXCHANGE: u8 = 16;
const FINISHED: u8 = 20;
const CCM_8: u16 = 0xc0a8;
const CCM_16: u16 = 0xc0a4;
const VERSION: [u8; 2] = [0xfe, 0xfd];

/// Wait for the answer to a flight, and how often it is sent.
const WAIT: Duration = Duration::from_millis(1000);
const SENDINGS: usize = 3;

/// How a handshake ended without a session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The port is closed.
    Closed,
    /// Not a byte of DTLS came.
    Silent,
    /// The server agreed to a suite, and fell silent over the key.
    SilentAtKey,
    /// An alert instead of a hello, by its number: no suite in common, most likely.
    AlertAtHello(u8),
    /// An alert over the key, by its number.
    Alert(u8),
    /// No suite in common, or a handshake that this client does not speak.
    Other(&'static str),
}

/// A session.
pub(super) struct Session {
    socket: UdpSocket,
    keys: Keys,
    sent: u64,
}

/// Shakes hands.
pub(super) async fn shake_hands(socket: UdpSocket, identity: &[u8], key: &[u8]) -> Result<Session, Refusal> {
    let mut client = Client { socket, records: 0, messages: 0, transcript: Vec::new() };
    let nonce = random::<32>();
    let mut flight = client.hello(&nonce, &[]);
    let mut answers = client.exchange(&[flight], Refusal::Silent).await?;
    if let Some(cookie) = answers.iter().find_map(|message| message.cookie()) {
        // Neither the first hello nor the demand for a cookie counts in the transcript.
        client.transcript.clear();
        flight = client.hello(&nonce, &cookie);
        answers = client.exchange(&[flight], Refusal::Silent).await?;
    }
    let hello = answers
        .iter()
        .find(|message| message.kind == SERVER_HELLO)
        .ok_or(Refusal::Other("no ServerHello"))?;
    let (server_nonce, suite) = hello.choice().ok_or(Refusal::Other("a ServerHello that cannot be read"))?;
    if suite != CCM_8 && suite != CCM_16 {
        return Err(Refusal::Other("a suite that was not offered"));
    }
    for message in &answers {
        client.transcript.extend(&message.whole);
    }
    let keys = Keys::derive(key, &nonce, &server_nonce, suite);

    let mut exchange = Vec::new();
    exchange.extend(u16::try_from(identity.len()).unwrap_or(0).to_be_bytes());
    exchange.extend(identity);
    let exchange = client.message(CLIENT_KEY_EXCHANGE, &exchange);
    client.transcript.extend(&exchange);
    let proof = prf(&keys.master, b"client finished", &Sha256::digest(&client.transcript), 12);
    let proof = client.message(FINISHED, &proof);
    for sending in 0..SENDINGS {
        // Every record has a number of its own, also one that is sent again.
        let datagram = [
            client.record(HANDSHAKE, &exchange),
            client.record(CHANGE_CIPHER_SPEC, &[1]),
            keys.seal(HANDSHAKE, sending as u64, &proof),
        ]
        .concat();
        client.socket.send(&datagram).await.map_err(|_| Refusal::Closed)?;
        let end = Instant::now() + WAIT;
        while let Some(datagram) = receive(&client.socket, end).await? {
            for record in records(&datagram) {
                match (record.kind, record.epoch) {
                    (ALERT, 0) => return Err(Refusal::Alert(record.body.get(1).copied().unwrap_or(0))),
                    // Only who has the same key can have sealed it.
                    (HANDSHAKE, 1) if keys.open(&record).is_some() => {
                        return Ok(Session { socket: client.socket, keys, sent: SENDINGS as u64 });
                    }
                    (ALERT, 1) => {
                        let alert = keys.open(&record).and_then(|alert| alert.get(1).copied());
                        return Err(Refusal::Alert(alert.unwrap_or(0)));
                    }
                    _ => {}
                }
            }
        }
    }
    Err(Refusal::SilentAtKey)
}

impl Session {
    /// Sends a datagram inside the session and gives the first answer; `None` if none came.
    pub(super) async fn ask(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        for _ in 0..SENDINGS {
            self.socket.send(&self.keys.seal(DATA, self.sent, question)).await.ok()?;
            self.sent += 1;
            let end = Instant::now() + WAIT;
            while let Ok(Some(datagram)) = receive(&self.socket, end).await {
                let mut inside =
                    records(&datagram).into_iter().filter(|record| record.kind == DATA && record.epoch == 1);
                if let Some(answer) = inside.find_map(|record| self.keys.open(&record)) {
                    return Some(answer);
                }
            }
        }
        None
    }

    /// Says goodbye, so that the server forgets the session.
    pub(super) async fn close(mut self) {
        self.sent += 1;
        let _ = self.socket.send(&self.keys.seal(ALERT, self.sent, &[1, 0])).await;
    }
}

async fn receive(socket: &UdpSocket, end: Instant) -> Result<Option<Vec<u8>>, Refusal> {
    let mut datagram = vec![0; 4096];
    match tokio::time::timeout_at(end, socket.recv(&mut datagram)).await {
        Err(_) => Ok(None),
        Ok(Err(_)) => Err(Refusal::Closed),
        Ok(Ok(length)) => {
            datagram.truncate(length);
            Ok(Some(datagram))
        }
    }
}

/// The unprotected part of the handshake.
struct Client {
    socket: UdpSocket,
    records: u64,
    messages: u16,
    transcript: Vec<u8>,
}

impl Client {
    fn hello(&mut self, nonce: &[u8; 32], cookie: &[u8]) -> Vec<u8> {
        let mut body = VERSION.to_vec();
        body.extend(nonce);
        body.push(0);
        body.push(u8::try_from(cookie.len()).unwrap_or(0));
        body.extend(cookie);
        // Two suites and the sign of secure renegotiation; no compression.
        body.extend([0, 6]);
        for suite in [CCM_8, CCM_16, 0x00ff] {
            body.extend(suite.to_be_bytes());
        }
        body.extend([1, 0]);
        let message = self.message(CLIENT_HELLO, &body);
        self.transcript.extend(&message);
        message
    }

    fn message(&mut self, kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
        let mut message = vec![kind, length[1], length[2], length[3]];
        message.extend(self.messages.to_be_bytes());
        message.extend([0, 0, 0, length[1], length[2], length[3]]);
        message.extend(body);
        self.messages += 1;
        message
    }

    fn record(&mut self, kind: u8, body: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, VERSION[0], VERSION[1]];
        record.extend(self.records.to_be_bytes());
        record.extend(u16::try_from(body.len()).unwrap_or(0).to_be_bytes());
        record.extend(body);
        self.records += 1;
        record
    }

    /// Sends messages until the server has said enough: a demand for a cookie, or all of its hello.
    async fn exchange(&mut self, flight: &[Vec<u8>], nothing: Refusal) -> Result<Vec<Message>, Refusal> {
        let mut heard: Vec<Message> = Vec::new();
        for _ in 0..SENDINGS {
            for message in flight {
                let record = self.record(HANDSHAKE, message);
                self.socket.send(&record).await.map_err(|_| Refusal::Closed)?;
            }
            let end = Instant::now() + WAIT;
            while let Some(datagram) = receive(&self.socket, end).await? {
                for record in records(&datagram) {
                    match record.kind {
                        ALERT => return Err(Refusal::AlertAtHello(record.body.get(1).copied().unwrap_or(0))),
                        HANDSHAKE if record.epoch == 0 => {
                            for message in messages(&record.body) {
                                if !heard.iter().any(|known| known.number == message.number) {
                                    heard.push(message);
                                }
                            }
                        }
                        _ => {}
                    }
                }
                heard.sort_by_key(|message| message.number);
                if heard
                    .iter()
                    .any(|message| matches!(message.kind, HELLO_VERIFY_REQUEST | SERVER_HELLO_DONE))
                {
                    return Ok(heard);
                }
            }
        }
        Err(if heard.is_empty() { nothing } else { Refusal::Other("a hello without an end") })
    }
}

/// A record as it came.
struct Record {
    kind: u8,
    epoch: u16,
    /// Epoch and number.
    number: [u8; 8],
    body: Vec<u8>,
}

fn records(mut datagram: &[u8]) -> Vec<Record> {
    let mut found = Vec::new();
    while let Some((head, rest)) = datagram.split_at_checked(13) {
        let length = usize::from(u16::from_be_bytes([head[11], head[12]]));
        let Some((body, after)) = rest.split_at_checked(length) else { break };
        let mut number = [0; 8];
        number.copy_from_slice(&head[3..11]);
        let epoch = u16::from_be_bytes([head[3], head[4]]);
        found.push(Record { kind: head[0], epoch, number, body: body.to_vec() });
        datagram = after;
    }
    found
}

/// A handshake message that came in one piece.
struct Message {
    kind: u8,
    number: u16,
    whole: Vec<u8>,
}

fn messages(mut bytes: &[u8]) -> Vec<Message> {
    let mut found = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(12) {
        let length = usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3]);
        // Hellos of this kind are small; what comes in pieces is not put together.
        if head[6..9] != [0, 0, 0] || head[9..12] != head[1..4] {
            break;
        }
        let Some((_, after)) = rest.split_at_checked(length) else { break };
        let number = u16::from_be_bytes([head[4], head[5]]);
        found.push(Message { kind: head[0], number, whole: bytes[..12 + length].to_vec() });
        bytes = after;
    }
    found
}

impl Message {
    fn cookie(&self) -> Option<Vec<u8>> {
        let body = self.whole.get(12..).filter(|_| self.kind == HELLO_VERIFY_REQUEST)?;
        let length = usize::from(*body.get(2)?);
        body.get(3..3 + length).map(<[u8]>::to_vec)
    }

    /// Nonce and suite of a ServerHello.
    fn choice(&self) -> Option<([u8; 32], u16)> {
        let body = self.whole.get(12..)?;
        let nonce: [u8; 32] = body.get(2..34)?.try_into().ok()?;
        let rest = body.get(35 + usize::from(*body.get(34)?)..)?;
        Some((nonce, u16::from_be_bytes([*rest.first()?, *rest.get(1)?])))
    }
}

/// What both sides derive from the key.
struct Keys {
    master: Vec<u8>,
    /// Client's key, server's key, client's and server's part of the nonce.
    block: Vec<u8>,
    suite: u16,
}

impl Keys {
    fn derive(key: &[u8], client: &[u8; 32], server: &[u8; 32], suite: u16) -> Self {
        let length = u16::try_from(key.len()).unwrap_or(0).to_be_bytes();
        let secret = [&length[..], &vec![0; key.len()], &length, key].concat();
        let master = prf(&secret, b"master secret", &[&client[..], server].concat(), 48);
        let block = prf(&master, b"key expansion", &[&server[..], client].concat(), 40);
        Self { master, block, suite }
    }

    /// A record of epoch 1.
    fn seal(&self, kind: u8, number: u64, plain: &[u8]) -> Vec<u8> {
        let mut numbered = number.to_be_bytes();
        numbered[1] = 1;
        let nonce = [&self.block[32..36], &numbered].concat();
        let mut body = plain.to_vec();
        self.crypt(&self.block[..16], &nonce, &known(&numbered, kind, plain.len()), &mut body, true)
            .expect("a short text can be sealed");
        let mut record = vec![kind, VERSION[0], VERSION[1]];
        record.extend(numbered);
        record.extend(u16::try_from(body.len() + 8).unwrap_or(0).to_be_bytes());
        record.extend(numbered);
        record.extend(body);
        record
    }

    /// What a record of the server holds; `None` if it was not sealed with the same key.
    fn open(&self, record: &Record) -> Option<Vec<u8>> {
        let (explicit, sealed) = record.body.split_at_checked(8)?;
        let length = sealed.len().checked_sub(self.tag())?;
        let nonce = [&self.block[36..40], explicit].concat();
        let mut body = sealed.to_vec();
        self.crypt(
            &self.block[16..32],
            &nonce,
            &known(&record.number, record.kind, length),
            &mut body,
            false,
        )?;
        Some(body)
    }

    fn tag(&self) -> usize {
        if self.suite == CCM_8 { 8 } else { 16 }
    }

    fn crypt(&self, key: &[u8], nonce: &[u8], known: &[u8], body: &mut Vec<u8>, seal: bool) -> Option<()> {
        let nonce: [u8; 12] = nonce.try_into().ok()?;
        let done = if self.suite == CCM_8 {
            let cipher = Ccm::<Aes128, U8, U12>::new_from_slice(key).ok()?;
            if seal {
                cipher.encrypt_in_place(&nonce.into(), known, body)
            } else {
                cipher.decrypt_in_place(&nonce.into(), known, body)
            }
        } else {
            let cipher = Ccm::<Aes128, U16, U12>::new_from_slice(key).ok()?;
            if seal {
                cipher.encrypt_in_place(&nonce.into(), known, body)
            } else {
                cipher.decrypt_in_place(&nonce.into(), known, body)
            }
        };
        done.ok()
    }
}

/// What is sealed along: number, kind, version, length.
fn known(number: &[u8; 8], kind: u8, length: usize) -> Vec<u8> {
    let length = u16::try_from(length).unwrap_or(0).to_be_bytes();
    [&number[..], &[kind], &VERSION, &length].concat()
}

/// P_SHA256 of RFC 5246, 5.
fn prf(secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let hash = |parts: &[&[u8]]| -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret).expect("any key length");
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    };
    let mut link = hash(&[label, seed]);
    let mut out = Vec::new();
    while out.len() < length {
        out.extend(hash(&[&link, label, seed]));
        link = hash(&[&link]);
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A published test vector for P_SHA256.
    #[test]
    fn the_derivation_is_the_one_of_tls() {
        let secret =
            [0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35];
        let seed =
            [0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c];
        let out = prf(&secret, b"test label", &seed, 100);
        assert_eq!(out[..8], [0xe3, 0xf2, 0x29, 0xba, 0x72, 0x7b, 0xe1, 0x7b]);
        assert_eq!(out.len(), 100);
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        for suite in [CCM_8, CCM_16] {
            let keys = |key: &[u8]| Keys::derive(key, &[1; 32], &[2; 32], suite);
            let mut mirrored = keys(b"right");
            // The server seals with its half of the block.
            mirrored.block = [
                &mirrored.block[16..32],
                &mirrored.block[..16],
                &mirrored.block[36..40],
                &mirrored.block[32..36],
            ]
            .concat();
            let sealed = mirrored.seal(DATA, 5, b"hello");
            let record = &records(&sealed)[0];
            assert_eq!(keys(b"right").open(record).as_deref(), Some(&b"hello"[..]));
            assert_eq!(keys(b"wrong").open(record), None);
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let keys = Keys::derive(b"k", &[0; 32], &[0; 32], CCM_8);
            for record in records(&bytes) {
                let _ = keys.open(&record);
            }
            for message in messages(&bytes) {
                let _ = (message.cookie(), message.choice());
            }
        }
    }
}

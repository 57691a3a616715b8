//! The DTLS probe against small servers played from bytes.

use crate::played::{LOCAL, run};
use probes::probe::dtls_server::DtlsFacts;
use probes::{Observation, Outcome};
use serde_json::json;
use tokio::net::UdpSocket;

async fn look(port: u16) -> (Observation, DtlsFacts, String) {
    let (observation, transcript) =
        run("dtls-server", json!({"address": LOCAL, "port": port}), &[], &[]).await;
    let facts = observation.read().expect("facts");
    (observation, facts, transcript)
}

async fn socket() -> (UdpSocket, u16) {
    #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
    let socket = UdpSocket::bind((LOCAL, 0)).await.expect("loopback listens");
    let port = socket.local_addr().expect("it is bound").port();
    (socket, port)
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A message in fragments of this size.
fn message(kind: u8, sequence: u8, body: &[u8], size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let parts: Vec<&[u8]> = if body.is_empty() { vec![body] } else { body.chunks(size).collect() };
    for (n, part) in parts.into_iter().enumerate() {
        let number = |n: usize| (n as u32).to_be_bytes()[1..].to_vec();
        let fragment =
            [&[kind][..], &number(body.len()), &[0, sequence], &number(n * size), &number(part.len()), part]
                .concat();
        all.extend(record(22, &fragment));
    }
    all
}

/// Version, cookie and suites of a ClientHello over UDP.
fn read(datagram: &[u8]) -> Option<([u8; 2], Vec<u8>, Vec<u16>)> {
    let body = datagram.get(25..)?;
    let session = usize::from(*body.get(34)?);
    let rest = body.get(35 + session..)?;
    let cookie = rest.get(1..1 + usize::from(*rest.first()?))?;
    let rest = &rest[1 + cookie.len()..];
    let count = usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?);
    let suites = rest.get(2..2 + count)?.chunks(2).map(|id| u16::from_be_bytes([id[0], id[1]])).collect();
    Some(([body[0], body[1]], cookie.to_vec(), suites))
}

/// Speaks DTLS 1.2 with these suites and refuses the rest by alerts; the third datagram is lost.
async fn small_device(accepted: &'static [u16], cookie: bool) -> u16 {
    let (socket, port) = socket().await;
    tokio::spawn(async move {
        let mut buffer = vec![0; 4096];
        let mut count = 0;
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            count += 1;
            if count == 3 {
                continue;
            }
            let Some((version, sent, suites)) = read(&buffer[..length]) else { continue };
            let chosen = accepted.iter().find(|suite| suites.contains(suite));
            let answer = if cookie && sent != b"cookie" {
                message(3, 0, b"\xfe\xff\x06cookie", 100)
            } else if version != [0xfe, 0xfd] {
                record(21, &[2, 70])
            } else if let Some(suite) = chosen {
                let mut hello = vec![0xfe, 0xfd];
                hello.extend([7; 32]);
                hello.push(0);
                hello.extend(suite.to_be_bytes());
                hello.push(0);
                // The hint to the identity, and the end.
                [message(2, 1, &hello, 15), message(12, 2, &[0, 2, b'h', b'i'], 100), message(14, 3, &[], 1)]
                    .concat()
            } else {
                record(21, &[2, 40])
            };
            let _ = socket.send_to(&answer, from).await;
        }
    });
    port
}

#[tokio::test]
async fn a_small_device_with_a_key_known_before_is_taken_apart() {
    for cookie in [true, false] {
        let port = small_device(&[0xc0a8, 0x00ae], cookie).await;
        let (observation, facts, transcript) = look(port).await;
        assert_eq!(observation.outcome, Outcome::Complete, "{transcript}");
        assert_eq!((facts.speaks_dtls, facts.cookie), (true, cookie));
        let versions: Vec<(&str, Option<bool>)> =
            facts.versions.iter().map(|version| (version.version.as_str(), version.offered)).collect();
        assert_eq!(versions, [("1.0", Some(false)), ("1.2", Some(true))]);
        assert_eq!(facts.psk_suites, ["TLS_PSK_WITH_AES_128_CCM_8", "TLS_PSK_WITH_AES_128_CBC_SHA256"]);
        assert_eq!(facts.versions[1].order.as_deref(), Some("server"));
        assert!(facts.chain.is_empty());
    }
}

#[tokio::test]
async fn suites_without_a_key_known_before_are_told_apart() {
    let (_, facts, transcript) = look(small_device(&[0xc02b], true).await).await;
    assert_eq!(facts.versions[1].suites, ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], "{transcript}");
    assert!(facts.psk_suites.is_empty());
}

#[tokio::test]
async fn silence_another_protocol_and_a_closed_port_are_told_apart() {
    let (silent, port) = socket().await;
    let (observation, facts, _) = look(port).await;
    assert_eq!((observation.outcome, facts.speaks_dtls), (Outcome::Partial, false));
    assert!(observation.trouble.is_some_and(|trouble| trouble.contains("no answer")));
    drop(silent);
    let (observation, facts, _) = look(port).await;
    assert_eq!((observation.outcome, facts.speaks_dtls), (Outcome::Refused, false));

    let (other, port) = socket().await;
    tokio::spawn(async move {
        let mut buffer = vec![0; 4096];
        while let Ok((_, from)) = other.recv_from(&mut buffer).await {
            let _ = other.send_to(b"\x60\x45\x00\x00", from).await;
        }
    });
    let (observation, facts, _) = look(port).await;
    assert_eq!((observation.outcome, facts.speaks_dtls), (Outcome::Complete, false));
}

//! The TLS probe against real servers of rustls and a hand-written one of 1999.

use std::sync::Arc;

use crate::played::{LOCAL, listen, run};
use probes::probe::tls_server::TlsFacts;
use probes::{Observation, Outcome};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

async fn look(port: u16) -> (Observation, TlsFacts, String) {
    let params = json!({"address": LOCAL, "port": port, "server_name": "device.test"});
    let (observation, transcript) = run("tls-server", params, &[], &[]).await;
    let facts = observation.read().expect("facts");
    (observation, facts, transcript)
}

async fn rustls_server(versions: &[&'static SupportedProtocolVersion]) -> u16 {
    let made = rcgen::generate_simple_self_signed(vec!["device.test".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("known versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("key and certificate agree");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut session) = acceptor.accept(stream).await {
                    let _ = session.shutdown().await;
                }
            });
        }
    });
    port
}

fn offered(facts: &TlsFacts) -> Vec<Option<bool>> {
    facts.versions.iter().map(|version| version.offered).collect()
}

#[tokio::test]
async fn a_modern_server_is_taken_apart() {
    let port = rustls_server(&[&rustls::version::TLS12, &rustls::version::TLS13]).await;
    let (observation, facts, transcript) = look(port).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{transcript}");
    assert_eq!(offered(&facts), [Some(false), Some(false), Some(true), Some(true)], "{transcript}");
    let old = &facts.versions[0];
    assert_eq!(old.shapes_tried, 6);
    assert!(old.refusal.as_deref().is_some_and(|text| text.starts_with("alert")), "{old:?}");
    assert!(facts.versions[2].suites.contains(&"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256".to_owned()));
    assert_eq!(facts.versions[2].suites.len(), 3);
    assert_eq!(facts.versions[3].suites.len(), 3);
    assert_eq!(facts.versions[3].groups, ["x25519", "secp256r1", "secp384r1"], "{transcript}");
    assert_eq!(facts.compression, Some(false));
    let leaf = &facts.chain[0];
    assert_eq!((leaf.key_type.as_str(), leaf.key_bits, leaf.ca), ("EC", Some(256), false));
    assert_eq!(leaf.names, ["device.test"]);
    assert!(leaf.self_signed && leaf.sha256.len() == 64);
}

#[tokio::test]
async fn the_certificate_of_a_server_of_1_3_alone_is_fetched() {
    let port = rustls_server(&[&rustls::version::TLS13]).await;
    let (_, facts, transcript) = look(port).await;
    assert_eq!(offered(&facts), [Some(false), Some(false), Some(false), Some(true)], "{transcript}");
    assert_eq!(facts.chain.len(), 1);
    assert_eq!((facts.compression, facts.secure_renegotiation), (Some(false), None));
}

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 3, 1];
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A TLS 1.0 server with RC4 and a DH group of 512 bits, deflate, and no renegotiation_info. It
/// takes no ClientHello with more than 40 suites: `strict` closes the connection then.
async fn old_server(strict: bool) -> u16 {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut hello = vec![0; 8192];
                let count = stream.read(&mut hello).await.unwrap_or(0);
                let _ = stream.write_all(&old_answer(&hello[..count], strict)).await;
            });
        }
    });
    port
}

fn old_answer(hello: &[u8], strict: bool) -> Vec<u8> {
    let refuse = |number: u8| record(21, &[2, number]);
    if hello.len() < 46 || hello[0] != 22 {
        return Vec::new();
    }
    if hello[9..11] != [3, 1] {
        return refuse(70);
    }
    let at = 44 + usize::from(hello[43]);
    let length = usize::from(hello[at]) << 8 | usize::from(hello[at + 1]);
    let suites: Vec<&[u8]> = hello[at + 2..at + 2 + length].chunks(2).collect();
    if strict && suites.len() > 40 {
        return Vec::new();
    }
    let deflate = hello[at + 3 + length] == 1;
    let Some(suite) = [[0, 5], [0, 0x33], [0, 0x1b]].into_iter().find(|suite| suites.contains(&&suite[..]))
    else {
        return refuse(40);
    };
    let mut body = vec![3, 1];
    body.extend([9; 32]);
    body.extend([0, suite[0], suite[1], u8::from(deflate)]);
    let mut flight = vec![2, 0, 0, body.len() as u8];
    flight.extend(body);
    if suite == [0, 0x33] {
        let mut exchange = vec![0, 64];
        exchange.extend([0xff; 64]);
        exchange.extend([0, 1, 2, 0, 1, 4, 0, 0]);
        flight.extend([12, 0, 0, exchange.len() as u8]);
        flight.extend(exchange);
    }
    flight.extend([14, 0, 0, 0]);
    flight.chunks(50).flat_map(|part| record(22, part)).collect()
}

#[tokio::test]
async fn an_old_server_is_found_out_even_if_it_takes_small_hellos_only() {
    for strict in [false, true] {
        let port = old_server(strict).await;
        let (_, facts, transcript) = look(port).await;
        assert_eq!(offered(&facts), [Some(true), Some(false), Some(false), Some(false)], "{transcript}");
        let old = &facts.versions[0];
        let mut suites = old.suites.clone();
        suites.sort();
        let expected = [
            "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
            "TLS_RSA_WITH_RC4_128_SHA",
        ];
        assert_eq!(suites, expected);
        assert_eq!(old.dh_bits, Some(512));
        assert_eq!((facts.compression, facts.secure_renegotiation), (Some(true), Some(false)));
        assert_eq!(facts.versions[2].refusal.as_deref(), Some("alert 70 protocol_version"));
        assert!(transcript.contains("server hello"));
    }
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_said_to_be_so() {
    let port = crate::played::http(|_| crate::played::Said::page(400, "no")).await;
    let (observation, facts, transcript) = look(port).await;
    assert_eq!((observation.outcome, facts.speaks_tls), (Outcome::Complete, false), "{transcript}");
}

#[tokio::test]
async fn silence_is_never_an_answer() {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let (observation, facts, _) = look(port).await;
    assert_eq!((observation.outcome, facts.speaks_tls), (Outcome::Partial, false));
    assert!(!observation.effort.gaps.is_empty());
}

/// Refuses TLS 1.1 and later and leaves the ClientHello of TLS 1.0 hanging.
#[tokio::test]
async fn a_version_that_nobody_answered_is_unknown_and_not_refused() {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = vec![0; 8192];
            let count = stream.read(&mut hello).await.unwrap_or(0);
            if hello[..count].get(9..11) != Some(&[3, 1]) {
                let _ = stream.write_all(&record(21, &[2, 40])).await;
            } else {
                open.push(stream);
            }
        }
    });
    let (observation, facts, transcript) = look(port).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!(offered(&facts), [None, Some(false), Some(false), Some(false)], "{transcript}");
}

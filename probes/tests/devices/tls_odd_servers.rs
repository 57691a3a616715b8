//! The TLS probe against servers with the flaws of their age, played from bytes, each beside a sound twin.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::played::{LOCAL, listen, run};
use probes::probe::tls_server::{TlsFacts, VersionFacts};
use probes::{Observation, Outcome};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio_rustls::TlsAcceptor;

async fn look(port: u16, more: Value) -> (Observation, TlsFacts, String) {
    let mut params = json!({"address": LOCAL, "port": port, "server_name": "device.test"});
    for (name, value) in more.as_object().expect("an object") {
        params[name] = value.clone();
    }
    let (observation, transcript) = run("tls-server", params, &[], &[]).await;
    let facts = observation.read().expect("facts");
    (observation, facts, transcript)
}

/// What a played server does with a hello: bytes to send, a reset, or silence.
enum Does {
    Says(Vec<u8>),
    Resets,
    Closes,
}

/// A ClientHello as a simple server reads it: version, suites, length of the record.
struct Asked {
    version: [u8; 2],
    suites: Vec<u16>,
    length: usize,
}

fn read(hello: &[u8]) -> Option<Asked> {
    if *hello.first()? != 22 || hello.len() < 46 {
        return None;
    }
    let at = 44 + usize::from(hello[43]);
    let count = usize::from(*hello.get(at)?) << 8 | usize::from(*hello.get(at + 1)?);
    let suites = hello.get(at + 2..at + 2 + count)?;
    Some(Asked {
        version: [hello[9], hello[10]],
        suites: suites.chunks(2).map(|id| u16::from_be_bytes([id[0], id[1]])).collect(),
        length: hello.len(),
    })
}

/// Serves until the test ends; the number of the connection is given.
async fn serve(does: impl Fn(usize, Option<Asked>) -> Does + Send + Sync + 'static) -> u16 {
    let (listener, port) = listen().await;
    let does = Arc::new(does);
    let count = AtomicUsize::new(0);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (does, n) = (does.clone(), count.fetch_add(1, Ordering::Relaxed));
            tokio::spawn(async move {
                let mut hello = vec![0; 8192];
                let length = stream.read(&mut hello).await.unwrap_or(0);
                match does(n, read(&hello[..length])) {
                    Does::Says(bytes) => {
                        let _ = stream.write_all(&bytes).await;
                    }
                    Does::Resets => {
                        let _ = stream.set_zero_linger();
                    }
                    Does::Closes => {}
                }
            });
        }
    });
    port
}

fn record(version: [u8; 2], kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, version[0], version[1]];
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

fn alert(number: u8) -> Does {
    Does::Says(record([3, 1], 21, &[2, number]))
}

/// The first accepted suite that is asked for, or alert 40.
fn flight(asked: &Asked, accepted: &[u16]) -> Does {
    let Some(suite) = accepted.iter().find(|suite| asked.suites.contains(suite)) else { return alert(40) };
    let mut body = asked.version.to_vec();
    body.extend([9; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    let mut flight = vec![2, 0, 0, body.len() as u8];
    flight.extend(body);
    flight.extend([14, 0, 0, 0]);
    Does::Says(record(asked.version, 22, &flight))
}

fn of<'a>(facts: &'a TlsFacts, version: &str) -> &'a VersionFacts {
    facts.ssl.iter().chain(&facts.versions).find(|one| one.version == version).expect("it was asked for")
}

const RC4: [u16; 2] = [0x0005, 0x0004];

#[tokio::test]
async fn a_server_of_sslv3_and_rc4_alone_is_found_out() {
    let port = serve(|_, asked| match asked {
        Some(asked) if asked.version == [3, 0] => flight(&asked, &RC4),
        _ => alert(70),
    })
    .await;
    let (observation, facts, transcript) = look(port, json!({})).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{transcript}");
    assert!(facts.speaks_tls);
    assert_eq!(of(&facts, "SSLv3").suites, ["TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_RC4_128_MD5"]);
    assert_eq!(of(&facts, "SSLv3").order.as_deref(), Some("server"));
    for other in ["SSLv2", "1.0", "1.1", "1.2", "1.3"] {
        assert_eq!(of(&facts, other).offered, Some(false), "{other}");
    }
}

#[tokio::test]
async fn sslv2_is_seen_with_all_its_suites() {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = vec![0; 8192];
            let length = stream.read(&mut hello).await.unwrap_or(0);
            let answer = match hello[..length].get(2..5) {
                Some([1, 0, 2]) => [&[0x80, 14, 4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0][..], &[1, 0, 0x80]].concat(),
                _ => record([3, 0], 21, &[2, 40]),
            };
            let _ = stream.write_all(&answer).await;
        }
    });
    let (_, facts, transcript) = look(port, json!({})).await;
    assert_eq!(of(&facts, "SSLv2").offered, Some(true), "{transcript}");
    assert_eq!(of(&facts, "SSLv2").suites, ["SSL_CK_RC4_128_WITH_MD5"]);
}

#[tokio::test]
async fn a_reset_after_the_hello_is_no_refusal() {
    let port = serve(|_, _| Does::Resets).await;
    let (observation, facts, transcript) = look(port, json!({})).await;
    assert_eq!((observation.outcome, facts.speaks_tls), (Outcome::Partial, false), "{transcript}");
    assert!(facts.versions.is_empty());
    assert!(observation.trouble.is_some_and(|trouble| trouble.contains("connection reset")));
}

#[tokio::test]
async fn a_version_answered_by_resets_alone_stays_open_and_one_refused_by_alerts_does_not() {
    for resets in [true, false] {
        let port = serve(move |_, asked| match asked {
            Some(asked) if asked.version == [3, 3] => flight(&asked, &[0x002f]),
            Some(asked) if asked.version == [3, 1] && resets => Does::Resets,
            _ => alert(70),
        })
        .await;
        let (observation, facts, transcript) = look(port, json!({})).await;
        // A hello that names the old version in a list is answered with 1.2: that says nothing of 1.0.
        assert_eq!(of(&facts, "1.0").offered, if resets { None } else { Some(false) }, "{transcript}");
        assert_eq!(observation.outcome, if resets { Outcome::Partial } else { Outcome::Complete });
        let open =
            observation.effort.gaps.iter().any(|gap| gap.starts_with("whether TLS 1.0 is offered is open"));
        assert_eq!(open, resets, "{:?}", observation.effort.gaps);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_on_newer_versions_is_asked_for_its_own() {
    let port = serve(|_, asked| match asked {
        Some(asked) if asked.version == [3, 1] => flight(&asked, &[0x000a]),
        _ => Does::Closes,
    })
    .await;
    let (_, facts, transcript) = look(port, json!({})).await;
    assert_eq!(of(&facts, "1.0").suites, ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"], "{transcript}");
    assert_eq!(of(&facts, "1.2").offered, Some(false));
}

#[tokio::test]
async fn a_server_that_drops_large_hellos_shows_all_its_suites_in_small_ones() {
    let rare = [0x002f, 0xc0a0, 0x0088];
    let port = serve(move |_, asked| match asked {
        Some(asked) if asked.length > 300 => Does::Resets,
        Some(asked) if asked.version == [3, 3] => flight(&asked, &rare),
        _ => alert(70),
    })
    .await;
    let (observation, facts, transcript) = look(port, json!({})).await;
    let mut suites = of(&facts, "1.2").suites.clone();
    suites.sort();
    let expected = [
        "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CCM_8",
    ];
    assert_eq!(suites, expected, "{transcript}");
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.effort.gaps);
}

#[tokio::test]
async fn a_server_that_is_banned_in_the_middle_leaves_a_gap() {
    let port = serve(|n, asked| match asked {
        Some(asked) if asked.version == [3, 3] && n < 10 => flight(&asked, &[0x002f, 0x0035, 0x000a]),
        _ if n < 10 => alert(70),
        _ => Does::Resets,
    })
    .await;
    let (observation, facts, transcript) = look(port, json!({})).await;
    assert_eq!(observation.outcome, Outcome::Partial, "{transcript}");
    assert_eq!(of(&facts, "1.0").offered, None);
}

#[tokio::test]
async fn a_slow_start_is_waited_for() {
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = vec![0; 8192];
            // The first two hellos are left hanging, as by a processor that still makes its keys.
            if kept.len() < 2 {
                kept.push(stream);
                continue;
            }
            let length = stream.read(&mut hello).await.unwrap_or(0);
            let answer = match read(&hello[..length]) {
                Some(asked) if asked.version == [3, 3] => flight(&asked, &[0x009c]),
                Some(_) => alert(70),
                None => Does::Closes,
            };
            if let Does::Says(bytes) = answer {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let _ = stream.write_all(&bytes).await;
            }
        }
    });
    let (_, facts, transcript) = look(port, json!({})).await;
    assert_eq!(of(&facts, "1.2").suites, ["TLS_RSA_WITH_AES_128_GCM_SHA256"], "{transcript}");
}

#[tokio::test]
async fn the_limit_of_connections_ends_the_search_and_is_told() {
    let port = serve(|_, asked| match asked {
        Some(asked) => flight(&asked, &[0x002f, 0x0035, 0x000a, 0x0005]),
        None => Does::Closes,
    })
    .await;
    let (observation, _, _) = look(port, json!({"connections": 6})).await;
    assert_eq!((observation.outcome, observation.effort.attempted), (Outcome::Partial, 6));
    assert!(observation.effort.gaps.iter().any(|gap| gap == "stopped after 6 connections"));
}

/// A rustls server for `device.test`, and its certificate in PEM. With `mail` it speaks SMTP first.
async fn sound_server(mail: bool) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec!["device.test".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
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
                let mut stream = BufStream::new(stream);
                if mail {
                    let mut line = String::new();
                    for answer in ["220 mail.test\r\n", "250-mail.test\r\n250 STARTTLS\r\n", "220 go\r\n"] {
                        stream.write_all(answer.as_bytes()).await.ok()?;
                        stream.flush().await.ok()?;
                        if !answer.ends_with("go\r\n") {
                            stream.read_line(&mut line).await.ok()?;
                        }
                    }
                }
                acceptor.accept(stream).await.ok()?.shutdown().await.ok()
            });
        }
    });
    (port, made.cert.pem())
}

#[tokio::test]
async fn another_hosts_certificate_and_a_strange_issuer_are_told() {
    let (port, own) = sound_server(false).await;
    let (_, strange) = sound_server(false).await;
    for (name, anchor, good) in [("device.test", own, true), ("heater.example", strange, false)] {
        let (_, facts, _) = look(port, json!({"names": [name], "trust": anchor})).await;
        assert_eq!((facts.names[0].name.as_str(), facts.names[0].matches), (name, good));
        let trust = facts.trust.expect("an anchor was given");
        assert_eq!((trust.anchors, trust.trusted, trust.problem.is_none()), (1, good, good));
    }
    let (_, facts, _) = look(port, json!({})).await;
    assert!(facts.names.is_empty() && facts.trust.is_none());
}

#[tokio::test]
async fn a_mail_server_turns_to_tls_and_what_speaks_another_protocol_does_not() {
    let (port, _) = sound_server(true).await;
    let (observation, facts, transcript) = look(port, json!({"starttls": "smtp", "parallel": 4})).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{transcript}");
    assert_eq!((of(&facts, "1.2").offered, of(&facts, "1.3").offered), (Some(true), Some(true)));
    assert_eq!(of(&facts, "1.3").suites.len(), 3);
    let (observation, facts, _) = look(port, json!({"starttls": "imap"})).await;
    assert_eq!((observation.outcome, facts.speaks_tls), (Outcome::Complete, false));
}

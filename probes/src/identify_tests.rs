#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

fn device(last: u8) -> IpAddr {
    IpAddr::from([127, 74, 1, last])
}

/// Says `greeting`, then what `reply` makes of each read; `None` closes.
async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    greeting: &[u8],
    reply: fn(&[u8]) -> Option<Vec<u8>>,
) {
    let _ = stream.write_all(greeting).await;
    let mut buffer = [0; 2048];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        let Some(bytes) = reply(&buffer[..count]) else { break };
        if stream.write_all(&bytes).await.is_err() {
            break;
        }
    }
    let _ = stream.shutdown().await;
}

async fn service(address: IpAddr, greeting: &'static [u8], reply: fn(&[u8]) -> Option<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, greeting, reply));
        }
    });
    port
}

async fn service_in_tls(address: IpAddr, reply: fn(&[u8]) -> Option<Vec<u8>>) -> u16 {
    let made = rcgen::generate_simple_self_signed(vec!["device.test".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    converse(stream, b"", reply).await;
                }
            });
        }
    });
    port
}

async fn identity_of(address: IpAddr, port: u16) -> (Findings, ServiceIdentity) {
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = identify(Params { address, port, paths: Vec::new() }, &context).await;
    let identity = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, identity)
}

fn kinds(identity: &ServiceIdentity) -> Vec<(&str, bool)> {
    identity.logins.iter().map(|offer| (offer.kind.as_str(), offer.password)).collect()
}

fn told(identity: &ServiceIdentity, item: &str) -> Vec<String> {
    identity.disclosed.iter().filter(|told| told.item == item).map(|told| told.value.clone()).collect()
}

fn page(question: &[u8]) -> Option<Vec<u8>> {
    let body = "<title>Heater</title>Model: HWC-200<form><input type=password></form>";
    let head = format!("HTTP/1.1 200 OK\r\nServer: tiny/1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    question.starts_with(b"GET /").then(|| head.into_bytes())
}

#[tokio::test]
async fn a_web_page_with_a_form_is_known_in_the_clear_and_inside_tls() {
    let plain = service(device(1), b"", page).await;
    let inside = service_in_tls(device(1), page).await;
    for (port, tls) in [(plain, false), (inside, true)] {
        let (findings, identity) = identity_of(device(1), port).await;
        assert_eq!((identity.application.as_str(), identity.tls), ("http", tls));
        assert_eq!(kinds(&identity), [("html-form", true)]);
        assert_eq!(told(&identity, "server-software"), ["tiny/1"]);
        assert_eq!(told(&identity, "model"), ["HWC-200"]);
        assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    }
}

#[tokio::test]
async fn a_redirect_is_followed_on_the_device_and_nowhere_else() {
    let port = service(device(2), b"", |question| {
        let text = String::from_utf8_lossy(question).into_owned();
        if text.starts_with("GET /login ") {
            return Some(
                b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n".to_vec(),
            );
        }
        Some(b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n".to_vec())
    })
    .await;
    assert_eq!(kinds(&identity_of(device(2), port).await.1), [("http-basic", true)]);

    let elsewhere = TcpListener::bind((device(3), 8099)).await.unwrap();
    let port = service(device(2), b"", |_| {
        Some(b"HTTP/1.1 302 Found\r\nLocation: http://127.74.1.3:8099/\r\nContent-Length: 0\r\n\r\n".to_vec())
    })
    .await;
    let (_, identity) = identity_of(device(2), port).await;
    assert_eq!(identity.application, "http");
    let nobody = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(nobody.is_err(), "a redirect led to another address");
}

#[tokio::test]
async fn consoles_with_and_without_a_login_are_told_apart() {
    let login = service(device(4), b"\xff\xfd\x18\xff\xfb\x01heater login: ", |_| Some(Vec::new())).await;
    let (_, identity) = identity_of(device(4), login).await;
    assert_eq!(identity.application, "telnet");
    assert_eq!(kinds(&identity), [("telnet-login", true)]);
    assert_eq!(told(&identity, "host-name"), ["heater"]);

    let shell = service(device(4), b"\xff\xfb\x01\r\nBusyBox v1.36\r\n/ # ", |_| Some(Vec::new())).await;
    let (_, identity) = identity_of(device(4), shell).await;
    assert_eq!(kinds(&identity), [("telnet-shell", false)]);

    // This one says nothing until somebody presses return.
    let waits =
        service(device(4), b"", |bytes| Some(if bytes == b"\r\n" { b"# ".to_vec() } else { Vec::new() }));
    let (_, identity) = identity_of(device(4), waits.await).await;
    assert_eq!(kinds(&identity), [("telnet-shell", false)]);
}

#[tokio::test]
async fn a_broker_tells_whether_strangers_are_let_in() {
    fn broker(bytes: &[u8], code: u8) -> Option<Vec<u8>> {
        bytes.starts_with(b"\x10\x12\x00\x04MQTT").then(|| vec![0x20, 2, 0, code])
    }
    let open = service(device(5), b"", |bytes| broker(bytes, 0)).await;
    let (_, identity) = identity_of(device(5), open).await;
    assert_eq!(identity.application, "mqtt");
    assert_eq!(kinds(&identity), [("mqtt-anonymous", false)]);

    let guarded = service_in_tls(device(5), |bytes| broker(bytes, 4)).await;
    let (_, identity) = identity_of(device(5), guarded).await;
    assert_eq!((identity.application.as_str(), identity.tls), ("mqtt", true));
    assert_eq!((identity.logins[0].kind.as_str(), identity.logins[0].certain), ("mqtt", true));

    // Not authorized: a certificate may be what is missing.
    let unsure = service(device(5), b"", |bytes| broker(bytes, 5)).await;
    let (_, identity) = identity_of(device(5), unsure).await;
    assert_eq!((identity.logins[0].kind.as_str(), identity.logins[0].certain), ("mqtt", false));
}

#[tokio::test]
async fn services_that_greet_are_known_by_their_greeting() {
    let ssh = service(device(6), b"SSH-2.0-dropbear_2022.83\r\n", |_| None).await;
    let (_, identity) = identity_of(device(6), ssh).await;
    assert_eq!(identity.application, "ssh");
    assert_eq!(told(&identity, "server-software"), ["SSH-2.0-dropbear_2022.83"]);
    assert_eq!((identity.logins[0].kind.as_str(), identity.logins[0].certain), ("ssh", false));

    let ftp = service(device(6), b"220 ready\r\n", |bytes| {
        Some(if bytes.starts_with(b"USER") { b"331 Password\r\n".to_vec() } else { b"500 What\r\n".to_vec() })
    })
    .await;
    let (findings, identity) = identity_of(device(6), ftp).await;
    assert_eq!(identity.application, "ftp");
    assert_eq!(kinds(&identity), [("ftp", true)]);
    assert!(identity.logins[0].certain);
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);

    let smtp = service(device(6), b"220 heater\r\n", |_| Some(b"250 heater\r\n".to_vec())).await;
    assert_eq!(identity_of(device(6), smtp).await.1.application, "smtp");
}

#[tokio::test]
async fn services_that_leave_open_how_they_are_entered_are_partial() {
    let ftp = service(device(46), b"220 ready\r\n", |bytes| {
        bytes.starts_with(b"EHLO").then(|| b"500 What\r\n".to_vec())
    });
    let broker = service(device(46), b"", |bytes| {
        bytes.starts_with(b"\x10\x12\x00\x04MQTT").then(|| vec![0x20, 2, 0, 3])
    });
    for (port, application) in [(ftp.await, "ftp"), (broker.await, "mqtt")] {
        let (findings, identity) = identity_of(device(46), port).await;
        assert_eq!(identity.application, application);
        assert!(identity.logins.is_empty());
        assert_eq!(findings.outcome, Outcome::Partial, "{application}");
        assert!(findings.trouble.is_some());
    }
}

#[tokio::test]
async fn a_camera_that_shows_its_stream_to_strangers_is_seen() {
    let port = service(device(7), b"", |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let cseq = if text.starts_with("OPTIONS") { 1 } else { 2 };
        text.contains("RTSP/1.0").then(|| format!("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n\r\n").into_bytes())
    })
    .await;
    let (_, identity) = identity_of(device(7), port).await;
    assert_eq!(identity.application, "rtsp");
    assert_eq!(kinds(&identity), [("rtsp-anonymous", false)]);
}

#[tokio::test]
async fn nonsense_is_unknown_and_printable() {
    let port =
        service(device(8), b"\x01\x1b[2J\xe2\x80\xae<script>", |_| Some(b"\x00\x01\x02".to_vec())).await;
    let (_, identity) = identity_of(device(8), port).await;
    assert_eq!((identity.application.as_str(), identity.tls), ("unknown", false));
    let banner = identity.banner.unwrap();
    assert!(!banner.chars().any(char::is_control), "{banner:?}");
    assert!(!banner.contains('\u{202e}'));
    assert!(identity.logins.is_empty());
}

#[tokio::test]
async fn a_tls_server_that_refuses_us_is_a_gap_and_not_an_empty_service() {
    let port = service(device(9), b"", |bytes| {
        // Alert: handshake failure, as from a server of an older version.
        Some(if bytes.first() == Some(&0x16) { vec![0x15, 3, 1, 0, 2, 2, 40] } else { Vec::new() })
    })
    .await;
    let (findings, identity) = identity_of(device(9), port).await;
    assert_eq!((identity.application.as_str(), identity.tls), ("unknown", true));
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(findings.trouble.unwrap().contains("not known"));
}

#[tokio::test]
async fn a_closed_port_is_refused() {
    let listener = TcpListener::bind((device(10), 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (findings, identity) = identity_of(device(10), port).await;
    assert_eq!(findings.outcome, Outcome::Refused);
    assert_eq!(identity.application, "unknown");
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let address = device(11);
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                while stream.write_all(&[b'a'; 4096]).await.is_ok() {}
            });
        }
    });
    let (_, identity) = identity_of(address, port).await;
    assert!(identity.banner.unwrap().chars().count() <= 512);
}

#[tokio::test]
async fn a_stopped_identification_is_partial_and_keeps_its_transcript() {
    let port = service(device(12), b"", |_| Some(Vec::new())).await;
    let scope = Scope { devices: vec![device(12)], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let cancel = context.cancel.clone();
    let dialer = context.dialer.clone();
    tokio::spawn(async move {
        while dialer.counters.tcp_connected.load(std::sync::atomic::Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        cancel.cancel();
    });
    let findings = identify(Params { address: device(12), port, paths: Vec::new() }, &context).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert_eq!(findings.effort.attempted, 1);
    assert_eq!(context.take_attachments().len(), 1);
}

#[tokio::test]
async fn a_remote_screen_and_mailboxes_tell_how_they_are_opened() {
    let screen = |greeting: &'static [u8], types: fn(&[u8]) -> Option<Vec<u8>>, last| async move {
        let port = service(device(last), greeting, types).await;
        let (findings, identity) = identity_of(device(last), port).await;
        assert_eq!(identity.application, "vnc");
        assert_eq!(findings.outcome == Outcome::Complete, !identity.logins.is_empty());
        identity.logins
    };
    let closed = screen(b"RFB 003.008\n", |_| Some(vec![2, 2, 16]), 40).await;
    assert_eq!((closed[0].kind.as_str(), closed[0].password), ("vnc", true));
    let open = screen(b"RFB 003.008\n", |_| Some(vec![2, 1, 2]), 41).await;
    assert_eq!((open[0].kind.as_str(), open[0].password), ("vnc-anonymous", false));
    let old = screen(b"RFB 003.003\n", |_| Some(vec![0, 0, 0, 2]), 42).await;
    assert_eq!(old[0].kind, "vnc");
    assert!(screen(b"RFB 003.008\n", |_| Some(vec![0]), 43).await.is_empty());
    let smtp = service(device(44), b"220 heater\r\n", |_| {
        Some(b"250-heater\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n".to_vec())
    });
    let (_, smtp) = identity_of(device(44), smtp.await).await;
    assert_eq!((smtp.application.as_str(), smtp.logins[0].kind.as_str()), ("smtp", "smtp"));
    let mailbox = service(device(45), b"* OK IMAP4rev1 ready\r\n", |_| None).await;
    assert_eq!(identity_of(device(45), mailbox).await.1.logins[0].kind, "imap");
}

#[tokio::test]
async fn a_file_server_that_lets_strangers_in_is_told_from_one_that_asks() {
    let open = service(device(47), b"220 files\r\n", |bytes| {
        Some(match bytes {
            b"USER anonymous\r\n" => b"331 Mail address\r\n".to_vec(),
            b"USER hantei\r\n" => b"331 Password\r\n".to_vec(),
            [b'P', b'A', b'S', b'S', ..] => b"230 In\r\n".to_vec(),
            b"FEAT\r\n" => b"211-Features\r\n UTF8\r\n211 End\r\n".to_vec(),
            _ => b"500 What\r\n".to_vec(),
        })
    })
    .await;
    let (_, identity) = identity_of(device(47), open).await;
    assert_eq!(kinds(&identity), [("ftp-anonymous", false), ("ftp", true)]);
    assert_eq!(told(&identity, "service-list"), ["211-Features  UTF8 211 End"]);

    let closed = service(device(47), b"220 files\r\n", |bytes| {
        Some(if bytes.starts_with(b"USER") { b"331 Password\r\n".to_vec() } else { b"530 No\r\n".to_vec() })
    })
    .await;
    assert_eq!(kinds(&identity_of(device(47), closed).await.1), [("ftp", true)]);
}

#[tokio::test]
async fn a_greeting_that_only_looks_like_files_is_unknown() {
    let port = service(device(48), b"220 volts\r\n", |_| Some(b"reading: 231\r\n".to_vec())).await;
    let (_, identity) = identity_of(device(48), port).await;
    assert_eq!(identity.application, "unknown");
    assert_eq!(identity.banner.as_deref(), Some("220 volts"));
    assert!(identity.logins.is_empty());
}

#[tokio::test]
async fn protocols_in_which_the_client_speaks_first_are_named_wherever_they_lie() {
    let machine = service(device(49), b"", |bytes| match bytes {
        [high, low, 0, 0, 0, 5, unit, 0x2b, 0x0e, 1, 0] => {
            let mut answer = vec![*high, *low, 0, 0, 0, 16, *unit, 0x2b, 0x0e, 1, 1, 0, 0, 1, 1, 6];
            answer.extend(b"HK-100");
            Some(answer)
        }
        _ => None,
    });
    let store = service(device(49), b"", |bytes| {
        bytes.starts_with(b"*1\r\n$4\r\nPING").then(|| b"-NOAUTH Authentication required.\r\n".to_vec())
    });
    let (_, identity) = identity_of(device(49), machine.await).await;
    assert_eq!(identity.application, "modbus");
    assert_eq!(kinds(&identity), [("modbus-anonymous", false)]);
    assert_eq!(told(&identity, "model"), ["HK-100"]);
    let (findings, identity) = identity_of(device(49), store.await).await;
    assert_eq!((identity.application.as_str(), kinds(&identity)), ("redis", vec![("redis", true)]));
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
}

#[tokio::test]
async fn a_secure_shell_shows_algorithms_and_host_key_before_a_login() {
    fn packet(payload: &[u8]) -> Vec<u8> {
        let padding = 4 + (8 - (payload.len() + 9) % 8) % 8;
        let mut bytes = (1 + payload.len() as u32 + padding as u32).to_be_bytes().to_vec();
        bytes.push(padding as u8);
        bytes.extend(payload);
        bytes.extend(vec![0; padding]);
        bytes
    }
    fn text(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
    }
    let port = service(device(50), b"SSH-2.0-tiny\r\n", |bytes| {
        if bytes.starts_with(b"SSH-") {
            let mut init = vec![20];
            init.extend([0; 16]);
            for names in
                ["diffie-hellman-group1-sha1", "ssh-rsa", "3des-cbc", "3des-cbc", "hmac-md5", "hmac-md5"]
            {
                init.extend(text(names.as_bytes()));
            }
            init.extend([text(b"none"), text(b"none")].concat());
            init.extend([0; 13]);
            return Some(packet(&init));
        }
        let key = [text(b"ssh-rsa"), text(&[3]), text(&[0x80; 64])].concat();
        Some(packet(&[&[31][..], &text(&key), &text(&[1]), &text(&[2])].concat()))
    })
    .await;
    let (_, identity) = identity_of(device(50), port).await;
    let ssh = identity.ssh.expect("what the server showed");
    assert_eq!((ssh.version.as_str(), ssh.ciphers[0].as_str()), ("SSH-2.0-tiny", "3des-cbc"));
    assert_eq!((ssh.host_keys[0].kind.as_str(), ssh.host_keys[0].bits), ("ssh-rsa", 512));
}

#[tokio::test]
async fn a_banner_of_escapes_and_markup_stays_inert() {
    let port =
        service(device(51), b"\x1b]0;owned\x07\x1b[2J<img src=x onerror=go()>\r\n", |_| Some(Vec::new()));
    let (_, identity) = identity_of(device(51), port.await).await;
    let banner = identity.banner.unwrap();
    assert!(!banner.contains('\u{1b}') && !banner.contains('\u{7}'), "{banner:?}");
    assert_eq!(identity.application, "unknown");
}

#[tokio::test]
async fn a_port_that_closes_after_a_while_leaves_a_gap() {
    let listener = TcpListener::bind((device(52), 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        // Takes five callers and no more.
        for _ in 0..5 {
            drop(listener.accept().await);
        }
    });
    let (findings, identity) = identity_of(device(52), port).await;
    assert_eq!(identity.application, "unknown");
    assert_eq!(findings.outcome, Outcome::Partial);
    assert!(
        findings.effort.gaps.iter().any(|gap| gap.contains("were not tried")),
        "{:?}",
        findings.effort.gaps
    );
}

#[tokio::test]
async fn who_holds_its_callers_leaves_a_gap_when_the_time_is_over() {
    let listener = TcpListener::bind((device(53), 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            // A byte now and then, and never an end.
            held.push(tokio::spawn(async move {
                while stream.write_all(b".").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }));
        }
    });
    let scope = Scope { devices: vec![to.ip()], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let mut recognition = Recognition::new(&context, to, Vec::new());
    recognition.trying = Duration::from_secs(1);
    recognition.run().await.unwrap();
    assert_eq!(recognition.identity.application, "unknown");
    assert!(
        recognition.talk.gaps.iter().any(|gap| gap.contains("were not tried")),
        "{:?}",
        recognition.talk.gaps
    );
}

#[test]
fn observations_of_before_are_read() {
    let second = r#"{"port":8443,"application":"http","tls":true,"banner":null,"paths":["/"],
        "logins":[{"kind":"html-form","password":true,"certain":true,"seen":"/: <input>"}],"disclosed":[]}"#;
    let identity: ServiceIdentity = serde_json::from_str(second).unwrap();
    assert_eq!((identity.ssh, identity.logins[0].path.as_deref()), (None, None));
    let first = r#"{"port":22,"application":"ssh","tls":false,"banner":"SSH-2.0-x",
        "logins":[{"kind":"ssh","password":true,"seen":"banner"}],"disclosed":[]}"#;
    let identity: ServiceIdentity = serde_json::from_str(first).unwrap();
    assert!(identity.logins[0].certain && identity.paths.is_empty());
}

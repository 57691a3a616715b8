#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

/// A device at which `reply` answers what is read; `None` closes.
async fn trials_at(last: u8, reply: fn(&[u8], u16) -> Option<Vec<u8>>) -> (Findings, RelayTrials) {
    let address = IpAddr::from([127, 74, 7, last]);
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 2048];
                while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                    let Some(bytes) = reply(&buffer[..count], port) else { break };
                    if stream.write_all(&bytes).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = observe(serde_json::json!({ "address": address, "port": port }), context).await;
    let seen = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, seen)
}

fn status(line: &str) -> Option<Vec<u8>> {
    Some(format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n").into_bytes())
}

fn code(seen: &RelayTrials, way: RelayWay, target: RelayTarget) -> Option<u16> {
    seen.of(way, false, target).unwrap().code
}

#[tokio::test]
async fn a_web_server_refuses_every_way_and_all_of_them_are_settled() {
    let (findings, seen) = trials_at(1, |asked, _| match asked.starts_with(b"GET ") {
        true => status("200 OK"),
        false if asked.is_ascii() && asked[0] > 5 => status("405 Method Not Allowed"),
        false => None,
    })
    .await;
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    assert_eq!(seen.trials.len(), 12);
    assert!(seen.alive && !seen.tls);
    for target in [RelayTarget::Itself, RelayTarget::ClosedPort, RelayTarget::Documentation] {
        assert_eq!(code(&seen, RelayWay::Connect, target), Some(405));
        assert_eq!(code(&seen, RelayWay::WholeAddress, target), Some(200));
    }
    assert_eq!(code(&seen, RelayWay::Socks5, RelayTarget::Itself), None);
    assert_eq!(code(&seen, RelayWay::Socks4, RelayTarget::Itself), None);
}

#[tokio::test]
async fn a_proxy_shows_by_what_it_reaches_and_what_not() {
    let (findings, seen) = trials_at(2, |asked, port| {
        let asked = String::from_utf8_lossy(asked).into_owned();
        match asked.split(' ').next() {
            Some("CONNECT") if asked.contains(&format!(":{port} HTTP")) => {
                Some(b"HTTP/1.1 200 Tunnel\r\n\r\n".to_vec())
            }
            Some("CONNECT") => status("502 Bad Gateway"),
            Some("HEAD") => Some(b"through the tunnel".to_vec()),
            Some("GET") => status("200 OK"),
            _ => None,
        }
    })
    .await;
    assert_eq!(findings.outcome, Outcome::Complete);
    assert_eq!(code(&seen, RelayWay::Connect, RelayTarget::Itself), Some(200));
    assert_eq!(code(&seen, RelayWay::Connect, RelayTarget::ClosedPort), Some(502));
    assert_eq!(seen.of(RelayWay::Connect, false, RelayTarget::Itself).unwrap().through, 18);
}

#[tokio::test]
async fn socks_proxies_say_what_became_of_the_order() {
    let (_, seen) = trials_at(3, |asked, _| match asked {
        [5, 1, 0] => Some(vec![5, 0]),
        [5, 1, 0, 1, 127, ..] => Some(vec![5, 0, 0, 1, 127, 0, 0, 1, 0, 9]),
        [5, ..] => Some(vec![5, 4, 0, 1, 0, 0, 0, 0, 0, 0]),
        [4, 1, _, _, 127, ..] => Some(vec![0, 0x5a, 0, 0, 0, 0, 0, 0]),
        [4, ..] => Some(vec![0, 0x5b, 0, 0, 0, 0, 0, 0]),
        _ => None,
    })
    .await;
    assert_eq!(code(&seen, RelayWay::Socks5, RelayTarget::Itself), Some(0));
    assert_eq!(code(&seen, RelayWay::Socks5, RelayTarget::Documentation), Some(4));
    assert_eq!(code(&seen, RelayWay::Socks4, RelayTarget::Itself), Some(0x5a));
    assert_eq!(code(&seen, RelayWay::Socks4, RelayTarget::Documentation), Some(0x5b));
}

#[tokio::test]
async fn a_port_that_takes_no_connection_is_no_finished_search() {
    let address = IpAddr::from([127, 74, 7, 4]);
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = observe(serde_json::json!({ "address": address, "port": 9 }), context).await;
    assert_eq!(findings.outcome, Outcome::Refused);
}

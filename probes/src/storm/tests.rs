//! Storms on small servers of the test.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

/// What a server does after it has served so many requests.
#[derive(Clone, Copy)]
enum After {
    GoesOn,
    ClosesUnread,
    AnswersUnavailable,
}

/// A web server that changes after `healthy` requests; where it listens, and how many connections it took.
#[expect(clippy::disallowed_methods, reason = "a server of the test")]
async fn server(healthy: u32, after: After) -> (SocketAddr, Arc<AtomicU32>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let (taken, served) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let count = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let served = Arc::clone(&served);
            tokio::spawn(async move {
                let mut head = [0; 2048];
                if !matches!(stream.read(&mut head).await, Ok(1..)) {
                    return;
                }
                let sound = served.fetch_add(1, Ordering::SeqCst) < healthy;
                let identity = head.starts_with(b"GET /identity");
                let answer = match (sound, after) {
                    (false, After::ClosesUnread) => return,
                    (false, After::AnswersUnavailable) => "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n",
                    _ if identity => {
                        "HTTP/1.1 200 OK\r\ncontent-length: 28\r\n\r\n{\"serial\":\"A1\",\"uptime\":90}\n"
                    }
                    _ => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                };
                let _gone = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    (address, taken)
}

async fn stormed(at: SocketAddr, consent: &[&str]) -> (Findings, StormSeen) {
    let scope = Scope { devices: vec![at.ip()], ..Scope::default() };
    let dialer = Dialer::new(scope, DialLimits::default());
    let Some(context) = Arc::into_inner(ProbeContext::for_tests(dialer)) else { panic!("one owner") };
    let consent: BTreeSet<String> = consent.iter().map(|name| (*name).to_owned()).collect();
    let params = json!({
        "address": at.ip(), "port": at.port(), "tls": false, "path": "/", "row": "Web",
        "connections": 70, "requests": 30, "questions": 3, "recovery_seconds": 0.4,
        "identity": { "tls": false, "port": at.port(), "path": "/identity" },
    });
    let findings = observe(params, Arc::new(context.with_consent(consent))).await;
    let seen = serde_json::from_value(findings.data.clone()).expect("a result");
    (findings, seen)
}

#[tokio::test]
async fn a_service_that_goes_on_is_back_with_its_identity() {
    let (at, taken) = server(u32::MAX, After::GoesOn).await;
    let (findings, seen) = stormed(at, &["hostile_input"]).await;
    assert_eq!((findings.outcome, findings.effort.completed), (Outcome::Complete, 100));
    assert!(seen.back_after.is_some(), "{seen:#?}");
    let storm = seen.storm.expect("a storm");
    assert_eq!((storm.connections, storm.opened, storm.requests, storm.served), (70, 70, 30, 30));
    assert_eq!(seen.identity_before, seen.identity_after);
    assert_eq!(seen.identity_after.and_then(|told| told.uptime), Some(90.0));
    // Three before, three after, two for the identity.
    assert_eq!(taken.load(Ordering::SeqCst), 108);
}

#[tokio::test]
async fn a_service_that_falls_silent_is_not_back() {
    // It bears the questions, the identity and half of the storm.
    for after in [After::ClosesUnread, After::AnswersUnavailable] {
        let (at, _) = server(20, after).await;
        let (findings, seen) = stormed(at, &["hostile_input"]).await;
        assert_eq!(findings.outcome, Outcome::Complete);
        assert_eq!((seen.back_after, seen.tester_failed), (None, false), "{seen:#?}");
        assert_eq!(seen.identity_after, None);
    }
}

#[tokio::test]
async fn without_consent_nothing_is_sent() {
    let (at, taken) = server(u32::MAX, After::GoesOn).await;
    let (findings, seen) = stormed(at, &["interrupt"]).await;
    assert_eq!((findings.outcome, seen.agreed, seen.storm), (Outcome::Partial, false, None));
    assert_eq!((findings.effort.completed, taken.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn a_service_that_does_not_answer_before_is_left_alone() {
    let (at, taken) = server(1, After::ClosesUnread).await;
    let (findings, seen) = stormed(at, &["hostile_input"]).await;
    assert_eq!((findings.outcome, seen.agreed, seen.storm), (Outcome::Partial, true, None));
    assert_eq!(taken.load(Ordering::SeqCst), 2);
}

#[test]
fn as_before_is_the_same_status_at_most_three_times_as_slow() {
    let quality = |status: u16, median: f64| Quality {
        asked: 3,
        answered: 3,
        status: Some(status),
        median: Some(median),
        trouble: None,
        silent: false,
    };
    assert!(quality(200, 0.5).is_as(&quality(200, 0.01)), "never slow");
    assert!(quality(200, 2.9).is_as(&quality(200, 1.0)));
    assert!(!quality(200, 3.1).is_as(&quality(200, 1.0)));
    assert!(!quality(503, 0.1).is_as(&quality(200, 0.1)));
    let fewer = Quality { answered: 2, ..quality(200, 0.1) };
    assert!(!fewer.is_as(&quality(200, 0.1)));
}

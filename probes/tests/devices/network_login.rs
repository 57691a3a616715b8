//! The drivers of other protocols than HTTP, each against a server that keeps strangers out and a twin that does
//! not.

mod ftp;
mod mqtt;
mod rtsp;
mod snmp;
mod ssh;
mod telnet;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::played::{LOCAL, listen, port_of_its_own, run_agreeing};
use probes::Outcome;
use probes::http::digest::Challenge;
use probes::probe::http_login::LoginBehaviour;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const GOOD: &str = "correct-horse-42";
const ROW: &str = "AuthMech-Net";

async fn visit(port: u16, kind: &str, more: Value) -> (Outcome, LoginBehaviour, String) {
    visit_with(GOOD, port, kind, more).await
}

async fn visit_with(secret: &str, port: u16, kind: &str, more: Value) -> (Outcome, LoginBehaviour, String) {
    let mut params = json!({
        "address": LOCAL, "row": ROW, "port": port, "kind": kind, "burst": 6, "lockout_seconds": 1,
        "common": [["admin", "admin"]],
    });
    for (key, value) in more.as_object().expect("an object") {
        params[key] = value.clone();
    }
    let credentials = [(ROW, "owner", secret)];
    let (observation, transcript) =
        run_agreeing("network-login", params, &[], &credentials, &["lock_out"]).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    for secret in [GOOD, "Wr0ng-", "PRIVATE KEY"] {
        assert!(!stored.contains(secret) && !transcript.contains(secret), "{secret} was written down");
    }
    assert!(observation.trouble.is_none() || !observation.trouble.as_deref().unwrap_or("").is_empty());
    let seen = observation.read().unwrap_or_else(|| panic!("{observation:?}"));
    (observation.outcome, seen, transcript)
}

/// What a server thinks of credentials: failures until it locks for a moment, and whether it asks at all.
#[derive(Clone)]
struct Guard(Arc<Mutex<(u32, Option<Instant>)>>, Option<u32>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opinion {
    In,
    Out,
    Locked,
}

impl Guard {
    fn locking_after(failures: u32) -> Self {
        Self(Arc::default(), Some(failures))
    }

    fn never_locking() -> Self {
        Self(Arc::default(), None)
    }

    fn judge(&self, right: bool) -> Opinion {
        let mut state = self.0.lock().expect("nobody panicked");
        if let Some(since) = state.1 {
            if since.elapsed() < Duration::from_millis(900) {
                return Opinion::Locked;
            }
            *state = (0, None);
        }
        if right {
            state.0 = 0;
            return Opinion::In;
        }
        state.0 += 1;
        if self.1.is_some_and(|limit| state.0 >= limit) {
            state.1 = Some(Instant::now());
        }
        Opinion::Out
    }
}

/// Serves TCP connections until the test ends.
async fn serve<F, T>(device: F) -> u16
where
    F: Fn(TcpStream) -> T + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let (listener, port) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(device(stream));
        }
    });
    port
}

async fn line(stream: &mut TcpStream) -> Option<String> {
    let mut line = Vec::new();
    loop {
        match stream.read_u8().await.ok()? {
            b'\n' => return Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
            byte => line.push(byte),
        }
    }
}

async fn say(stream: &mut TcpStream, text: &str) -> Option<()> {
    stream.write_all(text.as_bytes()).await.ok()
}

/// The walk against a login that locks after three failures, and against one that never does.
async fn is_told_from_its_twin(kind: &str, locking: u16, open: u16, more: Value) {
    let (outcome, seen, transcript) = visit(locking, kind, more.clone()).await;
    assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
    assert_eq!(seen.good.as_ref().expect("tried").result, "accepted", "{transcript}");
    assert_eq!((seen.common_tried, seen.common_accepted.len()), (1, 0), "{transcript}");
    assert_eq!(seen.locked_after, Some(3), "{transcript}");
    assert_eq!(seen.good_refused_while_locked, Some(true), "{transcript}");
    assert!(seen.recovered_after_seconds.is_some(), "{transcript}");
    assert_eq!(outcome, Outcome::Complete, "{transcript}");

    let (outcome, seen, transcript) = visit(open, kind, more).await;
    assert_eq!((seen.locked_after, seen.burst.len()), (None, 6), "{transcript}");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"), "{transcript}");
    assert_eq!(seen.defence.as_deref(), Some("none"));
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
}

// ---- All of them

#[tokio::test]
async fn a_closed_port_refuses_and_an_unknown_kind_is_tool_trouble() {
    let port = port_of_its_own();
    for kind in ["ssh", "telnet", "ftp", "rtsp", "mqtt"] {
        let (outcome, seen, _) = visit(port, kind, json!({})).await;
        assert_eq!((outcome, seen.negative_control.result.as_str()), (Outcome::Refused, "closed"), "{kind}");
    }
    let params = json!({ "address": LOCAL, "row": ROW, "port": port, "kind": "gopher", "burst": 1 });
    let (observation, _) = run_agreeing("network-login", params, &[], &[], &[]).await;
    assert_eq!(observation.outcome, Outcome::ToolTrouble);
    assert!(observation.trouble.expect("why").contains("known are ssh"));
}

#[tokio::test]
async fn another_service_at_the_port_is_no_refusal() {
    for kind in ["telnet", "ftp", "rtsp", "mqtt"] {
        let port = serve(|mut stream| async move {
            say(&mut stream, "SSH-2.0-other\r\n").await;
            let _ = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut [0; 64])).await;
        })
        .await;
        let (outcome, seen, _) = visit(port, kind, json!({})).await;
        assert!(matches!(outcome, Outcome::Partial | Outcome::Refused), "{kind}");
        assert!(seen.good.is_none() && seen.burst.is_empty(), "{kind}");
    }
}

// ---- Logins that nobody declared

async fn found(port: u16, declared: &[u16]) -> (Outcome, Value, String) {
    let params = json!({ "address": LOCAL, "port": port, "declared": declared });
    let (observation, transcript) = run_agreeing("found-login", params, &[], &[], &[]).await;
    (observation.outcome, observation.data, transcript)
}

#[tokio::test]
async fn a_default_credential_is_found_at_a_login_that_nobody_declared() {
    let port = telnet::console(Guard::never_locking(), false).await;
    let (outcome, seen, transcript) = found(port, &[]).await;
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
    assert_eq!(seen["common_accepted"][0], json!(["root", 0]), "{transcript}");
    assert_eq!(seen["row"], json!(format!("tcp/{port}")));
    let port = telnet::console(Guard::locking_after(5), true).await;
    let (_, seen, transcript) = found(port, &[]).await;
    assert_eq!((&seen["common_accepted"], &seen["common_tried"]), (&json!([]), &json!(4)), "{transcript}");
}

#[tokio::test]
async fn a_declared_port_and_a_service_that_waits_are_left_alone() {
    let port = ftp::ftp(Guard::never_locking()).await;
    let (outcome, seen, transcript) = found(port, &[port]).await;
    assert_eq!((outcome, seen, transcript.as_str()), (Outcome::Complete, Value::Null, ""));
    let mute = serve(|mut stream| async move {
        let _ = line(&mut stream).await;
    })
    .await;
    assert_eq!(found(mute, &[]).await.1, Value::Null);
}

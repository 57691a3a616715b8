//! The drivers of other protocols than HTTP, each against a server that keeps strangers out and a twin that does
//! not.

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

// ---- FTP

async fn ftp(guard: Guard) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            say(&mut stream, "220-hello\r\n220 ready\r\n").await;
            let mut name = String::new();
            while let Some(command) = line(&mut stream).await {
                let answer = match command.split_once(' ').unwrap_or((&command, "")) {
                    ("USER", user) => {
                        user.clone_into(&mut name);
                        "331 password please"
                    }
                    ("PASS", password) => match guard.judge(name == "owner" && password == GOOD) {
                        Opinion::In => "230 welcome",
                        Opinion::Out => "530 login incorrect",
                        Opinion::Locked => "421 too many failures",
                    },
                    _ => "530 log in first",
                };
                if say(&mut stream, &format!("{answer}\r\n")).await.is_none() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn ftp_logins() {
    let (locking, open) = (ftp(Guard::locking_after(3)).await, ftp(Guard::never_locking()).await);
    is_told_from_its_twin("ftp", locking, open, json!({})).await;
}

#[tokio::test]
async fn ftp_that_needs_no_login_ends_the_visit() {
    let port = serve(|mut stream| async move {
        say(&mut stream, "220 ready\r\n").await;
        while line(&mut stream).await.is_some() {
            say(&mut stream, "257 \"/\"\r\n").await;
        }
    })
    .await;
    let (_, seen, _) = visit(port, "ftp", json!({})).await;
    assert_eq!((seen.negative_control.result.as_str(), seen.good), ("accepted", None));
}

// ---- Telnet

async fn console(guard: Guard, root_needs_password: bool) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            // WILL ECHO, DO TERMINAL-TYPE
            let _ = stream.write_all(b"\xff\xfb\x01\xff\xfd\x18heater\r\n").await;
            loop {
                say(&mut stream, "login: ").await;
                let Some(name) = line(&mut stream).await else { return };
                let name: String = name.chars().filter(char::is_ascii_graphic).collect();
                if name.ends_with("root") && !root_needs_password {
                    say(&mut stream, "\r\nBusyBox\r\n# ").await;
                    return;
                }
                say(&mut stream, "\r\nPassword: ").await;
                let Some(password) = line(&mut stream).await else { return };
                match guard.judge(name.ends_with("owner") && password == GOOD) {
                    Opinion::In => {
                        say(&mut stream, "\r\n$ ").await;
                        let _ = line(&mut stream).await;
                        return;
                    }
                    Opinion::Out => {
                        say(&mut stream, &format!("\r\n{password}? Login incorrect\r\n")).await;
                    }
                    Opinion::Locked => {
                        say(&mut stream, "\r\nAccount locked\r\n").await;
                        return;
                    }
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn console_logins() {
    let locking = console(Guard::locking_after(3), true).await;
    let open = console(Guard::never_locking(), true).await;
    is_told_from_its_twin("telnet", locking, open, json!({})).await;
}

#[tokio::test]
async fn a_console_that_lets_root_in_by_name_is_found() {
    let port = console(Guard::never_locking(), false).await;
    let more = json!({ "common": [["root", ""], ["admin", "admin"]], "burst": 1 });
    let (_, seen, transcript) = visit(port, "telnet", more).await;
    assert_eq!(seen.common_accepted, [("root".to_owned(), 0)], "{transcript}");
}

#[tokio::test]
async fn a_console_with_an_open_shell_ends_the_visit() {
    let port = serve(|mut stream| async move {
        say(&mut stream, "heater console\r\n# ").await;
        let _ = line(&mut stream).await;
    })
    .await;
    let (_, seen, _) = visit(port, "telnet", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
}

// ---- RTSP

async fn camera(guard: Guard, challenge: &'static str) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            loop {
                let mut head = String::new();
                while let Some(text) = line(&mut stream).await {
                    if text.is_empty() {
                        break;
                    }
                    head.push_str(&text);
                    head.push('\n');
                }
                let Some(uri) = head.split(' ').nth(1) else { return };
                let opinion =
                    head.lines().find_map(|line| line.strip_prefix("Authorization: ")).map(|sent| {
                        let right =
                            match sent.split("cnonce=\"").nth(1).and_then(|rest| rest.split('"').next()) {
                                Some(cnonce) => {
                                    let asked =
                                        Challenge::strongest([challenge].into_iter()).expect("a challenge");
                                    sent == asked.answer("DESCRIBE", uri, "owner", GOOD, cnonce)
                                }
                                None => sent == "Basic b3duZXI6Y29ycmVjdC1ob3JzZS00Mg==",
                            };
                        guard.judge(right)
                    });
                let answer = match opinion {
                    Some(Opinion::In) => "RTSP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nv=0\r\n".to_owned(),
                    Some(Opinion::Locked) => "RTSP/1.0 403 Forbidden\r\n\r\n".to_owned(),
                    _ => format!("RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n"),
                };
                if say(&mut stream, &answer).await.is_none() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn rtsp_logins_by_basic_and_digest() {
    for challenge in ["Basic realm=\"cam\"", "Digest realm=\"cam\", nonce=\"n1\", qop=\"auth\""] {
        let locking = camera(Guard::locking_after(3), challenge).await;
        let open = camera(Guard::never_locking(), challenge).await;
        is_told_from_its_twin("rtsp", locking, open, json!({ "path": "/live" })).await;
    }
}

#[tokio::test]
async fn an_open_stream_ends_the_visit() {
    let port = serve(|mut stream| async move {
        while let Some(text) = line(&mut stream).await {
            if text.is_empty() {
                say(&mut stream, "RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").await;
            }
        }
    })
    .await;
    let (_, seen, _) = visit(port, "rtsp", json!({ "path": "/live" })).await;
    assert_eq!(seen.negative_control.result, "accepted");
}

// ---- MQTT

/// A broker; `anonymous` ones may connect, and read `open/…` only.
async fn broker(guard: Guard, anonymous: bool) -> u16 {
    serve(move |mut stream| {
        let guard = guard.clone();
        async move {
            let mut known = false;
            while let Ok(kind) = stream.read_u8().await {
                let Ok(length) = stream.read_u8().await else { return };
                let mut body = vec![0; usize::from(length)];
                if stream.read_exact(&mut body).await.is_err() {
                    return;
                }
                let holds = |text: &str| {
                    let wanted = [&[0, text.len() as u8][..], text.as_bytes()].concat();
                    body.windows(wanted.len()).any(|part| part == wanted)
                };
                let answer = match kind {
                    0x10 if body[7] & 0x80 == 0 => vec![0x20, 2, 0, if anonymous { 0 } else { 5 }],
                    0x10 => match guard.judge(holds("owner") && holds(GOOD)) {
                        Opinion::In => {
                            known = true;
                            vec![0x20, 2, 0, 0]
                        }
                        Opinion::Out => vec![0x20, 2, 0, 5],
                        // Some brokers say nothing more.
                        Opinion::Locked => return,
                    },
                    0x82 => vec![0x90, 3, body[0], body[1], if known { 0 } else { 0x80 }],
                    _ => return,
                };
                if stream.write_all(&answer).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn mqtt_logins() {
    let locking = broker(Guard::locking_after(3), false).await;
    let open = broker(Guard::never_locking(), false).await;
    is_told_from_its_twin("mqtt", locking, open, json!({})).await;
}

#[tokio::test]
async fn a_broker_open_to_anybody_is_told_from_one_that_guards_its_topic() {
    let port = broker(Guard::never_locking(), true).await;
    let (_, seen, _) = visit(port, "mqtt", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
    let (_, seen, transcript) = visit(port, "mqtt", json!({ "path": "heater/state", "burst": 2 })).await;
    assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
    assert_eq!(seen.good.expect("tried").result, "accepted", "{transcript}");
}

// ---- SNMP

/// An agent that knows these communities and keeps silent to others.
async fn agent(communities: &'static [&'static str]) -> u16 {
    #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
    let socket = tokio::net::UdpSocket::bind((LOCAL, 0)).await.expect("loopback");
    let port = socket.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let mut datagram = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
            let mut answer = datagram[..length].to_vec();
            let known = communities.iter().any(|community| {
                let wanted = [&[0x04, community.len() as u8][..], community.as_bytes()].concat();
                answer.windows(wanted.len()).any(|part| part == wanted)
            });
            // The question becomes the answer: another kind of message, an error in it.
            if let (true, Some(at)) = (known, answer.iter().position(|byte| *byte == 0xa0)) {
                answer[at] = 0xa2;
                let number = usize::from(answer[at + 3]);
                answer[at + 4 + number + 2] = 2;
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    port
}

#[tokio::test]
async fn a_community_that_everybody_knows_is_found_and_silence_is_a_refusal() {
    let more = json!({ "common": [["", "public"], ["", "private"]], "burst": 2 });
    let (outcome, seen, transcript) =
        visit(agent(&[GOOD, "public"]).await, "snmp-community", more.clone()).await;
    assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
    assert_eq!(seen.good.as_ref().expect("tried").result, "accepted", "{transcript}");
    assert_eq!(seen.common_accepted, [(String::new(), 6)], "{transcript}");
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
    let (_, seen, transcript) = visit(agent(&[GOOD]).await, "snmp-community", more).await;
    assert!(seen.common_accepted.is_empty(), "{transcript}");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"));
}

// ---- SSH

mod shell {
    use super::{Guard, Opinion, TcpStream, serve};
    use std::sync::Arc;

    use russh::keys::{PrivateKey, PublicKey};
    use russh::server::{Auth, Config, Handler, VerifiedPublicKey, run_stream};

    /// Who may come in.
    #[derive(Clone)]
    pub(crate) struct Shell {
        pub(crate) guard: Guard,
        pub(crate) password: &'static str,
        pub(crate) key: Option<PublicKey>,
        pub(crate) anybody: bool,
    }

    impl Shell {
        fn opinion(&self, right: bool) -> Result<Auth, russh::Error> {
            match self.guard.judge(right) {
                Opinion::In => Ok(Auth::Accept),
                Opinion::Out => Ok(Auth::reject()),
                Opinion::Locked => Err(russh::Error::Disconnect),
            }
        }
    }

    impl Handler for Shell {
        type Error = russh::Error;

        async fn auth_none(&mut self, _: &str) -> Result<Auth, Self::Error> {
            Ok(if self.anybody { Auth::Accept } else { Auth::reject() })
        }

        async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
            self.opinion(user == "owner" && password == self.password && !password.is_empty())
        }

        async fn auth_publickey(&mut self, _: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
            let right = self.key.as_ref().is_some_and(|known| known.key_data() == key.public_key.key_data());
            self.opinion(right)
        }
    }

    pub(crate) fn key(seed: u8) -> PrivateKey {
        PrivateKey::from(russh::keys::ssh_key::private::Ed25519Keypair::from_seed(&[seed; 32]))
    }

    pub(crate) async fn serve_shell(shell: Shell) -> u16 {
        let config = Arc::new(Config {
            keys: vec![key(1)],
            auth_rejection_time: std::time::Duration::from_millis(20),
            auth_rejection_time_initial: Some(std::time::Duration::ZERO),
            ..Config::default()
        });
        serve(move |stream: TcpStream| {
            let (config, shell) = (config.clone(), shell.clone());
            async move {
                if let Ok(session) = run_stream(config, stream, shell).await {
                    let _ = session.await;
                }
            }
        })
        .await
    }
}

use shell::{Shell, serve_shell};

fn shell_with(guard: Guard) -> Shell {
    Shell { guard, password: GOOD, key: None, anybody: false }
}

#[tokio::test]
async fn ssh_logins_by_password() {
    let locking = serve_shell(shell_with(Guard::locking_after(3))).await;
    let open = serve_shell(shell_with(Guard::never_locking())).await;
    is_told_from_its_twin("ssh", locking, open, json!({})).await;
}

#[tokio::test]
async fn ssh_logins_by_key() {
    let key = shell::key(7);
    let secret = key.to_openssh(russh::keys::ssh_key::LineEnding::LF).expect("a key").to_string();
    let known =
        Shell { key: Some(key.public_key().clone()), password: "", ..shell_with(Guard::never_locking()) };
    let port = serve_shell(known).await;
    let (outcome, seen, transcript) = visit_with(&secret, port, "ssh", json!({})).await;
    assert_eq!(seen.good.expect("tried").result, "accepted", "{transcript}");
    assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"), "{transcript}");
    assert_eq!((outcome, seen.burst.len()), (Outcome::Complete, 6));
    let port = serve_shell(shell_with(Guard::never_locking())).await;
    let (_, seen, transcript) = visit_with(&secret, port, "ssh", json!({})).await;
    assert_eq!(seen.good.expect("tried").result, "rejected", "{transcript}");
}

#[tokio::test]
async fn a_shell_that_asks_for_nothing_ends_the_visit() {
    let port = serve_shell(Shell { anybody: true, ..shell_with(Guard::never_locking()) }).await;
    let (_, seen, _) = visit(port, "ssh", json!({})).await;
    assert_eq!(seen.negative_control.result, "accepted");
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
    let port = console(Guard::never_locking(), false).await;
    let (outcome, seen, transcript) = found(port, &[]).await;
    assert_eq!(outcome, Outcome::Complete, "{transcript}");
    assert_eq!(seen["common_accepted"][0], json!(["root", 0]), "{transcript}");
    assert_eq!(seen["row"], json!(format!("tcp/{port}")));
    let port = console(Guard::locking_after(5), true).await;
    let (_, seen, transcript) = found(port, &[]).await;
    assert_eq!((&seen["common_accepted"], &seen["common_tried"]), (&json!([]), &json!(4)), "{transcript}");
}

#[tokio::test]
async fn a_declared_port_and_a_service_that_waits_are_left_alone() {
    let port = ftp(Guard::never_locking()).await;
    let (outcome, seen, transcript) = found(port, &[port]).await;
    assert_eq!((outcome, seen, transcript.as_str()), (Outcome::Complete, Value::Null, ""));
    let mute = serve(|mut stream| async move {
        let _ = line(&mut stream).await;
    })
    .await;
    assert_eq!(found(mute, &[]).await.1, Value::Null);
}

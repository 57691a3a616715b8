//! Logins over DTLS with a pre-shared key, against a server made by others.

use std::sync::Arc;
use std::time::Duration;

use crate::played::{LOCAL, port_of_its_own, run_agreeing};
use probes::Outcome;
use probes::probe::http_login::LoginBehaviour;
use serde_json::{Value, json};

const GOOD: &str = "correct-horse-42";
const ROW: &str = "AuthMech-Net";

async fn visit(port: u16, more: Value) -> (Outcome, LoginBehaviour, String) {
    let mut params = json!({ "address": LOCAL, "row": ROW, "port": port, "kind": "coap-psk" });
    for (key, value) in more.as_object().expect("an object") {
        params[key] = value.clone();
    }
    let credentials = [(ROW, "owner", GOOD)];
    let (observation, transcript) =
        run_agreeing("network-login", params, &[], &credentials, &["lock_out"]).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    assert!(!stored.contains(GOOD) && !transcript.contains(GOOD), "the key was written down");
    (observation.outcome, observation.read().expect("a behaviour"), transcript)
}

/// A server of one visitor; ends with the value.
struct KeyedServer(std::process::Child);

impl Drop for KeyedServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a DTLS server that knows one key; `None` where the host has no such program.
async fn start_keyed(suite: &str) -> Option<(KeyedServer, u16)> {
    let port = port_of_its_own();
    let digits: String = GOOD.bytes().map(|byte| format!("{byte:02x}")).collect();
    #[expect(clippy::disallowed_methods, reason = "the test plays the device with a program of the host")]
    let started = std::process::Command::new("/usr/bin/openssl")
        .args(["s_server", "-quiet", "-dtls1_2", "-nocert", "-psk_identity", "owner", "-psk", &digits])
        .args(["-cipher", suite, "-accept", &format!("{LOCAL}:{port}")])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    match started {
        Ok(child) => {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Some((KeyedServer(child), port))
        }
        Err(error) => {
            assert!(std::env::var_os("HANTEI_REQUIRE_ALL").is_none(), "openssl is needed: {error}");
            eprintln!("skipped: no openssl on this host ({error})");
            None
        }
    }
}

/// The port of a server that serves every visitor anew: the program of the host waits for ever for one whose key
/// was wrong. `None` where it is missing.
async fn keyed_server(suite: &'static str) -> Option<u16> {
    start_keyed(suite).await?;
    #[expect(clippy::disallowed_methods, reason = "the test plays the device")]
    let bind = || tokio::net::UdpSocket::bind((LOCAL, 0));
    let front = Arc::new(bind().await.expect("loopback"));
    let port = front.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let mut visitors = std::collections::BTreeMap::new();
        let mut datagram = [0; 4096];
        while let Ok((length, from)) = front.recv_from(&mut datagram).await {
            let known = visitors.get(&from).map(|(_, back, inner)| (Arc::clone(back), *inner));
            let (back, inner) = match known {
                Some(known) => known,
                None => {
                    let Some((server, inner)) = start_keyed(suite).await else { return };
                    let back = Arc::new(bind().await.expect("loopback"));
                    let (front, behind) = (front.clone(), back.clone());
                    tokio::spawn(async move {
                        let mut datagram = [0; 4096];
                        while let Ok((length, _)) = behind.recv_from(&mut datagram).await {
                            let _ = front.send_to(&datagram[..length], from).await;
                        }
                    });
                    visitors.insert(from, (server, back.clone(), inner));
                    (back, inner)
                }
            };
            let _ = back.send_to(&datagram[..length], (LOCAL, inner)).await;
        }
    });
    Some(port)
}

#[tokio::test]
async fn a_pre_shared_key_is_told_from_a_wrong_one() {
    for (suite, common) in
        [("PSK-AES128-CCM8", json!([["owner", "secretPSK"]])), ("PSK-AES128-CCM", json!([]))]
    {
        let Some(port) = keyed_server(suite).await else { return };
        let more = json!({ "burst": 1, "common": common });
        let (outcome, seen, transcript) = visit(port, more).await;
        assert_eq!(seen.negative_control.result, "rejected", "{transcript}");
        assert_eq!(seen.good.expect("tried").result, "accepted", "{transcript}");
        assert!(seen.common_accepted.is_empty(), "{transcript}");
        assert!(seen.burst.iter().all(|attempt| attempt.result == "rejected"), "{transcript}");
        assert_eq!(outcome, Outcome::Complete, "{transcript}");
    }
}

#[tokio::test]
async fn a_server_without_a_common_suite_is_trouble_of_the_tool() {
    let Some(port) = keyed_server("PSK-AES256-CBC-SHA384").await else { return };
    let params = json!({ "address": LOCAL, "row": ROW, "port": port, "kind": "coap-psk", "burst": 1 });
    let (observation, _) = run_agreeing("network-login", params, &[], &[], &[]).await;
    assert_eq!(observation.outcome, Outcome::ToolTrouble, "{observation:?}");
    assert!(observation.trouble.expect("why").contains("AES-128-CCM-8"));
}

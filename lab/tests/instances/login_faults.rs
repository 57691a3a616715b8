//! What the faults of the device's logins do to it, over its sockets.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::visitor::{bench_value, connect, ports, post_login, post_token, start};
use lab::Instance;

fn onboarded(fault: &str) -> Instance {
    let instance = start(&[fault], 21);
    instance.perform("onboard").unwrap();
    instance
}

fn wrong(instance: &Instance, times: usize) {
    for _ in 0..times {
        post_login(instance, "wrong");
    }
}

#[test]
fn a_counter_for_each_visit_never_locks_another_visit() {
    let instance = onboarded("lockout-per-visitor");
    wrong(&instance, 8);
    assert!(post_login(&instance, "wrong").starts_with("HTTP/1.1 401"));
    let user = bench_value(&instance, "AuthMech-WebLogin");
    assert!(post_login(&instance, &user).contains("location: /settings"));
}

#[test]
fn a_lock_that_the_right_password_lifts_holds_against_others() {
    let instance = onboarded("lockout-lifted-by-right-password");
    wrong(&instance, 5);
    assert!(post_login(&instance, "wrong").starts_with("HTTP/1.1 429"));
    let user = bench_value(&instance, "AuthMech-WebLogin");
    assert!(post_login(&instance, &user).contains("location: /settings"));
}

#[test]
fn a_guest_is_let_in_by_the_api_alone() {
    let instance = onboarded("api-guest-account");
    let asked = r#"{"user":"guest","password":"guest"}"#;
    let answer = crate::visitor::ask(
        &instance,
        &format!(
            "POST /api/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{asked}",
            asked.len()
        ),
    );
    assert!(answer.contains("\"token\""), "{answer}");
    assert!(post_token(&instance, "guest").starts_with("HTTP/1.1 401"), "as admin");
}

/// Sends lines and reads until the answer holds a text.
fn talk(stream: &mut TcpStream, say: &str, expected: &str) {
    stream.write_all(say.as_bytes()).unwrap();
    let mut seen = String::new();
    let mut part = [0; 512];
    while !seen.contains(expected) {
        let length = stream.read(&mut part).unwrap();
        assert!(length > 0, "{expected:?} expected after {say:?}: {seen}");
        seen.push_str(&String::from_utf8_lossy(&part[..length]));
    }
}

#[test]
fn file_transfer_takes_the_default_credential_and_no_other() {
    let instance = start(&["ftp-default-login"], 22);
    let mut stream = connect(instance.address(), ports(&instance).ftp).unwrap();
    talk(&mut stream, "PWD\r\n", "530 ");
    talk(&mut stream, "USER admin\r\n", "331 ");
    talk(&mut stream, "PASS other\r\n", "530 ");
    talk(&mut stream, "USER admin\r\n", "331 ");
    talk(&mut stream, "PASS admin\r\n", "230 ");
    talk(&mut stream, "PWD\r\n", "257 ");
}

#[test]
fn root_needs_no_password_at_the_console_and_others_do() {
    let instance = start(&["telnet-root-without-password"], 23);
    let port = ports(&instance).telnet;
    talk(&mut connect(instance.address(), port).unwrap(), "root\r\n", "# ");
    talk(&mut connect(instance.address(), port).unwrap(), "admin\r\nadmin\r\n", "Login incorrect");
}

#[test]
fn the_stream_is_described_to_anybody() {
    let instance = start(&["rtsp-open-stream"], 24);
    let mut stream = connect(instance.address(), ports(&instance).rtsp).unwrap();
    talk(&mut stream, "DESCRIBE rtsp://x/ RTSP/1.0\r\nCSeq: 7\r\n\r\n", "m=video");
    talk(&mut stream, "GET / HTTP/1.1\r\n\r\n", "400 Bad Request");
}

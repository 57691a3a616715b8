#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests play the device")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::dialer::{DialLimits, Dialer, Scope};

/// A web server that answers a path with a status and a text.
async fn pages_at(last: u8, users: Value, reply: fn(&str) -> (u16, String)) -> (Findings, MaintenancePages) {
    let address = IpAddr::from([127, 74, 9, last]);
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).await.unwrap_or(0);
                let asked = String::from_utf8_lossy(&buffer[..count]).into_owned();
                let Some(path) = asked.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()) else {
                    return;
                };
                let (status, text) = reply(path);
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", text.len());
                let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
            });
        }
    });
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let mut users = users;
    for user in users.as_array_mut().unwrap() {
        user["port"] = serde_json::json!(port);
    }
    let params = serde_json::json!({ "address": address, "port": port, "users": users });
    let findings = observe(params, context).await;
    let seen = serde_json::from_value(findings.data.clone()).unwrap();
    (findings, seen)
}

#[tokio::test]
async fn the_whole_list_is_asked_and_a_hidden_page_is_found() {
    let reply = |path: &str| match path {
        "/" => (200, "<title>Home</title>".to_owned()),
        "/factory" => (200, "<title>Factory menu</title>".to_owned()),
        _ => (404, "Nothing".to_owned()),
    };
    let (findings, seen) = pages_at(1, serde_json::json!([]), reply).await;
    assert_eq!(findings.outcome, Outcome::Complete, "{:?}", findings.trouble);
    assert_eq!(seen.scheme.as_deref(), Some("http"));
    let visit = &seen.visits[0];
    assert_eq!((visit.asked as usize, visit.nobody.len(), visit.found.len()), (PATHS.len(), 2, 1));
    let found = &visit.found[0];
    assert_eq!((found.path.as_str(), found.title.as_deref()), ("/factory", Some("Factory menu")));
    assert_eq!(found.beside.as_ref().map(|beside| beside.status), Some(404));
}

#[tokio::test]
async fn a_server_that_answers_everything_is_known_by_its_likeness() {
    let reply = |path: &str| (200, format!("<p>You asked {path}. Token a8f3c9d17b</p>"));
    let (_, seen) = pages_at(2, serde_json::json!([]), reply).await;
    let visit = &seen.visits[0];
    assert_eq!(visit.found.len(), PATHS.len());
    for found in &visit.found {
        assert_eq!(Some(&found.answer.likeness), found.beside.as_ref().map(|beside| &beside.likeness));
    }
}

#[tokio::test]
async fn a_user_without_a_credential_is_a_gap() {
    let users = serde_json::json!([{ "row": "AuthMech-1", "port": 0, "tls": false, "kind": "form",
        "path": "/login", "protected": "/inner" }]);
    let (findings, seen) = pages_at(3, users, |_| (404, String::new())).await;
    assert_eq!(findings.outcome, Outcome::Partial);
    assert_eq!(seen.visits.len(), 2);
    assert!(seen.visits[1].not_asked.as_deref().is_some_and(|why| why.contains("no credential")));
}

#[tokio::test]
async fn what_speaks_no_http_has_no_pages() {
    let address = IpAddr::from([127, 74, 9, 4]);
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"SSH-2.0-x\r\n").await;
        }
    });
    let scope = Scope { devices: vec![address], ..Scope::default() };
    let context = ProbeContext::for_tests(Dialer::new(scope, DialLimits::default()));
    let findings = observe(serde_json::json!({ "address": address, "port": port }), context).await;
    let seen: MaintenancePages = serde_json::from_value(findings.data.clone()).unwrap();
    assert_eq!((seen.scheme, findings.outcome), (None, Outcome::Complete));
}

#[test]
fn tokens_and_the_path_make_no_page_another() {
    let one = likeness("/a", "No /a here, id=9f8e7d6c5b");
    assert_eq!(one, likeness("/bcd", "No /bcd here, id=1a2b3c4d5e"));
    assert_ne!(one, likeness("/a", "Service menu /a, id=9f8e7d6c5b"));
}

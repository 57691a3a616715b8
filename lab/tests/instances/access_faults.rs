//! What the holes in the access control do to the device, over its sockets, without a probe.

use std::io::{Read, Write};

use crate::visitor::{ask, bench_value, connect, get, ports, post_login, post_token, start};
use lab::Instance;
use lab::model::page;

fn onboarded(fault: &str) -> Instance {
    let instance = start(if fault.is_empty() { &[] } else { std::slice::from_ref(&fault) }, 21);
    instance.perform("onboard").unwrap();
    instance
}

fn request(instance: &Instance, first: &str, headers: &str, body: &str) -> String {
    ask(
        instance,
        &format!(
            "{first} HTTP/1.1\r\nHost: device\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

fn token(instance: &Instance) -> String {
    let answer = post_token(instance, &bench_value(instance, "AuthMech-ApiToken"));
    answer.split("\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn session(instance: &Instance) -> String {
    let answer = post_login(instance, &bench_value(instance, "AuthMech-WebLogin"));
    answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned()
}

fn with_token(instance: &Instance, first: &str, token: &str, body: &str) -> String {
    request(instance, first, &format!("Authorization: Bearer {token}\r\n"), body)
}

#[test]
fn tokens_are_taken_when_they_should_not_be() {
    let forged = "0123456789abcdef0123456789abcdef";
    for (fault, opens) in [("", false), ("api-wrong-token-accepted", true)] {
        let instance = onboarded(fault);
        assert_eq!(with_token(&instance, "GET /api/status", forged, "").starts_with("HTTP/1.1 200"), opens);
    }
    for (fault, goes_on) in [("", false), ("api-token-survives-logout", true)] {
        let instance = onboarded(fault);
        let token = token(&instance);
        assert!(with_token(&instance, "GET /api/status", &token, "").starts_with("HTTP/1.1 200"));
        assert!(with_token(&instance, "DELETE /api/token", &token, "").starts_with("HTTP/1.1 200"));
        assert_eq!(with_token(&instance, "GET /api/status", &token, "").starts_with("HTTP/1.1 200"), goes_on);
    }
    for (fault, opens) in [("", false), ("settings-take-api-token", true)] {
        let instance = onboarded(fault);
        let token = token(&instance);
        assert_eq!(with_token(&instance, "GET /settings", &token, "").starts_with("HTTP/1.1 200"), opens);
    }
}

#[test]
fn sessions_outlive_the_logout_when_a_fault_says_so() {
    for (fault, goes_on) in [("", false), ("session-survives-logout", true)] {
        let instance = onboarded(fault);
        let cookie = format!("Cookie: {}\r\n", session(&instance));
        let settings = request(&instance, "GET /settings", &cookie, "");
        assert!(settings.contains("Target temperature 44"), "{settings}");
        let csrf = settings.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let left = request(&instance, "POST /logout", &cookie, &format!("csrf={csrf}"));
        assert!(left.starts_with("HTTP/1.1 303"), "{left}");
        assert_eq!(request(&instance, "GET /settings", &cookie, "").starts_with("HTTP/1.1 200"), goes_on);
    }
}

#[test]
fn pages_open_to_strangers_when_a_fault_says_so() {
    for (fault, first, body) in [
        ("history-open-to-strangers", "GET /history", ""),
        ("settings-open-by-second-spelling", "GET //settings", ""),
        ("api-status-by-post", "POST /api/status", ""),
        ("api-put-unprotected", "PUT /api/target", "{\"target_celsius\":50}"),
        ("setup-without-label-password", "GET /setup", ""),
    ] {
        for (faults, opens) in [(&[][..], false), (&[fault][..], true)] {
            let instance = start(faults, 22);
            if fault != "setup-without-label-password" {
                instance.perform("onboard").unwrap();
            }
            let answer = request(&instance, first, "", body);
            assert_eq!(answer.starts_with("HTTP/1.1 200"), opens, "{fault}: {answer}");
        }
    }
}

#[test]
fn a_form_without_a_session_sets_the_temperature_when_a_fault_says_so() {
    for (fault, target) in [("", "44"), ("settings-post-without-session", "50")] {
        let instance = onboarded(fault);
        request(&instance, "POST /settings/target", "", "target_celsius=50");
        let status = with_token(&instance, "GET /api/status", &token(&instance), "");
        assert!(status.contains(&format!("\"target_celsius\":{target}")), "{fault}: {status}");
    }
}

#[test]
fn a_good_token_is_refused_when_a_fault_says_so() {
    for (fault, status) in [("", "200"), ("api-refuses-entitled", "403")] {
        let instance = onboarded(fault);
        let answer = with_token(&instance, "PUT /api/target", &token(&instance), "{\"target_celsius\":50}");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(with_token(&instance, "PUT /api/target", "x", "{}").starts_with("HTTP/1.1 401"));
    }
}

fn plain(address: std::net::Ipv4Addr, port: u16, path: &str) -> String {
    let mut stream = connect(address, port).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_login_is_offered_in_the_clear_and_the_login_page_tells_more_when_a_fault_says_so() {
    let instance = onboarded("login-form-over-plain-http");
    let page = plain(instance.address(), ports(&instance).plain_http, "/login");
    assert!(page.starts_with("HTTP/1.0 200") && page.contains("name=\"password\""), "{page}");
    let told = |fault: &str| get(&onboarded(fault), "/");
    assert!(told("index-tells-hardware-address").contains("02:48:4b:"));
    assert!(!told("").contains("02:48:4b:"));
    assert!(told("server-names-other-version").contains("server: hinode-controller/1.3.9"));
}

#[test]
fn the_makers_pages_promise_something_else_when_a_fault_says_so() {
    let told = |fault: &str, path: &str| {
        let instance = start(&[fault], 23);
        plain(instance.spec().world_address.unwrap(), ports(&instance).maker, path)
    };
    let contact = told("policy-other-contact", page::POLICY);
    assert!(!contact.contains(lab::model::SECURITY_CONTACT) && contact.contains("psirt@"), "{contact}");
    let days = told("policy-other-days", page::POLICY);
    assert!(days.contains("within 30 days") && !days.contains("within 5 days"), "{days}");
    assert!(told("support-page-behind-login", page::SUPPORT).starts_with("HTTP/1.0 401"));
}

//! What the faults of labels, set-up and change do to the device, over its sockets.

use crate::visitor::{ask, bench_value, get, post_login, post_token, start};
use lab::Instance;

/// Label password and serial number of both samples.
fn labels(fault: &str) -> [(String, String); 2] {
    let faults: &[&str] = if fault.is_empty() { &[] } else { &[fault] };
    let folder = start(faults, 21).folder().unwrap();
    let bench: toml::Table = folder.text("bench.toml").unwrap().parse().unwrap();
    [0, 1].map(|n| {
        let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
        let sample = &bench["sample"][n];
        (text(&sample["label_password"]["value"]), text(&sample["serial"]))
    })
}

#[test]
fn labels_are_wrong_when_a_fault_says_so() {
    let sound = labels("");
    assert!(sound[0].0 != sound[1].0 && sound[0].0.len() == 12 && sound[0].0[..4] != sound[1].0[..4]);
    let [one, two] = labels("label-password-same-on-all");
    assert_eq!(one.0, two.0);
    let [one, two] = labels("label-password-counter");
    assert_eq!((&one.0[..10], &one.0[10..], &two.0[10..]), (&two.0[..10], "22", "23"));
    for (password, serial) in labels("label-password-from-serial") {
        assert!(serial.ends_with(&password[..6]));
    }
    assert_eq!(labels("label-password-short")[1].0.len(), 8);
    assert!(labels("label-password-common")[0].0.starts_with("password"));
}

/// Logs in, opens a page with a form, and posts to it.
fn post(instance: &Instance, password: &str, page: &str, path: &str, fields: &str) -> String {
    let answer = post_login(instance, password);
    let cookie = answer.split_once("set-cookie: ").unwrap().1.split_once(';').unwrap().0;
    let shown = ask(
        instance,
        &format!("GET {page} HTTP/1.1\r\nHost: device\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"),
    );
    let csrf = shown.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let body = format!("csrf={csrf}&{fields}");
    ask(
        instance,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: device\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

#[test]
fn the_set_up_takes_what_it_should_not_when_a_fault_says_so() {
    let sound = start(&[], 22);
    let label = bench_value(&sound, "label");
    for new in ["", "Short-1", &label] {
        let answer = post(&sound, &label, "/setup", "/setup", &format!("new={new}"));
        assert!(answer.starts_with("HTTP/1.1 422"), "{new}: {answer}");
    }
    for (fault, new) in [
        ("setup-takes-empty-password", ""),
        ("setup-takes-short-password", "Short-1"),
        ("setup-takes-label-password", label.as_str()),
    ] {
        let faulty = start(&[fault], 22);
        let answer = post(&faulty, &label, "/setup", "/setup", &format!("new={new}"));
        assert!(answer.contains("location: /login"), "{fault}: {answer}");
        assert!(post_login(&faulty, new).contains("location: /settings"), "{fault}");
    }
    let skipped = start(&["setup-can-be-skipped"], 22);
    assert!(post_login(&skipped, &label).contains("location: /settings"));
    assert!(post_token(&skipped, &label).contains("\"token\""));
    let works_on = start(&["label-password-still-works-after-setup"], 22);
    works_on.perform("onboard").unwrap();
    assert!(post_login(&works_on, &label).contains("location: /settings"));
}

#[test]
fn a_change_goes_wrong_when_a_fault_says_so() {
    let new = "Another-Value-77";
    for (fault, old_web, new_web, old_api, new_api) in [
        ("", false, true, false, true),
        ("change-keeps-old-password", true, true, true, true),
        ("change-refused", true, false, true, false),
        ("change-ignored-on-api", false, true, true, false),
        ("change-loses-password", false, false, false, false),
    ] {
        let faults: &[&str] = if fault.is_empty() { &[] } else { &[fault] };
        let instance = start(faults, 23);
        instance.perform("onboard").unwrap();
        let old = bench_value(&instance, "AuthMech-WebLogin");
        post(&instance, &old, "/settings", "/settings/password", &format!("current={old}&new={new}"));
        let web = |password: &str| post_login(&instance, password).contains("location: /settings");
        let api = |password: &str| post_token(&instance, password).contains("\"token\"");
        assert_eq!(
            (web(&old), web(new), api(&old), api(new)),
            (old_web, new_web, old_api, new_api),
            "{fault}"
        );
        assert!(get(&instance, "/settings").starts_with("HTTP/1.1 401"));
    }
}

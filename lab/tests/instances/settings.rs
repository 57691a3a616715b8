//! What the user can choose at the device, and what its faults do to that, over its sockets.

use std::time::Duration;

use crate::visitor::{ask, bench_value, post_login, start};
use lab::Instance;

/// The owner, logged in.
struct Owner {
    instance: Instance,
    cookie: String,
}

impl Owner {
    fn of(faults: &[&str]) -> Self {
        let instance = start(faults, 41);
        instance.perform("onboard").unwrap();
        Self::logged_in(instance, OWN)
    }

    fn logged_in(instance: Instance, key: &str) -> Self {
        let answer = post_login(&instance, &bench_value(&instance, key));
        let cookie = answer.split_once("set-cookie: ").unwrap().1.split_once(';').unwrap().0.to_owned();
        Self { instance, cookie }
    }

    fn page(&self, path: &str) -> String {
        let cookie = &self.cookie;
        ask(
            &self.instance,
            &format!("GET {path} HTTP/1.1\r\nHost: device\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"),
        )
    }

    fn choose(&self, path: &str, fields: &str) -> String {
        let shown = self.page(path);
        let csrf = shown.split_once("name=\"csrf\" value=\"").unwrap().1.split_once('"').unwrap().0;
        post(&self.instance, &self.cookie, path, &format!("csrf={csrf}&{fields}"))
    }
}

fn post(instance: &Instance, cookie: &str, path: &str, body: &str) -> String {
    ask(
        instance,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: device\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// Names the password of the owner in the bench file.
const OWN: &str = "AuthMech-WebLogin";
const AUTOMATIC: &str = "value=\"automatic\" selected";
const OFF: &str = "value=\"off\" selected";
const NOTICES: &str = "name=\"notices\" value=\"on\" checked";
const NO_NOTICES: &str = "name=\"notices\" value=\"off\" checked";
const STATISTICS: &str = "name=\"statistics\" value=\"on\" checked";

#[test]
fn the_sound_device_does_what_its_owner_chooses() {
    let owner = Owner::of(&[]);
    let page = owner.page("/settings/updates");
    assert!(page.contains(AUTOMATIC) && page.contains(NOTICES), "{page}");
    assert!(!owner.page("/settings/privacy").contains(STATISTICS));
    assert!(owner.choose("/settings/updates", "install=off&notices=off").starts_with("HTTP/1.1 303"));
    assert!(owner.choose("/settings/privacy", "statistics=on").starts_with("HTTP/1.1 303"));
    std::thread::sleep(Duration::from_millis(300));
    let page = owner.page("/settings/updates");
    assert!(page.contains(OFF) && page.contains(NO_NOTICES), "{page}");
    assert!(owner.page("/settings/privacy").contains(STATISTICS));
    // Whoever is not logged in changes nothing.
    let answer = post(&owner.instance, "sid=0", "/settings/updates", "install=automatic");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(owner.page("/settings/updates").contains(OFF));
}

#[test]
fn settings_start_otherwise_when_a_fault_says_so() {
    assert!(Owner::of(&["settings-updates-off-at-first"]).page("/settings/updates").contains(OFF));
    assert!(Owner::of(&["notices-off-at-first"]).page("/settings/updates").contains(NO_NOTICES));
    assert!(Owner::of(&["consent-given-at-first"]).page("/settings/privacy").contains(STATISTICS));
}

#[test]
fn settings_do_not_obey_when_a_fault_says_so() {
    for (fault, path, fields, status, shown) in [
        ("settings-updates-cannot-be-off", "/settings/updates", "install=off", "422", AUTOMATIC),
        ("settings-updates-switch-ignored", "/settings/updates", "install=off", "303", AUTOMATIC),
        ("settings-updates-come-back", "/settings/updates", "install=off", "303", AUTOMATIC),
        ("notices-cannot-be-switched", "/settings/updates", "notices=off", "422", NOTICES),
        ("notices-come-back", "/settings/updates", "notices=off", "303", NOTICES),
    ] {
        let owner = Owner::of(&[fault]);
        let answer = owner.choose(path, fields);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{fault}: {answer}");
        std::thread::sleep(Duration::from_millis(300));
        assert!(owner.page(path).contains(shown), "{fault}");
    }
    let owner = Owner::of(&["consent-comes-back"]);
    for value in ["on", "off"] {
        owner.choose("/settings/privacy", &format!("statistics={value}"));
    }
    std::thread::sleep(Duration::from_millis(300));
    assert!(owner.page("/settings/privacy").contains(STATISTICS));
    let owner = Owner::of(&["settings-updates-open-to-strangers"]);
    post(&owner.instance, "sid=0", "/settings/updates", "install=off");
    assert!(owner.page("/settings/updates").contains(OFF));
}

#[test]
fn the_set_up_asks_what_is_declared_and_takes_the_answers() {
    let set_up = |faults: &[&str]| {
        let instance = start(faults, 42);
        instance.perform("factory_reset").unwrap();
        Owner::logged_in(instance, "label")
    };
    let asked = |faults: &[&str]| set_up(faults).page("/setup");
    let page = asked(&[]);
    for question in
        ["after asking", AUTOMATIC, "name=\"remote\" value=\"off\" checked", "name=\"statistics\""]
    {
        assert!(page.contains(question), "{question}: {page}");
    }
    assert!(!asked(&["settings-setup-omits-option"]).contains("after asking"));
    assert!(asked(&["settings-setup-other-default"]).contains("name=\"remote\" value=\"on\" checked"));
    assert!(!asked(&["settings-setup-omits-decision"]).contains("name=\"statistics\""));
    let visitor = set_up(&[]);
    let password = bench_value(&visitor.instance, OWN);
    let answer = visitor.choose("/setup", &format!("new={password}&install=asking"));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let owner = Owner::logged_in(visitor.instance, OWN);
    assert!(owner.page("/settings/updates").contains("value=\"asking\" selected"));
}

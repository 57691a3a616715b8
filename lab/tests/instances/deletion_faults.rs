//! The deletion of the user's data, sound and with each of its faults, seen as a visitor.

use crate::visitor::{ask, bench_value, post_token, start};
use lab::{Instance, model};

/// A user of the web interface.
struct User<'a> {
    device: &'a Instance,
    sid: String,
}

impl<'a> User<'a> {
    fn enter(device: &'a Instance, password: &str) -> Option<Self> {
        let mut user = Self { device, sid: String::new() };
        let page = user.send("GET", "/login", "");
        user.sid = cookie(&page)?;
        let answer = user.post("/login", "/login", &format!("user={}&password={password}", model::USER_NAME));
        user.sid = cookie(&answer)?;
        Some(user)
    }

    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let kind = "application/x-www-form-urlencoded";
        ask(
            self.device,
            &format!(
                "{method} {path} HTTP/1.1\r\nHost: device\r\nConnection: close\r\nCookie: sid={}\r\n\
                 Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
                self.sid,
                body.len()
            ),
        )
    }

    fn get(&self, path: &str) -> String {
        self.send("GET", path, "")
    }

    /// Sends a form with the hidden field of its page.
    fn post(&self, page: &str, path: &str, fields: &str) -> String {
        let page = self.get(page);
        let csrf = page.split_once("name=\"csrf\" value=\"").map_or("", |(_, rest)| &rest[..32]).to_owned();
        self.send("POST", path, &format!("csrf={csrf}&{fields}"))
    }
}

fn cookie(answer: &str) -> Option<String> {
    Some(answer.split_once("sid=")?.1[..32].to_owned())
}

fn password(device: &Instance) -> String {
    bench_value(device, "AuthMech-WebLogin")
}

const NAME: &str = "bathhouse-of-kano";
const BATH: &str = "bath-at-1940";
const NOTE: &str = "guests-in-august";

/// A device whose user has given it something to keep.
fn used(fault: Option<&str>, seed: u64) -> Instance {
    let device = start(fault.as_slice(), seed);
    device.perform("onboard").unwrap();
    let user = User::enter(&device, &password(&device)).unwrap();
    user.post("/schedules", "/schedules", &format!("name={NAME}"));
    user.post("/schedules", "/schedules", &format!("schedule={BATH}"));
    user.post("/history", "/history", &format!("note={NOTE}"));
    let page = user.get("/schedules");
    assert!(page.contains(NAME) && page.contains(BATH) && user.get("/history").contains(NOTE));
    device
}

fn reset(user: &User<'_>) -> String {
    user.post("/reset", "/reset", &format!("password={}", password(user.device)))
}

#[test]
fn a_sound_reset_wants_the_password_deletes_everything_and_says_so() {
    let device = used(None, 81);
    let user = User::enter(&device, &password(&device)).unwrap();
    let answer = post_token(&device, &password(&device));
    let token = answer.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    assert!(user.post("/reset", "/reset", "password=wrong-one").contains("403"));
    assert!(user.get("/schedules").contains(BATH));
    assert!(reset(&user).contains("All your data on this device were deleted"));
    assert!(user.get("/schedules").contains("401") && !user.get("/log").contains(NAME));
    assert!(User::enter(&device, &password(&device)).is_none());
    let by_token = format!(
        "GET /api/status HTTP/1.1\r\nHost: device\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    assert!(ask(&device, &by_token).contains("401"));
    device.perform("onboard").unwrap();
    let next = User::enter(&device, &password(&device)).unwrap();
    let pages = next.get("/schedules") + &next.get("/history");
    assert!(
        pages.contains("Name of the heater") && ![NAME, BATH, NOTE].iter().any(|given| pages.contains(given))
    );
}

/// What the next user finds on these pages, and nobody at the others.
#[test]
fn careless_resets_leave_what_their_faults_say() {
    for (n, (fault, path, value)) in [
        ("residue-schedule", "/schedules", BATH),
        ("residue-usage", "/history", NOTE),
        ("residue-back-after-setup", "/schedules", NAME),
        ("residue-name-at-login", "/login", NAME),
        ("residue-open-log", "/log", NAME),
        ("deletion-only-said", "/schedules", NAME),
    ]
    .into_iter()
    .enumerate()
    {
        let device = used(Some(fault), 82 + n as u64);
        let user = User::enter(&device, &password(&device)).unwrap();
        assert!(reset(&user).contains("were deleted"), "{fault}");
        device.perform("onboard").unwrap();
        let next = User::enter(&device, &password(&device)).unwrap();
        assert!(next.get(path).contains(value), "{fault}");
    }
}

#[test]
fn sessions_and_passwords_outlive_a_careless_reset() {
    let device = used(Some("residue-sessions"), 91);
    let user = User::enter(&device, &password(&device)).unwrap();
    reset(&user);
    device.perform("onboard").unwrap();
    assert!(user.get("/settings").contains("Target temperature"));

    let device = used(Some("residue-password"), 92);
    reset(&User::enter(&device, &password(&device)).unwrap());
    assert!(User::enter(&device, &password(&device)).is_some());
}

#[test]
fn faulty_orders_do_what_their_faults_say() {
    let device = used(Some("deletion-without-password"), 93);
    let user = User::enter(&device, &password(&device)).unwrap();
    assert!(user.post("/reset", "/reset", "").contains("were deleted"));

    let device = used(Some("deletion-by-strangers"), 94);
    let stranger = User { device: &device, sid: String::new() };
    assert!(stranger.send("POST", "/reset", "").contains("were deleted"));

    let device = used(Some("deletion-refused"), 95);
    let user = User::enter(&device, &password(&device)).unwrap();
    assert!(reset(&user).contains("403") && user.get("/schedules").contains(BATH));

    let device = used(Some("deletion-unconfirmed"), 96);
    let user = User::enter(&device, &password(&device)).unwrap();
    let answer = reset(&user);
    assert!(answer.contains("303") && !answer.contains("deleted"));
    assert!(User::enter(&device, &password(&device)).is_none());
}

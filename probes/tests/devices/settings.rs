//! The probe of settings against a played device whose user can choose, and twins that do not obey.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::played::{Asked, LOCAL, Said, http};
use probes::dialer::DialLimits;
use probes::probe::settings::SettingsSeen;
use probes::{Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const SECRET: &str = "Own-Value-2468";
const WIRELESS: &str = "kWm2Rz9Yc4Tq";

/// How the device differs from a sound one.
#[derive(Clone, Copy, Default)]
struct Rules {
    open: bool,
    deaf: bool,
    refuses_off: bool,
    comes_back: bool,
    hidden_control: bool,
    slow: bool,
}

struct Device {
    rules: Rules,
    install: String,
    notices: bool,
    visits: u32,
    orders: Vec<String>,
}

impl Device {
    fn answer(&mut self, asked: &Asked) -> Said {
        let field = |name: &str| {
            asked.body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
        };
        let inside = asked.head.contains("cookie: sid=inside");
        let wait = if self.rules.slow { Duration::from_secs(60) } else { Duration::ZERO };
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/login") if field("password").as_deref() == Some(SECRET) => {
                self.visits += 1;
                if self.rules.comes_back {
                    self.install = "auto".to_owned();
                }
                Said(303, "set-cookie: sid=inside\r\n".into(), String::new(), Duration::ZERO)
            }
            ("GET", "/login") => Said::page(200, "<form><input type=password name=password></form>"),
            ("GET", "/updates") if inside => Said(200, String::new(), self.page(), wait),
            ("GET", "/api/notices") if inside => {
                Said::page(200, &json!({ "notices": self.notices, "n": 1 }).to_string())
            }
            ("POST", "/updates") if inside && field("csrf").as_deref() == Some("7") || self.rules.open => {
                self.orders.push(asked.body.clone());
                match field("install") {
                    Some(way) if way == "off" && self.rules.refuses_off => Said::page(422, "no"),
                    Some(way) => {
                        if !self.rules.deaf {
                            self.install = way;
                        }
                        Said::page(200, "saved")
                    }
                    None => Said::page(400, "what?"),
                }
            }
            ("PUT", "/api/notices") if inside => {
                let wanted: Value = serde_json::from_str(&asked.body).unwrap_or_default();
                self.notices = wanted["notices"].as_bool().unwrap_or(self.notices);
                Said::page(200, "{}")
            }
            _ => Said::page(401, "<form><input type=password name=password></form>"),
        }
    }

    fn page(&self) -> String {
        let option = |value: &str| {
            let selected = if self.install == value { " selected" } else { "" };
            format!("<option value={value}{selected}>{value}</option>")
        };
        let select = match self.rules.hidden_control {
            true => String::new(),
            false => {
                format!("<select name=install>{}{}{}</select>", option("auto"), option("ask"), option("off"))
            }
        };
        format!(
            "<form method=post><input type=hidden name=csrf value=7><input name=zone value=Tokyo>{select}\
             <input type=password name=wireless value={WIRELESS}></form>"
        )
    }
}

fn params(port: u16) -> Value {
    let login = json!({
        "row": "AuthMech-Web", "port": port, "tls": false, "kind": "form", "path": "/login",
        "protected": "/updates", "user_field": "user", "password_field": "password",
    });
    json!({
        "address": LOCAL, "settle_seconds": 0.05,
        "settings": [
            {
                "row": "UpdMech-1", "key": "automatic-updates", "port": port, "tls": false, "login": login,
                "page": "/updates", "field": "install", "target": "/updates", "method": "POST",
                "on": "auto", "off": "off", "later": "ask", "change": true,
            },
            {
                "row": "UpdMech-1", "key": "update-notices", "port": port, "tls": false, "login": login,
                "page": "/api/notices", "field": "notices", "target": "/api/notices", "method": "PUT",
                "json": true, "on": "on", "off": "off", "change": true,
            },
        ],
    })
}

async fn played(rules: Rules) -> (Arc<Mutex<Device>>, u16) {
    let device = Device { rules, install: "auto".into(), notices: true, visits: 0, orders: Vec::new() };
    let device = Arc::new(Mutex::new(device));
    let asked = device.clone();
    let port = http(move |request| asked.lock().expect("nobody panicked").answer(request)).await;
    (device, port)
}

async fn observe(params: Value, consent: &[&str], cancel: CancellationToken) -> (Observation, SettingsSeen) {
    let scope = Scope { devices: vec![LOCAL], ..Scope::default() };
    let kept = Arc::new(Mutex::new(String::new()));
    let keep = kept.clone();
    let credentials = [("AuthMech-Web".to_owned(), ("owner".to_owned(), SECRET.to_owned()))];
    let context = ProbeContext::new(
        Dialer::new(scope, DialLimits::default()),
        probes::Context { sample: "S1".into(), ..probes::Context::default() },
        credentials.into(),
        cancel,
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            keep.lock().expect("nobody panicked").push_str(&String::from_utf8_lossy(bytes));
            EvidenceRef::of(bytes, "")
        }),
    )
    .with_consent(consent.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>());
    let request = Request { probe: "settings".into(), target: "settings".into(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
    let kept = kept.lock().expect("nobody panicked").clone();
    for secret in [SECRET, WIRELESS] {
        assert!(!stored.contains(secret) && !kept.contains(secret), "a secret was written down");
    }
    let seen = observation.read().unwrap_or_else(|| panic!("{observation:#?}"));
    (observation, seen)
}

async fn observed(rules: Rules) -> (Arc<Mutex<Device>>, Observation, SettingsSeen) {
    let (device, port) = played(rules).await;
    let (observation, seen) = observe(params(port), &["change_state"], CancellationToken::new()).await;
    (device, observation, seen)
}

/// Each change as (to, status, read, stayed).
type Told<'a> = (&'a str, Option<u16>, Option<&'a str>, Option<&'a str>);

fn told(seen: &SettingsSeen, at: usize) -> Vec<Told<'_>> {
    let changes = seen.settings[at].changes.iter();
    changes
        .map(|change| (&*change.to, change.status, change.read.as_deref(), change.stayed.as_deref()))
        .collect()
}

#[tokio::test]
async fn a_sound_device_goes_through_every_position_and_back() {
    let (device, observation, seen) = observed(Rules::default()).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(seen.settings[0].first.as_deref(), Some("on"));
    assert_eq!(
        told(&seen, 0),
        [
            ("off", Some(200), Some("off"), Some("off")),
            ("later", Some(200), Some("later"), None),
            ("on", Some(200), Some("on"), None),
        ]
    );
    assert_eq!(
        told(&seen, 1),
        [("off", Some(200), Some("off"), Some("off")), ("on", Some(200), Some("on"), None)]
    );
    for setting in &seen.settings {
        let stranger = setting.stranger.as_ref().expect("a stranger");
        assert_eq!((stranger.page, stranger.changed), (Some(401), Some(false)));
        assert_eq!(setting.restored, Some(true));
    }
    let device = device.lock().expect("nobody panicked");
    assert_eq!((device.install.as_str(), device.notices), ("auto", true));
    // The rest of the form goes along as a browser sends it.
    assert_eq!(device.orders[0], format!("csrf=7&zone=Tokyo&install=off&wireless={WIRELESS}"));
}

#[tokio::test]
async fn devices_that_do_not_obey_are_seen() {
    let (_, _, seen) = observed(Rules { open: true, ..Rules::default() }).await;
    assert_eq!(seen.settings[0].stranger.as_ref().and_then(|stranger| stranger.changed), Some(true));
    assert_eq!(seen.settings[0].restored, Some(true));
    let (_, _, seen) = observed(Rules { deaf: true, ..Rules::default() }).await;
    assert_eq!(told(&seen, 0)[0], ("off", Some(200), Some("on"), Some("on")));
    let (_, _, seen) = observed(Rules { refuses_off: true, ..Rules::default() }).await;
    assert_eq!(told(&seen, 0)[0], ("off", Some(422), Some("on"), Some("on")));
    let (_, _, seen) = observed(Rules { comes_back: true, ..Rules::default() }).await;
    assert_eq!(told(&seen, 0)[0], ("off", Some(200), Some("off"), Some("on")));
}

#[tokio::test]
async fn a_control_that_is_not_there_is_left_alone_and_said() {
    let (device, observation, seen) = observed(Rules { hidden_control: true, ..Rules::default() }).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert_eq!((seen.settings[0].status, &seen.settings[0].control), (Some(200), &None));
    assert!(seen.settings[0].changes.is_empty() && seen.settings[1].changes.len() == 2);
    assert!(observation.effort.gaps[0].contains("does not show install"), "{:?}", observation.effort.gaps);
    assert!(device.lock().expect("nobody panicked").orders.is_empty());
}

#[tokio::test]
async fn without_consent_everything_is_read_and_nothing_changed() {
    let (device, port) = played(Rules { open: true, ..Rules::default() }).await;
    let (observation, seen) = observe(params(port), &[], CancellationToken::new()).await;
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(observation.effort.gaps[0].contains("change_state"), "{:?}", observation.effort.gaps);
    assert_eq!(seen.settings[0].first.as_deref(), Some("on"));
    assert!(seen.settings.iter().all(|setting| setting.changes.is_empty()));
    assert!(device.lock().expect("nobody panicked").orders.is_empty());
}

#[tokio::test]
async fn listening_without_a_capture_point_is_a_gap() {
    let (_, port) = played(Rules::default()).await;
    let mut params = params(port);
    params["settings"][1]["listen"] = json!(true);
    params["listen_seconds"] = json!(0.1);
    let (observation, seen) = observe(params, &["change_state"], CancellationToken::new()).await;
    assert_eq!((observation.outcome, seen.heard.len()), (Outcome::Partial, 0));
    assert!(observation.effort.gaps[0].contains("nobody listened"), "{:?}", observation.effort.gaps);
    assert_eq!(told(&seen, 1).last(), Some(&("withdrawn", Some(200), Some("off"), Some("off"))));
    assert_eq!(seen.settings[1].restored, Some(true));
}

#[tokio::test]
async fn a_stop_keeps_what_was_read_until_then() {
    let (_, port) = played(Rules { slow: true, ..Rules::default() }).await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
    };
    let ((observation, seen), ()) = tokio::join!(observe(params(port), &["change_state"], cancel), stopping);
    assert_ne!(observation.outcome, Outcome::Complete);
    assert!(observation.effort.gaps[0].starts_with("stopped"), "{:?}", observation.effort.gaps);
    assert_eq!(seen.settings[0].first, None);
}

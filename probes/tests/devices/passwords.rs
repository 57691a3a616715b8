//! The probes of set-up, change and labels against a played device that keeps the rules, and twins that do not.

use std::sync::{Arc, Mutex};

use crate::played::{Asked, LOCAL, Said, http};
use probes::dialer::DialLimits;
use probes::probe::chosen_credential::ChosenCredential;
use probes::probe::credential_change::ChangeBehaviour;
use probes::probe::label_password::LabelPasswords;
use probes::probe::password_setup::SetUpBehaviour;
use probes::{Dialer, EvidenceRef, Observation, Outcome, ProbeContext, Request, Scope};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const LABEL: &str = "kWm2Rz9Yc4Tq";
const CHOSEN: &str = "Own-Value-2468";

/// How the device differs from a sound one.
#[derive(Clone, Copy, Default)]
struct Rules {
    takes_empty: bool,
    skips_set_up: bool,
    label_works_on: bool,
    keeps_old: bool,
    refuses_change: bool,
    loses_value: bool,
}

struct Device {
    rules: Rules,
    password: String,
    previous: Option<String>,
    set_up: bool,
}

impl Device {
    fn lets_in(&self, password: &str) -> bool {
        password == self.password
            || self.rules.label_works_on && password == LABEL
            || self.rules.keeps_old && self.previous.as_deref() == Some(password)
    }

    fn answer(&mut self, asked: &Asked) -> Said {
        let field = |name: &str| {
            let pair = asked.body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            pair.unwrap_or_default().to_owned()
        };
        let inside = asked.head.contains("cookie: sid=inside");
        let closed = || Said::page(401, "<form><input type=password name=password></form>");
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/login") if field("user") == "owner" && self.lets_in(&field("password")) => Said(
                303,
                "set-cookie: sid=inside\r\nlocation: /\r\n".into(),
                String::new(),
                Default::default(),
            ),
            ("GET", "/login") => Said::page(200, "<form><input type=password name=password></form>"),
            _ if !inside => closed(),
            ("GET", "/setup") if !self.set_up => Said::page(
                200,
                "<form><input type=hidden name=csrf value=7><input type=password name=\"new\"></form>",
            ),
            ("POST", "/setup") if !self.set_up && field("csrf") == "7" => self.choose(&field("new")),
            ("GET", "/settings") if self.set_up || self.rules.skips_set_up => Said::page(
                200,
                "<form><input type=hidden name=csrf value=0></form>\
                 <form><input type=hidden name=csrf value=9><input type=password name=\"new\"></form>",
            ),
            ("POST", "/password") if field("csrf") == "9" && field("current") == self.password => {
                if self.rules.refuses_change {
                    return Said::page(403, "no");
                }
                self.previous = Some(std::mem::replace(&mut self.password, field("new")));
                if self.rules.loses_value {
                    self.password = "nobody knows".into();
                }
                Said::page(200, "changed")
            }
            (_, "/setup" | "/settings") => {
                Said(303, "location: /\r\n".into(), String::new(), Default::default())
            }
            _ => Said::page(403, "no"),
        }
    }

    fn choose(&mut self, new: &str) -> Said {
        let refused = if new.is_empty() { !self.rules.takes_empty } else { new.len() < 10 || new == LABEL };
        if refused {
            return Said::page(422, "too weak");
        }
        (self.password, self.set_up) = (new.to_owned(), true);
        Said::page(200, "set up")
    }
}

/// The device, its port, and whether the bench can reset it and set it up.
async fn played(rules: Rules, set_up: bool) -> (Arc<Mutex<Device>>, u16) {
    let password = if set_up { CHOSEN } else { LABEL }.to_owned();
    let device = Arc::new(Mutex::new(Device { rules, password, previous: None, set_up }));
    let asked = device.clone();
    let port = http(move |request| asked.lock().expect("nobody panicked").answer(request)).await;
    (device, port)
}

struct Bench {
    device: Option<Arc<Mutex<Device>>>,
    consent: &'static [&'static str],
    credentials: Vec<(&'static str, &'static str, String)>,
}

impl Bench {
    fn with(device: &Arc<Mutex<Device>>) -> Self {
        let credentials =
            vec![("AuthMech-Web", "owner", CHOSEN.to_owned()), ("label:S1", "", LABEL.to_owned())];
        Self { device: Some(device.clone()), consent: &["change_state", "change_credentials"], credentials }
    }

    async fn observe<T: DeserializeOwned>(self, probe: &str, params: Value) -> (Observation, T) {
        let scope = Scope { devices: vec![LOCAL], ..Scope::default() };
        let kept = Arc::new(Mutex::new(String::new()));
        let keep = kept.clone();
        let place = probes::Context { sample: "S1".into(), ..probes::Context::default() };
        let device = self.device;
        let secrets: Vec<String> = self.credentials.iter().map(|(_, _, secret)| secret.clone()).collect();
        let credentials = self.credentials.into_iter();
        let context = ProbeContext::new(
            Dialer::new(scope, DialLimits::default()),
            place,
            credentials.map(|(key, user, secret)| (key.to_owned(), (user.to_owned(), secret))).collect(),
            CancellationToken::new(),
            Box::new(|_, _, _| {}),
            Box::new(move |bytes, _| {
                keep.lock().expect("nobody panicked").push_str(&String::from_utf8_lossy(bytes));
                EvidenceRef::of(bytes, "")
            }),
        )
        .with_consent(self.consent.iter().map(|name| (*name).to_owned()).collect())
        .with_actions(Box::new(move |action| {
            let done = device.as_ref().map(|device| {
                let mut device = device.lock().expect("nobody panicked");
                let onboard = action == "onboard";
                (device.set_up, device.previous) = (onboard, None);
                device.password = if onboard { CHOSEN } else { LABEL }.to_owned();
            });
            Box::pin(async move { Ok(done.is_some()) })
        }));
        let request = Request { probe: probe.into(), target: "loopback".into(), params };
        let observation = probes::run(request, Arc::new(context)).await;
        let stored = String::from_utf8(observation.to_bytes()).expect("JSON is text");
        let transcript = kept.lock().expect("nobody panicked").clone();
        for secret in secrets {
            assert!(!stored.contains(&secret) && !transcript.contains(&secret), "a secret was written down");
        }
        let data = observation.read().unwrap_or_else(|| panic!("{observation:#?}"));
        (observation, data)
    }
}

fn way(port: u16, protected: &str) -> Value {
    json!({
        "row": "AuthMech-Web", "port": port, "tls": false, "kind": "form", "path": "/login",
        "protected": protected, "user_field": "user", "password_field": "password",
    })
}

fn set_up(port: u16) -> Value {
    json!({
        "address": LOCAL, "login": way(port, "/settings"), "opened_by": "AuthMech-Label",
        "opener": way(port, "/setup"), "refuses_pre_installed": true,
        "set_up": { "path": "/setup", "password_field": "new", "least_length": 10 },
    })
}

#[tokio::test]
async fn a_sound_set_up_refuses_everything_and_is_left_as_it_was() {
    let (device, port) = played(Rules::default(), false).await;
    let (observation, seen) =
        Bench::with(&device).observe::<SetUpBehaviour>("password-setup", set_up(port)).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    assert_eq!(seen.set_up_opens.as_deref(), Some("accepted"));
    assert_eq!(seen.with_pre_installed.as_deref(), Some("rejected"));
    let taken: Vec<_> = seen.tries.iter().map(|offered| (offered.value.as_str(), offered.taken)).collect();
    assert_eq!(taken, [("empty", Some(false)), ("short", Some(false)), ("pre-installed", Some(false))]);
    assert!(!device.lock().expect("nobody panicked").set_up);
}

#[tokio::test]
async fn a_set_up_that_takes_an_empty_value_or_can_be_skipped_is_seen() {
    let (device, port) = played(Rules { takes_empty: true, ..Rules::default() }, false).await;
    let (_, seen) = Bench::with(&device).observe::<SetUpBehaviour>("password-setup", set_up(port)).await;
    assert_eq!((seen.tries[0].taken, seen.left_changed), (Some(true), false));
    assert_eq!(seen.tries.len(), 3, "the bench reset the sample, and the others were tried");

    let (device, port) = played(Rules { takes_empty: true, ..Rules::default() }, false).await;
    let bench = Bench { device: None, ..Bench::with(&device) };
    let (observation, seen) = bench.observe::<SetUpBehaviour>("password-setup", set_up(port)).await;
    assert_eq!((seen.tries.len(), seen.left_changed), (1, true));
    assert_eq!(observation.outcome, Outcome::Partial);

    let (device, port) = played(Rules { skips_set_up: true, ..Rules::default() }, false).await;
    let (_, seen) = Bench::with(&device).observe::<SetUpBehaviour>("password-setup", set_up(port)).await;
    assert_eq!(seen.with_pre_installed.as_deref(), Some("accepted"));
}

#[tokio::test]
async fn nothing_is_offered_or_changed_without_consent_or_credential() {
    let (device, port) = played(Rules { takes_empty: true, ..Rules::default() }, false).await;
    let bench = Bench { consent: &[], ..Bench::with(&device) };
    let (observation, seen) = bench.observe::<SetUpBehaviour>("password-setup", set_up(port)).await;
    assert_eq!((observation.outcome, seen.tries.len()), (Outcome::Partial, 0));
    assert!(!device.lock().expect("nobody panicked").set_up);

    let (device, port) = played(Rules::default(), true).await;
    let bench = Bench { consent: &[], ..Bench::with(&device) };
    let (observation, seen) = bench.observe::<ChangeBehaviour>("credential-change", change(port)).await;
    assert_eq!((observation.outcome, seen.change), (Outcome::Partial, None));
    let bench = Bench { credentials: Vec::new(), ..Bench::with(&device) };
    let (observation, seen) = bench.observe::<ChangeBehaviour>("credential-change", change(port)).await;
    assert_eq!((observation.outcome, seen.before), (Outcome::Partial, None));
    assert_eq!(device.lock().expect("nobody panicked").password, CHOSEN);
}

fn change(port: u16) -> Value {
    json!({
        "address": LOCAL, "login": way(port, "/settings"), "function_login": way(port, "/settings"),
        "change": { "path": "/password", "current_field": "current", "new_field": "new" },
    })
}

async fn changed(rules: Rules) -> (Observation, ChangeBehaviour, String) {
    let (device, port) = played(rules, true).await;
    let (observation, seen) = Bench::with(&device).observe("credential-change", change(port)).await;
    let password = device.lock().expect("nobody panicked").password.clone();
    (observation, seen, password)
}

#[tokio::test]
async fn a_value_is_changed_and_changed_back() {
    let (observation, seen, password) = changed(Rules::default()).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{observation:#?}");
    for changed in [seen.change.expect("changed"), seen.back.expect("changed back")] {
        assert_eq!((changed.old.as_deref(), changed.new.as_deref()), (Some("rejected"), Some("accepted")));
    }
    assert_eq!((seen.in_force.as_str(), seen.left_changed, password.as_str()), ("bench", false, CHOSEN));
}

#[tokio::test]
async fn an_old_value_that_works_on_and_a_refused_change_are_seen() {
    let (_, seen, password) = changed(Rules { keeps_old: true, ..Rules::default() }).await;
    let kept = seen.change.expect("changed");
    assert_eq!((kept.old.as_deref(), kept.new.as_deref()), (Some("accepted"), Some("accepted")));
    assert_eq!((seen.in_force.as_str(), password.as_str()), ("both", CHOSEN));
    let (observation, seen, _) = changed(Rules { refuses_change: true, ..Rules::default() }).await;
    let refused = seen.change.expect("tried");
    assert_eq!((refused.status, refused.new.as_deref()), (Some(403), Some("rejected")));
    assert_eq!(observation.outcome, Outcome::Complete, "the device was asked all of it");
}

#[tokio::test]
async fn a_value_that_is_lost_is_got_back_by_the_bench_or_said_to_be_lost() {
    let (_, seen, password) = changed(Rules { loses_value: true, ..Rules::default() }).await;
    assert_eq!((seen.in_force.as_str(), seen.restored_by_bench, seen.left_changed), ("neither", true, false));
    assert_eq!(password, CHOSEN);

    let (device, port) = played(Rules { loses_value: true, ..Rules::default() }, true).await;
    let bench = Bench { device: None, ..Bench::with(&device) };
    let (observation, seen) = bench.observe::<ChangeBehaviour>("credential-change", change(port)).await;
    assert!(seen.left_changed && observation.outcome == Outcome::Partial);
}

#[tokio::test]
async fn after_the_set_up_the_label_is_refused_unless_it_works_on() {
    for (works_on, expected) in [(false, "rejected"), (true, "accepted")] {
        let (device, port) = played(Rules { label_works_on: works_on, ..Rules::default() }, true).await;
        let params =
            json!({ "address": LOCAL, "login": way(port, "/settings"), "opened_by": "AuthMech-Label" });
        let (observation, seen) =
            Bench::with(&device).observe::<ChosenCredential>("chosen-credential", params).await;
        assert_eq!(observation.outcome, Outcome::Complete);
        assert_eq!(
            (seen.chosen.as_deref(), seen.pre_installed.as_deref()),
            (Some("accepted"), Some(expected))
        );
    }
}

#[tokio::test]
async fn labels_are_tried_and_compared_and_never_written_down() {
    let (device, port) = played(Rules::default(), false).await;
    let samples = |second: &str| {
        let sample = |id: &str| json!({ "id": id, "address": LOCAL, "serial": "SN-123456", "mac": null });
        json!({
            "address": LOCAL, "row": "AuthMech-Label", "login": way(port, "/setup"), "user_of": ["AuthMech-Web"],
            "alphabet": "2346789RTWYckmqz", "model": "D", "samples": [sample("S1"), sample(second)],
        })
    };
    let mut bench = Bench::with(&device);
    bench.credentials.push(("label:S2", "", "kWm2Rz9Yc4Tr".into()));
    let (observation, seen) = bench.observe::<LabelPasswords>("label-password", samples("S2")).await;
    assert_eq!((observation.outcome, observation.effort.completed), (Outcome::Complete, 1));
    let logins: Vec<_> = seen.labels.iter().map(|label| label.login.as_deref()).collect();
    assert_eq!(logins, [Some("accepted"), Some("rejected")]);
    assert_eq!(seen.labels[0].facts.outside_alphabet, Some(0));
    assert!(seen.pairs[0].facts.counter_like || seen.pairs[0].facts.regular);

    let (observation, seen) =
        Bench::with(&device).observe::<LabelPasswords>("label-password", samples("S3")).await;
    assert_eq!((observation.outcome, seen.labels.len()), (Outcome::Partial, 1));
    assert!(observation.trouble.is_some_and(|trouble| trouble.contains("S3")));
}

//! The probe of unexpected input against a device that checks strictly, and against twins with one flaw.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::played::{Asked, LOCAL, Said, http, run, run_agreeing};
use probes::Outcome;
use probes::probe::hostile_input::{Finding, HostileInput, InputTried};
use serde_json::{Value, json};

/// What is wrong with the device.
#[derive(Clone, Copy, Default)]
struct Flaws {
    any_number: bool,
    words_are_zero: bool,
    clamps: bool,
    repeats: bool,
    large: bool,
    /// Closes everything for a while over this octet sequence.
    ends_on: Option<&'static str>,
    fails_on_words: bool,
    /// Takes nothing any more after so many requests.
    tires_after: u32,
    away: Duration,
}

struct Device {
    flaws: Flaws,
    target: AtomicU32,
    asked: AtomicU32,
    away_until: Mutex<Option<Instant>>,
    login_open: AtomicBool,
}

impl Device {
    fn answer(&self, asked: &Asked) -> Said {
        let closed = Said(0, String::new(), String::new(), Duration::ZERO);
        if self.away_until.lock().expect("sound").is_some_and(|until| Instant::now() < until) {
            return closed;
        }
        let n = self.asked.fetch_add(1, Ordering::Relaxed);
        if self.flaws.ends_on.is_some_and(|sequence| asked.body.contains(sequence)) {
            *self.away_until.lock().expect("sound") = Some(Instant::now() + self.flaws.away);
            return closed;
        }
        if self.flaws.tires_after > 0 && n > self.flaws.tires_after {
            return Said::page(422, "tired");
        }
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/state") => self.state(),
            ("PUT", "/target") => self.set(asked),
            _ => Said::page(404, "nothing here"),
        }
    }

    fn state(&self) -> Said {
        let target = self.target.load(Ordering::Relaxed);
        Said(
            200,
            "content-type: application/json\r\n".into(),
            format!("{{\"celsius\":{target}}}"),
            Duration::ZERO,
        )
    }

    fn set(&self, asked: &Asked) -> Said {
        let flaws = self.flaws;
        let announced = asked.head.to_lowercase();
        let announced = announced.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let right = announced.is_some_and(|length| length == asked.body.len().to_string());
        if !right || asked.head.contains("Transfer-Encoding") {
            return Said::page(400, "what length?");
        }
        if asked.body.len() > 2000 && !flaws.large {
            return Said::page(413, "too large");
        }
        let Ok(Value::Object(order)) = serde_json::from_str::<Value>(&asked.body) else {
            return Said::page(400, "no order");
        };
        let number = match order.get("celsius") {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(_)) if flaws.words_are_zero => Some(0),
            Some(Value::String(_)) if flaws.fails_on_words => {
                return Said::page(500, "Traceback (most recent call last): line 1");
            }
            Some(Value::String(text)) if flaws.repeats => {
                return Said(
                    422,
                    "content-type: text/html\r\n".into(),
                    format!("<p>{text}?</p>"),
                    Duration::ZERO,
                );
            }
            _ => None,
        };
        let celsius = match number.and_then(|number| u32::try_from(number).ok()) {
            Some(celsius) if flaws.clamps => celsius.clamp(30, 60),
            Some(celsius) if flaws.any_number || flaws.words_are_zero && celsius == 0 => celsius,
            Some(celsius) if (30..=60).contains(&celsius) => celsius,
            _ => return Said::page(422, "30 to 60"),
        };
        self.target.store(celsius, Ordering::Relaxed);
        self.login_open.store(true, Ordering::Relaxed);
        Said::page(200, "done")
    }
}

fn params(port: u16, further: Value) -> Value {
    let mut params = json!({
        "address": LOCAL,
        "seed": "seed",
        "cases": 160,
        "seconds": 30.0,
        "answer_ms": 500,
        "recovery_seconds": 3.0,
        "endings": 40,
        "inputs": [{
            "row": "InpVal-1", "place": 0, "kind": "json", "port": port, "method": "PUT", "target": "/target",
            "largest": 2000, "shown_at": "/state",
            "fields": [{ "name": "celsius", "kind": "integer", "value": "44", "least": 30, "most": 60, "required": true }]
        }]
    });
    if let (Some(params), Value::Object(further)) = (params.as_object_mut(), further) {
        params.extend(further);
    }
    params
}

async fn device(flaws: Flaws) -> u16 {
    let device = Device {
        flaws,
        target: AtomicU32::new(47),
        asked: AtomicU32::new(0),
        away_until: Mutex::new(None),
        login_open: AtomicBool::new(false),
    };
    http(move |asked| device.answer(asked)).await
}

async fn tried(flaws: Flaws, further: Value) -> (InputTried, probes::Observation, String) {
    let port = device(flaws).await;
    let params = params(port, further);
    let (observation, kept) = run_agreeing("hostile-input", params, &[], &[], &["hostile_input"]).await;
    let mut seen: HostileInput = observation.read().expect("a result");
    (seen.inputs.remove(0), observation, kept)
}

fn found(input: &InputTried, what: &str) -> Vec<Finding> {
    input.findings.iter().filter(|finding| finding.what == what).cloned().collect()
}

#[tokio::test]
async fn a_strict_device_is_left_as_it_was_with_every_family_tried_and_nothing_found() {
    let (input, observation, kept) = tried(Flaws::default(), json!({})).await;
    assert_eq!(input.findings, []);
    assert_eq!((input.control_before.as_str(), input.control_after.as_str()), ("taken", "taken"));
    assert_eq!((input.state_read, input.restored), (true, Some(true)));
    assert!(
        input.families.iter().all(|family| family.sent > 0 && family.sent == family.planned),
        "{input:#?}"
    );
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    assert_eq!(observation.effort.completed, 160);
    assert!(kept.contains("grammar") && kept.contains("mutation"));
}

#[tokio::test]
async fn values_that_are_kept_outside_the_limits_are_found_and_come_about_again() {
    for flaws in
        [Flaws { any_number: true, ..Flaws::default() }, Flaws { words_are_zero: true, ..Flaws::default() }]
    {
        let (input, ..) = tried(flaws, json!({})).await;
        let kept = found(&input, "stored-beyond-limits");
        assert!(!kept.is_empty() && kept.iter().all(|finding| finding.reproduced), "{:#?}", input.findings);
        assert_eq!(input.restored, Some(true));
    }
}

#[tokio::test]
async fn what_has_to_be_refused_as_a_whole_and_is_carried_out_is_found() {
    let (input, ..) = tried(Flaws { large: true, ..Flaws::default() }, json!({})).await;
    let processed = found(&input, "processed");
    assert!(processed.iter().any(|finding| finding.family == "size"), "{:#?}", input.findings);
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_named_apart() {
    let (input, ..) = tried(Flaws { clamps: true, ..Flaws::default() }, json!({})).await;
    assert!(!found(&input, "altered").is_empty());
    assert!(found(&input, "stored-beyond-limits").is_empty() && found(&input, "processed").is_empty());
    let (input, ..) = tried(Flaws { fails_on_words: true, ..Flaws::default() }, json!({})).await;
    assert!(!found(&input, "internals-told").is_empty());
    let (input, ..) = tried(Flaws { repeats: true, ..Flaws::default() }, json!({})).await;
    assert!(!found(&input, "markup-unescaped").is_empty());
}

#[tokio::test]
async fn an_input_that_ends_the_device_is_made_small_and_ends_it_once_more() {
    let flaws = Flaws { ends_on: Some("[[[[[[[["), away: Duration::from_millis(250), ..Flaws::default() };
    let (input, observation, kept) = tried(flaws, json!({})).await;
    let ended = found(&input, "crash");
    assert!(!ended.is_empty() && ended.iter().all(|finding| finding.reproduced), "{:#?}", input.findings);
    let small = ended[0].minimized.as_ref().expect("made small");
    assert_eq!((small.shown.as_str(), small.octets), ("[[[[[[[[", 8));
    assert!(small.confirmed && small.smallest && small.back_after.is_some(), "{small:#?}");
    assert!(observation.attachments.iter().any(|kept| kept.reference == small.reference));
    assert!(kept.contains("PUT /target HTTP/1.1"));
}

#[tokio::test]
async fn the_same_seed_finds_the_same_case() {
    let flaws = Flaws { any_number: true, ..Flaws::default() };
    let (one, ..) = tried(flaws, json!({})).await;
    let (again, ..) = tried(flaws, json!({})).await;
    let names = |input: &InputTried| -> Vec<(String, u32)> {
        input.findings.iter().map(|finding| (finding.generator.clone(), finding.number)).collect()
    };
    assert_eq!(names(&one), names(&again));
}

#[tokio::test]
async fn a_device_that_goes_away_and_stays_away_ends_the_course() {
    let port =
        device(Flaws { ends_on: Some("[["), away: Duration::from_secs(600), ..Flaws::default() }).await;
    // Away for longer than it is waited for, and nobody may switch it off and on.
    let params = params(port, json!({ "recovery_seconds": 0.1 }));
    let (observation, _) = run_agreeing("hostile-input", params, &[], &[], &["hostile_input"]).await;
    let seen: HostileInput = observation.read().expect("a result");
    let ended = found(&seen.inputs[0], "crash");
    assert!(ended.len() == 1 && !ended[0].reproduced, "{ended:#?}");
    assert_eq!(observation.outcome, Outcome::Partial);
    assert!(observation.trouble.expect("why").contains("interrupt"));
}

#[tokio::test]
async fn a_short_time_and_a_device_that_takes_nothing_any_more_leave_gaps() {
    let (input, observation, _) = tried(Flaws::default(), json!({ "seconds": 0.0 })).await;
    assert!(input.families.iter().all(|family| family.sent == 0));
    assert_ne!(observation.outcome, Outcome::Complete);
    let (input, observation, _) = tried(Flaws { tires_after: 40, ..Flaws::default() }, json!({})).await;
    assert_eq!(input.control_after, "refused");
    assert_eq!(observation.outcome, Outcome::Partial);
    let (input, observation, _) = tried(Flaws { tires_after: 1, ..Flaws::default() }, json!({})).await;
    assert_eq!((input.families.len(), input.control_before.as_str()), (0, "refused"));
    assert_eq!(observation.outcome, Outcome::Refused);
}

#[tokio::test]
async fn without_consent_nothing_is_sent() {
    let port = device(Flaws::default()).await;
    let (observation, kept) = run("hostile-input", params(port, json!({})), &[], &[]).await;
    assert_eq!(observation.outcome, Outcome::Refused);
    assert!(observation.trouble.expect("why").contains("hostile_input"));
    assert!(!kept.contains("PUT"));
}

#[tokio::test]
async fn kinds_without_a_driver_and_missing_credentials_are_said() {
    let port = device(Flaws::default()).await;
    let mut asked = params(port, json!({}));
    asked["inputs"][0]["who"] = json!("AuthMech-1");
    let coap = json!({ "row": "InpVal-2", "place": 0, "kind": "coap", "port": port, "target": "/x" });
    asked["inputs"].as_array_mut().expect("a list").push(coap);
    let (observation, _) = run_agreeing("hostile-input", asked, &[], &[], &["hostile_input"]).await;
    let seen: HostileInput = observation.read().expect("a result");
    let controls: Vec<&str> = seen.inputs.iter().map(|input| input.control_before.as_str()).collect();
    assert_eq!(controls, ["no-login", "no-driver"]);
}

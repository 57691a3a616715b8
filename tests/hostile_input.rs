//! A planted crash of a parser is found whatever the seed, and what is kept of it brings it about again.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::ixit::Bench;
use harness::probes::dialer::DialLimits;
use harness::probes::http::{self, HttpRequest, HttpTarget};
use harness::probes::probe::hostile_input::{Finding, HostileInput};
use harness::probes::{self, Context, Dialer, EvidenceRef, ProbeContext, Request, Scope};
use lab::{Instance, Spec};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// Longest time in which a crash has to be found and made small, in seconds.
const LONGEST: f64 = 60.0;
const ROW: &str = "AuthMech-ApiToken";

/// The device with its fault, set up.
fn device() -> Instance {
    let faults = vec!["input-parser-crash".to_owned()];
    let instance = Instance::start(Spec { faults, seed: 5, ..Spec::default() }).expect("the device comes up");
    instance.perform("onboard").expect("it is set up");
    instance
}

/// The password of its user, as the bench file has it.
fn password(instance: &Instance) -> String {
    let folder = instance.folder().expect("a declaration");
    let (bench, _) = Bench::from_bytes("bench.toml", &folder.0["bench.toml"]);
    let bench = bench.expect("a bench");
    bench.credentials[ROW].secret.resolve(Path::new(".")).expect("a value")
}

fn dialer(instance: &Instance) -> Arc<Dialer> {
    let scope = Scope { devices: vec![IpAddr::V4(instance.address())], ..Scope::default() };
    Dialer::new(scope, DialLimits::default())
}

fn port(instance: &Instance) -> u16 {
    instance.spec().ports.as_ref().expect("a started instance has ports").https
}

fn params(instance: &Instance, seed: u32) -> Value {
    json!({
        "address": instance.address(),
        "seed": format!("seed {seed}"),
        "cases": 120,
        "endings": 30,
        "seconds": LONGEST,
        "answer_ms": 2000,
        "recovery_seconds": 2.0,
        "mechanisms": [{
            "row": ROW, "kind": "bearer", "port": port(instance), "tls": true, "path": "/api/token",
            "user_field": "user", "password_field": "password", "token_field": "token", "valid": true
        }],
        "inputs": [{
            "row": "InpVal-Web", "place": 0, "kind": "json", "port": port(instance), "tls": true, "who": ROW,
            "method": "PUT", "target": "/api/target", "largest": 16384, "shown_at": "/api/status",
            "fields": [{
                "name": "target_celsius", "kind": "integer", "value": "44", "least": 32, "most": 60, "required": true
            }]
        }]
    })
}

/// What a run finds that ends the device, and what it keeps, by reference.
async fn found(shared: &Arc<Mutex<Instance>>, seed: u32) -> (Vec<Finding>, BTreeMap<String, Vec<u8>>) {
    let (dialer, password, params) = {
        let instance = shared.lock().expect("nobody panicked");
        (dialer(&instance), password(&instance), params(&instance, seed))
    };
    let kept = Arc::new(Mutex::new(BTreeMap::new()));
    let keep = Arc::clone(&kept);
    let credentials = [(ROW.to_owned(), ("admin".to_owned(), password))];
    let switched = Arc::clone(shared);
    let context = ProbeContext::new(
        dialer,
        Context::default(),
        credentials.into(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            let reference = EvidenceRef::of(bytes, "");
            keep.lock().expect("nobody panicked").insert(reference.reference.clone(), bytes.to_vec());
            reference
        }),
    );
    let context = context
        .with_consent(["hostile_input", "interrupt"].map(str::to_owned).into())
        .with_actions(Box::new(move |action| {
            let (instance, action) = (Arc::clone(&switched), action.to_owned());
            Box::pin(async move {
                let performed = tokio::task::spawn_blocking(move || {
                    instance.lock().expect("nobody panicked").perform(&action)
                })
                .await;
                performed.expect("it does not panic").map(|()| true).map_err(|error| error.to_string())
            })
        }));
    let request = Request { probe: "hostile-input".to_owned(), target: "inputs".to_owned(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let seen: HostileInput = observation.read().expect("a result");
    let findings = seen.inputs.into_iter().flat_map(|input| input.findings);
    let ended = findings.filter(|finding| finding.what == "crash" && finding.reproduced).collect();
    let kept = kept.lock().expect("nobody panicked").clone();
    (ended, kept)
}

/// Sends what was kept to a device as new, in the name of its user. Whether it ended it.
async fn ends_another(kept: &[u8]) -> bool {
    let instance = device();
    let dialer = dialer(&instance);
    let address = IpAddr::V4(instance.address());
    let target =
        HttpTarget { address: (address, port(&instance)).into(), tls: true, host: http::host_name(address) };
    let ask = |method: &str, path: &str, body: Vec<u8>| HttpRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        body,
        ..HttpRequest::default()
    };
    let within = Duration::from_secs(5);
    let login = json!({ "user": "admin", "password": password(&instance) }).to_string();
    let answer = http::send(&dialer, &target, &ask("POST", "/api/token", login.into_bytes()), within).await;
    let answer: Value = serde_json::from_slice(&answer.expect("it answers").body).expect("JSON");
    let token = answer["token"].as_str().expect("a token");
    let head = kept.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    assert!(kept.starts_with(b"PUT /api/target HTTP/1.1\r\n"));
    assert!(!kept.windows(token.len()).any(|window| window == token.as_bytes()));
    let order = ask("PUT", "/api/target", kept[head + 4..].to_vec())
        .with("authorization", format!("Bearer {token}"))
        .with("content-type", "application/json");
    let unanswered = http::send(&dialer, &target, &order, within).await.is_err();
    unanswered && http::send(&dialer, &target, &HttpRequest::get("/about"), within).await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planted_crash_is_found_with_four_of_five_seeds_and_the_smallest_input_reproduces_it() {
    let instance = Arc::new(Mutex::new(device()));
    let mut times_found = 0;
    let mut last = None;
    for seed in 1..=5 {
        let (ended, kept) = found(&instance, seed).await;
        let small =
            ended.iter().filter_map(|finding| finding.minimized.clone()).find(|small| small.confirmed);
        if let Some(small) = small {
            times_found += 1;
            assert!(small.octets < small.of || small.of <= 60, "{small:?}");
            last = Some((small.clone(), kept[&small.reference].clone()));
        }
    }
    assert!(times_found >= 4, "found with {times_found} of 5 seeds");
    let (small, kept) = last.expect("one was found");
    assert!(ends_another(&kept).await, "{small:?}");
}

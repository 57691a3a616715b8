use proptest::prelude::*;
use serde_json::json;
use testcases::plan;

use super::*;

const SAMPLES: &[&str] = &["S1", "S2"];

/// A plan with a sweep, what is repeated for its ports, and a published page, in two states.
fn a_plan() -> Plan {
    let mut steps = Vec::new();
    for (state, action) in [(DutState::FactoryDefault, "factory_reset"), (DutState::Initialized, "onboard")] {
        steps.push(Step::Enter { state, action: action.into() });
        for (probe, for_each) in [
            ("device-identity", None),
            ("tcp-sweep", None),
            ("identify", Some(ForEach::OpenPort)),
            ("tls-server", Some(ForEach::TlsPort)),
            ("public-resource", None),
        ] {
            steps.push(Step::Observe {
                actions: Vec::new(),
                state,
                request: Request { probe: probe.into(), target: probe.into(), params: json!({}) },
                for_each,
                units: Vec::new(),
                disturbs: Vec::new(),
                budget_seconds: None,
            });
        }
    }
    Plan {
        format: plan::FORMAT.into(),
        edition: String::new(),
        catalogue: String::new(),
        only: None,
        conditions: Vec::new(),
        provisions: Vec::new(),
        units: Vec::new(),
        plus: Vec::new(),
        steps,
    }
}

fn samples() -> Vec<String> {
    SAMPLES.iter().map(|sample| (*sample).to_owned()).collect()
}

/// What the device would answer: `ports` are open, the even ones speak TLS.
fn answer(task: &Task, ports: &BTreeSet<u16>) -> Observation {
    let data = match task.request.probe.as_str() {
        "tcp-sweep" => json!({
            "address": "127.0.0.1", "open": ports, "closed": 0, "unanswered": [], "asked": 0, "foreign": [],
            "canary": { "port": null, "checks": 0, "failures": 0 }, "repeated": 0,
        }),
        "identify" => {
            let port = task.port.unwrap();
            json!({
                "port": port, "application": "http", "tls": port.is_multiple_of(2), "banner": null, "logins": [],
                "disclosed": [],
            })
        }
        _ => json!({}),
    };
    serde_json::from_value(json!({
        "format": probes::observation::FORMAT, "probe": task.request.probe, "version": 1, "target": "",
        "context": {
            "sample": task.sample, "component": "device", "firmware": null, "state": task.state.as_str(),
            "at": "", "equipment": [],
        },
        "outcome": "complete",
        "effort": { "attempted": 1, "completed": 1, "seconds": 0.0, "what": "" },
        "data": data,
    }))
    .unwrap()
}

/// Makes what is outstanding until nothing is; the keys in the order in which they were made.
fn walk(ports: &BTreeSet<u16>, mut seen: Seen) -> Vec<String> {
    let plan = a_plan();
    let mut made = Vec::new();
    while let Some(task) = outstanding(&plan, &samples(), &seen).into_iter().next() {
        seen.add(&task.key, &answer(&task, ports));
        made.push(task.key);
    }
    made
}

proptest! {
    #[test]
    fn a_stop_anywhere_loses_and_repeats_nothing(
        ports in prop::collection::btree_set(1_u16.., 0..6),
        stop in 0_usize..80,
    ) {
        let whole = walk(&ports, Seen::default());
        let plan = a_plan();
        let mut seen = Seen::default();
        let mut before = Vec::new();
        for _ in 0..stop {
            let Some(task) = outstanding(&plan, &samples(), &seen).into_iter().next() else { break };
            seen.add(&task.key, &answer(&task, &ports));
            before.push(task.key);
        }
        before.extend(walk(&ports, seen));
        prop_assert_eq!(whole, before);
    }

    #[test]
    fn every_open_port_is_looked_at_once_on_each_sample(
        ports in prop::collection::btree_set(1_u16.., 0..6),
    ) {
        let made = walk(&ports, Seen::default());
        let distinct: BTreeSet<&String> = made.iter().collect();
        prop_assert_eq!(made.len(), distinct.len());
        let tls = ports.iter().filter(|port| port.is_multiple_of(2)).count();
        // Identity and sweep, then the ports; a page is fetched once whatever the samples.
        prop_assert_eq!(made.len(), 2 * (SAMPLES.len() * (2 + ports.len() + tls) + 1));
    }
}

fn asked(target: &str) -> Request {
    Request { probe: "identify".into(), target: target.into(), params: json!({}) }
}

proptest! {
    #[test]
    fn what_differs_has_another_key_and_no_key_looks_like_a_repetition(
        one in ("[a/~%-]{0,4}", "[St1/~%-]{0,4}", prop::option::of(0_u16..3)),
        other in ("[a/~%-]{0,4}", "[St1/~%-]{0,4}", prop::option::of(0_u16..3)),
    ) {
        let of = |(target, sample, port): &(String, String, Option<u16>)| {
            key(DutState::Initialized, &asked(target), sample, *port)
        };
        prop_assert_eq!(one == other, of(&one) == of(&other));
        prop_assert!(!of(&one).contains('~'));
    }
}

#[test]
fn a_plan_that_grows_keeps_what_was_observed() {
    let small = a_plan();
    let mut seen = Seen::default();
    while let Some(task) = outstanding(&small, &samples(), &seen).into_iter().next() {
        seen.add(&task.key, &answer(&task, &BTreeSet::from([22, 443])));
    }
    let mut larger = small.clone();
    let added = Step::Observe {
        actions: Vec::new(),
        state: DutState::FactoryDefault,
        request: asked("a service that was not looked at"),
        for_each: None,
        units: Vec::new(),
        disturbs: Vec::new(),
        budget_seconds: None,
    };
    larger.steps.insert(1, added);
    let left: Vec<String> =
        outstanding(&larger, &samples(), &seen).into_iter().map(|task| task.key).collect();
    let key = |sample| format!("factory_default/identify/a service that was not looked at/{sample}");
    assert_eq!(left, SAMPLES.iter().map(key).collect::<Vec<_>>());
}

#[test]
fn ports_are_outstanding_only_once_they_are_known() {
    let first = outstanding(&a_plan(), &samples(), &Seen::default());
    assert!(first.iter().all(|task| task.port.is_none()), "{first:?}");
    assert!(first.iter().any(|task| task.key == "factory_default/public-resource/public-resource/-"));
}

#[test]
fn a_later_sweep_of_another_state_does_not_lend_its_ports() {
    let plan = a_plan();
    let mut seen = Seen::default();
    let sweep = outstanding(&plan, &samples(), &seen)
        .into_iter()
        .find(|task| {
            task.request.probe == "tcp-sweep" && task.state == DutState::Initialized && task.sample == "S1"
        })
        .unwrap();
    seen.add(&sweep.key, &answer(&sweep, &BTreeSet::from([23])));
    let ports: Vec<String> = outstanding(&plan, &samples(), &seen)
        .into_iter()
        .filter(|task| task.port.is_some())
        .map(|task| task.key)
        .collect();
    assert_eq!(ports, ["initialized/identify/identify/S1/tcp-23"]);
}

#[test]
fn the_entrance_of_a_step_is_the_last_before_it() {
    let plan = a_plan();
    assert_eq!(entrance(&plan, 0), Some(0));
    assert_eq!(entrance(&plan, 5), Some(0));
    assert_eq!(entrance(&plan, 7), Some(6));
}

//! A probe, run against the heater with a bench that can do what a person beside it does.

use std::sync::{Arc, Mutex};

use harness::probes::{
    self, Context, Dialer, EvidenceRef, Observation, ProbeContext, Request, Scope, dialer::DialLimits,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::air::Heater;

/// What the bench can do, by the names of its actions.
pub(crate) const EVERYTHING: &[&str] =
    &["power_off", "power_on", "allow_pairing", "read_passkey", "factory_reset", "onboard"];

/// What the bench of the tests agrees to.
pub(crate) const CONSENT: [&str; 4] = ["hostile_input", "pair", "interrupt", "erase_data"];

/// A run of a probe.
pub(crate) struct Run {
    pub(crate) observation: Observation,
    /// Actions that the bench was asked for, in order.
    pub(crate) asked: Vec<String>,
    /// Texts that were kept beside it.
    pub(crate) kept: String,
}

/// What somebody at the heater does when asked.
#[derive(Clone, Copy)]
pub(crate) struct Hands {
    /// Before the digits on the panel are read.
    pub(crate) before_reading: fn(&Heater),
    /// When the number on the panel is to be compared: whether it is the same.
    pub(crate) compare: fn(&Heater) -> bool,
}

impl Default for Hands {
    fn default() -> Self {
        let same = |heater: &Heater| {
            heater.press_button();
            true
        };
        Self { before_reading: |_| {}, compare: same }
    }
}

/// Runs a probe with a bench that has these actions.
pub(crate) async fn probed(
    bench: &Arc<Heater>,
    probe: &str,
    params: Value,
    actions: &'static [&'static str],
    consent: &[&str],
) -> Run {
    probed_by(Hands::default(), bench, probe, params, actions, consent).await
}

/// The same with somebody at the heater who does as these hands do.
pub(crate) async fn probed_by(
    hands: Hands,
    bench: &Arc<Heater>,
    probe: &str,
    params: Value,
    actions: &'static [&'static str],
    consent: &[&str],
) -> Run {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::new(Mutex::new(String::new()));
    let (acted, keeping) = (asked.clone(), kept.clone());
    let (switched, shown) = (bench.clone(), bench.clone());
    let context = ProbeContext::new(
        Dialer::new(Scope::default(), DialLimits::default()),
        Context::default(),
        std::collections::BTreeMap::new(),
        CancellationToken::new(),
        Box::new(|_, _, _| {}),
        Box::new(move |bytes, _| {
            keeping.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
            EvidenceRef::of(bytes, "")
        }),
    );
    let context = context
        .with_consent(consent.iter().map(|name| (*name).to_owned()).collect())
        .with_actions(Box::new(move |action| {
            acted.lock().unwrap().push(action.to_owned());
            let mut can = actions.contains(&action);
            if can {
                match action {
                    "confirm_number" => can = (hands.compare)(&switched),
                    "power_off" => switched.power_off(),
                    "power_on" => switched.power_on(),
                    "allow_pairing" => switched.press_button(),
                    "factory_reset" => switched.reset_to_factory(),
                    "onboard" => switched.onboard(),
                    _ => {}
                }
            }
            Box::pin(async move { Ok(can) })
        }))
        .with_readings(Box::new(move |action| {
            let can = actions.contains(&action);
            if can {
                (hands.before_reading)(&shown);
            }
            let digits = shown.displayed_passkey().map(|passkey| format!("{passkey:06}\n"));
            Box::pin(async move { Ok(can.then_some(digits.unwrap_or_default())) })
        }));
    let request = Request { probe: probe.to_owned(), target: "the heater".to_owned(), params };
    let observation = probes::run(request, Arc::new(context)).await;
    let asked = asked.lock().unwrap().clone();
    let kept = kept.lock().unwrap().clone();
    Run { observation, asked, kept }
}

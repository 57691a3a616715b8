//! Hostile input over Bluetooth LE: nothing comes of it at the sound heater, and what comes of it at a weak one is
//! found, made short and brought about again. Devices that mean harm end no run, and are not blamed for a tester that
//! cannot go on.

use std::sync::Arc;

use harness::probes::Outcome;
use harness::probes::probe::ble_hostile_input::BleHostileInput;
use harness::probes::probe::hostile_input::Finding;
use lab::behaviour::ble::Hostility;
use serde_json::{Value, json};

use crate::air::{Heater, heater, known};
use crate::probing::{CONSENT, EVERYTHING, Run, probed};

const ROW: &str = "InpVal-Bluetooth";

fn params(bench: &Heater) -> Value {
    use lab::ble::uuids;
    let input = |service, characteristic, critical: bool, largest: Option<u32>| {
        json!({
            "row": ROW, "service": known(service), "characteristic": known(characteristic),
            "writers": ["AuthMech-BlePairing"], "critical": critical, "largest": largest,
        })
    };
    json!({
        "adapter": bench.tester_url(), "name": "HK-100", "listen_seconds": 0.5, "answer_seconds": 1.0,
        "recovery_seconds": 1.0, "profile": "matrix", "seed": "s", "cases": 12, "endings": 6,
        "pairing": { "method": "passkey-shown", "strangers": "first-or-invited" },
        "inputs": [
            input(uuids::PROVISIONING, uuids::WIFI_NAME, true, Some(32)),
            input(uuids::PROVISIONING, uuids::WIFI_PASSWORD, true, Some(63)),
            input(uuids::SETTINGS, uuids::TARGET_TEMPERATURE, false, Some(1)),
            input(uuids::SETTINGS, uuids::OWNER_NAME, false, Some(48)),
            input(uuids::UPDATE, uuids::UPDATE_CONTROL, false, Some(5)),
            input(uuids::UPDATE, uuids::UPDATE_DATA, false, None),
        ],
    })
}

async fn tried(bench: &Arc<Heater>, actions: &'static [&'static str]) -> (Run, BleHostileInput) {
    let run = probed(bench, "ble-hostile-input", params(bench), actions, &CONSENT).await;
    let seen = run.observation.read().expect("a result");
    (run, seen)
}

fn findings(seen: &BleHostileInput) -> Vec<&Finding> {
    seen.tried.iter().flat_map(|tried| &tried.findings).collect()
}

#[tokio::test]
async fn nothing_comes_of_it_at_the_sound_heater() {
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let (run, seen) = tried(&bench, EVERYTHING).await;
    println!("{:.2} s, {}", run.observation.effort.seconds, run.observation.effort.what);
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
    assert!(findings(&seen).is_empty(), "{:?}", findings(&seen));
    assert!(seen.subjects.iter().all(|subject| subject.linked) && seen.subjects.len() == 2);
    assert_eq!((seen.links_ended, seen.switched), (0, 0));
    let by = |subject: &'static str| seen.tried.iter().filter(move |tried| tried.subject == subject);
    for tried in by("paired") {
        assert!(tried.may && tried.looked_at > 0, "refused for its own sake: {tried:?}");
    }
    let settings: Vec<_> = by("paired").filter(|tried| tried.restored.is_some()).collect();
    assert_eq!(settings.len(), 2, "temperature and name are put back");
    for tried in settings {
        assert_eq!((tried.restored, tried.control_before.as_str()), (Some(true), "taken"));
        assert_eq!(tried.control_after, "taken");
    }
    assert!(by("stranger").filter(|tried| tried.handle != 0).all(|tried| tried.looked_at == 0));
    let layers: Vec<&str> =
        by("stranger").filter(|tried| tried.handle == 0).map(|one| one.label.as_str()).collect();
    assert_eq!(layers, ["ATT", "L2CAP", "links", "SMP"]);
    assert!(run.kept.contains("# paired") && run.kept.contains("insufficient authentication"));
    assert!(!bench.hangs() && !bench.has_installed_update());
}

#[tokio::test]
async fn a_long_write_that_ends_the_heater_is_found_made_short_and_brought_about_again() {
    let bench = heater(|behaviour| (behaviour.without_pin, behaviour.crash_on_long_write) = (true, true));
    let (run, seen) = tried(&bench, EVERYTHING).await;
    println!("{:.2} s, {}", run.observation.effort.seconds, run.observation.effort.what);
    let ended: Vec<&Finding> = findings(&seen)
        .into_iter()
        .filter(|finding| matches!(finding.what.as_str(), "crash" | "hang"))
        .collect();
    let [finding] = ended[..] else { panic!("{ended:?}") };
    assert!(finding.reproduced);
    let small = finding.minimized.as_ref().expect("it was made short");
    assert_eq!((small.octets, small.smallest), (65, true), "{small:?}");
    assert_eq!((finding.generator.as_str(), finding.family.as_str()), ("lengths", "size"));
    assert!(seen.switched >= 2 && !bench.hangs(), "it was switched off and on");
    // The rest was tried all the same, the stranger's part too.
    assert!(seen.tried.iter().any(|tried| tried.label == "SMP" && tried.sent() > 0));
    assert_eq!(run.observation.outcome, Outcome::Complete, "{:?}", run.observation.trouble);
}

#[tokio::test]
async fn without_a_switch_the_run_ends_and_says_what_the_device_needs() {
    for actions in
        [&["allow_pairing", "read_passkey"][..], &["allow_pairing", "read_passkey", "power_off"][..]]
    {
        let bench = heater(|behaviour| (behaviour.without_pin, behaviour.crash_on_long_write) = (true, true));
        let (run, seen) = tried(&bench, actions).await;
        assert_eq!(run.observation.outcome, Outcome::Partial);
        assert_eq!(seen.switched, 0);
        assert!(!run.asked.iter().any(|action| action == "power_off"), "it could not be given power again");
        let trouble = run.observation.trouble.expect("it is said");
        assert!(trouble.contains("did not come back") && trouble.contains("power_on"), "{trouble}");
        let kept: Vec<_> =
            findings(&seen).iter().map(|finding| (finding.what.clone(), finding.reproduced)).collect();
        assert!(matches!(&kept[..], [(what, false)] if what == "crash" || what == "hang"), "{kept:?}");
    }
}

#[tokio::test]
async fn devices_that_mean_harm_end_no_run_and_are_not_blamed_for_silence_of_before() {
    for hostility in
        [Hostility::MalformedAtt, Hostility::DisconnectStorm, Hostility::Silent, Hostility::EndlessServices]
    {
        let bench = heater(|behaviour| behaviour.hostility = hostility);
        let guard = std::time::Duration::from_secs(120);
        let (run, seen) = tokio::time::timeout(guard, tried(&bench, EVERYTHING))
            .await
            .unwrap_or_else(|_| panic!("{hostility:?} was tried without end"));
        println!("{hostility:?}: {:.2} s, {:?}", run.observation.effort.seconds, run.observation.trouble);
        assert!(matches!(run.observation.outcome, Outcome::Partial | Outcome::Refused), "{hostility:?}");
        assert!(run.observation.trouble.is_some());
        let blamed = findings(&seen).into_iter().any(|finding| finding.reproduced);
        assert!(!blamed, "{hostility:?}: {:?}", findings(&seen));
        assert_eq!(seen.switched, 0, "{hostility:?}");
    }
}

#[tokio::test]
async fn without_consent_nothing_is_sent_and_without_pairing_the_stranger_alone_is_tried() {
    let bench = heater(|behaviour| behaviour.without_pin = true);
    let run = probed(&bench, "ble-hostile-input", params(&bench), EVERYTHING, &["pair"]).await;
    assert_eq!(run.observation.outcome, Outcome::Refused);
    assert!(run.asked.is_empty());
    let run = probed(&bench, "ble-hostile-input", params(&bench), EVERYTHING, &["hostile_input"]).await;
    let seen: BleHostileInput = run.observation.read().expect("a result");
    assert_eq!(run.observation.outcome, Outcome::Partial);
    assert!(seen.tried.iter().all(|tried| tried.subject == "stranger"));
    assert_eq!(bench.bonds(), 0);
}

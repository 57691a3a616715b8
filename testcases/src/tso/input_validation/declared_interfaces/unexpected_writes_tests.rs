use probes::Outcome;
use probes::probe::ble_hostile_input::SubjectSeen;
use probes::probe::hostile_input::{Family, FamilyTried, Minimized};

use super::*;
use crate::test_facts::{Seen, TestFacts};

const UNIT: &str = "5.13-1-2:a";
const IXIT: &str = r#"
[[auth_mech]]
id = "AuthMech-Pairing"
pairing = { method = "passkey-shown" }
[[soft_serv]]
id = "SoftServ-Ble"
gatt = [{ service = "fff0", characteristic = "fff1", writers = ["AuthMech-Pairing"], largest = 20 }]
[[ext_api]]
id = "ExtAPI-Ble"
gatt = [{ service = "fff0" }]
[[inp_val]]
id = "InpVal-Ble"
description = "Lengths are checked"
sources = ["ExtAPI-Ble"]
"#;

fn place_of(row: &str, label: &str, subject: &str) -> Tried {
    let families = Family::ALL.map(|family| FamilyTried {
        family,
        planned: 30,
        sent: 30,
        refused: 28,
        accepted: 2,
        unclear: 0,
    });
    Tried {
        row: row.to_owned(),
        label: label.to_owned(),
        subject: subject.to_owned(),
        handle: 9,
        may: subject == "paired",
        control_before: "taken".to_owned(),
        control_after: "taken".to_owned(),
        looked_at: 20,
        families: families.to_vec(),
        findings: Vec::new(),
        restored: Some(true),
    }
}

fn sound() -> BleHostileInput {
    let subject =
        |subject: &str| SubjectSeen { subject: subject.to_owned(), linked: true, why: String::new() };
    BleHostileInput {
        seed: "s".to_owned(),
        subjects: vec![subject("stranger"), subject("paired")],
        tried: vec![
            place_of("InpVal-Ble", "fff1 at 0x0009", "paired"),
            place_of("InpVal-Ble", "fff1 at 0x0009", "stranger"),
            place_of("", "ATT", "stranger"),
        ],
        ..BleHostileInput::default()
    }
}

fn with(at: usize, what: &str, reproduced: bool) -> BleHostileInput {
    let mut seen = sound();
    seen.tried[at].findings.push(Finding {
        what: what.to_owned(),
        generator: "lengths".to_owned(),
        number: 7,
        family: "size".to_owned(),
        told: "65 octets".to_owned(),
        seen: "nothing was answered any more".to_owned(),
        n: 12,
        reproduced,
        minimized: None,
    });
    seen
}

fn judged_as(seen: BleHostileInput) -> ItemResult {
    TestFacts::declared(IXIT).observed(Seen::by(PROBE, seen)).judge_one(UNIT)
}

fn is(seen: BleHostileInput, verdict: Verdict, code: &str) {
    let result = judged_as(seen);
    assert_eq!((result.verdict, result.reason.code.as_str()), (verdict, code), "{:?}", result.reason);
}

#[test]
fn a_device_that_refuses_everything_passes_and_each_bad_twin_fails() {
    let result = judged_as(sound());
    assert_eq!((result.verdict, result.by), (Verdict::Pass, By::Machine));
    assert_eq!(result.reason.code, "unexpected-input-refused");
    assert!(!result.evidence.is_empty() && result.effort.is_some());
    // A value and a PDU below every value.
    for at in [0, 2] {
        is(with(at, "crash", true), Verdict::Fail, "input-ends-device");
        is(with(at, "hang", true), Verdict::Fail, "input-hangs-device");
    }
    is(with(0, "stored-beyond-limits", true), Verdict::Fail, "input-stored-beyond-limits");
    is(with(1, "processed", true), Verdict::Fail, "unexpected-input-processed");
    is(with(0, "crash", false), Verdict::Inconclusive, "device-ended-once");
}

#[test]
fn a_failure_names_case_and_subject_and_keeps_the_smallest_value() {
    let mut seen = with(0, "crash", true);
    seen.tried[0].findings[0].minimized = Some(Minimized {
        octets: 65,
        of: 65,
        shown: "AAAA".to_owned(),
        reference: "sha256:abc".to_owned(),
        ..Minimized::default()
    });
    let result = judged_as(seen);
    assert_eq!(result.blame, Some(Blame::Device));
    assert!(result.reason.args["input"].contains("as paired"));
    assert_eq!(result.reason.args["case"], "lengths 7");
    assert!(result.reason.args["found"].contains("65 octets"));
    assert!(result.evidence.iter().any(|evidence| evidence.reference == "sha256:abc"));
}

#[test]
fn without_the_right_to_write_and_enough_of_it_nothing_passes() {
    let mut strangers_only = sound();
    strangers_only.tried.remove(0);
    is(strangers_only, Verdict::Inconclusive, "observation-incomplete");
    let mut never_met = sound();
    never_met.tried[0].looked_at = 0;
    is(never_met, Verdict::Inconclusive, "input-control-failed");
    let mut refused_before = sound();
    "refused".clone_into(&mut refused_before.tried[0].control_before);
    is(refused_before, Verdict::Inconclusive, "input-control-failed");
    let mut cut = sound();
    cut.tried[2].families[0].sent = 3;
    is(cut, Verdict::Inconclusive, "too-few-unexpected-inputs");
    let mut no_layers = sound();
    no_layers.tried.pop();
    is(no_layers, Verdict::Inconclusive, "too-few-unexpected-inputs");
    let mut few = sound();
    few.tried
        .iter_mut()
        .flat_map(|tried| &mut tried.families)
        .for_each(|family| (family.planned, family.sent) = (4, 4));
    is(few.clone(), Verdict::Inconclusive, "too-few-unexpected-inputs");
    is(
        BleHostileInput { profile: Some("matrix".to_owned()), ..few },
        Verdict::Pass,
        "unexpected-input-refused",
    );
}

#[test]
fn without_a_radio_or_an_end_the_row_stays_open_and_the_device_is_not_blamed() {
    let none = TestFacts::declared(IXIT).judge_one(UNIT);
    assert_eq!((none.verdict, none.reason.code.as_str()), (Verdict::Inconclusive, "radio-not-scanned"));
    for (outcome, code) in [
        (Outcome::ToolTrouble, "radio-not-scanned"),
        (Outcome::Refused, "observation-incomplete"),
        (Outcome::Partial, "observation-incomplete"),
    ] {
        let seen = Seen::by(PROBE, sound()).ended(outcome, "the device was not heard");
        let result = TestFacts::declared(IXIT).observed(seen).judge_one(UNIT);
        assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
        assert_eq!(result.blame, Some(Blame::Lab));
    }
}

#[test]
fn a_bench_without_an_adapter_is_told_from_a_device_that_is_not_heard() {
    let none = BleHostileInput { not_scanned: true, tried: Vec::new(), ..sound() };
    let seen = Seen::by(PROBE, none).ended(Outcome::Refused, "the bench names no Bluetooth LE adapter");
    let result = TestFacts::declared(IXIT).observed(seen).judge_one(UNIT);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "radio-not-scanned"));
}

#[test]
fn what_can_be_read_in_two_ways_is_for_a_person() {
    for what in ["taken-unseen", "link-mute"] {
        let open = judged_as(with(0, what, true)).open.expect("a question");
        assert_eq!(open.prejudgement, Some(Verdict::Fail));
        assert!(open.shown.iter().any(|shown| shown.text.contains(what)));
    }
}

#[test]
fn the_interface_over_the_air_has_to_be_named_by_a_check() {
    let of = |ixit: &str| {
        let results = TestFacts::declared(ixit).judge("5.13-1-1:a");
        let result = results.into_iter().find(|result| result.item == "ExtAPI-Ble").expect("a result");
        (result.verdict, result.reason.code)
    };
    assert_eq!(of(IXIT), (Verdict::Pass, "input-source-covered".to_owned()));
    let other = IXIT.replace("sources = [\"ExtAPI-Ble\"]", "sources = [\"UserIntf-Web\"]");
    assert_eq!(of(&other), (Verdict::Fail, "input-source-uncovered".to_owned()));
}

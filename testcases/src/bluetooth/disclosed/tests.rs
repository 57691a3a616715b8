use probes::Outcome;
use probes::ble::advertising_data::{AdMeaning, AdStructure};
use probes::probe::ble_surface::BleSurface;

use super::*;
use crate::bluetooth::test_surface::{self as air, given, look, silent, sound};
use crate::test_facts::TestFacts;

const UNIT: &str = "5.6-2-2:a";

/// An interface that declares these kinds, with a value that is kept to those who paired.
fn declared(disclosed: &[&str]) -> String {
    let disclosed: Vec<String> =
        disclosed.iter().map(|item| format!("{{ item = \"{item}\", security_relevant = false }}")).collect();
    let settings = air::SETTINGS;
    format!(
        "[[intf]]\nid = \"Intf-Ble\"\ndescription = \"Radio\"\ntype = [\"network\"]\nstatus = \"enabled\"\n\
         is_air = true\ngatt = [{{ service = \"180a\" }}, {{ service = \"{settings}\", characteristic = \"{}\", \
         readers = [\"AuthMech-Ble\"] }}]\ndisclosed = [{}]\n",
        air::TEMPERATURE,
        disclosed.join(", ")
    )
}

fn judged(ixit: &str, seen: &BleSurface) -> Vec<(Verdict, String, String)> {
    let facts = TestFacts::declared(ixit).observed(look(DutState::Initialized, seen));
    let results = facts.judge(UNIT);
    for result in &results {
        assert!(result.verdict == Verdict::Inconclusive || !result.evidence.is_empty());
    }
    results.into_iter().map(|result| (result.verdict, result.reason.code, result.item)).collect()
}

fn one(verdict: Verdict, code: &str, item: &str) -> Vec<(Verdict, String, String)> {
    vec![(verdict, code.to_owned(), item.to_owned())]
}

/// With this value of a known UUID of the Bluetooth SIG given to strangers.
fn giving(handle: u16, kind: &str, text: &str) -> BleSurface {
    let mut seen = sound();
    let values = &mut seen.table.as_mut().unwrap().services[1].characteristics;
    if values.iter().all(|one| one.handle != handle) {
        values.push(air::value(handle, kind));
    }
    seen.reads.retain(|read| read.handle != handle);
    seen.reads.push(given(handle, text));
    seen
}

#[test]
fn declared_kinds_pass_and_an_undeclared_one_fails() {
    let pass = one(Verdict::Pass, "only-declared-disclosures", "Intf-Ble");
    assert_eq!(judged(&declared(&["model", "private-address"]), &sound()), pass);
    let fail = one(Verdict::Fail, "undeclared-disclosure", "Intf-Ble/model");
    assert_eq!(judged(&declared(&["private-address"]), &sound()), fail);
    let serial = giving(air::SERIAL, "2a25", "WH100-26-144293");
    let fail = one(Verdict::Fail, "undeclared-disclosure", "Intf-Ble/serial");
    assert_eq!(judged(&declared(&["model"]), &serial), fail);
    assert_eq!(judged(&declared(&["model", "serial"]), &serial), pass);
    let build = giving(0x16, "2a28", "1.4.2-rc3+g7f3a9c1");
    let fail = one(Verdict::Fail, "undeclared-disclosure", "Intf-Ble/server-software");
    assert_eq!(judged(&declared(&["model"]), &build), fail);
}

#[test]
fn a_value_that_is_kept_to_others_and_given_to_strangers_is_for_a_person() {
    let mut seen = sound();
    seen.reads.retain(|read| read.handle != air::SETTING);
    seen.reads.push(given(air::SETTING, "*"));
    // Whether a temperature is relevant to security, a machine does not know; that strangers get it fails access.
    let asked = judged(&declared(&["model"]), &seen);
    assert!(asked.iter().all(|(verdict, ..)| *verdict == Verdict::Inconclusive), "{asked:?}");
    // A serial number that is kept to others is.
    let kept = declared(&["model"]).replace("service = \"180a\"", "service = \"180a\", characteristic = \"2a24\", \
                readers = [\"anyone\"] }, { service = \"180a\", characteristic = \"2a25\", readers = [\"AuthMech-Ble\"]");
    let serial = giving(air::SERIAL, "2a25", "WH100-26-144293");
    let fail = one(Verdict::Fail, "ble-protected-value-disclosed", "Intf-Ble/serial");
    assert_eq!(judged(&kept, &serial), fail);
    // Given to anyone by the declaration, it passes.
    let open = declared(&["model"]).replace("AuthMech-Ble", "anyone");
    assert_eq!(judged(&open, &seen), one(Verdict::Pass, "only-declared-disclosures", "Intf-Ble"));
}

#[test]
fn what_names_the_unit_fails_wherever_it_is_told() {
    for (what, through, place, kind) in [
        ("serial", "scan-response", "SCAN_RSP", "serial"),
        ("mac", "advertising", "ADV_IND", "mac-address"),
        ("secret", "read", "0x0012", "secret"),
    ] {
        let mut seen = sound();
        seen.tells.push(Told {
            what: what.to_owned(),
            spelling: "text".to_owned(),
            through: through.to_owned(),
            place: place.to_owned(),
        });
        let fail = one(Verdict::Fail, "undeclared-disclosure", &format!("Intf-Ble/{kind}"));
        assert_eq!(judged(&declared(&["model"]), &seen), fail);
        let allowed = judged(&declared(&["model", kind]), &seen);
        // No declaration makes a secret one that may be told.
        let expected = if kind == "secret" { Verdict::Fail } else { Verdict::Pass };
        assert_eq!(allowed[0].0, expected, "{allowed:?}");
    }
}

#[test]
fn an_address_that_lasts_is_declared_or_fails_or_is_asked_about() {
    let at = |address: &str| {
        let mut seen = sound();
        seen.passive.advertisers[0].address = address.parse().unwrap();
        seen
    };
    let (public, fixed) = (at("00:1a:7d:da:71:13/public"), at("c0:ff:ee:00:00:01/random"));
    let item = "Intf-Ble/mac-address";
    for seen in [&public, &fixed] {
        let promised = judged(&declared(&["model", "private-address"]), seen);
        assert_eq!(promised, one(Verdict::Fail, "ble-lasting-address", item));
        let told = judged(&declared(&["model", "mac-address"]), seen);
        assert_eq!(told[0].0, Verdict::Pass, "{told:?}");
    }
    assert_eq!(judged(&declared(&["model"]), &public), one(Verdict::Fail, "undeclared-disclosure", item));
    // Whether one that lasts until the device restarts matters is for a person.
    assert_eq!(judged(&declared(&["model"]), &fixed)[0].0, Verdict::Inconclusive);
}

#[test]
fn what_nobody_recognizes_is_asked_about() {
    let manufacturer = AdStructure {
        kind: 0xff,
        name: "manufacturer data".to_owned(),
        hex: "ffff0102".to_owned(),
        meaning: Some(AdMeaning::Manufacturer { company: 0xffff, data: "0102".to_owned() }),
    };
    let mut told = sound();
    told.passive.advertisers[0].packets[0].data.structures.push(manufacturer);
    let mut hidden = sound();
    hidden.sweep.as_mut().unwrap().found.push(given(0x0180, "maintenance key"));
    let mut renamed = sound();
    renamed.passive.advertisers[0].packets[0].data.structures[0].meaning =
        Some(AdMeaning::LocalName { name: "Kitchen of H.".to_owned(), complete: true });
    for seen in [told, hidden, renamed] {
        let facts = TestFacts::declared(&declared(&["model"])).observed(look(DutState::Initialized, &seen));
        let result = facts.judge_one(UNIT);
        assert_eq!((result.verdict, result.by), (Verdict::Inconclusive, By::Assisted), "{result:#?}");
        assert!(result.open.is_some());
    }
}

#[test]
fn without_a_whole_look_nothing_passes() {
    let ixit = declared(&["model"]);
    let codes = |facts: TestFacts| -> Vec<(Verdict, String)> {
        facts.judge(UNIT).into_iter().map(|result| (result.verdict, result.reason.code)).collect()
    };
    let partial = look(DutState::Initialized, &sound()).ended(Outcome::Partial, "the link ended");
    let incomplete = vec![(Verdict::Inconclusive, "observation-incomplete".to_owned())];
    assert_eq!(codes(TestFacts::declared(&ixit).observed(partial)), incomplete);
    let silent = look(DutState::Initialized, &silent(15.0));
    let not_heard = vec![(Verdict::Inconclusive, "ble-not-heard".to_owned())];
    assert_eq!(codes(TestFacts::declared(&ixit).observed(silent)), not_heard);
    let before = look(DutState::FactoryDefault, &sound());
    let missing = vec![(Verdict::Inconclusive, "observation-missing".to_owned())];
    assert_eq!(codes(TestFacts::declared(&ixit).observed(before)), missing);
    // Without an adapter a person looks with a radio of their own.
    let none = look(DutState::Initialized, &BleSurface::default()).ended(Outcome::Refused, "no adapter");
    for facts in [TestFacts::declared(&ixit).observed(none), TestFacts::declared(&ixit)] {
        assert!(facts.judge(UNIT).iter().all(|result| result.verdict == Verdict::Inconclusive));
    }
}

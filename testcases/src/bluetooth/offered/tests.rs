use probes::Outcome;
use probes::probe::ble_surface::BleSurface;

use super::*;
use crate::bluetooth::test_surface::{self as air, look, silent, sound};
use crate::test_facts::{Seen, TestFacts};
use crate::test_network::{STATES, asked, sweep};

const B: &str = "5.6-1-2:b";
const LAN: &str = "[[intf]]\nid = \"Intf-Lan\"\ndescription = \"Network socket\"\ntype = [\"network\", \"physical\"]\n\
                   status = \"enabled\"\n[[intf]]\nid = \"Intf-Https\"\ndescription = \"Web interface\"\n\
                   type = [\"network\", \"logical\"]\nstatus = \"enabled\"\n\
                   endpoint = [{ transport = \"tcp\", port = 8443 }]\n";

fn with_bluetooth(gatt: &str) -> String {
    format!(
        "{LAN}[[intf]]\nid = \"Intf-Ble\"\ndescription = \"Radio for the app\"\ntype = [\"network\", \"logical\"]\n\
         status = \"enabled\"\nis_air = true\ngatt = [{gatt}]\n"
    )
}

fn whole() -> String {
    with_bluetooth(&format!("{{ service = \"180a\" }}, {{ service = \"{}\" }}", air::SETTINGS))
}

/// The search over IP found nothing; over the air this was seen in both states.
fn searched(ixit: &str, seen: &BleSurface) -> TestFacts {
    let facts = over_ip(ixit);
    STATES.into_iter().fold(facts, |facts, state| facts.observed(look(state, seen)))
}

fn over_ip(ixit: &str) -> TestFacts {
    STATES.into_iter().fold(TestFacts::declared(ixit), |facts, state| {
        facts.observed(sweep(state, &[8443])).observed(asked(state, &[])).observed(
            Seen::by("identify", crate::test_network::identity(8443, "http", true, &[])).state(state),
        )
    })
}

/// Results beside those of the search over IP.
fn over_air(facts: &TestFacts, unit: &str) -> Vec<ItemResult> {
    let mut results = facts.judge(unit);
    results.retain(|result| result.item.starts_with("ble") || result.item.starts_with("Intf-Ble"));
    results
}

#[track_caller]
fn fails(ixit: &str, seen: &BleSurface, code: &str, item: &str) {
    let results = over_air(&searched(ixit, seen), B);
    assert_eq!(results.len(), 2, "one for each state: {results:#?}");
    for result in results {
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.item.as_str(), result.blame),
            (Verdict::Fail, code, item, Some(Blame::DeviceOrDocumentation)),
            "{:#?}",
            result.reason
        );
        assert!(!result.evidence.is_empty() && result.effort.is_some());
    }
}

#[test]
fn declared_services_with_their_characteristics_pass() {
    let explicit = with_bluetooth(&format!(
        "{{ service = \"180a\", characteristic = \"2a24\" }}, {{ service = \"180a\", characteristic = \"2a25\" }}, \
         {{ service = \"{}\", characteristic = \"{}\" }}",
        air::SETTINGS,
        air::TEMPERATURE
    ));
    for ixit in [whole(), explicit] {
        let results = over_air(&searched(&ixit, &sound()), B);
        assert_eq!(results.len(), 2, "{results:#?}");
        for result in results {
            assert_eq!(
                (result.verdict, result.reason.code.as_str()),
                (Verdict::Pass, "ble-only-declared-offered")
            );
            assert_eq!(result.reason.args["asked"], "4086");
        }
    }
}

#[test]
fn an_undeclared_service_fails_and_its_characteristics_are_not_listed_again() {
    let mut seen = sound();
    let console =
        air::service(0x30, "484b0f00-6b65-4774-8c1e-2a93d05f71b6", vec![air::value(0x32, air::TEMPERATURE)]);
    seen.table.as_mut().unwrap().services.push(console);
    fails(&whole(), &seen, "ble-undeclared-service", "ble/484b0f00-6b65-4774-8c1e-2a93d05f71b6");
}

#[test]
fn a_characteristic_beside_those_that_are_named_fails() {
    let named = with_bluetooth(&format!(
        "{{ service = \"180a\", characteristic = \"2a24\" }}, {{ service = \"{}\" }}",
        air::SETTINGS
    ));
    fails(&named, &sound(), "ble-undeclared-characteristic", "ble/180a/2a25");
}

#[test]
fn what_is_there_twice_is_declared_once() {
    let mut seen = sound();
    seen.table.as_mut().unwrap().services[2].characteristics.push(air::value(0x24, air::TEMPERATURE));
    let item = format!("ble/{}/{}", air::SETTINGS, air::TEMPERATURE);
    fails(&whole(), &seen, "ble-undeclared-duplicate", &item);
    // A row that names it twice declares both.
    let twice = format!("{{ service = \"{}\", characteristic = \"{}\" }}", air::SETTINGS, air::TEMPERATURE);
    let both = with_bluetooth(&format!("{{ service = \"180a\" }}, {twice}, {twice}"));
    for result in over_air(&searched(&both, &seen), B) {
        assert_eq!(result.reason.code, "ble-only-declared-offered");
    }
}

#[test]
fn a_handle_in_no_service_fails_whether_it_is_listed_or_not() {
    let mut hidden = sound();
    hidden.sweep.as_mut().unwrap().found.push(air::given(0x0180, "maintenance"));
    let mut listed = sound();
    let stray = probes::ble::Attribute { handle: 0x0180, uuid: air::uuid("2a24") };
    listed.table.as_mut().unwrap().outside.push(stray);
    let mut protected = sound();
    protected.sweep.as_mut().unwrap().found.push(air::refused(0x0180));
    for seen in [hidden, listed, protected] {
        fails(&whole(), &seen, "ble-undeclared-handle", "ble/0x0180");
    }
}

#[test]
fn an_interface_that_advertises_and_is_not_declared_fails() {
    fails(LAN, &sound(), "ble-undeclared-interface", "ble");
    // Prose may mean it: that is for the supplier to say.
    let prose =
        format!("{LAN}[[intf]]\nid = \"Intf-App\"\ndescription = \"Bluetooth LE\"\ntype = [\"network\"]\n");
    let results = over_air(&searched(&prose, &sound()), B);
    assert_eq!(results.len(), 2);
    for result in results {
        result.waits_for_the_supplier("perhaps-declared-in-prose");
    }
}

#[test]
fn without_a_look_what_is_declared_stays_open_and_nothing_else_does() {
    let refused = |facts: TestFacts| {
        let refused =
            look(DutState::Initialized, &BleSurface::default()).ended(Outcome::Refused, "no adapter");
        facts.observed(refused)
    };
    for facts in [over_ip(&whole()), refused(over_ip(&whole()))] {
        let results = over_air(&facts, B);
        assert_eq!(results.len(), 1, "{results:#?}");
        let result = &results[0];
        assert_eq!(
            (result.verdict, result.reason.code.as_str(), result.item.as_str(), result.blame),
            (Verdict::Inconclusive, "radio-not-scanned", "Intf-Ble", Some(Blame::Lab))
        );
    }
    assert!(over_air(&refused(over_ip(LAN)), B).is_empty());
}

#[test]
fn a_device_that_is_not_heard_or_was_not_looked_at_to_the_end_does_not_pass() {
    let codes = |facts: &TestFacts| -> Vec<(Verdict, String)> {
        over_air(facts, B).into_iter().map(|result| (result.verdict, result.reason.code)).collect()
    };
    let silent = searched(&whole(), &silent(15.0));
    assert_eq!(codes(&silent), vec![(Verdict::Inconclusive, "ble-not-heard".to_owned()); 2]);
    let partial = over_ip(&whole())
        .observed(look(DutState::FactoryDefault, &sound()))
        .observed(look(DutState::Initialized, &sound()).ended(Outcome::Partial, "the link ended"));
    assert_eq!(
        codes(&partial),
        [
            (Verdict::Pass, "ble-only-declared-offered".to_owned()),
            (Verdict::Inconclusive, "observation-incomplete".to_owned())
        ]
    );
    let one_state = over_ip(&whole()).observed(look(DutState::Initialized, &sound()));
    assert_eq!(
        codes(&one_state),
        [
            (Verdict::Inconclusive, "observation-missing".to_owned()),
            (Verdict::Pass, "ble-only-declared-offered".to_owned())
        ]
    );
}

#[test]
fn a_part_of_a_look_is_enough_for_a_finding() {
    let mut seen = sound();
    seen.sweep = None;
    seen.table.as_mut().unwrap().services[2].characteristics.push(air::value(0x24, air::TEMPERATURE));
    let partial = look(DutState::Initialized, &seen).ended(Outcome::Partial, "the link ended");
    let results = over_air(&over_ip(&whole()).observed(partial), B);
    assert!(results.iter().any(|result| result.reason.code == "ble-undeclared-duplicate"), "{results:#?}");
}

const A: &str = "5.6-1-2:a";

#[test]
fn the_status_of_the_radio_is_what_was_heard() {
    let of = |facts: &TestFacts| -> Vec<(Verdict, String)> {
        over_air(facts, A).into_iter().map(|result| (result.verdict, result.reason.code)).collect()
    };
    let off = |ixit: String| {
        ixit.replace("is_air = true", "is_air = true\nstatus_in = { initialized = \"disabled\" }")
    };
    assert_eq!(of(&searched(&whole(), &sound())), vec![(Verdict::Pass, "as-declared".to_owned()); 2]);
    let results = of(&searched(&off(whole()), &sound()));
    assert_eq!(results[1], (Verdict::Fail, "disabled-interface-open".to_owned()), "{results:?}");
    // Silence shows something only of a device that was heard by the same bench in another state.
    let quiet = |first: &BleSurface, seconds| {
        let facts = over_ip(&off(whole())).observed(look(DutState::FactoryDefault, first));
        of(&facts.observed(look(DutState::Initialized, &silent(seconds))))
    };
    assert_eq!(quiet(&sound(), 15.0)[1], (Verdict::Pass, "as-declared".to_owned()));
    assert_eq!(quiet(&sound(), 3.0)[1], (Verdict::Inconclusive, "ble-not-heard".to_owned()));
    assert_eq!(quiet(&silent(15.0), 15.0)[1], (Verdict::Inconclusive, "ble-not-heard".to_owned()));
    assert_eq!(of(&over_ip(&whole())), vec![(Verdict::Inconclusive, "radio-not-scanned".to_owned()); 2]);
}

#[test]
fn the_socket_beside_the_radio_is_still_told_apart() {
    let results = searched(&whole(), &sound()).judge(A);
    let lan = results.iter().filter(|result| result.item == "Intf-Lan");
    assert!(
        lan.clone().count() == 2 && lan.clone().all(|result| result.reason.code == "as-declared"),
        "{results:#?}"
    );
}

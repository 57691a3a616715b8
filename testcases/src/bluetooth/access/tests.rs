use ixit::Blame;

use super::test_access::{Device, IXIT, in_both_states};
use crate::judge::{By, ItemResult};
use crate::state::DutState;
use crate::test_facts::TestFacts;
use crate::verdict::Verdict;

const STRANGERS: &str = "5.5-4-2:a";
const ENTITLED: &str = "5.5-4-2:b";
const SECRETS: &str = "5.5-6-2:a";
const PERSONAL: &str = "5.8-1-2:a";
const UPDATES: &str = "5.3-10-1:c";
const CONFIGURATION: &str = "5.5-5-2:a";

#[track_caller]
fn passes(result: &ItemResult, code: &str) {
    assert_eq!(
        (result.verdict, result.by, result.reason.code.as_str()),
        (Verdict::Pass, By::Machine, code),
        "{result:#?}"
    );
    assert!(!result.evidence.is_empty() && result.effort.is_some());
}

#[track_caller]
fn is_open(result: &ItemResult, code: &str, blame: Blame) {
    let found = (result.verdict, result.by, result.reason.code.as_str(), result.blame);
    assert_eq!(found, (Verdict::Inconclusive, By::Machine, code, Some(blame)), "{result:#?}");
}

/// The result of this probe for a row, among those of others.
fn of(facts: &TestFacts, unit: &str, item: &str) -> ItemResult {
    let mut found: Vec<ItemResult> = facts
        .judge(unit)
        .into_iter()
        .filter(|result| result.item == item && result.reason.code != "radio-not-scanned")
        .collect();
    assert_eq!(found.len(), 1, "{unit} {item}: {found:#?}");
    found.remove(0)
}

#[test]
fn a_device_that_refuses_strangers_and_lets_in_who_may_passes() {
    let facts = Device::sound().facts();
    let strangers = facts.judge_one(STRANGERS);
    passes(&strangers, "ble-strangers-refused");
    assert!(strangers.reason.args["levels"].contains("0x03"));
    let entitled = facts.judge_one(ENTITLED);
    passes(&entitled, "ble-entitled-let-in");
    assert!(entitled.reason.args["link"].contains("key of 16 octets"));
    passes(&of(&facts, SECRETS, "ComMech-Ble"), "ble-only-encrypted");
    passes(&of(&facts, PERSONAL, "ComMech-Ble"), "ble-only-encrypted");
    passes(&of(&facts, UPDATES, "Intf-Ble"), "ble-no-update-for-strangers");
}

#[test]
fn whatever_a_stranger_gets_fails_with_its_place() {
    for (characteristic, act) in [("fff2", "read"), ("fff2", "write"), ("fff1", "subscribe")] {
        let facts = Device::sound().with("stranger", characteristic, act, "granted").facts();
        let failed = facts.judge_one(STRANGERS).fails("ble-open-to-strangers");
        assert_eq!(failed.blame, Some(Blame::Device));
        assert!(failed.reason.args["place"].starts_with(characteristic), "{failed:#?}");
        assert_eq!(failed.reason.source.as_deref(), Some("declaration:ixit.toml#soft_serv[0].gatt"));
        assert!(failed.evidence[0].at.starts_with("line "));
    }
    // What nobody may by the declaration may have been forgotten there.
    let facts = Device::sound().with("stranger", "fff3", "read", "granted").facts();
    let failed = facts.judge_one(STRANGERS).fails("ble-open-to-strangers");
    assert_eq!(failed.blame, Some(Blame::DeviceOrDocumentation));
}

/// A device that takes just works, and what came of it there.
fn takes_just_works(result: &str, error: Option<u8>) -> Device {
    let mut device = Device::sound();
    device.0.links.retain(|link| link.subject != "unauthenticated");
    for trial in &mut device.0.trials {
        trial.link = trial.link.saturating_sub(usize::from(trial.link > 0));
    }
    device.link("unauthenticated", "paired", [Some(true), Some(false)]);
    let may: &[&str] = &["AuthMech-Pairing"];
    device.trials(&[
        ("fff2", 6, "read", may, result, error),
        ("fff2", 6, "write", may, "refused", Some(0x05)),
        ("fff3", 8, "prepared-write", may, "refused", Some(0x05)),
        ("fff4", 10, "begin-update", may, "refused", Some(0x05)),
    ]);
    device
}

#[test]
fn who_paired_without_authentication_gets_nothing_or_it_fails() {
    passes(&takes_just_works("refused", Some(0x05)).facts().judge_one(STRANGERS), "ble-strangers-refused");
    takes_just_works("granted", None).facts().judge_one(STRANGERS).fails("ble-open-without-authentication");
    // Over an encrypted link nothing goes in the clear, whoever is at its other end.
    let facts = takes_just_works("granted", None).facts();
    passes(&of(&facts, SECRETS, "ComMech-Ble"), "ble-only-encrypted");
}

#[test]
fn a_right_that_needs_more_than_a_pairing_is_not_that_of_who_paired() {
    let ixit =
        IXIT.replace("writers = [\"AuthMech-Pairing\"], example", "writers = [\"AuthMech-Pin\"], example");
    let ixit = format!("{ixit}[[auth_mech]]\nid = \"AuthMech-Pin\"\n");
    let with = |result: &str, error| {
        let mut device = Device::sound();
        for trial in device.0.trials.iter_mut().filter(|trial| trial.act == "write") {
            trial.who = vec!["AuthMech-Pin".to_owned()];
        }
        for trial in device
            .0
            .trials
            .iter_mut()
            .filter(|trial| trial.act == "write" && trial.subject == "authenticated")
        {
            (trial.result, trial.error) = (result.to_owned(), error);
        }
        TestFacts::declared(&ixit).observed(device.seen())
    };
    with("granted", None).judge_one(STRANGERS).fails("ble-open-to-unentitled");
    is_open(&with("refused", Some(0x08)).judge_one(ENTITLED), "ble-entitled-not-tried", Blame::Lab);
}

#[test]
fn what_was_not_tried_or_not_answered_is_open_and_never_a_fault() {
    let open = |device: Device, code: &str| is_open(&device.facts().judge_one(STRANGERS), code, Blame::Lab);
    open(Device::sound().with("stranger", "fff2", "read", "no-answer"), "ble-access-not-tried");
    open(Device::sound().without_writes(), "ble-writes-not-tried");
    open(Device::sound().nobody_as("unauthenticated", "the link ended"), "ble-level-not-tried");
    open(Device::without("not-heard"), "ble-device-not-reached");
    open(Device::without("no-adapter"), "radio-not-scanned");
    open(Device::without("adapter-failed"), "radio-not-scanned");
    let mut cut = Device::sound();
    cut.0.table_complete = false;
    open(cut, "ble-table-incomplete");
    // A value that was looked at, and a write of which nobody knows.
    let mut looked_at = Device::sound();
    looked_at.at("stranger", "fff2", "write").error = Some(0x80);
    open(looked_at, "ble-access-not-settled");
    open(Device::sound().with("stranger", "fff3", "prepared-write", "granted"), "ble-access-not-settled");
    is_open(&TestFacts::declared(IXIT).judge_one(STRANGERS), "radio-not-scanned", Blame::Lab);
}

#[test]
fn an_undeclared_characteristic_beside_declared_ones_is_for_the_supplier_to_tell() {
    let mut device = Device::sound();
    let mut beside = device.at("stranger", "fff2", "read").clone();
    (beside.declared, beside.rows, beside.who) = (false, Vec::new(), Vec::new());
    (beside.handle, beside.characteristic, beside.result) = (20, "fff9".to_owned(), "granted".to_owned());
    device.0.trials.push(beside);
    is_open(&device.facts().judge_one(STRANGERS), "ble-undeclared-open", Blame::DeviceOrDocumentation);
}

#[test]
fn who_may_and_is_refused_fails_only_on_the_declared_link() {
    let mut refused = Device::sound();
    let trial = refused.at("authenticated", "fff2", "read");
    (trial.result, trial.error) = ("refused".to_owned(), Some(0x05));
    refused.clone().facts().judge_one(ENTITLED).fails("ble-entitled-refused");
    for link in refused.0.links.iter_mut().filter(|link| link.subject == "authenticated") {
        link.authenticated = Some(false);
    }
    is_open(&refused.facts().judge_one(ENTITLED), "ble-not-paired-as-declared", Blame::Lab);
    // A device that takes no prepared writes may take whole ones.
    let mut whole_only = Device::sound();
    let trial = whole_only.at("authenticated", "fff3", "prepared-write");
    (trial.result, trial.error) = ("refused".to_owned(), Some(0x06));
    is_open(&whole_only.facts().judge_one(ENTITLED), "ble-access-not-settled", Blame::Lab);
    let nobody = Device::sound().nobody_as("authenticated", "nobody read the passkey");
    is_open(&nobody.facts().judge_one(ENTITLED), "ble-level-not-tried", Blame::Lab);
    is_open(
        &Device::sound().without_writes().facts().judge_one(ENTITLED),
        "ble-writes-not-tried",
        Blame::Lab,
    );
    let mut fewer = Device::sound();
    fewer.0.missing.push(probes::probe::ble_access::Place {
        handle: 0,
        service: "fff0".to_owned(),
        characteristic: "fff2".to_owned(),
    });
    is_open(&fewer.facts().judge_one(ENTITLED), "ble-declared-not-offered", Blame::DeviceOrDocumentation);
}

#[test]
fn what_is_critical_goes_over_encrypted_links_alone() {
    let mut written = Device::sound();
    let trial = written.at("stranger", "fff3", "prepared-write");
    (trial.act, trial.result, trial.error) = ("write".to_owned(), "granted".to_owned(), None);
    of(&written.facts(), SECRETS, "ComMech-Ble").fails("ble-secret-in-the-clear");
    // Known data that was told unasked.
    let told = |holds: &str| {
        let mut device = Device::sound();
        device.0.told.push(probes::probe::ble_access::ToldSeen {
            n: 7,
            handle: 3,
            characteristic: "fff1".to_owned(),
            subject: "stranger".to_owned(),
            link: 0,
            octets: 33,
            holds: vec![holds.to_owned()],
        });
        device.facts()
    };
    of(&told("SecParam-Wifi"), SECRETS, "ComMech-Ble").fails("ble-secret-in-the-clear");
    passes(&of(&told("SecParam-Wifi"), PERSONAL, "ComMech-Ble"), "ble-only-encrypted");
    of(&told("PersData-Owner"), PERSONAL, "ComMech-Ble").fails("ble-data-in-the-clear");
    // A setting that is open is no secret; it may be personal.
    let open = Device::sound().with("stranger", "fff2", "read", "granted").facts();
    passes(&of(&open, SECRETS, "ComMech-Ble"), "ble-only-encrypted");
    is_open(&of(&open, PERSONAL, "ComMech-Ble"), "ble-perhaps-in-the-clear", Blame::DeviceOrDocumentation);
    let nobody = Device::sound().nobody_as("authenticated", "nobody read the passkey").facts();
    is_open(&of(&nobody, SECRETS, "ComMech-Ble"), "ble-level-not-tried", Blame::Lab);
    let mut plain = Device::sound();
    for link in plain.0.links.iter_mut().filter(|link| link.subject == "authenticated") {
        link.encrypted = Some(false);
    }
    let of_plain = of(&plain.facts(), SECRETS, "ComMech-Ble");
    assert_ne!(of_plain.verdict, Verdict::Pass);
    is_open(
        &of(&Device::sound().without_writes().facts(), SECRETS, "ComMech-Ble"),
        "ble-writes-not-tried",
        Blame::Lab,
    );
}

#[test]
fn an_update_that_a_stranger_begins_is_open_and_an_undeclared_one_fails() {
    let begun = Device::sound().with("stranger", "fff4", "begin-update", "granted").facts();
    let open = of(&begun, UPDATES, "Intf-Ble");
    is_open(&open, "ble-update-begun-by-stranger", Blame::DeviceOrDocumentation);
    let mut boot_loader = Device::sound();
    boot_loader.0.services.push("fe59".to_owned());
    of(&boot_loader.facts(), UPDATES, "Intf-Ble").fails("undeclared-update-source");
    let untried = Device::sound().without_writes().facts();
    is_open(&of(&untried, UPDATES, "Intf-Ble"), "ble-writes-not-tried", Blame::Lab);
    let nobody = TestFacts::declared(IXIT);
    let results = nobody.judge(UPDATES);
    let radio = results.iter().find(|result| result.item == "Intf-Ble").expect("the interface is judged");
    is_open(radio, "radio-not-scanned", Blame::Lab);
}

#[test]
fn configuration_is_looked_at_as_delivered_too_and_asks_nobody() {
    let results = in_both_states(Device::as_delivered(), Device::sound()).judge(CONFIGURATION);
    let of_service = |item: &str, state| {
        results
            .iter()
            .find(|result| result.item == item && result.state == Some(state))
            .expect("it is judged")
    };
    passes(of_service("SoftServ-Ble", DutState::FactoryDefault), "ble-strangers-refused-as-delivered");
    passes(of_service("SoftServ-Ble", DutState::Initialized), "ble-strangers-refused");
    passes(of_service("SoftServ-Ble/entitled", DutState::FactoryDefault), "ble-open-values-given");
    passes(of_service("SoftServ-Ble/entitled", DutState::Initialized), "ble-entitled-let-in");
    assert!(results.iter().all(|result| result.open.is_none()), "{results:#?}");
    let bad = Device::as_delivered().with("stranger", "fff2", "read", "granted");
    let results = in_both_states(bad, Device::sound()).judge(CONFIGURATION);
    let failed: Vec<&ItemResult> = results.iter().filter(|result| result.verdict == Verdict::Fail).collect();
    assert_eq!(failed.len(), 1, "{results:#?}");
    assert_eq!(
        (failed[0].reason.code.as_str(), failed[0].state),
        ("ble-open-to-strangers", Some(DutState::FactoryDefault))
    );
}

#[test]
fn rights_over_bluetooth_that_are_told_whole_ask_nobody() {
    let rights = |ixit: &str| {
        let mut results = TestFacts::declared(ixit).judge("5.5-4-1:d");
        assert_eq!(results.len(), 1, "{results:#?}");
        results.remove(0)
    };
    let told = rights(IXIT);
    assert_eq!(
        (told.verdict, told.by, told.reason.code.as_str()),
        (Verdict::Pass, By::Machine, "rights-over-bluetooth-told")
    );
    rights(&IXIT.replace(
        "writers = [\"AuthMech-Pairing\"], example = \"2a\"",
        "writers = [\"anyone\"], example = \"2a\"",
    ))
    .fails("change-open-to-anyone");
    let foreign = IXIT.replace("readers = [\"AuthMech-Pairing\"]", "readers = [\"AuthMech-Other\"]");
    rights(&format!("{foreign}[[auth_mech]]\nid = \"AuthMech-Other\"\n")).fails("right-without-reference");
    // A characteristic of which nothing is told leaves the rights to a person.
    let untold = IXIT.replace("readers = [\"anyone\"], notified = [\"AuthMech-Pairing\"]", "largest = 1");
    assert!(rights(&untold).open.is_some());
    let over_ip = IXIT.replace(
        "network_accessible_in",
        "access = [{ kind = \"http\", port = 80, method = \"GET\", target = \"/\", who = [\"AuthMech-Pairing\"] }]\nnetwork_accessible_in",
    );
    assert!(rights(&over_ip).open.is_some());
}

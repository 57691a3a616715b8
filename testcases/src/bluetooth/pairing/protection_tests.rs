use ixit::Blame;
use probes::Outcome;
use probes::ble::PairingOutcome;
use probes::ble::SmpReason;
use probes::probe::ble_pairing::{AttemptKind, BlePairing, Level};

use super::super::test_pairings::{ROW, attempt, refused, sound, with};
use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

const PAIRED: PairingOutcome = PairingOutcome::Paired;

fn judged(ixit: &str, seen: BlePairing, concern: Concern) -> Vec<ItemResult> {
    let facts = TestFacts::declared(ixit).observed(Seen::by("ble-pairing", seen));
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Ble").expect("the row");
    as_declared(&facts, &Item { table, row, unclassified: false }, concern)
}

#[track_caller]
fn one(seen: BlePairing) -> ItemResult {
    let mut results = judged(ROW, seen, Concern::Protection);
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn open_for(seen: BlePairing, code: &str) {
    let result = one(seen);
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, code));
    assert_eq!(result.blame, Some(Blame::Lab));
}

#[test]
fn a_sound_device_is_as_declared_with_every_attempt_as_evidence() {
    let result = one(sound());
    assert_eq!(
        (result.verdict, result.reason.code.as_str()),
        (Verdict::Pass, "ble-pairing-as-declared"),
        "{result:#?}"
    );
    assert_eq!(result.evidence.len(), 10);
    assert!(result.evidence.iter().all(|evidence| evidence.reference.starts_with("sha256:")));
    assert!(result.effort.is_some());
}

#[test]
fn what_is_taken_below_the_declared_fails() {
    for (kind, code) in [
        (AttemptKind::JustWorks, "ble-just-works-taken"),
        (AttemptKind::ShortKey, "ble-short-key-taken"),
        (AttemptKind::DebugKey, "ble-debug-key-taken"),
        (AttemptKind::OffCurve, "ble-invalid-key-taken"),
    ] {
        let result = one(with(kind, PAIRED)).fails(code);
        assert_eq!(result.blame, Some(Blame::Device));
    }
    let mut legacy = with(AttemptKind::Legacy, PAIRED);
    let taken = legacy.attempts.iter_mut().find(|one| one.kind == AttemptKind::Legacy).expect("it is there");
    taken.report.as_mut().expect("a report").secure_connections = Some(false);
    one(legacy).fails("ble-legacy-pairing-taken");
}

#[test]
fn the_declared_way_may_itself_come_to_less() {
    let mut seen = sound();
    for attempt in seen.attempts.iter_mut().filter(|one| one.kind == AttemptKind::RightWay) {
        attempt.report.as_mut().expect("a report").secure_connections = Some(false);
        attempt.report.as_mut().expect("a report").key_size = Some(7);
        attempt.level = Level::Encrypted;
    }
    let results = judged(ROW, seen, Concern::Cryptography);
    let codes: Vec<&str> = results.iter().map(|result| result.reason.code.as_str()).collect();
    assert_eq!(codes, ["ble-just-works-taken", "ble-legacy-pairing-taken", "ble-short-key-taken"]);
}

#[test]
fn what_is_declared_may_itself_be_below_the_policy() {
    let declared = ROW.replace("secure_connections_only = true, ", "");
    let mut seen = with(AttemptKind::Legacy, PAIRED);
    let taken = seen.attempts.iter_mut().find(|one| one.kind == AttemptKind::Legacy).expect("it is there");
    taken.report.as_mut().expect("a report").secure_connections = Some(false);
    let results = judged(&declared, seen.clone(), Concern::Cryptography);
    assert_eq!(results.len(), 1, "{results:#?}");
    assert_eq!(results[0].reason.code, "ble-pairing-below-policy");
    assert_eq!(results[0].reason.args["lacking"], "secure-connections");
    let protection = judged(&declared, seen, Concern::Protection);
    assert_eq!(protection[0].reason.code, "ble-pairing-as-declared", "the protection is the declared one");
    assert_eq!(judged(&declared, sound(), Concern::Cryptography)[0].verdict, Verdict::Pass);
}

#[test]
fn an_uninvited_stranger_is_let_in_only_where_a_second_one_is() {
    let mut first = with(AttemptKind::Uninvited, PAIRED);
    open_for(first.clone(), "ble-pairing-not-settled");
    let second = attempt(AttemptKind::Uninvited, refused(0x05));
    first.attempts.insert(1, second);
    assert_eq!(one(first.clone()).verdict, Verdict::Pass);
    first.attempts[1] = attempt(AttemptKind::Uninvited, PAIRED);
    one(first.clone()).fails("ble-uninvited-stranger-pairs");
    let cryptography = judged(ROW, first, Concern::Cryptography);
    assert_eq!(cryptography[0].verdict, Verdict::Pass, "who may pair is no matter of cryptography");
    let anytime = ROW.replace("first-or-invited", "anytime");
    let results = judged(&anytime, with(AttemptKind::Uninvited, PAIRED), Concern::Protection);
    assert_eq!(results[0].verdict, Verdict::Pass);
}

#[test]
fn going_on_after_a_key_off_the_curve_is_neither_taking_nor_refusing_it() {
    let ended =
        PairingOutcome::RefusedByTester { reason: SmpReason::UNSPECIFIED, why: "it went on".to_owned() };
    let mut seen = with(AttemptKind::OffCurve, ended);
    let attempt =
        seen.attempts.iter_mut().find(|one| one.kind == AttemptKind::OffCurve).expect("it is there");
    attempt.report.as_mut().expect("a report").went_on_with_invalid_key = true;
    open_for(seen, "ble-pairing-not-settled");
}

#[test]
fn what_is_no_refusal_settles_nothing() {
    for outcome in [
        PairingOutcome::LinkLost { reason: 0x08 },
        PairingOutcome::Silent { waiting_for: "the pairing response".to_owned() },
        // A lock-out refuses everybody.
        refused(0x09),
    ] {
        open_for(with(AttemptKind::Legacy, outcome), "ble-pairing-not-settled");
    }
    // Neither does a declared way that was cut off, or whose numbers somebody said to be different.
    for outcome in [PairingOutcome::LinkLost { reason: 0x08 }, refused(0x0c), refused(0x09)] {
        open_for(with(AttemptKind::RightWay, outcome), "ble-right-way-not-taken");
    }
    // A device that takes nobody refuses the weaker ways too.
    open_for(with(AttemptKind::RightWay, refused(0x05)), "ble-right-way-not-taken");
}

#[test]
fn without_a_radio_or_consent_nothing_is_said_of_the_device() {
    let nothing = BlePairing { row: "AuthMech-Ble".to_owned(), ..BlePairing::default() };
    let left_out = |why: &str| {
        let mut seen = with(AttemptKind::RightWay, PAIRED);
        for one in &mut seen.attempts {
            (one.report, one.left_out) = (None, Some(why.to_owned()));
        }
        seen
    };
    open_for(left_out("consent"), "ble-pairing-not-agreed");
    let no_adapter = BlePairing { no_way: Some("no-adapter".to_owned()), ..left_out("trouble") };
    open_for(no_adapter, "radio-not-scanned");
    let not_heard = BlePairing { no_way: Some("not-heard".to_owned()), ..left_out("trouble") };
    open_for(not_heard.clone(), "ble-device-not-met");
    // The course ends with the first attempt then.
    let mut at_once = not_heard;
    at_once.attempts.truncate(1);
    open_for(at_once, "ble-device-not-met");
    open_for(nothing, "radio-not-scanned");
    let facts = TestFacts::declared(ROW);
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Ble").expect("the row");
    let none = as_declared(&facts, &Item { table, row, unclassified: false }, Concern::Protection);
    assert_eq!(none[0].reason.code, "radio-not-scanned");
}

#[test]
fn a_partial_course_still_fails_what_it_saw() {
    let seen =
        Seen::by("ble-pairing", with(AttemptKind::DebugKey, PAIRED)).ended(Outcome::Partial, "stopped");
    let facts = TestFacts::declared(ROW).observed(seen);
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Ble").expect("the row");
    let results = as_declared(&facts, &Item { table, row, unclassified: false }, Concern::Cryptography);
    assert_eq!(results[0].reason.code, "ble-debug-key-taken");
}

#[test]
fn a_row_that_declares_another_pairing_is_not_judged_by_this_one() {
    let other = "[[auth_mech]]\nid = \"AuthMech-Other\"\npairing = { method = \"just-works\" }\n";
    let facts = TestFacts::declared(&format!("{ROW}{other}")).observed(Seen::by("ble-pairing", sound()));
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Other").expect("the row");
    let results = as_declared(&facts, &Item { table, row, unclassified: false }, Concern::Cryptography);
    assert_eq!(results[0].reason.code, "radio-not-scanned");
}

#[test]
fn outside_factory_default_nobody_is_let_in_where_strangers_pair_in_it_alone() {
    let declared = ROW.replace("first-or-invited", "factory-default");
    let later = |outcome| {
        let attempts = vec![Attempt { n: 1, ..attempt(AttemptKind::Uninvited, outcome) }];
        BlePairing { row: "AuthMech-Ble".to_owned(), attempts, ..BlePairing::default() }
    };
    let codes = |outcome| {
        let facts = TestFacts::declared(&declared)
            .observed(Seen::by("ble-pairing", sound()).state(crate::state::DutState::FactoryDefault))
            .observed(Seen::by("ble-pairing", later(outcome)));
        let facts = facts.facts();
        let (table, row) = facts.row("AuthMech-Ble").expect("the row");
        let results = as_declared(&facts, &Item { table, row, unclassified: false }, Concern::Protection);
        results.into_iter().map(|result| result.reason.code).collect::<Vec<String>>()
    };
    assert_eq!(codes(refused(0x05)), ["ble-pairing-as-declared", "ble-pairing-as-declared"]);
    assert_eq!(codes(PAIRED), ["ble-pairing-as-declared", "ble-uninvited-stranger-pairs"]);
    let silent = PairingOutcome::Silent { waiting_for: "the pairing response".to_owned() };
    assert_eq!(codes(silent), ["ble-pairing-as-declared", "ble-pairing-not-settled"]);
}

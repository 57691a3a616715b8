use ixit::Blame;
use probes::probe::ble_pairing::{AttemptKind, BlePairing, Guessed};

use super::super::test_pairings::{ROW, guess, refused, sound, with};
use super::*;
use crate::test_facts::{Seen, TestFacts};
use crate::verdict::Verdict;

#[track_caller]
fn judged_by(ixit: &str, seen: BlePairing) -> ItemResult {
    let facts = TestFacts::declared(ixit).observed(Seen::by("ble-pairing", seen));
    let facts = facts.facts();
    let (table, row) = facts.row("AuthMech-Ble").expect("the row");
    let mut results = holds(&facts, &Item { table, row, unclassified: false });
    assert_eq!(results.len(), 1, "{results:#?}");
    results.remove(0)
}

#[track_caller]
fn judged(change: impl FnOnce(&mut Guessed)) -> (Verdict, String) {
    let mut seen = sound();
    change(&mut seen.guessed);
    let result = judged_by(ROW, seen);
    assert!(!result.evidence.is_empty());
    (result.verdict, result.reason.code)
}

fn fails(code: &str) -> (Verdict, String) {
    (Verdict::Fail, code.to_owned())
}

fn open_for(code: &str) -> (Verdict, String) {
    (Verdict::Inconclusive, code.to_owned())
}

#[test]
fn a_lock_out_as_declared_passes() {
    assert_eq!(judged(|_| {}), (Verdict::Pass, "ble-lock-out-seen".to_owned()));
    assert_eq!(judged(|guessed| guessed.locked_after = Some(4)).0, Verdict::Pass, "one later is tolerated");
}

#[test]
fn none_a_late_one_a_leaking_one_and_a_short_one_fail() {
    let none = |guessed: &mut Guessed| {
        guessed.locked_after = None;
        guessed.tries = (1..=6).map(|n| guess(n, None, "wrong")).collect();
    };
    assert_eq!(judged(none), fails("ble-lock-out-not-seen"));
    assert_eq!(judged(|guessed| guessed.locked_after = Some(5)), fails("ble-lock-out-not-seen"));
    let leaks = |guessed: &mut Guessed| guessed.right_way_refused_while_locked = Some(false);
    assert_eq!(judged(leaks), fails("ble-lock-out-lets-right-passkey-in"));
    let short = |guessed: &mut Guessed| guessed.recovered_after_seconds = Some(1.0);
    assert_eq!(judged(short), fails("ble-lock-out-shorter-than-declared"));
}

#[test]
fn what_was_not_seen_is_open() {
    let few = |guessed: &mut Guessed| {
        guessed.locked_after = None;
        // Links that ended are no wrong passkeys.
        guessed.tries = (1..=6).map(|n| guess(n, None, if n > 4 { "link-lost" } else { "wrong" })).collect();
    };
    assert_eq!(judged(few), open_for("ble-too-few-passkeys-compared"));
    let unread = |guessed: &mut Guessed| guessed.right_way_refused_while_locked = None;
    assert_eq!(judged(unread), open_for("ble-right-passkey-not-tried-while-locked"));
    let no_end = |guessed: &mut Guessed| guessed.recovered_after_seconds = None;
    assert_eq!(judged(no_end), open_for("ble-end-of-lock-out-not-seen"));
    assert_eq!(judged(|guessed| guessed.left_out = Some("consent".into())), open_for("lock-out-not-agreed"));
    let not_reached = |guessed: &mut Guessed| guessed.left_out = Some("not-reached".into());
    assert_eq!(judged(not_reached), open_for("ble-right-way-not-taken"));
    let no_passkey = |guessed: &mut Guessed| guessed.left_out = Some("no-passkey-method".into());
    assert_eq!(judged(no_passkey), open_for("ble-declared-passkey-not-asked"));
    // Without the declared way as a control nobody knows whether the lock-out refused it.
    let never = with(AttemptKind::RightWay, refused(0x05));
    assert_eq!(judged_by(ROW, never).reason.code, "ble-right-passkey-not-tried-while-locked");
}

#[test]
fn a_defence_in_prose_alone_waits_for_the_supplier() {
    let prose = ROW.replace("brute_force = { failures = 3, lockout_seconds = 2 }\n", "");
    let result = judged_by(&prose, sound());
    assert_eq!((result.verdict, result.reason.code.as_str()), (Verdict::Inconclusive, "defence-not-stated"));
    assert_eq!(result.blame, Some(Blame::Documentation));
}

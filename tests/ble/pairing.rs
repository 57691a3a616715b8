//! The pairings of strangers: what a weak heater takes and the sound one does not, and what is no refusal.

use std::sync::Arc;

use harness::probes::ble::{PairingMethod, SmpReason};
use harness::probes::probe::ble_pairing::{Attempt, AttemptKind, BlePairing, Level};
use harness::probes::{Observation, Outcome};
use lab::behaviour::ble::{BleBehaviour, Hostility, LegacyRule, PanelUse};
use lab::ble::Panel;
use serde_json::{Value, json};

use crate::air::{Heater, heater};
use crate::probing::{EVERYTHING, Hands, Run, probed, probed_by};

const AGREED: &[&str] = &["pair", "lock_out"];

fn params(bench: &Heater) -> Value {
    json!({
        "adapter": bench.tester_url(), "name": "HK-100", "listen_seconds": 1.5, "answer_seconds": 1.0,
        "recovery_seconds": 1.0, "profile": "matrix", "row": "AuthMech-Ble", "method": "passkey-shown",
        "strangers": "first-or-invited", "failures": 3, "lockout_seconds": 2,
    })
}

/// The heater in normal use: the owner's phone is bonded.
fn set_up(change: impl FnOnce(&mut BleBehaviour)) -> Arc<Heater> {
    let bench = heater(change);
    bench.onboard();
    bench
}

async fn paired_by(
    bench: &Arc<Heater>,
    actions: &'static [&'static str],
    consent: &[&str],
) -> (Run, BlePairing) {
    let run = probed(bench, "ble-pairing", params(bench), actions, consent).await;
    let seen = run.observation.read().unwrap_or_else(|| panic!("{:?}", run.observation));
    (run, seen)
}

async fn course(change: impl FnOnce(&mut BleBehaviour)) -> (Observation, BlePairing) {
    let (run, seen) = paired_by(&set_up(change), EVERYTHING, AGREED).await;
    (run.observation, seen)
}

fn reason(seen: &BlePairing, kind: AttemptKind) -> Option<u8> {
    let attempt = seen.attempt(kind).unwrap_or_else(|| panic!("no {kind:?} in {seen:#?}"));
    assert!(attempt.is_clear(), "{attempt:#?}");
    attempt.refused().map(|reason| reason.0)
}

#[tokio::test]
async fn a_sound_heater_takes_the_declared_way_alone() {
    let bench = set_up(|_| {});
    let (run, seen) = paired_by(&bench, EVERYTHING, AGREED).await;
    let observation = &run.observation;
    assert_eq!(observation.outcome, Outcome::Complete, "{:?} {seen:#?}", observation.trouble);
    assert_eq!(observation.effort.attempted, observation.effort.completed);
    use AttemptKind as Kind;
    let refused =
        [Kind::Uninvited, Kind::JustWorks, Kind::Legacy, Kind::ShortKey, Kind::DebugKey, Kind::OffCurve];
    let reasons: Vec<Option<u8>> = refused.into_iter().map(|kind| reason(&seen, kind)).collect();
    assert_eq!(reasons, [Some(0x05), Some(0x03), Some(0x03), Some(0x06), Some(0x0a), Some(0x0b)]);
    for right in seen.attempts(Kind::RightWay).chain(seen.attempts(Kind::AfterLock)) {
        assert!(right.paired() && right.invited && right.level == Level::Authenticated, "{right:#?}");
    }
    assert_eq!((seen.panel.readings, seen.panel.same_as_before), (2, Some(false)));
    let guessed = &seen.guessed;
    assert_eq!((guessed.common_tried(), guessed.locked_after), (3, Some(3)), "{guessed:#?}");
    assert_eq!(guessed.locked_by.map(|reason| reason.0), Some(0x09));
    assert_eq!(guessed.right_way_refused_while_locked, Some(true));
    assert!(guessed.recovered_after_seconds.is_some_and(|seconds| seconds >= 2.0), "{guessed:#?}");
    // The bench was asked each time, and the heater keeps no more bonds than it has places.
    let invited = seen.attempts.iter().filter(|one| one.invited).count();
    let invited = invited + guessed.tries.iter().filter(|one| one.invited).count();
    assert_eq!(run.asked.iter().filter(|action| *action == "allow_pairing").count(), invited);
    assert!(bench.bonds() <= 4);
    // What went over the links is kept, and no key of it.
    assert!(run.kept.contains("Pairing Request") && run.kept.contains("attempt 2"));
    assert!(run.kept.contains("Pairing Random (withheld)") && run.kept.contains("guess 1"));
}

#[tokio::test]
async fn what_a_weak_heater_takes_is_told() {
    let (_, seen) = course(|behaviour| behaviour.pairing.just_works = true).await;
    let taken = seen.attempt(AttemptKind::JustWorks).expect("it was tried");
    assert!(taken.paired() && taken.level == Level::Encrypted, "{taken:#?}");
    assert_eq!(seen.attempt(AttemptKind::RightWay).map(|one| one.level), Some(Level::Encrypted));
    assert_eq!(seen.guessed.left_out.as_deref(), Some("no-passkey-method"));

    let (_, seen) = course(|behaviour| behaviour.pairing.legacy = LegacyRule::Accepted).await;
    let secure = |kind| seen.attempt(kind).and_then(|one| one.report.as_ref()?.secure_connections);
    assert!(seen.attempt(AttemptKind::Legacy).is_some_and(Attempt::paired));
    assert_eq!((secure(AttemptKind::Legacy), secure(AttemptKind::RightWay)), (Some(false), Some(true)));

    let (_, seen) = course(|behaviour| behaviour.pairing.legacy = LegacyRule::Only).await;
    let right = seen.attempt(AttemptKind::RightWay).expect("it was tried");
    assert!(right.paired(), "{right:#?}");
    assert_eq!(right.report.as_ref().and_then(|report| report.secure_connections), Some(false));

    let (_, seen) = course(|behaviour| behaviour.pairing.short_key = true).await;
    let taken = seen.attempt(AttemptKind::ShortKey).expect("it was tried");
    assert!(taken.paired() && taken.report.as_ref().is_some_and(|report| report.key_size == Some(7)));

    let (_, seen) = course(|behaviour| behaviour.pairing.debug_key_accepted = true).await;
    assert!(seen.attempt(AttemptKind::DebugKey).is_some_and(Attempt::paired));

    let (_, seen) = course(|behaviour| behaviour.pairing.strangers_pair = true).await;
    let strangers: Vec<bool> = seen.attempts(AttemptKind::Uninvited).map(Attempt::paired).collect();
    assert_eq!(strangers, [true, true], "the first may be the one that is let in");
}

#[tokio::test]
async fn passkeys_that_everybody_tries_and_tries_without_end_are_told() {
    let (_, seen) = course(|behaviour| behaviour.pairing.fixed_passkey = Some(123_456)).await;
    assert_eq!((seen.panel.readings, seen.panel.same_as_before), (3, Some(true)));
    let accepted = seen.guessed.common_accepted().expect("one lets in");
    assert_eq!(accepted.common.as_deref(), Some("123456"));

    let (observation, seen) = course(|behaviour| behaviour.pairing.no_retry_delay = true).await;
    assert_eq!(observation.outcome, Outcome::Complete, "{:?}", observation.trouble);
    let wrong = seen.guessed.tries.iter().filter(|guess| guess.result == "wrong").count();
    assert_eq!((wrong, seen.guessed.locked_after), (6, None), "{:#?}", seen.guessed);
}

#[tokio::test]
async fn digits_that_a_bench_knows_are_nowhere_in_the_record() {
    let (run, seen) =
        paired_by(&set_up(|behaviour| behaviour.pairing.fixed_passkey = Some(862_517)), EVERYTHING, AGREED)
            .await;
    assert_eq!(seen.panel.same_as_before, Some(true));
    let stored = String::from_utf8(run.observation.to_bytes()).unwrap();
    assert!(!stored.contains("862517") && !run.kept.contains("862517"));
}

#[tokio::test]
async fn a_bench_that_reads_no_passkey_leaves_the_declared_way_open() {
    let (run, seen) = paired_by(&set_up(|_| {}), &["allow_pairing"], AGREED).await;
    assert_eq!(run.observation.outcome, Outcome::Partial);
    assert_eq!(seen.panel.readings, 0);
    assert!(seen.panel.trouble.is_some());
    for attempt in seen.attempts(AttemptKind::RightWay) {
        assert!(!attempt.is_clear() && attempt.left_out.as_deref() == Some("no-passkey"), "{attempt:#?}");
    }
    assert_eq!(seen.guessed.right_way_refused_while_locked, None);
}

#[tokio::test]
async fn a_bench_that_invites_nobody_leaves_all_but_the_stranger_out() {
    let (run, seen) = paired_by(&set_up(|_| {}), &[], AGREED).await;
    assert_eq!(reason(&seen, AttemptKind::Uninvited), Some(0x05));
    let others = seen.attempts.iter().filter(|one| one.kind != AttemptKind::Uninvited);
    assert!(others.clone().count() > 5);
    assert!(others.into_iter().all(|one| one.left_out.as_deref() == Some("not-invited")));
    assert!(run.observation.trouble.is_some_and(|trouble| trouble.contains("allow_pairing")));
}

#[tokio::test]
async fn without_consent_the_device_hears_nothing() {
    let (run, seen) = paired_by(&set_up(|_| {}), EVERYTHING, &[]).await;
    assert_eq!((run.observation.outcome, run.observation.effort.attempted), (Outcome::Refused, 0));
    assert!(run.asked.is_empty() && run.kept.is_empty());
    assert!(seen.attempts.iter().all(|one| one.left_out.as_deref() == Some("consent")));

    let (_, seen) = paired_by(&set_up(|_| {}), EVERYTHING, &["pair"]).await;
    assert!(seen.attempt(AttemptKind::RightWay).is_some_and(Attempt::paired));
    assert_eq!((seen.guessed.left_out.as_deref(), seen.guessed.tries.len()), (Some("consent"), 0));
}

#[tokio::test]
async fn a_device_that_is_off_or_says_nothing_refuses_nothing() {
    let off = set_up(|_| {});
    off.power_off();
    let (run, seen) = paired_by(&off, EVERYTHING, AGREED).await;
    assert_eq!(seen.no_way.as_deref(), Some("not-heard"));
    assert_ne!(run.observation.outcome, Outcome::Complete);
    assert!(!seen.attempts.iter().any(Attempt::is_clear));

    let nameless = set_up(|_| {});
    let mut params = params(&nameless);
    params["adapter"] = Value::Null;
    let run = probed(&nameless, "ble-pairing", params, EVERYTHING, AGREED).await;
    assert_eq!(run.observation.outcome, Outcome::ToolTrouble);
    let seen: BlePairing = run.observation.read().unwrap();
    assert_eq!(seen.no_way.as_deref(), Some("no-adapter"));
}

#[tokio::test]
async fn links_that_end_are_no_refusal() {
    let (observation, seen) = course(|behaviour| behaviour.hostility = Hostility::DisconnectStorm).await;
    assert_ne!(observation.outcome, Outcome::Complete);
    assert!(!seen.attempts.iter().any(Attempt::is_clear), "{seen:#?}");
    assert!(seen.attempts.len() <= 3, "it is left alone: {seen:#?}");
    assert!(seen.guessed.tries.is_empty());
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_refusal() {
    let (observation, seen) = course(|behaviour| behaviour.hostility = Hostility::MalformedSmp).await;
    assert_ne!(observation.outcome, Outcome::Complete);
    assert!(!seen.attempt(AttemptKind::RightWay).is_some_and(Attempt::paired), "{seen:#?}");
}

/// The declared way neither paired nor was refused, but by a lock-out, which refuses everybody after failures and settles
/// nothing.
fn assert_settled_nothing(seen: &BlePairing) {
    let right: Vec<&Attempt> = seen.attempts(AttemptKind::RightWay).collect();
    assert!(right.first().is_some_and(|first| !first.is_clear()), "{right:#?}");
    for attempt in right {
        let locked = attempt.refused() == Some(SmpReason::REPEATED_ATTEMPTS);
        assert!(!attempt.is_clear() || locked, "{attempt:#?}");
        assert_eq!(attempt.level, Level::None, "{attempt:#?}");
    }
}

/// Who reads the digits is half-way through a pairing: keys are exchanged, and nobody is sure of the other yet.
#[tokio::test]
async fn a_link_that_is_cut_half_way_through_a_pairing_is_no_refusal() {
    let cut: fn(&Heater) = |heater| {
        heater.power_off();
        heater.power_on();
    };
    let gone: fn(&Heater) = |heater| heater.power_off();
    for (before_reading, comes_back) in [(cut, true), (gone, false)] {
        let bench = set_up(|_| {});
        let hands = Hands { before_reading, ..Hands::default() };
        let run = probed_by(hands, &bench, "ble-pairing", params(&bench), EVERYTHING, AGREED).await;
        let seen: BlePairing = run.observation.read().expect("what was seen");
        assert_ne!(run.observation.outcome, Outcome::Complete, "{seen:#?}");
        assert_settled_nothing(&seen);
        assert!(run.kept.contains("Public Key"), "it was cut after the keys: {}", run.kept);
        assert_eq!((seen.panel.readings, seen.panel.same_as_before), (0, None), "it counts for nothing");
        assert!(seen.guessed.tries.iter().all(|guess| guess.result != "accepted"), "{:#?}", seen.guessed);
        // What was cut is told: with the end of the link, the silence after it, or the digits that went with it.
        let told = run.observation.trouble.unwrap_or_default();
        assert!(told.contains("right-way") || told.contains("digits on the panel"), "{told}");
        assert!(comes_back || seen.no_way.is_some(), "{seen:#?}");
    }
}

fn by_comparison(bench: &Heater) -> Value {
    let mut params = params(bench);
    params["method"] = json!("numeric-comparison");
    params
}

const AT_THE_PANEL: &[&str] = &["allow_pairing", "confirm_number"];

#[tokio::test]
async fn numbers_that_are_the_same_on_both_sides_pair() {
    let bench = set_up(|behaviour| behaviour.panel = PanelUse::Comparison);
    let hands = Hands {
        compare: |heater| {
            assert!(matches!(heater.panel(), Panel::Compare(_)), "there is a number to compare");
            heater.press_button();
            true
        },
        ..Hands::default()
    };
    let run = probed_by(hands, &bench, "ble-pairing", by_comparison(&bench), AT_THE_PANEL, AGREED).await;
    let seen: BlePairing = run.observation.read().expect("what was seen");
    let right = seen.attempt(AttemptKind::RightWay).expect("it was tried");
    assert!(right.paired() && right.level == Level::Authenticated, "{right:#?}");
    assert_eq!(
        right.report.as_ref().and_then(|report| report.method),
        Some(PairingMethod::NumericComparison),
        "{right:#?}"
    );
    assert_eq!(reason(&seen, AttemptKind::JustWorks), Some(0x03));
    // There is no passkey that could be guessed.
    assert_eq!((seen.guessed.left_out.as_deref(), seen.panel.readings), (Some("no-passkey-method"), 0));
    assert!(run.asked.iter().any(|action| action == "confirm_number"));
}

#[tokio::test]
async fn numbers_that_are_not_the_same_pair_nobody_and_are_no_refusal_of_the_device() {
    let differs = |heater: &Heater| {
        heater.press_cancel();
        false
    };
    // Somebody says no at both sides; nobody is there to say anything.
    for (compare, actions) in
        [(Some(differs as fn(&Heater) -> bool), AT_THE_PANEL), (None, &AT_THE_PANEL[..1])]
    {
        let bench = set_up(|behaviour| behaviour.panel = PanelUse::Comparison);
        let bonds = bench.bonds();
        let hands = compare.map_or_else(Hands::default, |compare| Hands { compare, ..Hands::default() });
        let run = probed_by(hands, &bench, "ble-pairing", by_comparison(&bench), actions, AGREED).await;
        let seen: BlePairing = run.observation.read().expect("what was seen");
        assert_ne!(run.observation.outcome, Outcome::Complete, "{seen:#?}");
        assert_settled_nothing(&seen);
        assert_eq!(bench.bonds(), bonds, "nobody is let in");
    }
}

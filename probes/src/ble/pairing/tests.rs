//! Pairing with devices of every kind that a scripted one can be.

use std::sync::{Arc, Mutex};

use super::responder::{Odd, Responder};
use super::*;
use crate::ble::backend::{BleBackend, Fact};
use crate::ble::scripted::{Seen, backend, device};
use crate::ble::smp::IoCapability;
use crate::ble::{HciBackend, PairingFeatures};

/// Bonding and Secure Connections, with and without MITM protection.
const SECURE: u8 = 0x09;
const SECURE_MITM: u8 = 0x0d;
const LEGACY: u8 = 0x01;
const LEGACY_MITM: u8 = 0x05;

async fn pair(device: Responder, policy: PairingPolicy) -> (PairingReport, HciBackend, Arc<Seen>) {
    let (mut backend, seen) = backend(device).await;
    backend.connect(crate::ble::scripted::device()).await.unwrap();
    let report = backend.pair(&policy).await.unwrap();
    (report, backend, seen)
}

fn nothing(auth_req: u8) -> Responder {
    Responder::new(IoCapability::NoInputNoOutput, auth_req)
}

fn display(auth_req: u8) -> Responder {
    Responder::new(IoCapability::DisplayOnly, auth_req)
}

fn yes_no() -> Responder {
    Responder::new(IoCapability::DisplayYesNo, SECURE_MITM)
}

fn fixed(passkey: u32) -> PairingPolicy {
    PairingPolicy::passkey(PasskeySource::Fixed(passkey))
}

#[track_caller]
fn facts(backend: &HciBackend, authenticated: bool, secure: bool, size: u8) {
    let security = backend.security();
    assert_eq!(security.encrypted, Fact::Known(true));
    assert_eq!(security.authenticated, Fact::Known(authenticated));
    assert_eq!(security.secure_connections, Fact::Known(secure));
    assert_eq!(security.key_size, Fact::Known(size));
}

#[track_caller]
fn refused_by_tester(report: &PairingReport, reason: SmpReason, word: &str) {
    match &report.outcome {
        PairingOutcome::RefusedByTester { reason: told, why } => {
            assert_eq!((*told, why.contains(word)), (reason, true), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn just_works_gives_an_encrypted_link_and_no_more() {
    let (report, backend, _) = pair(nothing(SECURE), PairingPolicy::just_works()).await;
    assert_eq!(report.outcome, PairingOutcome::Paired, "{report:?}");
    assert_eq!(report.method, Some(PairingMethod::JustWorks));
    assert_eq!(report.keys_given, ["Identity Information", "Identity Address Information"]);
    facts(&backend, false, true, 16);
    let key = report.device_key.unwrap();
    assert!(key.is_valid && !key.is_debug_key && !key.is_reflected && key.digest.starts_with("sha256:"));
}

#[tokio::test]
async fn the_right_passkey_protects_and_a_wrong_one_is_refused_by_the_device() {
    let (report, backend, _) = pair(display(SECURE_MITM), fixed(123_456)).await;
    assert_eq!((report.outcome, report.passkey_rounds), (PairingOutcome::Paired, 20));
    facts(&backend, true, true, 16);

    let (report, backend, seen) = pair(display(SECURE_MITM), fixed(123_457)).await;
    let reason = SmpReason::CONFIRM_VALUE_FAILED;
    assert_eq!(report.outcome, PairingOutcome::RefusedByDevice { reason });
    assert_eq!(report.passkey_rounds, 0, "the very first bit differs");
    assert_eq!(backend.security().encrypted, Fact::Known(false));
    let told = seen.on(l2cap::SMP);
    assert!(told.iter().all(|pdu| pdu[0] != 0x05), "a failure is not answered by a failure");

    // 123456 and 123456 + 2^17 differ in the eighteenth bit.
    let (report, ..) = pair(display(SECURE_MITM), fixed(123_456 ^ 1 << 17)).await;
    assert_eq!(report.passkey_rounds, 17);
}

#[tokio::test]
async fn a_passkey_that_the_tester_shows_is_typed_at_the_device() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let ask: Ask = Arc::new(move |question| {
        noted.lock().unwrap().push(question);
        Box::pin(async { Some(0) })
    });
    let policy = PairingPolicy {
        io: IoCapability::DisplayOnly,
        mitm: true,
        passkey: PasskeySource::Asked(ask),
        ..PairingPolicy::just_works()
    };
    // The device is typed another number than it was shown.
    let keyboard = Responder::new(IoCapability::KeyboardOnly, SECURE_MITM);
    let (report, ..) = pair(keyboard.with_passkey(1_000_000), policy).await;
    assert_eq!(report.method, Some(PairingMethod::PasskeyShown));
    assert!(matches!(report.outcome, PairingOutcome::RefusedByDevice { .. }), "{:?}", report.outcome);
    assert!(matches!(asked.lock().unwrap()[..], [PasskeyQuestion::Type(0..1_000_000)]));
}

#[tokio::test]
async fn without_a_passkey_the_tester_ends_the_pairing_once() {
    let nobody = PairingPolicy::passkey(PasskeySource::Nobody);
    let (report, mut backend, seen) = pair(display(SECURE_MITM), nobody).await;
    refused_by_tester(&report, SmpReason::PASSKEY_ENTRY_FAILED, "no passkey");
    // What was sent before the link is ended has been read by then.
    backend.disconnect().await.unwrap();
    let failures = seen.on(l2cap::SMP).iter().filter(|pdu| pdu[0] == 0x05).count();
    assert_eq!(failures, 1);
}

#[tokio::test]
async fn compared_numbers_are_the_same_on_both_sides() {
    let device = yes_no();
    let (shows, compared) = (device.shows.clone(), Arc::new(Mutex::new(None)));
    let noted = compared.clone();
    let compare: Compare = Arc::new(move |digits| {
        *noted.lock().unwrap() = Some(digits);
        Box::pin(async { true })
    });
    let (report, backend, _) = pair(device, PairingPolicy::numeric(NumericAnswer::Asked(compare))).await;
    assert_eq!(report.outcome, PairingOutcome::Paired);
    assert_eq!(report.method, Some(PairingMethod::NumericComparison));
    assert!(compared.lock().unwrap().is_some());
    assert_eq!(*compared.lock().unwrap(), *shows.lock().unwrap());
    facts(&backend, true, true, 16);

    let (report, ..) = pair(yes_no(), PairingPolicy::numeric(NumericAnswer::Reject)).await;
    refused_by_tester(&report, SmpReason::NUMERIC_COMPARISON_FAILED, "differ");
}

#[tokio::test]
async fn legacy_pairing_is_told_from_secure_connections() {
    let (report, backend, _) = pair(nothing(LEGACY), PairingPolicy::just_works()).await;
    assert_eq!((report.outcome, report.secure_connections), (PairingOutcome::Paired, Some(false)));
    assert_eq!(report.keys_given[..2], ["Encryption Information", "Central Identification"]);
    facts(&backend, false, false, 16);

    let (report, backend, _) = pair(display(LEGACY_MITM), fixed(123_456)).await;
    assert_eq!(report.outcome, PairingOutcome::Paired);
    facts(&backend, true, false, 16);

    let (report, ..) = pair(display(LEGACY_MITM), fixed(1)).await;
    let reason = SmpReason::CONFIRM_VALUE_FAILED;
    assert_eq!(report.outcome, PairingOutcome::RefusedByDevice { reason });
}

#[tokio::test]
async fn a_tester_that_insists_refuses_what_is_less() {
    let secure_only =
        PairingPolicy { secure_connections: SecureConnections::Only, ..PairingPolicy::just_works() };
    let (report, ..) = pair(nothing(LEGACY), secure_only).await;
    refused_by_tester(&report, SmpReason::AUTHENTICATION_REQUIREMENTS, "legacy");
    let protected = PairingPolicy { insist_on_mitm: true, ..fixed(123_456) };
    let (report, ..) = pair(nothing(SECURE), protected).await;
    refused_by_tester(&report, SmpReason::AUTHENTICATION_REQUIREMENTS, "middle");
    let long_keys = PairingPolicy { least_key_size: 16, ..PairingPolicy::just_works() };
    let (report, ..) = pair(nothing(SECURE).with_key_size(7), long_keys).await;
    refused_by_tester(&report, SmpReason::KEY_SIZE, "shorter");
    let (report, ..) = pair(nothing(SECURE).with_key_size(5), PairingPolicy::just_works()).await;
    refused_by_tester(&report, SmpReason::KEY_SIZE, "5 octets");
}

#[tokio::test]
async fn a_downgrade_is_taken_by_a_weak_device_and_refused_by_a_strict_one() {
    let (report, backend, _) = pair(nothing(SECURE), PairingPolicy::just_works().downgraded()).await;
    assert_eq!(report.outcome, PairingOutcome::Paired);
    facts(&backend, false, false, 16);
    let strict = nothing(SECURE).odd(Odd::SecureOnly);
    let (report, ..) = pair(strict, PairingPolicy::just_works().downgraded()).await;
    let reason = SmpReason::AUTHENTICATION_REQUIREMENTS;
    assert_eq!(report.outcome, PairingOutcome::RefusedByDevice { reason });
    assert_eq!(report.response, None);
}

#[tokio::test]
async fn a_short_key_is_agreed_on_and_said() {
    for auth_req in [SECURE, LEGACY] {
        let policy = PairingPolicy::just_works().with_key_size(7);
        let (report, backend, _) = pair(nothing(auth_req), policy).await;
        assert_eq!((report.outcome, report.key_size), (PairingOutcome::Paired, Some(7)));
        facts(&backend, false, auth_req == SECURE, 7);
    }
}

#[tokio::test]
async fn a_request_as_written_goes_out_as_it_is() {
    let written = PairingFeatures {
        io: IoCapability::Reserved(0x7f),
        oob: false,
        auth_req: 0x09,
        max_key_size: 17,
        initiator_keys: 0xf0,
        responder_keys: 0xf0,
    };
    let policy = PairingPolicy { as_written: Some(written), ..PairingPolicy::just_works() };
    let (report, _, seen) = pair(nothing(SECURE), policy).await;
    assert_eq!(seen.on(l2cap::SMP)[0], [0x01, 0x7f, 0, 0x09, 17, 0xf0, 0xf0]);
    assert_eq!(report.outcome, PairingOutcome::Paired);
}

#[tokio::test]
async fn keys_that_are_no_keys_are_noticed() {
    let off_curve = || PairingPolicy { own_key: OwnKey::OffCurve, ..PairingPolicy::just_works() };
    let (report, ..) = pair(nothing(SECURE), off_curve()).await;
    let reason = SmpReason::INVALID_PARAMETERS;
    assert_eq!(report.outcome, PairingOutcome::RefusedByDevice { reason });
    assert!(!report.went_on_with_invalid_key);
    let (report, ..) = pair(nothing(SECURE).odd(Odd::TakesAnyKey), off_curve()).await;
    assert!(report.went_on_with_invalid_key, "{report:?}");
    let typed = PairingPolicy { own_key: OwnKey::OffCurve, ..fixed(123_456) };
    let (report, ..) = pair(display(SECURE_MITM).odd(Odd::TakesAnyKey), typed).await;
    assert!(report.went_on_with_invalid_key, "{report:?}");

    let (report, ..) = pair(nothing(SECURE).odd(Odd::DebugKey), PairingPolicy::just_works()).await;
    assert!(report.device_key.unwrap().is_debug_key);
    let (report, ..) = pair(nothing(SECURE).odd(Odd::Mirror), PairingPolicy::just_works()).await;
    refused_by_tester(&report, SmpReason::INVALID_PARAMETERS, "own public key");
    let (report, ..) = pair(nothing(SECURE).odd(Odd::KeyOffCurve), PairingPolicy::just_works()).await;
    refused_by_tester(&report, SmpReason::INVALID_PARAMETERS, "no point");
}

#[tokio::test]
async fn values_that_do_not_fit_end_the_pairing() {
    for (device, policy) in [
        (nothing(SECURE), PairingPolicy::just_works()),
        (display(SECURE_MITM), fixed(123_456)),
        (nothing(LEGACY), PairingPolicy::just_works()),
    ] {
        let (report, ..) = pair(device.odd(Odd::WrongConfirm), policy).await;
        refused_by_tester(&report, SmpReason::CONFIRM_VALUE_FAILED, "does not fit");
    }
    let (report, ..) = pair(nothing(SECURE).odd(Odd::WrongCheck), PairingPolicy::just_works()).await;
    refused_by_tester(&report, SmpReason::DHKEY_CHECK_FAILED, "does not fit");
    let (report, ..) = pair(nothing(SECURE).odd(Odd::OtherKey), PairingPolicy::just_works()).await;
    assert_eq!(report.outcome, PairingOutcome::EncryptionFailed { status: 0x3d });
}

#[tokio::test]
async fn a_device_that_goes_away_or_falls_silent_is_told_as_that() {
    for auth_req in [SECURE, LEGACY] {
        let pairing = |odd| pair(nothing(auth_req).odd(odd), PairingPolicy::just_works());
        let (report, mut backend, _) = pairing(Odd::LeavesInTheMiddle).await;
        assert_eq!(report.outcome, PairingOutcome::LinkLost { reason: 0x13 });
        assert_eq!(backend.read(1).await, Err(BleError::NoLink));
        let (report, ..) = pairing(Odd::SilentInTheMiddle).await;
        let waiting_for = "the random value".to_owned();
        assert_eq!(report.outcome, PairingOutcome::Silent { waiting_for });
        let (report, ..) = pairing(Odd::MalformedInTheMiddle).await;
        refused_by_tester(&report, SmpReason::INVALID_PARAMETERS, "16 octets");
    }
    let (report, ..) = pair(nothing(SECURE).odd(Odd::RefusesPairing), PairingPolicy::just_works()).await;
    let reason = SmpReason::PAIRING_NOT_SUPPORTED;
    assert_eq!(report.outcome, PairingOutcome::RefusedByDevice { reason });
}

#[tokio::test]
async fn keys_that_were_promised_and_do_not_come_or_come_without_end_are_odd() {
    let (report, backend, _) =
        pair(nothing(SECURE).odd(Odd::KeepsItsKeys), PairingPolicy::just_works()).await;
    assert_eq!((report.outcome, report.keys_given.len()), (PairingOutcome::Paired, 0));
    assert!(backend.oddities()[0].contains("promised"), "{:?}", backend.oddities());
    let (report, backend, _) =
        pair(nothing(SECURE).odd(Odd::KeysWithoutEnd), PairingPolicy::just_works()).await;
    assert_eq!((report.outcome, report.keys_given.len()), (PairingOutcome::Paired, 8));
    assert!(!backend.oddities().is_empty());
}

#[tokio::test]
async fn what_comes_in_between_is_noted_and_does_no_harm() {
    let (report, ..) = pair(nothing(SECURE).odd(Odd::Chatty), PairingPolicy::just_works()).await;
    assert_eq!(report.outcome, PairingOutcome::Paired);
}

#[tokio::test]
async fn a_bond_encrypts_the_next_link_and_not_that_of_a_stranger() {
    for (auth_req, secure) in [(SECURE, true), (LEGACY, false)] {
        let (report, mut backend, _) = pair(nothing(auth_req), PairingPolicy::just_works()).await;
        let bond = report.bond.expect("both sides keep keys");
        assert_eq!(bond.identity, Some(device()));
        backend.disconnect().await.unwrap();
        backend.connect(device()).await.unwrap();
        assert_eq!(backend.security().encrypted, Fact::Known(false));
        assert_eq!(backend.encrypt(&bond).await, Ok(true));
        facts(&backend, false, secure, 16);
        backend.disconnect().await.unwrap();
        backend.become_stranger().await.unwrap();
        backend.connect(device()).await.unwrap();
        assert!(matches!(backend.encrypt(&bond).await, Err(BleError::Unavailable(_))));
        backend.disconnect().await.unwrap();
        backend.become_again(&bond).await.unwrap();
        backend.connect(device()).await.unwrap();
        assert_eq!(backend.encrypt(&bond).await, Ok(true));
    }
}

#[tokio::test]
async fn no_secret_is_in_anything_that_is_kept() {
    let (report, mut backend, _) = pair(display(LEGACY_MITM), fixed(123_456)).await;
    let kept = [
        serde_json::to_string(&report).unwrap(),
        serde_json::to_string(&backend.transcript()).unwrap(),
        format!("{report:?}"),
    ];
    for text in kept {
        assert!(!text.contains("123456") && !text.contains("7777") && !text.contains("6666"), "{text}");
        assert!(!text.contains("119, 119"), "{text}");
    }
}

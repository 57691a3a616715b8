//! Pairing through an agent of the tester's own.

use harness::probes::ble::{
    BleBackend, Fact, NumericAnswer, PairingMethod, PairingOutcome, PairingPolicy, PasskeySource, Reply,
    SecureConnections, SmpReason,
};
use lab::ble::bluez::{DoubleDevice, DoublePairing};

use crate::bench::{Bench, assert_of_the_tester, device, dut};

fn pairs(pairing: DoublePairing) -> DoubleDevice {
    DoubleDevice { pairing, ..device() }
}

#[tokio::test]
async fn pairing_opens_what_its_method_opens() {
    let passkey = |digits| PairingPolicy::passkey(PasskeySource::Fixed(digits));
    for (device, policy, method) in [
        (DoublePairing::JustWorks, PairingPolicy::just_works(), PairingMethod::JustWorks),
        (DoublePairing::Passkey(123_456), passkey(123_456), PairingMethod::PasskeyTyped),
        (
            DoublePairing::Numeric(42),
            PairingPolicy::numeric(NumericAnswer::Accept),
            PairingMethod::NumericComparison,
        ),
        // A device that takes less is not passed off as one that was authenticated.
        (DoublePairing::JustWorks, passkey(123_456), PairingMethod::JustWorks),
    ] {
        let Some(bench) = Bench::with("bluez pairing", pairs(device)).await else { return };
        let (mut tester, _) = bench.linked().await;
        let report = tester.pair(&policy).await.unwrap();
        assert_eq!((report.outcome, report.method), (PairingOutcome::Paired, Some(method)));
        assert_eq!((report.secure_connections, report.key_size), (None, None), "BlueZ does not tell");
        let security = tester.security();
        assert_eq!(security.encrypted, Fact::Known(true));
        assert_eq!(security.authenticated, Fact::Known(method.is_authenticated()));
        assert_eq!(tester.read(0x003a).await, Ok(Reply::Given(b"paired".to_vec())));
        if method.is_authenticated() {
            assert_eq!(tester.read(0x003c).await, Ok(Reply::Given(b"secret".to_vec())));
        }
        assert_eq!(bench.called("RequestDefaultAgent"), 0, "other programs keep their agent");
        // The next link is one of strangers again.
        tester.disconnect().await.unwrap();
        assert_eq!(bench.called("RemoveDevice"), 1);
        tester.connect(dut()).await.unwrap();
        assert_eq!(tester.security().encrypted, Fact::Known(false));
    }
}

#[tokio::test]
async fn a_wrong_passkey_fails_and_bluez_does_not_say_by_whom() {
    let Some(bench) = Bench::with("bluez wrong passkey", pairs(DoublePairing::Passkey(123_456))).await else {
        return;
    };
    let (mut tester, _) = bench.linked().await;
    let wrong = PairingPolicy::passkey(PasskeySource::Fixed(999_999));
    let report = tester.pair(&wrong).await.unwrap();
    match report.outcome {
        PairingOutcome::Unexplained { why } => assert!(why.contains("AuthenticationFailed"), "{why}"),
        other => panic!("{other:?}"),
    }
    // Such a pairing ends the link; the right one is taken afterwards.
    tester.disconnect().await.unwrap();
    let (mut tester, _) = bench.linked().await;
    let right = PairingPolicy::passkey(PasskeySource::Fixed(123_456));
    assert_eq!(tester.pair(&right).await.unwrap().outcome, PairingOutcome::Paired);
}

#[tokio::test]
async fn whoever_says_no_here_is_named() {
    for (device, policy, reason) in [
        (
            DoublePairing::Numeric(42),
            PairingPolicy::numeric(NumericAnswer::Reject),
            SmpReason::NUMERIC_COMPARISON_FAILED,
        ),
        (
            DoublePairing::Passkey(1),
            PairingPolicy::passkey(PasskeySource::Nobody),
            SmpReason::PASSKEY_ENTRY_FAILED,
        ),
    ] {
        let Some(bench) = Bench::with("bluez refusal", pairs(device)).await else { return };
        let (mut tester, _) = bench.linked().await;
        let report = tester.pair(&policy).await.unwrap();
        let PairingOutcome::RefusedByTester { reason: told, .. } = report.outcome else {
            panic!("{:?}", report.outcome);
        };
        assert_eq!(told, reason);
    }
}

#[tokio::test]
async fn people_are_asked_with_the_digits_that_are_shown() {
    use std::sync::{Arc, Mutex};
    let Some(bench) = Bench::with("bluez digits", pairs(DoublePairing::Numeric(7))).await else { return };
    let (mut tester, _) = bench.linked().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let shown = seen.clone();
    let compare = NumericAnswer::Asked(Arc::new(move |digits| {
        shown.lock().unwrap().push(digits);
        Box::pin(async { true })
    }));
    let report = tester.pair(&PairingPolicy::numeric(compare)).await.unwrap();
    assert_eq!((report.outcome, seen.lock().unwrap().clone()), (PairingOutcome::Paired, vec![7]));
}

#[tokio::test]
async fn questions_about_other_devices_are_refused() {
    let device = DoubleDevice { asks_about_others: true, ..pairs(DoublePairing::JustWorks) };
    let Some(bench) = Bench::with("bluez strangers", device).await else { return };
    let (mut tester, _) = bench.linked().await;
    let report = tester.pair(&PairingPolicy::just_works()).await.unwrap();
    assert_eq!(report.outcome, PairingOutcome::Paired);
    assert_eq!(bench.called("granted to a stranger"), 0);
    assert!(bench.called("Agent1.RequestAuthorization refused") == 1, "{:?}", bench.bluez.calls());
    assert!(tester.oddities().iter().any(|one| one.contains("other devices")), "{:?}", tester.oddities());
}

#[tokio::test]
async fn a_pairing_that_hangs_ends_by_our_limit() {
    let Some(bench) = Bench::with("bluez pairing hangs", pairs(DoublePairing::Hangs)).await else { return };
    let (mut tester, _) = bench.linked().await;
    let outcome = tester.pair(&PairingPolicy::just_works()).await;
    assert_of_the_tester(outcome, "whether it or the device hangs cannot be told");
    assert_eq!(bench.called("CancelPairing"), 1);
}

#[tokio::test]
async fn wishes_that_bluez_would_drop_are_refused_before_anything_is_sent() {
    let Some(bench) = Bench::with("bluez wishes", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    let plain = PairingPolicy::just_works;
    let only = PairingPolicy { secure_connections: SecureConnections::Only, ..plain() };
    for (policy, words) in [
        (plain().downgraded(), "legacy"),
        (plain().with_key_size(7), "shorter key"),
        (only, "LE Secure Connections"),
        (PairingPolicy { insist_on_mitm: true, ..plain() }, "in the middle"),
    ] {
        assert_of_the_tester(tester.pair(&policy).await, words);
    }
    assert_eq!(bench.called("Pair"), 0);
}

//! Every weakness of the heater is seen by the back-end, and not seen in its sound twin.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use harness::probes::ble::{
    BleBackend, BleError, Fact, Lasting, NumericAnswer, OwnKey, PairingOutcome, PairingPolicy, PasskeySource,
    Reply, ScanRequest,
};
use lab::behaviour::ble::{PanelUse, WEAKNESSES};
use lab::ble::{Panel, uuids};

use crate::air::{Heater, address, code, found_anew, handle, heater, known, linked, paired, person, tester};

type Sighting = Pin<Box<dyn Future<Output = bool>>>;
/// Whether a device has the weakness; what a sound one answers instead is asserted where it is not.
type Sight = fn(Arc<Heater>) -> Sighting;

macro_rules! sight {
    ($name:ident) => {
        (|bench| Box::pin($name(bench))) as Sight
    };
}

/// Every weakness of the lab, in its order.
const SIGHTS: [(&str, Sight); 20] = [
    ("open-config", sight!(open_config)),
    ("just-works", sight!(just_works)),
    ("legacy-pairing", sight!(legacy_pairing)),
    ("legacy-only", sight!(legacy_only)),
    ("short-key", sight!(short_key)),
    ("fixed-passkey", sight!(fixed_passkey)),
    ("serial-in-advertising", sight!(serial_in_advertising)),
    ("static-address", sight!(static_address)),
    ("undeclared-service", sight!(undeclared_service)),
    ("duplicate-characteristic", sight!(duplicate_characteristic)),
    ("hidden-handle", sight!(hidden_handle)),
    ("crash-on-long-write", sight!(crash_on_long_write)),
    ("no-retry-delay", sight!(no_retry_delay)),
    ("dfu-open", sight!(dfu_open)),
    ("bond-survives-reset", sight!(bond_survives_reset)),
    ("app-pin-without-lockout", sight!(pin_without_lockout)),
    ("verbose-device-information", sight!(verbose_device_information)),
    ("stranger-re-pairs", sight!(stranger_re_pairs)),
    ("debug-key-accepted", sight!(debug_key_accepted)),
    ("plain-notify-of-secrets", sight!(plain_notify_of_secrets)),
];

#[tokio::test]
async fn every_weakness_is_seen_and_none_in_the_sound_twin() {
    let mut wrong = Vec::new();
    for ((name, sight), (weakness, change)) in SIGHTS.into_iter().zip(WEAKNESSES) {
        assert_eq!(name, weakness);
        if sight(heater(|_| {})).await {
            wrong.push(format!("{name}: seen in the sound heater"));
        }
        if !sight(heater(change)).await {
            wrong.push(format!("{name}: not seen"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// How the heater refused a pairing; `None` if it did not.
fn refusal(outcome: &PairingOutcome) -> Option<u8> {
    match outcome {
        PairingOutcome::RefusedByDevice { reason } => Some(reason.0),
        PairingOutcome::Paired => None,
        other => panic!("{other:?}"),
    }
}

async fn open_config(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let table = tester.discover().await.unwrap();
    let written = tester.write(handle(&table, uuids::TARGET_TEMPERATURE), vec![45]).await.unwrap();
    assert!(matches!(code(&written), None | Some(0x05)), "{written:?}");
    written == Reply::Given(())
}

async fn just_works(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let report = tester.pair(&PairingPolicy::just_works()).await.unwrap();
    let refused = refusal(&report.outcome);
    assert!(matches!(refused, None | Some(0x03)), "{report:?}");
    if refused.is_none() {
        assert_eq!(tester.security().authenticated, Fact::Known(false));
    }
    refused.is_none()
}

async fn legacy_pairing(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let report = tester.pair(&person(&bench).downgraded()).await.unwrap();
    let refused = refusal(&report.outcome);
    assert!(matches!(refused, None | Some(0x03)), "{report:?}");
    if refused.is_none() {
        assert_eq!(tester.security().secure_connections, Fact::Known(false));
        assert_eq!(tester.security().authenticated, Fact::Known(true));
    }
    refused.is_none()
}

async fn legacy_only(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let report = paired(&mut tester, &person(&bench)).await;
    report.secure_connections == Some(false)
}

async fn short_key(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let report = tester.pair(&person(&bench).with_key_size(7)).await.unwrap();
    let refused = refusal(&report.outcome);
    assert!(matches!(refused, None | Some(0x06)), "{report:?}");
    refused.is_none() && tester.security().key_size == Fact::Known(7)
}

async fn fixed_passkey(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let report = tester.pair(&PairingPolicy::passkey(PasskeySource::Fixed(123_456))).await.unwrap();
    let refused = refusal(&report.outcome);
    assert!(matches!(refused, None | Some(0x04)), "{report:?}");
    refused.is_none()
}

async fn advertising(bench: &Heater) -> harness::probes::ble::Advertiser {
    let mut tester = tester(bench).await;
    let request = ScanRequest {
        time: Duration::from_millis(700),
        active: true,
        only: Some(address(bench)),
        until_heard: false,
    };
    tester.scan(request).await.unwrap().advertisers.pop().expect("the heater advertises")
}

async fn serial_in_advertising(bench: Arc<Heater>) -> bool {
    let heard = advertising(&bench).await;
    assert!(heard.packets.len() >= 2, "an answer to the active scan: {heard:?}");
    let serial: String = bench.serial().bytes().map(|octet| format!("{octet:02x}")).collect();
    heard.packets.iter().any(|packet| packet.hex.contains(&serial))
}

async fn static_address(bench: Arc<Heater>) -> bool {
    advertising(&bench).await.address.lasting() != Lasting::ResolvablePrivate
}

async fn undeclared_service(bench: Arc<Heater>) -> bool {
    let table = linked(&bench).await.discover().await.unwrap();
    assert!(table.complete && table.anomalies.is_empty(), "{:?}", table.anomalies);
    table.services.iter().any(|service| service.uuid == known(uuids::MAINTENANCE))
}

async fn duplicate_characteristic(bench: Arc<Heater>) -> bool {
    let table = linked(&bench).await.discover().await.unwrap();
    let wanted = known(uuids::TARGET_TEMPERATURE);
    table.characteristics().filter(|one| one.uuid == wanted).count() > 1
}

async fn hidden_handle(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let table = tester.discover().await.unwrap();
    assert!(table.attributes.iter().all(|one| one.handle < 0x0180), "it is hidden");
    // Handles behind the last one that is listed.
    let last = table.attributes.last().expect("there are attributes").handle;
    for handle in last + 1..=0x0200 {
        match tester.read(handle).await.unwrap() {
            Reply::Given(_) => return true,
            Reply::Refused(error) => assert_eq!(error.0, 0x01, "at {handle:#06x}"),
        }
    }
    false
}

async fn crash_on_long_write(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    paired(&mut tester, &person(&bench)).await;
    let table = tester.discover().await.unwrap();
    match tester.write_long(handle(&table, uuids::WIFI_NAME), vec![0x41; 65]).await {
        Ok(written) => {
            assert_eq!(code(&written), Some(0x0d), "{written:?}");
            false
        }
        Err(BleError::Silent { .. } | BleError::LinkLost { .. }) => {
            assert!(bench.hangs());
            // Liveness: it does not come back by itself.
            tester.disconnect().await.unwrap();
            assert!(matches!(tester.connect(address(&bench)).await, Err(BleError::NotReached { .. })));
            true
        }
        Err(other) => panic!("{other}"),
    }
}

async fn no_retry_delay(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let mut refusals = Vec::new();
    for _ in 0..6 {
        // What the panel shows is never this: it draws from the same million, so one of a million runs fails.
        let report = tester.pair(&PairingPolicy::passkey(PasskeySource::Fixed(999_999))).await.unwrap();
        refusals.extend(refusal(&report.outcome));
    }
    assert_eq!(refusals.len(), 6);
    !refusals.contains(&0x09)
}

async fn dfu_open(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let table = tester.discover().await.unwrap();
    let control = handle(&table, uuids::UPDATE_CONTROL);
    let begun = tester.write(control, vec![1, 4, 0, 0, 0]).await.unwrap();
    tester.write_without_response(handle(&table, uuids::UPDATE_DATA), vec![1, 2, 3, 4]).await.unwrap();
    let ended = tester.write(control, vec![2]).await.unwrap();
    assert_eq!(begun, ended);
    assert_eq!(bench.has_installed_update(), ended == Reply::Given(()));
    ended == Reply::Given(())
}

async fn bond_survives_reset(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let bond = paired(&mut tester, &person(&bench)).await.bond.expect("both keep keys");
    tester.disconnect().await.unwrap();
    drop(tester);
    let before = address(&bench);
    bench.reset_to_factory();
    let now = found_anew(&bench, before).await;
    let mut again = crate::air::tester(&bench).await;
    again.become_again(&bond).await.unwrap();
    again.connect(now).await.unwrap();
    match again.encrypt(&bond).await {
        Ok(known) => known,
        Err(BleError::LinkLost { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

async fn pin_without_lockout(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    paired(&mut tester, &person(&bench)).await;
    let table = tester.discover().await.unwrap();
    let pin = handle(&table, uuids::PIN);
    let right = bench.pin();
    tester.withhold(right.as_bytes());
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(code(&tester.write(pin, wrong.into()).await.unwrap()).expect("a wrong PIN is refused"));
    }
    let digits: String = right.bytes().map(|octet| format!("{octet:02x}")).collect();
    let taken = tester.write(pin, right.into()).await.unwrap() == Reply::Given(());
    let transcript = serde_json::to_string(&tester.transcript()).unwrap();
    assert!(!transcript.contains(&digits), "the PIN was named a secret");
    assert_eq!(taken, codes.iter().all(|code| *code == codes[0]));
    taken
}

async fn verbose_device_information(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let table = tester.discover().await.unwrap();
    match tester.read_long(handle(&table, uuids::SERIAL_NUMBER)).await.unwrap() {
        Reply::Given(serial) => {
            assert_eq!(serial, bench.serial().as_bytes());
            true
        }
        Reply::Refused(error) => {
            assert_eq!(error.0, 0x05);
            false
        }
    }
}

async fn stranger_re_pairs(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    paired(&mut tester, &person(&bench)).await;
    tester.disconnect().await.unwrap();
    drop(tester);
    // Every tester has an address of its own; the heater may have another one since, too.
    let mut stranger = linked(&bench).await;
    let report = stranger.pair(&person(&bench)).await.unwrap();
    let refused = refusal(&report.outcome);
    assert!(matches!(refused, None | Some(0x05)), "{report:?}");
    refused.is_none()
}

async fn debug_key_accepted(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let policy = PairingPolicy { own_key: OwnKey::Debug, ..person(&bench) };
    let report = tester.pair(&policy).await.unwrap();
    refusal(&report.outcome).is_none()
}

async fn plain_notify_of_secrets(bench: Arc<Heater>) -> bool {
    let mut tester = linked(&bench).await;
    let table = tester.discover().await.unwrap();
    let status = known(uuids::PROVISIONING_STATUS);
    let status = table.characteristics().find(|one| one.uuid == status).expect("it is there");
    let subscribed = tester.subscribe(status.configuration().expect("it notifies"), false).await.unwrap();
    assert!(matches!(code(&subscribed), None | Some(0x05)), "{subscribed:?}");
    subscribed == Reply::Given(())
}

#[tokio::test]
async fn numbers_are_compared_and_a_key_off_the_curve_is_noticed() {
    let bench = heater(|behaviour| behaviour.panel = PanelUse::Comparison);
    let mut tester = linked(&bench).await;
    let at_the_panel = bench.clone();
    let compare = Arc::new(move |digits: u32| {
        let bench = at_the_panel.clone();
        let same = bench.panel() == Panel::Compare(digits);
        // The person presses the button when both are the same.
        if same {
            bench.press_button();
        } else {
            bench.press_cancel();
        }
        Box::pin(async move { same }) as Pin<Box<dyn Future<Output = bool> + Send>>
    });
    let report = paired(&mut tester, &PairingPolicy::numeric(NumericAnswer::Asked(compare))).await;
    assert_eq!(report.method, Some(harness::probes::ble::PairingMethod::NumericComparison));
    assert_eq!(tester.security().authenticated, Fact::Known(true));

    let bench = heater(|_| {});
    let mut tester = linked(&bench).await;
    let policy = PairingPolicy { own_key: OwnKey::OffCurve, ..person(&bench) };
    let report = tester.pair(&policy).await.unwrap();
    assert!(refusal(&report.outcome).is_some() && !report.went_on_with_invalid_key, "{report:?}");
}

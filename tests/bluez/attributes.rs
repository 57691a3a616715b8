//! Values by handle.

use std::time::{Duration, Instant};

use harness::probes::ble::{BleBackend, BleError, Reply};

use crate::bench::{Bench, assert_of_the_tester, at, device};

const SOON: Duration = Duration::from_secs(5);
const SHORTLY: Duration = Duration::from_millis(200);

#[tokio::test]
async fn what_has_one_uuid_is_kept_apart_by_handle() {
    let Some(bench) = Bench::with("bluez duplicates", device()).await else { return };
    let (mut tester, table) = bench.linked().await;
    assert_eq!(table.services.len(), 3);
    assert_eq!(table.services[0].uuid, table.services[1].uuid);
    for (handle, value) in [(0x0012, "first"), (0x0014, "second"), (0x0022, "third")] {
        assert_eq!(at(&table, handle).uuid, at(&table, 0x0012).uuid);
        assert_eq!(tester.read(handle).await, Ok(Reply::Given(value.as_bytes().to_vec())));
    }
    assert_eq!(at(&table, 0x0024).configuration(), Some(0x0025));
    assert!(!table.complete && table.anomalies[0].contains("Generic Access"), "BlueZ never shows everything");
    assert_of_the_tester(tester.read(0x0011).await, "0x0011");
    assert_of_the_tester(tester.read(0x7fff).await, "0x7fff");
}

#[tokio::test]
async fn writes_go_as_they_were_asked_for_or_not_at_all() {
    let Some(bench) = Bench::with("bluez writes", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    assert_eq!(tester.write(0x0012, b"asked".to_vec()).await, Ok(Reply::Given(())));
    assert_eq!(bench.bluez.value(0x0012).unwrap(), b"asked");
    tester.write_without_response(0x0022, b"told".to_vec()).await.unwrap();
    assert_eq!(bench.bluez.value(0x0022).unwrap(), b"told");
    assert_eq!(tester.write_long(0x0012, vec![7; 200]).await, Ok(Reply::Given(())));
    for kind in ["0012 request", "0022 command", "0012 reliable"] {
        assert_eq!(bench.called(&format!("WriteValue {kind}")), 1, "{:?}", bench.bluez.calls());
    }
    // More than a PDU holds would be cut without a word.
    assert_of_the_tester(tester.write(0x0012, vec![1; 62]).await, "cuts 62 octets");
    assert_of_the_tester(tester.write(0x0025, vec![1, 0]).await, "client configurations");
    assert_eq!(bench.called("WriteValue"), 3);
}

#[tokio::test]
async fn errors_of_the_device_come_as_they_are_where_bluez_shows_them() {
    let Some(bench) = Bench::with("bluez errors", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    let refused = tester.read(0x0032).await.unwrap();
    assert_eq!(refused.refused().map(|error| error.0), Some(0x80));
    let refused = tester.write(0x0032, vec![1]).await.unwrap();
    assert_eq!(refused.refused().map(|error| error.0), Some(0x80));
    assert_of_the_tester(tester.read(0x0034).await, "0x05, 0x0c or 0x0f");
    assert!(tester.abilities().att_errors.known().is_none());
}

#[tokio::test]
async fn a_hang_ends_by_our_limit_and_is_blamed_on_nobody_else() {
    // A stack that hangs, and a protected value without an agent, at which BlueZ hangs.
    for handle in [0x0036, 0x003a] {
        let Some(bench) = Bench::with("bluez hang", device()).await else { return };
        let (mut tester, _) = bench.linked().await;
        let began = Instant::now();
        assert_of_the_tester(tester.read(handle).await, "whether it or the device hangs cannot be told");
        assert!(began.elapsed() < Duration::from_secs(20), "30 s are BlueZ's limit");
        // What comes after a hang proves nothing, until there is a new link.
        assert_of_the_tester(tester.read(0x0012).await, "hangs");
        tester.disconnect().await.unwrap();
        let (mut tester, _) = bench.linked().await;
        assert!(matches!(tester.read(0x0012).await, Ok(Reply::Given(_))));
    }
}

#[tokio::test]
async fn what_was_read_is_not_taken_for_what_was_told() {
    let Some(bench) = Bench::with("bluez notifications", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    assert!(!bench.bluez.notify(0x0024, b"early").await, "nobody has subscribed");
    for configuration in [0x0025, 0x0028] {
        assert_eq!(tester.subscribe(configuration, false).await, Ok(Reply::Given(())));
    }
    // One is echoed before the answer, one after it.
    for handle in [0x0024, 0x0027] {
        assert!(matches!(tester.read(handle).await, Ok(Reply::Given(_))));
    }
    assert_eq!(tester.told(SHORTLY).await, Ok(Vec::new()));
    for (handle, value) in [(0x0024, b"loud".as_slice()), (0x0027, b"aloud")] {
        assert!(bench.bluez.notify(handle, value).await);
        let told = tester.told(SOON).await.unwrap();
        assert_eq!(
            told.iter().map(|one| (one.handle, one.value.as_slice())).collect::<Vec<_>>(),
            [(handle, value)]
        );
        assert!(!told[0].confirmed);
    }
    // The value that was read once is told for once, too.
    assert!(bench.bluez.notify(0x0024, b"quiet").await);
    assert_eq!(tester.told(SOON).await.unwrap().len(), 1);
}

#[tokio::test]
async fn bluez_is_not_said_to_subscribe_otherwise_than_it_does() {
    let Some(bench) = Bench::with("bluez subscriptions", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    assert_of_the_tester(tester.subscribe(0x0025, true).await, "indications");
    assert_of_the_tester(tester.subscribe(0x0012, false).await, "notifications");
    assert_eq!(bench.called("StartNotify"), 0);
}

#[tokio::test]
async fn what_bluez_cannot_do_is_said_and_not_tried() {
    let Some(bench) = Bench::with("bluez limits", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    let before = bench.bluez.calls().len();
    assert!(matches!(tester.become_stranger().await, Err(BleError::Unavailable(_))));
    let raw = tester.raw(harness::probes::ble::RawChannel::Att, vec![0xff], SHORTLY).await;
    assert!(matches!(raw, Err(BleError::Unavailable(_))));
    let able = tester.abilities();
    for ability in
        [able.pairing_details, able.raw_octets, able.advertising_packets, able.extended_advertising]
    {
        assert!(ability.known().is_none());
    }
    let security = tester.security();
    assert!(security.key_size.known().is_none() && security.secure_connections.known().is_none());
    assert_eq!(bench.bluez.calls().len(), before);
}

#[tokio::test]
async fn the_record_tells_what_was_asked_and_withholds_secrets() {
    let Some(bench) = Bench::with("bluez record", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    tester.withhold(b"first");
    tester.read(0x0012).await.unwrap();
    tester.read(0x0014).await.unwrap();
    let text = serde_json::to_string(&tester.transcript()).unwrap();
    assert!(text.contains("ReadValue of handle 0x0014") && text.contains("7365636f6e64"), "{text}");
    assert!(text.contains("(withheld)") && !text.contains("6669727374"), "{text}");
}

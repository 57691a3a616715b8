//! Listening, links, and their ends.

use std::time::{Duration, Instant};

use harness::probes::ble::{
    AdvertisingPdu, BleBackend, BleError, Fact, PairingOutcome, PairingPolicy, PasskeySource,
};
use lab::ble::bluez::{DoubleDevice, DoubleLink, DoublePairing};

use crate::bench::{Bench, DUT, NEIGHBOUR, assert_of_the_tester, device, dut, listening};

#[tokio::test]
async fn everybody_in_reach_is_heard_on_le_alone() {
    let Some(bench) = Bench::with("bluez listening", device()).await else { return };
    let scan = bench.tester().await.scan(listening(None)).await.unwrap();
    let names: Vec<_> = scan.advertisers.iter().map(|one| one.local_name().unwrap()).collect();
    assert_eq!(names, ["HK-100", "Somebody's watch"]);
    let packet = &scan.advertisers[0].packets[0];
    assert_eq!((packet.pdu, packet.hex.as_str()), (AdvertisingPdu::Merged, ""), "BlueZ shows no packets");
    assert!(packet.count > 1 && scan.advertisers[0].rssi == Some(-50), "{scan:?}");
    assert_eq!((bench.called("SetDiscoveryFilter le"), bench.called("StopDiscovery")), (1, 1));
    assert_eq!(bench.called("Connect"), 0);
}

#[tokio::test]
async fn of_neighbours_nothing_is_kept() {
    let Some(bench) = Bench::with("bluez neighbours", device()).await else { return };
    let mut tester = bench.tester().await;
    let scan = tester.scan(listening(Some(dut()))).await.unwrap();
    assert_eq!(scan.advertisers.iter().map(|one| one.address).collect::<Vec<_>>(), [dut()]);
    assert!(scan.others > 0 && scan.reports > scan.others, "{scan:?}");
    let kept = serde_json::to_string(&(&scan, tester.transcript())).unwrap();
    assert!(!kept.contains("watch") && !kept.contains(NEIGHBOUR), "{kept}");
    // The same octets of the other kind are another device.
    let public = format!("{DUT}/public").parse().unwrap();
    let scan = tester.scan(listening(Some(public))).await.unwrap();
    assert!(scan.advertisers.is_empty() && scan.others > 0, "{scan:?}");
}

#[tokio::test]
async fn a_passive_scan_is_refused_since_bluez_has_none() {
    let Some(bench) = Bench::with("bluez passive", device()).await else { return };
    let mut tester = bench.tester().await;
    let mut request = listening(None);
    request.active = false;
    assert_of_the_tester(tester.scan(request).await, "--active");
    assert_eq!(bench.called("StartDiscovery"), 0);
}

#[tokio::test]
async fn no_link_is_taken_up_outside_the_scope() {
    let Some(bench) = Bench::with("bluez scope", device()).await else { return };
    let mut tester = bench.tester().await;
    let neighbour = format!("{NEIGHBOUR}/random").parse().unwrap();
    assert_eq!(tester.connect(neighbour).await, Err(BleError::OutOfScope(neighbour)));
    // Nor to the same octets of the other kind.
    let public = format!("{DUT}/public").parse().unwrap();
    assert_eq!(tester.connect(public).await, Err(BleError::OutOfScope(public)));
    assert_eq!(bench.called("Device1"), 0, "{:?}", bench.bluez.calls());
}

#[tokio::test]
async fn a_link_comes_and_goes() {
    let Some(bench) = Bench::with("bluez link", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    assert_eq!(tester.connect(dut()).await, Err(BleError::LinkedAlready));
    assert_eq!(tester.security().encrypted, Fact::Known(false));
    tester.disconnect().await.unwrap();
    tester.disconnect().await.unwrap();
    assert_eq!(tester.read(0x0012).await, Err(BleError::NoLink));
    assert_eq!((bench.called("Device1.Disconnect"), bench.called("RemoveDevice")), (1, 0));
    tester.connect(dut()).await.unwrap();
}

#[tokio::test]
async fn a_device_that_takes_no_link_is_told_from_a_stack_that_hangs() {
    for (link, reached) in
        [(DoubleLink::Refused, false), (DoubleLink::Hangs, false), (DoubleLink::Works, true)]
    {
        let Some(bench) = Bench::with("bluez no link", DoubleDevice { link, ..device() }).await else {
            return;
        };
        let mut tester = bench.tester().await;
        let began = Instant::now();
        let outcome = tester.connect(dut()).await;
        assert!(began.elapsed() < Duration::from_secs(15), "the limit is ours");
        match outcome {
            Ok(()) => assert!(reached),
            Err(BleError::NotReached { device, .. }) => assert!(!reached && device == dut()),
            other => panic!("{link:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn services_that_are_never_resolved_are_nobodys_proven_fault() {
    let device = DoubleDevice { link: DoubleLink::NeverResolves, ..device() };
    let Some(bench) = Bench::with("bluez unresolved", device).await else { return };
    let mut tester = bench.tester().await;
    tester.connect(dut()).await.unwrap();
    assert_of_the_tester(tester.discover().await, "cannot be told");
}

#[tokio::test]
async fn a_device_that_goes_away_in_the_middle_is_a_lost_link() {
    let device = DoubleDevice { pairing: DoublePairing::Passkey(1), ..device() };
    let Some(bench) = Bench::with("bluez lost link", device).await else { return };
    let (mut tester, _) = bench.linked().await;
    let lost = Err(BleError::LinkLost { reason: 0x1f });
    // BlueZ may have ended it, after a pairing of its own.
    assert_of_the_tester(tester.read(0x0038).await, "is not told");
    assert_eq!(tester.read(0x0012).await, lost);
    // After a pairing with everything there is, it has nothing left to pair for.
    tester.disconnect().await.unwrap();
    let (mut tester, _) = bench.linked().await;
    let policy = PairingPolicy::passkey(PasskeySource::Fixed(1));
    assert_eq!(tester.pair(&policy).await.unwrap().outcome, PairingOutcome::Paired);
    assert_eq!(tester.read(0x0038).await, lost);
    tester.disconnect().await.unwrap();
    tester.connect(dut()).await.unwrap();
    bench.bluez.go_away(0).await;
    assert_eq!(tester.told(Duration::from_secs(1)).await, Err(BleError::LinkLost { reason: 0x1f }));
}

#[tokio::test]
async fn trouble_of_bluez_itself_is_the_testers() {
    let Some(bench) = Bench::with("bluez trouble", device()).await else { return };
    let (mut tester, _) = bench.linked().await;
    bench.bluez.crash().await;
    assert_of_the_tester(tester.read(0x0012).await, "BlueZ does not run");
    assert_of_the_tester(bench.opened().await.map(|_| ()), "BlueZ does not run");

    let Some(bench) = Bench::with("bluez trouble", device()).await else { return };
    bench.bluez.switch(false);
    assert_of_the_tester(bench.opened().await.map(|_| ()), "switched off");
    bench.bluez.switch(true);
    let mut tester = bench.tester().await;
    bench.bluez.switch(false);
    assert_of_the_tester(tester.scan(listening(None)).await, "switched off");

    let Some(bench) = Bench::with("bluez trouble", DoubleDevice { bonded: true, ..device() }).await else {
        return;
    };
    assert_of_the_tester(bench.tester().await.connect(dut()).await, "remove it first");
    assert_eq!(bench.called("Device1.Connect"), 0);
}

//! Time, what is left behind, and devices that mean harm.

use std::time::{Duration, Instant};

use harness::probes::ble::{BleBackend, InspectionRequest, Reply, ScanRequest, inspect};
use lab::behaviour::ble::Hostility;
use lab::ble::uuids;

use crate::air::{address, found_anew, handle, heater, linked, paired, person, tester};

/// Open descriptors and threads of this process.
#[cfg(target_os = "linux")]
fn held() -> (usize, usize) {
    let count = |folder: &str| std::fs::read_dir(folder).expect("Linux tells of processes").count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn two_hundred_scenarios_leave_nothing_behind() {
    let bench = heater(|_| {});
    let mut before = (0, 0);
    let began = Instant::now();
    for round in 0..200 {
        if round == 3 {
            // What is opened once and kept is open by now.
            before = held();
        }
        bench.press_button();
        let mut tester = tester(&bench).await;
        let request = ScanRequest {
            time: Duration::from_secs(5),
            active: false,
            only: Some(address(&bench)),
            until_heard: true,
        };
        assert_eq!(tester.scan(request).await.unwrap().advertisers.len(), 1);
        tester.connect(address(&bench)).await.unwrap();
        let table = tester.discover().await.unwrap();
        paired(&mut tester, &person(&bench)).await;
        let read = tester.read(handle(&table, uuids::TARGET_TEMPERATURE)).await.unwrap();
        assert!(matches!(read, Reply::Given(_)), "{read:?}");
        if round == 0 {
            println!("one scenario (open, scan, connect, discover, pair, read): {:?}", began.elapsed());
        }
    }
    println!("200 scenarios: {:?}", began.elapsed());
    // The controller notices a moment later that its host is gone; other tests of this program come and go.
    let mut after = held();
    for _ in 0..100 {
        if after.0 <= before.0 + SLACK && after.1 <= before.1 + SLACK {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        after = held();
    }
    panic!("descriptors and threads: {before:?} before, {after:?} after");
}

/// Far fewer than one of each scenario, and more than the other tests of this program hold.
const SLACK: usize = 60;

#[tokio::test]
async fn hostile_devices_are_looked_at_to_an_end() {
    for hostility in [
        Hostility::OversizedValues,
        Hostility::EndlessServices,
        Hostility::MalformedAtt,
        Hostility::MalformedSmp,
        Hostility::DisconnectStorm,
        Hostility::Silent,
    ] {
        let bench = heater(|behaviour| behaviour.hostility = hostility);
        let began = Instant::now();
        let mut tester = tester(&bench).await;
        let request = InspectionRequest {
            device: address(&bench),
            listen: Duration::from_secs(2),
            active: false,
            pairing: Some(person(&bench)),
        };
        // The guard only keeps a test that hangs from hanging for ever.
        let looked = tokio::time::timeout(Duration::from_secs(120), inspect(&mut tester, &request));
        let looked = looked.await.unwrap_or_else(|_| panic!("{hostility:?} was looked at without end"));
        let told = match &looked {
            Ok(seen) => {
                assert!(seen.transcript.entries.len() <= 4096 && seen.table.anomalies.len() <= 36);
                let wrong = seen.table.anomalies.iter().chain(&seen.oddities).chain(&seen.trouble);
                let paired = seen.pairing.as_ref().map(|report| format!("{:?}", report.outcome));
                let failed =
                    seen.unpaired.iter().filter(|read| format!("{read:?}").contains("Failed")).count();
                let told: Vec<String> = wrong.cloned().chain(paired).collect();
                assert!(
                    !seen.is_complete()
                        || !seen.oddities.is_empty()
                        || failed > 0
                        || !matches!(&seen.pairing, Some(report)
                            if report.outcome == harness::probes::ble::PairingOutcome::Paired),
                    "{hostility:?} passed for a sound device: {told:?}"
                );
                told.join("; ")
            }
            Err(error) => {
                assert!(!error.is_of_the_tester(), "{hostility:?}: {error}");
                error.to_string()
            }
        };
        println!("{hostility:?} in {:.1} s: {told}", began.elapsed().as_secs_f64());
    }
}

#[tokio::test]
async fn power_that_goes_in_the_middle_is_told_and_the_heater_is_found_again() {
    let bench = heater(|_| {});
    let mut tester = linked(&bench).await;
    bench.power_off();
    let error = tester.discover().await.expect_err("there is nobody");
    assert!(!error.is_of_the_tester(), "{error}");
    tester.disconnect().await.unwrap();
    drop(tester);
    let before = address(&bench);
    bench.power_on();
    found_anew(&bench, before).await;
    assert!(linked(&bench).await.discover().await.unwrap().complete);
}

//! `hantei ble` over BlueZ, found by `DBUS_SYSTEM_BUS_ADDRESS`.

use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::{Bench, DUT, NEIGHBOUR, device};

/// The program of this build: it has BlueZ.
async fn hantei(bus: String, arguments: &[&str]) -> Output {
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut program = Command::new(env!("CARGO_BIN_EXE_hantei"));
    program.arg("ble").args(arguments).env("DBUS_SYSTEM_BUS_ADDRESS", bus).env("NO_COLOR", "1");
    tokio::task::spawn_blocking(move || program.output().expect("the program starts")).await.unwrap()
}

#[tokio::test]
async fn scan_shows_who_is_there() {
    let Some(bench) = Bench::with("bluez command scan", device()).await else { return };
    let bus = bench.bus.address();
    let arguments = ["scan", "--adapter", "bluez:hci0", "--active", "--seconds", "1", "--json"];
    let output = hantei(bus.clone(), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let heard: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(heard["adapter"], "bluez:hci0");
    assert_eq!(heard["scan"]["advertisers"].as_array().map(Vec::len), Some(2), "{heard}");

    let output = hantei(bus.clone(), &["scan", "--adapter", "bluez:hci0"]).await;
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--active"), "{output:?}");
    let output = hantei(bus, &["scan", "--adapter", "bluez:hci7", "--active"]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no adapter hci7"), "{output:?}");
}

#[tokio::test]
async fn inspect_shows_one_device_up_to_the_first_hang() {
    let mut sound = device();
    // Without what refuses and hangs.
    sound.services.pop();
    for (device, code) in [(sound, 3), (device(), 3)] {
        let hangs = device.services.len() == 3;
        let Some(bench) = Bench::with("bluez command inspect", device).await else { return };
        let dut = format!("{DUT}/random");
        let arguments = ["inspect", &dut, "--adapter", "bluez:hci0", "--active", "--seconds", "1", "--json"];
        let output = hantei(bench.bus.address(), &arguments).await;
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(seen["complete"], false, "BlueZ never shows everything");
        if hangs {
            // What refuses ends the look, and what was seen before it is shown.
            assert!(seen["trouble"].as_str().unwrap().contains("BlueZ"), "{seen}");
            assert_eq!(seen["unpaired"][0]["answer"]["value"], "6669727374");
            continue;
        }
        let handles: Vec<_> =
            seen["unpaired"].as_array().unwrap().iter().map(|one| one["handle"].clone()).collect();
        assert_eq!(handles, [0x12, 0x14, 0x22, 0x24, 0x25, 0x27, 0x28], "{seen}");
        assert_eq!(seen["unpaired"][1]["answer"]["value"], "7365636f6e64");
        assert!(!String::from_utf8_lossy(&output.stdout).contains(NEIGHBOUR));
        assert_eq!(bench.called(&format!("Connect {NEIGHBOUR}")), 0);
        assert_eq!((bench.called("WriteValue"), bench.called("Pair")), (0, 0));
        assert_eq!(bench.called("Device1.Disconnect"), 1);
    }
}

#[tokio::test]
async fn a_bus_that_is_not_there_is_trouble_of_the_tester() {
    let output =
        hantei("unix:path=/nowhere/bus".to_owned(), &["scan", "--adapter", "bluez:hci0", "--active"]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("system bus cannot be reached"), "{output:?}");
}

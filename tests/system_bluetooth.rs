//! The Bluetooth of the operating system, as an engineer with a laptop uses it: the program against a double of BlueZ on a
//! bus of its own, which proves the way through btleplug and BlueZ's objects, and nothing about Bluetooth.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with its place")]

mod command;

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use lab::ble::bluez::{
    BluezDouble, DoubleAnswer, DoubleCharacteristic, DoubleDevice, DoubleLink, DoubleService, PrivateBus,
};
use serde_json::{Value, json};

use command::{code, json, told};

const HEATER: &str = "C0:FF:EE:00:00:01";
const WATCH: &str = "C0:FF:EE:00:00:02";
const TEMPERATURE: &str = "484b0201-0000-4000-8000-00805f9b34fb";
const PIN: &str = "484b0202-0000-4000-8000-00805f9b34fb";

/// A bus with BlueZ on it.
struct Bench {
    // Falls from the bus before the bus goes.
    bluez: BluezDouble,
    bus: PrivateBus,
}

/// A temperature that everybody reads, and a PIN that nobody does.
fn heater() -> DoubleDevice {
    let one = |handle, uuid, flags: &[&'static str], octets: &[u8]| {
        DoubleCharacteristic::new(handle, uuid, flags, octets)
    };
    let services = vec![
        DoubleService {
            handle: 0x0010,
            uuid: "484b0200-0000-4000-8000-00805f9b34fb".to_owned(),
            characteristics: vec![
                DoubleCharacteristic {
                    configuration: Some(0x0013),
                    ..one(0x0011, TEMPERATURE, &["read", "notify"], b"42")
                },
                DoubleCharacteristic {
                    answer: DoubleAnswer::Error(0x05),
                    ..one(0x0014, PIN, &["read", "write"], b"1234")
                },
            ],
        },
        DoubleService {
            handle: 0x0020,
            uuid: "484b0300-0000-4000-8000-00805f9b34fb".to_owned(),
            characteristics: vec![one(
                0x0021,
                "484b0301-0000-4000-8000-00805f9b34fb",
                &["write-without-response"],
                b"",
            )],
        },
    ];
    DoubleDevice { services, ..DoubleDevice::new(HEATER, "HK-100") }
}

/// The heater with another answer for its PIN.
fn answering(answer: DoubleAnswer) -> DoubleDevice {
    let mut device = heater();
    device.services[0].characteristics[1].answer = answer;
    device
}

impl Bench {
    /// With this device in reach, and a neighbour; nothing where there is no bus to be had.
    async fn with(test: &str, device: DoubleDevice) -> Option<Self> {
        Self::of(test, vec![device, DoubleDevice::new(WATCH, "Somebody's watch")]).await
    }

    async fn of(test: &str, devices: Vec<DoubleDevice>) -> Option<Self> {
        if !PrivateBus::is_installed() {
            command::skip(test, "dbus-daemon is needed (package dbus)");
            return None;
        }
        let bus = PrivateBus::start().expect("dbus-daemon listens");
        let bluez = BluezDouble::start(&bus, devices).await.expect("the bus takes the double");
        Some(Self { bluez, bus })
    }

    async fn scan(&self, more: &[&str]) -> Output {
        let arguments = ["scan", "--adapter", "system:", "--seconds", "1"];
        hantei(self.bus.address(), &[&arguments, more].concat()).await
    }

    async fn inspect(&self, device: &str, more: &[&str]) -> Output {
        let arguments = ["inspect", device, "--adapter", "system:", "--seconds", "1"];
        hantei(self.bus.address(), &[&arguments, more].concat()).await
    }

    /// How often something was called that holds these words.
    fn called(&self, words: &str) -> usize {
        self.bluez.calls().iter().filter(|call| call.contains(words)).count()
    }
}

/// The program of this build: it has the way.
fn program(bus: &str, arguments: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut program = Command::new(env!("CARGO_BIN_EXE_hantei"));
    program.arg("ble").args(arguments).env("DBUS_SYSTEM_BUS_ADDRESS", bus).env("NO_COLOR", "1");
    program
}

async fn hantei(bus: String, arguments: &[&str]) -> Output {
    let mut program = program(&bus, arguments);
    tokio::task::spawn_blocking(move || program.output().expect("the program starts")).await.unwrap()
}

fn page(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn a_scan_names_who_is_in_reach_and_connects_to_nobody() {
    let remembered = DoubleDevice {
        bonded: true,
        in_reach: false,
        ..DoubleDevice::new("C0:FF:EE:00:00:03", "Left at home")
    };
    let devices = vec![heater(), DoubleDevice::new(WATCH, "Somebody's watch"), remembered];
    let Some(bench) = Bench::of("system scan", devices).await else { return };
    let output = bench.scan(&["--json"]).await;
    assert_eq!(code(&output), 0, "{}", told(&output));
    let heard = json(&output);
    assert_eq!(heard["format"], "hantei.ble-system-scan/1");
    let mut names: Vec<_> =
        heard["scan"]["devices"].as_array().unwrap().iter().map(|one| one["name"].to_string()).collect();
    names.sort();
    assert_eq!(names, ["\"HK-100\"", "\"Somebody's watch\""], "who is remembered was not heard: {heard}");
    assert!(told(&output).contains("asks everybody in reach"), "{}", told(&output));
    // LE alone: listening to classic Bluetooth takes links to neighbours.
    assert_eq!((bench.called("SetDiscoveryFilter le"), bench.called("SetDiscoveryFilter")), (1, 1));
    assert_eq!((bench.called("StopDiscovery"), bench.called("Device1")), (1, 0), "{:?}", bench.bluez.calls());

    let output = bench.scan(&[]).await;
    let page = page(&output);
    assert!(page.contains("2 devices heard") && page.contains(&format!("{HEATER}/random")), "{page}");
    assert!(page.contains("\"HK-100\"") && page.contains("hci0/dev_C0_FF_EE_00_00_01"), "{page}");
}

#[tokio::test]
async fn a_look_shows_what_is_read_and_what_is_refused() {
    let Some(bench) = Bench::with("system inspect", heater()).await else { return };
    let output = bench.inspect("HK-100", &["--json"]).await;
    assert_eq!(code(&output), 3, "not all of it is ever seen: {}", told(&output));
    let seen = json(&output);
    assert_eq!(
        (seen["format"].as_str(), seen["complete"].as_bool()),
        (Some("hantei.ble-system-inspection/1"), Some(false))
    );
    assert_eq!((&seen["others"], &seen["trouble"]), (&json!(1), &Value::Null), "{seen:#}");
    let [settings, update] = seen["services"].as_array().unwrap().as_slice() else { panic!("{seen:#}") };
    let characteristics = settings["characteristics"].as_array().unwrap();
    let read = |uuid: &str| characteristics.iter().find(|one| one["uuid"] == uuid).unwrap()["read"].clone();
    assert_eq!(read(TEMPERATURE), json!({ "value": "3432" }));
    assert!(read(PIN)["refused"].as_str().unwrap().contains("0x05"), "{seen:#}");
    assert_eq!(update["characteristics"][0]["properties"], json!(["write-without-response"]));
    assert_eq!(update["characteristics"][0]["read"], Value::Null, "it says that it cannot be read");
    let text = page(&output);
    assert!(!text.contains("handle\""), "what is not known has no number: {text}");
    assert!(!text.contains(WATCH) && !text.contains("watch"), "a neighbour is counted, and not kept: {text}");
    assert_eq!((bench.called("Connect C0"), bench.called(&format!("Connect {WATCH}"))), (1, 0));
    let harm = ["WriteValue", "StartNotify", "Pair", "RemoveDevice", "Powered false"];
    assert_eq!(harm.map(|call| bench.called(call)), [0; 5], "{:?}", bench.bluez.calls());
    assert_eq!(bench.called("Device1.Disconnect"), 1);

    // By its name: who is called by an address is looked at as soon as it is heard, with whoever was heard before.
    let text = page(&bench.inspect("HK-100", &[]).await);
    for words in ["\"42\"", "refused, 0x05", "1 neighbour", "no handles", "notify"] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

#[tokio::test]
async fn a_read_without_an_answer_ends_the_look_and_keeps_what_was_seen() {
    let Some(bench) = Bench::with("system hang", answering(DoubleAnswer::Hangs)).await else { return };
    let output = bench.inspect("HK-100", &["--json"]).await;
    assert_eq!(code(&output), 3, "{}", told(&output));
    let seen = json(&output);
    assert!(seen["trouble"].as_str().unwrap().contains("pairing that it began"), "{seen:#}");
    assert_eq!(seen["services"].as_array().unwrap().len(), 2, "what was not read is listed: {seen:#}");
    assert_eq!(bench.called("Device1.Disconnect"), 1);
}

#[tokio::test]
async fn who_stops_a_look_leaves_no_link_behind() {
    let Some(bench) = Bench::with("system stop", answering(DoubleAnswer::Hangs)).await else { return };
    let mut program = program(&bench.bus.address(), &["inspect", "HK-100", "--adapter", "system:"]);
    let child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let id = rustix::process::Pid::from_child(&child);
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    while bench.called("ReadValue 0015") == 0 {
        assert!(!ended.is_finished(), "it ended before it was stopped");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = ended.await.unwrap();
    assert_eq!(code(&output), 130, "{}", told(&output));
    assert_eq!(bench.called("Device1.Disconnect"), 1, "{:?}", bench.bluez.calls());
}

#[tokio::test]
async fn what_the_system_does_by_itself_is_no_fact_about_the_device() {
    let lost = "the link ended";
    let paired = "paired with the device by itself";
    for (answer, words) in [(DoubleAnswer::LosesLink, lost), (DoubleAnswer::GivenAfterPairing, paired)] {
        let Some(bench) = Bench::with("system by itself", answering(answer)).await else { return };
        let seen = json(&bench.inspect("HK-100", &["--json"]).await);
        assert!(seen["trouble"].as_str().unwrap_or_default().contains(words), "{words} in {seen:#}");
    }
    // Twins: an error that is the device's own, and one that BlueZ has made of several, end nothing.
    for answer in [DoubleAnswer::Error(0x80), DoubleAnswer::NotPaired] {
        let Some(bench) = Bench::with("system twins", answering(answer)).await else { return };
        let seen = json(&bench.inspect("HK-100", &["--json"]).await);
        assert_eq!(seen["trouble"], Value::Null, "{seen:#}");
        assert!(seen.to_string().contains("\"refused\""), "{seen:#}");
    }
}

#[tokio::test]
async fn a_device_that_is_not_there_or_not_alone_is_left_open() {
    let Some(bench) = Bench::with("system missing", heater()).await else { return };
    let output = bench.inspect("HK-999", &[]).await;
    assert_eq!(code(&output), 3);
    let text = told(&output);
    assert!(text.contains("\"HK-999\" was not heard") && text.contains("2 others were"), "{text}");
    assert!(text.contains("hantei ble scan --adapter system:"), "{text}");

    let twin = DoubleDevice::new(WATCH, "HK-100");
    let Some(bench) = Bench::of("system namesakes", vec![heater(), twin]).await else { return };
    let output = bench.inspect("HK-100", &[]).await;
    assert_eq!(code(&output), 3);
    assert!(told(&output).contains("2 devices are called"), "{}", told(&output));
    assert_eq!(bench.called("Connect"), 0, "none is chosen");
    let seen = json(&bench.inspect(HEATER, &["--json"]).await);
    assert_eq!(seen["device"]["address"], format!("{HEATER}/random"));
    assert_eq!(bench.called(&format!("Connect {WATCH}")), 0);
}

#[tokio::test]
async fn who_is_known_to_this_computer_is_left_alone() {
    let bonded = DoubleDevice { bonded: true, ..heater() };
    let refused = DoubleDevice { link: DoubleLink::Refused, ..heater() };
    for (device, words, links) in
        [(bonded, "has paired with", 0), (refused, "le-connection-abort-by-local", 1)]
    {
        let Some(bench) = Bench::with("system acquaintances", device).await else { return };
        let output = bench.inspect("HK-100", &[]).await;
        assert_eq!(code(&output), 3);
        assert!(told(&output).contains(words), "{words} in {}", told(&output));
        assert_eq!(bench.called("Device1.Connect"), links);
    }
}

#[tokio::test]
async fn without_bluetooth_nothing_is_started() {
    let Some(bench) = Bench::with("system trouble", heater()).await else { return };
    bench.bluez.switch(false);
    let output = bench.scan(&[]).await;
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(
        told(&output).contains("switched off") && told(&output).contains("power on"),
        "{}",
        told(&output)
    );
    assert_eq!((bench.called("StartDiscovery"), bench.called("Powered true")), (0, 0), "it is left off");
    bench.bluez.switch(true);
    let output = bench.inspect("HK-100", &["--pair", "passkey"]).await;
    assert_eq!(code(&output), 2);
    assert!(
        told(&output).contains("cannot pair") && told(&output).contains("hci:NUMBER"),
        "{}",
        told(&output)
    );
    bench.bluez.crash().await;
    let output = bench.scan(&[]).await;
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("BlueZ has to run"), "{}", told(&output));

    let output = hantei("unix:path=/nowhere/bus".to_owned(), &["scan", "--adapter", "system:"]).await;
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("cannot be reached"), "{}", told(&output));

    let Some(empty) = Bench::of("system without adapter", Vec::new()).await else { return };
    empty.bluez.unplug().await;
    let output = empty.scan(&[]).await;
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("no Bluetooth adapter"), "{}", told(&output));
}

//! A bus, a double of BlueZ on it, and a tester beside it.

use std::time::Duration;

use harness::probes::ble::{
    BleBackend, BleError, BleLimits, BleScope, BluezBackend, Characteristic, DeviceAddress, GattTable,
    ScanRequest,
};
use lab::ble::bluez::{
    BluezDouble, DoubleAnswer, DoubleCharacteristic, DoubleDevice, DoubleService, Needs, PrivateBus,
};

use crate::command;

/// The device under test.
pub(crate) const DUT: &str = "C0:FF:EE:00:00:01";
/// A device that is nobody's business.
pub(crate) const NEIGHBOUR: &str = "C0:FF:EE:00:00:02";

/// A bus with BlueZ on it.
pub(crate) struct Bench {
    // Falls from the bus before the bus goes.
    pub(crate) bluez: BluezDouble,
    pub(crate) bus: PrivateBus,
}

/// Two services of one type with characteristics of one type, and what goes wrong with some of them.
pub(crate) fn device() -> DoubleDevice {
    let twice = "484b0200-0000-4000-8000-00805f9b34fb";
    let value = "484b0201-0000-4000-8000-00805f9b34fb";
    let one = |handle, flags: &[&'static str], octets: &[u8]| {
        DoubleCharacteristic::new(handle, value, flags, octets)
    };
    let tells =
        DoubleCharacteristic { configuration: Some(0x0025), ..one(0x0023, &["read", "notify"], b"quiet") };
    let late = DoubleCharacteristic {
        configuration: Some(0x0028),
        answer: DoubleAnswer::GivenAndEchoedLate,
        ..one(0x0026, &["read", "notify"], b"late")
    };
    let fails = |handle, answer| DoubleCharacteristic { answer, ..one(handle, &["read", "write"], b"") };
    let services = vec![
        DoubleService {
            handle: 0x0010,
            uuid: twice.to_owned(),
            characteristics: vec![
                one(0x0011, &["read", "write"], b"first"),
                one(0x0013, &["read"], b"second"),
            ],
        },
        DoubleService {
            handle: 0x0020,
            uuid: twice.to_owned(),
            characteristics: vec![one(0x0021, &["read", "write-without-response"], b"third"), tells, late],
        },
        DoubleService {
            handle: 0x0030,
            uuid: "484b0300-0000-4000-8000-00805f9b34fb".to_owned(),
            characteristics: vec![
                fails(0x0031, DoubleAnswer::Error(0x80)),
                fails(0x0033, DoubleAnswer::NotPaired),
                fails(0x0035, DoubleAnswer::Hangs),
                fails(0x0037, DoubleAnswer::LosesLink),
                DoubleCharacteristic { needs: Needs::Encryption, ..one(0x0039, &["read"], b"paired") },
                DoubleCharacteristic { needs: Needs::Mitm, ..one(0x003b, &["read"], b"secret") },
            ],
        },
    ];
    DoubleDevice { services, ..DoubleDevice::new(DUT, "HK-100") }
}

impl Bench {
    /// With this device in reach, and a neighbour; nothing where there is no bus to be had.
    pub(crate) async fn with(test: &str, device: DoubleDevice) -> Option<Self> {
        if !PrivateBus::is_installed() {
            command::skip(test, "dbus-daemon is needed (package dbus)");
            return None;
        }
        let bus = PrivateBus::start().expect("dbus-daemon listens");
        let devices = vec![device, DoubleDevice::new(NEIGHBOUR, "Somebody's watch")];
        let bluez = BluezDouble::start(&bus, devices).await.expect("the bus takes the double");
        Some(Self { bluez, bus })
    }

    /// A tester who may touch the device under test, and waits for nobody long.
    pub(crate) async fn tester(&self) -> BluezBackend {
        self.opened().await.expect("BlueZ is there")
    }

    pub(crate) async fn opened(&self) -> Result<BluezBackend, BleError> {
        let limits = BleLimits {
            command: Duration::from_secs(2),
            connection: Duration::from_millis(1500),
            answer: Duration::from_millis(500),
            pairing_step: Duration::from_millis(300),
            ..BleLimits::default()
        };
        BluezBackend::open_at(&self.bus.address(), "hci0", BleScope::of(dut()), limits).await
    }

    /// The same with a link and everything discovered.
    pub(crate) async fn linked(&self) -> (BluezBackend, GattTable) {
        let mut tester = self.tester().await;
        tester.connect(dut()).await.expect("the device takes a connection");
        let table = tester.discover().await.expect("BlueZ resolves the services");
        (tester, table)
    }

    /// How often something was called that holds these words.
    pub(crate) fn called(&self, words: &str) -> usize {
        self.bluez.calls().iter().filter(|call| call.contains(words)).count()
    }
}

pub(crate) fn dut() -> DeviceAddress {
    format!("{DUT}/random").parse().unwrap()
}

pub(crate) fn listening(only: Option<DeviceAddress>) -> ScanRequest {
    ScanRequest { time: Duration::from_millis(300), active: true, only, until_heard: false }
}

/// The characteristic with a value at this handle.
pub(crate) fn at(table: &GattTable, handle: u16) -> &Characteristic {
    table.characteristics().find(|one| one.handle == handle).expect("it was discovered")
}

/// That it is the tester's trouble, in words that hold these.
pub(crate) fn assert_of_the_tester<T: std::fmt::Debug>(outcome: Result<T, BleError>, words: &str) {
    let error = outcome.expect_err("it cannot be done");
    assert!(error.is_of_the_tester() && error.to_string().contains(words), "{error}");
}

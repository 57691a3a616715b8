//! A heater on the air, and a back-end beside it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::probes::ble::{
    Ask, BleBackend, BleLimits, BleScope, DeviceAddress, GattTable, HciBackend, PairingOutcome,
    PairingPolicy, PairingReport, PasskeySource, Reply, ScanRequest, Uuid,
};
use lab::behaviour::ble::BleBehaviour;
use lab::ble::{BleBench, BleSpec, Panel};

/// The heater, for whoever looks at it and presses its buttons, from any thread.
pub(crate) struct Heater(Mutex<BleBench>);

/// What a person, a power switch or the lab does with it.
macro_rules! dealings {
    ($($name:ident -> $kind:ty;)*) => {
        impl Heater {
            $(pub(crate) fn $name(&self) -> $kind {
                self.0.lock().expect("nobody panics at the heater").$name().into()
            })*
        }
    };
}

dealings! {
    tester_url -> String;
    displayed_passkey -> Option<u32>;
    panel -> Panel;
    press_button -> ();
    press_cancel -> ();
    power_off -> ();
    power_on -> ();
    reset_to_factory -> ();
    has_installed_update -> bool;
    hangs -> bool;
    bonds -> usize;
    pin -> String;
    serial -> String;
    address -> lab::ble::DeviceAddress;
}

impl Heater {
    /// The owner sets it up.
    pub(crate) fn onboard(&self) {
        self.0.lock().expect("nobody panics at the heater").onboard("tanzawa", "kaki-no-ki");
    }
}

pub(crate) fn heater(change: impl FnOnce(&mut BleBehaviour)) -> Arc<Heater> {
    let mut behaviour = BleBehaviour::default();
    change(&mut behaviour);
    let spec = BleSpec { behaviour, ..BleSpec::default() };
    Arc::new(Heater(Mutex::new(
        BleBench::start(spec).expect("the operating system gives a loopback address"),
    )))
}

/// Where the heater is found now, in the words of the tester.
pub(crate) fn address(bench: &Heater) -> DeviceAddress {
    let text = bench.address().to_string();
    text.replace(" (", "/").replace(')', "").parse().expect("both write addresses alike")
}

/// A tester who may touch the heater as it is found now, and no other device.
pub(crate) async fn tester(bench: &Heater) -> HciBackend {
    let limits = BleLimits {
        connection: Duration::from_secs(5),
        answer: Duration::from_secs(2),
        pairing_step: Duration::from_secs(5),
        ..BleLimits::default()
    };
    let adapter = bench.tester_url().parse().expect("the bench names its adapter as back-ends take it");
    HciBackend::open(&adapter, BleScope::of(address(bench)), limits).await.expect("the controller is there")
}

/// The same with a link.
pub(crate) async fn linked(bench: &Heater) -> HciBackend {
    let mut tester = tester(bench).await;
    tester.connect(address(bench)).await.expect("the heater takes a connection");
    tester
}

/// Where a heater that starts anew is heard: under another address than before, and until then perhaps under the
/// old one.
pub(crate) async fn found_anew(bench: &Heater, before: DeviceAddress) -> DeviceAddress {
    let mut listener = tester(bench).await;
    let request =
        ScanRequest { time: Duration::from_millis(300), active: false, only: None, until_heard: false };
    for _ in 0..30 {
        let heard = listener.scan(request.clone()).await.expect("the tester has no trouble").advertisers;
        if let Some(one) = heard.iter().find(|one| one.address != before) {
            assert_eq!(one.address, address(bench));
            return one.address;
        }
    }
    panic!("the heater does not start anew");
}

/// The handle of the first characteristic with this type.
pub(crate) fn handle(table: &GattTable, uuid: lab::ble::uuids::Uuid) -> u16 {
    let uuid = known(uuid);
    let found = table.characteristics().find(|one| one.uuid == uuid);
    found.unwrap_or_else(|| panic!("no {uuid} in {table:?}")).handle
}

/// The type in the words of the tester.
pub(crate) fn known(uuid: lab::ble::uuids::Uuid) -> Uuid {
    let digits: String = uuid.bytes().iter().rev().map(|octet| format!("{octet:02x}")).collect();
    digits.parse().expect("both write UUIDs alike")
}

/// Somebody reads the panel of the heater and types what it shows.
pub(crate) fn person(bench: &Arc<Heater>) -> PairingPolicy {
    let bench = bench.clone();
    let ask: Ask = Arc::new(move |_| {
        let bench = bench.clone();
        Box::pin(async move {
            // The panel shows the passkey when the response goes out, so it is there already.
            bench.displayed_passkey()
        })
    });
    PairingPolicy::passkey(PasskeySource::Asked(ask))
}

pub(crate) async fn paired(tester: &mut HciBackend, policy: &PairingPolicy) -> PairingReport {
    let report = tester.pair(policy).await.expect("the tester has no trouble");
    assert_eq!(report.outcome, PairingOutcome::Paired, "{report:?}");
    report
}

/// The code with which a reply refuses.
pub(crate) fn code<T>(reply: &Reply<T>) -> Option<u8> {
    reply.refused().map(|error| error.0)
}

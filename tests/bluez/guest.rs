//! Real BlueZ on a real kernel, in an emulator, against the simulated heater on the virtual air: one boot for each of
//! these, since the kernel of the guest does not survive everything that is done to its controllers.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use harness::probes::ble::{
    BleBackend, BleError, BleLimits, BleScope, BluezBackend, DeviceAddress, Fact, GattTable, NumericAnswer,
    PairingMethod, PairingOutcome, PairingPolicy, PairingReport, PasskeySource, Reply, Uuid,
};
use lab::behaviour::ble::{BleBehaviour, LegacyRule, PanelUse};
use lab::ble::{BleBench, BleSpec, uuids};

use crate::bench::listening;

/// An emulated computer takes its time.
const BOOT: Duration = Duration::from_secs(120);

/// A guest with BlueZ, and the heater in reach of its adapter.
struct Guest {
    emulator: Child,
    console: PathBuf,
    bus: String,
    bench: Heater,
    name: &'static str,
    began: Instant,
    ready: Duration,
}

/// The heater, for the test and for whoever reads its panel.
type Heater = Arc<Mutex<BleBench>>;

fn at(heater: &Heater) -> MutexGuard<'_, BleBench> {
    heater.lock().expect("nobody panics at the heater")
}

/// A port of loopback that is free now.
fn free_port() -> u16 {
    #[expect(clippy::disallowed_methods, reason = "finds a port of loopback for the guest's bus")]
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it is bound").port()
}

impl Guest {
    /// Boots, with `settings` on the kernel's command line.
    fn boot(name: &'static str, change: impl FnOnce(&mut BleBehaviour), settings: &str) -> Self {
        let mut behaviour = BleBehaviour::default();
        change(&mut behaviour);
        let bench = BleBench::start(BleSpec { behaviour, ..BleSpec::default() });
        let bench = bench.expect("the operating system gives a loopback address");
        let settings = settings.replace("DEVICE", &address(&bench).to_string());
        let built = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/guest"));
        assert!(built.join("stamp").exists(), "the guest is not built: run lab/guest/run");
        let console = built.join(format!("{}.log", name.replace(' ', "-")));
        let first = if settings.is_empty() { "initramfs.gz" } else { "with-hantei.gz" };
        let port = free_port();
        let network = format!(
            "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:5555,guestfwd=tcp:10.0.2.100:9001-tcp:{}",
            bench.tester()
        );
        let files = built.join("x/usr");
        let libraries =
            ["x/usr", "x"].map(|top| built.join(top).join("lib/x86_64-linux-gnu").display().to_string());
        #[expect(clippy::disallowed_methods, reason = "the emulator of the bench; ended by its id")]
        let emulator = Command::new(files.join("bin/qemu-system-x86_64"))
            .env("LD_LIBRARY_PATH", libraries.join(":"))
            .arg("-L")
            .arg(files.join("share/qemu"))
            .arg("-L")
            .arg(files.join("share/seabios"))
            // Not KVM, even where there is one: not all of them carry a guest.
            .args(["-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-m", "768", "-smp", "1"])
            .args(["-display", "none", "-nodefaults", "-no-reboot", "-serial"])
            .arg(format!("file:{}", console.display()))
            .arg("-kernel")
            .arg(built.join("vmlinux"))
            .arg("-initrd")
            .arg(built.join(first))
            .args(["-append", &format!("console=ttyS0 panic=-1 quiet mitigations=off {settings}")])
            .args(["-netdev", &network, "-device", "virtio-net-pci,netdev=n,romfile="])
            .stdin(Stdio::null())
            .spawn()
            .expect("the emulator starts");
        let bus = format!("tcp:host=127.0.0.1,port={port}");
        let bench = Arc::new(Mutex::new(bench));
        Self { emulator, console, bus, bench, name, began: Instant::now(), ready: Duration::ZERO }
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.console).unwrap_or_default()).into_owned()
    }

    /// A tester as soon as BlueZ has its adapter.
    async fn tester(&mut self) -> BluezBackend {
        let limits = BleLimits {
            command: Duration::from_secs(10),
            connection: Duration::from_secs(40),
            answer: Duration::from_secs(12),
            pairing_step: Duration::from_secs(15),
            ..BleLimits::default()
        };
        loop {
            let scope = BleScope::of(address(&at(&self.bench)));
            let opening = BluezBackend::open_at(&self.bus, "hci0", scope, limits.clone());
            match tokio::time::timeout(Duration::from_secs(5), opening).await {
                Ok(Ok(tester)) => {
                    self.ready = self.began.elapsed();
                    return tester;
                }
                Ok(Err(error)) if self.began.elapsed() > BOOT => panic!("{error}\n{}", self.said()),
                Err(_) if self.began.elapsed() > BOOT => panic!("no answer\n{}", self.said()),
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// The same with a link and everything discovered.
    async fn linked(&mut self) -> (BluezBackend, GattTable) {
        let mut tester = self.tester().await;
        let device = address(&at(&self.bench));
        if let Err(error) = tester.connect(device).await {
            panic!("{error}\n{}", self.said());
        }
        let table = tester.discover().await;
        let table = table.unwrap_or_else(|error| panic!("{error}\n{}", self.said()));
        (tester, table)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.emulator.kill().ok();
        self.emulator.wait().ok();
        let (all, ready) = (self.began.elapsed().as_secs_f64(), self.ready.as_secs_f64());
        // Past the capture of the test runner.
        writeln!(std::io::stderr(), "guest, {}: {all:.1} s, BlueZ ready after {ready:.1} s", self.name).ok();
    }
}

fn address(bench: &BleBench) -> DeviceAddress {
    let text = bench.address().to_string();
    text.replace(" (", "/").replace(')', "").parse().expect("both write addresses alike")
}

fn handles(table: &GattTable, uuid: uuids::Uuid) -> Vec<u16> {
    let digits: String = uuid.bytes().iter().rev().map(|octet| format!("{octet:02x}")).collect();
    let uuid: Uuid = digits.parse().expect("both write UUIDs alike");
    table.characteristics().filter(|one| one.uuid == uuid).map(|one| one.handle).collect()
}

/// Somebody reads the panel, and types what it shows, or one more.
fn typed(bench: &Heater, wrong: bool) -> PairingPolicy {
    let bench = bench.clone();
    PairingPolicy::passkey(PasskeySource::Asked(Arc::new(move |_| {
        let shown = at(&bench).displayed_passkey();
        Box::pin(async move { shown.map(|shown| if wrong { (shown + 1) % 1_000_000 } else { shown }) })
    })))
}

fn assert_paired(report: &PairingReport, method: PairingMethod) {
    assert_eq!((&report.outcome, report.method), (&PairingOutcome::Paired, Some(method)));
    assert_eq!((report.secure_connections, report.key_size), (None, None), "BlueZ does not tell");
}

async fn assert_serial(tester: &mut BluezBackend, table: &GattTable, guest: &Guest) {
    let serial = tester.read(handles(table, uuids::SERIAL_NUMBER)[0]).await;
    assert_eq!(serial, Ok(Reply::Given(at(&guest.bench).serial().as_bytes().to_vec())));
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn open_read() {
    let mut guest = Guest::boot("open read", |behaviour| behaviour.open_config = true, "");
    let device = address(&at(&guest.bench));
    let mut tester = guest.tester().await;
    let scan = tester.scan(harness::probes::ble::ScanRequest {
        time: Duration::from_secs(30),
        until_heard: true,
        ..listening(Some(device))
    });
    let scan = scan.await.unwrap();
    assert_eq!(scan.advertisers.first().map(|one| one.address), Some(device), "{scan:?}");
    tester.connect(device).await.unwrap();
    let table = tester.discover().await.unwrap();
    let target = tester.read(handles(&table, uuids::TARGET_TEMPERATURE)[0]).await;
    assert!(matches!(target, Ok(Reply::Given(ref value)) if value.len() == 1), "{target:?}");
    assert_eq!(tester.security().encrypted, Fact::Known(false));
    assert!(handles(&table, uuids::DEVICE_NAME).is_empty(), "Generic Access is BlueZ's own");
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn just_works() {
    let mut guest = Guest::boot("just works", |behaviour| behaviour.pairing.just_works = true, "");
    let (mut tester, table) = guest.linked().await;
    let report = tester.pair(&PairingPolicy::just_works()).await.unwrap();
    assert_paired(&report, PairingMethod::JustWorks);
    assert_eq!(tester.security().authenticated, Fact::Known(false));
    assert_serial(&mut tester, &table, &guest).await;
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn passkey_right() {
    let mut guest = Guest::boot("passkey right", |_| {}, "");
    let (mut tester, table) = guest.linked().await;
    let report = tester.pair(&typed(&guest.bench, false)).await.unwrap();
    assert_paired(&report, PairingMethod::PasskeyTyped);
    assert_eq!(tester.security().authenticated, Fact::Known(true));
    assert_serial(&mut tester, &table, &guest).await;
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn passkey_wrong() {
    let mut guest = Guest::boot("passkey wrong", |_| {}, "");
    let (mut tester, _) = guest.linked().await;
    let report = tester.pair(&typed(&guest.bench, true)).await.unwrap();
    match report.outcome {
        PairingOutcome::Unexplained { why } => assert!(why.contains("AuthenticationFailed"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(at(&guest.bench).bonds(), 0);
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn numeric_comparison() {
    let mut guest = Guest::boot("numeric comparison", |behaviour| behaviour.panel = PanelUse::Comparison, "");
    let (mut tester, table) = guest.linked().await;
    let bench = guest.bench.clone();
    let compare = NumericAnswer::Asked(Arc::new(move |digits| {
        let same = format!("{:?}", at(&bench).panel()).contains(&digits.to_string());
        at(&bench).press_button();
        Box::pin(async move { same })
    }));
    let report = tester.pair(&PairingPolicy::numeric(compare)).await.unwrap();
    assert_paired(&report, PairingMethod::NumericComparison);
    assert_serial(&mut tester, &table, &guest).await;
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn legacy_device() {
    let only = |behaviour: &mut BleBehaviour| behaviour.pairing.legacy = LegacyRule::Only;
    let mut guest = Guest::boot("legacy device", only, "");
    let (mut tester, table) = guest.linked().await;
    let report = tester.pair(&typed(&guest.bench, false)).await.unwrap();
    // That it was legacy pairing is not told, and not made up.
    assert_paired(&report, PairingMethod::PasskeyTyped);
    assert!(tester.security().secure_connections.known().is_none());
    assert_serial(&mut tester, &table, &guest).await;
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn duplicate_characteristic() {
    let twice = |behaviour: &mut BleBehaviour| behaviour.duplicate_characteristic = true;
    let mut guest = Guest::boot("duplicate characteristic", twice, "");
    let (mut tester, table) = guest.linked().await;
    let both = handles(&table, uuids::TARGET_TEMPERATURE);
    assert_eq!(both.len(), 2, "{table:?}");
    // The open one gives its value to everybody.
    let open = tester.read(both[1]).await;
    assert!(matches!(open, Ok(Reply::Given(ref value)) if value.len() == 1), "{open:?}");
    tester.disconnect().await.unwrap();
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn protected_read_without_an_agent() {
    let mut guest = Guest::boot("protected read, no agent", |_| {}, "");
    let (mut tester, table) = guest.linked().await;
    let began = Instant::now();
    let read = tester.read(handles(&table, uuids::SERIAL_NUMBER)[0]).await;
    // Whatever BlueZ makes of it: no value, no error that the device is said to have sent, and no 30 s.
    assert!(!matches!(read, Ok(_) | Err(BleError::Silent { .. })), "{read:?}");
    assert!(began.elapsed() < Duration::from_secs(25));
}

#[tokio::test]
#[ignore = "needs the guest: lab/guest/run"]
async fn hci_user_channel() {
    let mut guest = Guest::boot("HCI user channel", |_| {}, "hantei=DEVICE");
    while !guest.said().contains(" over") {
        assert!(guest.began.elapsed() < BOOT, "{}", guest.said());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    guest.ready = guest.began.elapsed();
    let said = guest.said();
    assert!(said.contains("hantei ended with 0"), "{said}");
    let seen: String = said.lines().filter_map(|line| line.trim_end().strip_prefix("seen: ")).collect();
    let seen: serde_json::Value =
        serde_json::from_str(&seen).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!((&seen["complete"], &seen["adapter"]), (&true.into(), &"hci hci:0".into()), "{seen}");
    // Over HCI the refusal is seen as it was sent.
    assert!(seen["unpaired"].to_string().contains("refused"), "{seen}");
}

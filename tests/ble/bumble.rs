//! The back-end against a device on Bumble, an independent Bluetooth stack: it says of it what it says of the lab's.

use std::collections::BTreeMap;
use std::sync::Arc;

use harness::probes::ble::{
    Ask, BleBackend, BleLimits, BleScope, Compare, Fact, GattTable, HciBackend, NumericAnswer, PairingMethod,
    PairingOutcome, PairingPolicy, PasskeySource, Reply, Scan, ScanRequest,
};
use lab::behaviour::ble::{BleBehaviour, LegacyRule, PanelUse};
use lab::ble::{Panel, uuids};

use crate::air::{Heater, code, handle, heater, linked, person};
use crate::bumble_programs::Device;

/// Type of a characteristic and the error with which a read of it is refused.
type Reads = BTreeMap<String, Option<u8>>;

/// What the back-end says of a device.
#[derive(Debug, PartialEq)]
struct Facts {
    method: Option<PairingMethod>,
    secure_connections: Option<bool>,
    /// What the device asks for.
    mitm: Option<bool>,
    key_size: Option<u8>,
    outcome: PairingOutcome,
    encrypted: Fact<bool>,
    authenticated: Option<bool>,
    unpaired: Reads,
    paired: Reads,
}

impl Facts {
    /// The same without the reasons of refusals: which of the errors fits is a matter of opinion.
    fn without_codes(mut self) -> Self {
        for code in self.unpaired.values_mut().chain(self.paired.values_mut()) {
            *code = code.map(|_| 0);
        }
        self
    }

    fn refused(of: &Reads) -> usize {
        of.values().filter(|code| code.is_some()).count()
    }
}

async fn reads(tester: &mut HciBackend, table: &GattTable) -> Reads {
    let mut reads = Reads::new();
    for one in table.characteristics().filter(|one| one.properties & 0x02 != 0) {
        reads.insert(one.uuid.to_string(), code(&tester.read_long(one.handle).await.unwrap()));
    }
    reads
}

async fn facts(tester: &mut HciBackend, policy: &PairingPolicy) -> (GattTable, Facts) {
    let table = tester.discover().await.unwrap();
    assert!(table.complete && table.anomalies.is_empty(), "{table:?}");
    let unpaired = reads(tester, &table).await;
    let report = tester.pair(policy).await.unwrap();
    let paired = reads(tester, &table).await;
    let security = tester.security();
    assert_eq!(tester.oddities(), [""; 0]);
    let facts = Facts {
        method: report.method,
        secure_connections: report.secure_connections,
        mitm: report.response.map(|response| response.auth_req & 0x04 != 0),
        key_size: report.key_size,
        outcome: report.outcome,
        encrypted: security.encrypted,
        authenticated: security.authenticated.known().copied(),
        unpaired,
        paired,
    };
    (table, facts)
}

/// A device on Bumble.
async fn of_bumble(mode: &str, policy: impl Fn(&Device) -> PairingPolicy) -> (GattTable, Facts) {
    let device = Device::start(mode);
    facts(&mut device.linked().await, &policy(&device)).await
}

/// Its twin in the lab.
async fn of_lab(
    change: fn(&mut BleBehaviour),
    policy: impl Fn(&Arc<Heater>) -> PairingPolicy,
) -> (GattTable, Facts) {
    let bench = heater(change);
    facts(&mut linked(&bench).await, &policy(&bench)).await
}

fn just_works<T>(_: &T) -> PairingPolicy {
    PairingPolicy::just_works()
}

/// Somebody compares both numbers at the lab's heater, and presses its button if they are the same.
fn comparer(bench: &Arc<Heater>) -> PairingPolicy {
    let bench = bench.clone();
    let compare: Compare = Arc::new(move |digits| {
        let same = bench.panel() == Panel::Compare(digits);
        if same {
            bench.press_button();
        }
        Box::pin(async move { same })
    });
    PairingPolicy::numeric(NumericAnswer::Asked(compare))
}

/// How a table looks, without what its handles hold.
fn shape(table: &GattTable) -> Vec<(u16, String, u8)> {
    let services = table.services.iter().map(|service| (service.first, service.uuid.to_string(), 0));
    let characteristics =
        table.characteristics().map(|one| (one.handle, one.uuid.to_string(), one.properties));
    let mut shape: Vec<_> = services.chain(characteristics).collect();
    shape.sort();
    shape
}

/// Method, Secure Connections, protection asked for, length of the key, protection reached.
type Agreed = (Option<PairingMethod>, Option<bool>, Option<bool>, Option<u8>, Option<bool>);

fn method_of(facts: &Facts) -> Agreed {
    (facts.method, facts.secure_connections, facts.mitm, facts.key_size, facts.authenticated)
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn a_sound_device_is_the_same_on_both_stacks_down_to_handles_and_errors() {
    let (table, seen) = of_bumble("passkey", Device::reader).await;
    let (lab_table, lab_seen) = of_lab(|_| {}, person).await;
    assert_eq!(shape(&table), shape(&lab_table));
    assert_eq!(seen, lab_seen);
    let method = (Some(PairingMethod::PasskeyTyped), Some(true), Some(true), Some(16), Some(true));
    assert_eq!(method_of(&seen), method);
    assert_eq!(seen.outcome, PairingOutcome::Paired);
    assert!(seen.unpaired.values().flatten().all(|code| *code == 0x05), "{seen:?}");
    assert_eq!(Facts::refused(&seen.unpaired), 5, "serial, firmware, temperature, owner, update: {seen:?}");
    assert_eq!(Facts::refused(&seen.paired), 1, "the update wants the PIN: {seen:?}");

    let (_, seen) = of_bumble("numeric-comparison", Device::comparer).await;
    let (_, lab_seen) = of_lab(|behaviour| behaviour.panel = PanelUse::Comparison, comparer).await;
    assert_eq!(seen, lab_seen);
    assert_eq!(seen.method, Some(PairingMethod::NumericComparison));

    let (_, seen) = of_bumble("open-config", Device::reader).await;
    let (_, lab_seen) = of_lab(|behaviour| behaviour.open_config = true, person).await;
    assert_eq!(seen, lab_seen);
    assert_eq!(Facts::refused(&seen.unpaired), 3, "serial, firmware, update: {seen:?}");
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn weak_pairings_are_the_same_on_both_stacks() {
    let (_, seen) = of_bumble("just-works", just_works).await;
    let (_, lab_seen) = of_lab(|behaviour| behaviour.pairing.just_works = true, just_works).await;
    let method = (Some(PairingMethod::JustWorks), Some(true), Some(false), Some(16), Some(false));
    assert_eq!(method_of(&seen), method);
    assert!(seen.unpaired.values().any(|code| *code == Some(0x0f)), "a device may say it so: {seen:?}");
    assert_eq!(seen.without_codes(), lab_seen.without_codes());

    let (_, seen) = of_bumble("legacy-just-works", just_works).await;
    let (_, lab_seen) = of_lab(
        |behaviour| {
            behaviour.pairing.just_works = true;
            behaviour.pairing.legacy = LegacyRule::Only;
        },
        just_works,
    )
    .await;
    let method = (Some(PairingMethod::JustWorks), Some(false), Some(false), Some(16), Some(false));
    assert_eq!(method_of(&seen), method);
    assert_eq!(seen.without_codes(), lab_seen.without_codes());

    let (_, seen) = of_bumble("legacy-passkey", Device::reader).await;
    let (_, lab_seen) = of_lab(|behaviour| behaviour.pairing.legacy = LegacyRule::Only, person).await;
    let method = (Some(PairingMethod::PasskeyTyped), Some(false), Some(true), Some(16), Some(true));
    assert_eq!(method_of(&seen), method);
    assert_eq!(seen, lab_seen);

    // The tester offers 16 octets; the device has no longer keys than 7.
    let (_, seen) = of_bumble("short-key", Device::reader).await;
    let (_, lab_seen) = of_lab(|behaviour| behaviour.pairing.short_key = true, person).await;
    assert_eq!((seen.key_size, &seen.outcome), (Some(7), &PairingOutcome::Paired), "{seen:?}");
    assert_eq!(seen, lab_seen);
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn a_device_without_protection_gives_everything_to_everybody() {
    let (_, seen) = of_bumble("open", just_works).await;
    assert_eq!((Facts::refused(&seen.unpaired), Facts::refused(&seen.paired)), (0, 0), "{seen:?}");
    assert_eq!(seen.outcome, PairingOutcome::Paired);
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn whoever_asks_for_less_is_refused_by_a_sound_device_and_taken_by_a_lenient_one() {
    let (sound, lenient) = ("passkey", "passkey-lenient");
    type Less = fn(PairingPolicy) -> PairingPolicy;
    let asked: [(&str, Less, u8); 3] = [
        ("just works", |_| PairingPolicy::just_works(), 0x03),
        ("legacy pairing", PairingPolicy::downgraded, 0x03),
        ("a key of 7 octets", |policy| policy.with_key_size(7), 0x06),
    ];
    for (what, ask, expected) in asked {
        let (_, seen) = of_bumble(sound, |device| ask(device.reader())).await;
        let (_, lab_seen) = of_lab(|_| {}, |bench| ask(person(bench))).await;
        assert_eq!(seen, lab_seen, "{what}");
        let refused =
            matches!(seen.outcome, PairingOutcome::RefusedByDevice { reason } if reason.0 == expected);
        assert!(refused, "{what}: {seen:?}");
        assert_eq!(seen.unpaired, seen.paired, "{what}");
    }
    let (_, seen) = of_bumble(lenient, just_works).await;
    assert_eq!((seen.method, &seen.outcome), (Some(PairingMethod::JustWorks), &PairingOutcome::Paired));
    assert_eq!(seen.unpaired, seen.paired, "what wants somebody at the panel stays closed: {seen:?}");
    let (_, seen) = of_bumble(lenient, |device| device.reader().downgraded()).await;
    assert_eq!((seen.secure_connections, seen.authenticated), (Some(false), Some(true)), "{seen:?}");
    let (_, seen) = of_bumble(lenient, |device| device.reader().with_key_size(7)).await;
    assert_eq!((seen.key_size, &seen.encrypted), (Some(7), &Fact::Known(true)), "{seen:?}");
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn a_wrong_passkey_is_refused_and_the_next_attempt_begins_anew() {
    let device = Device::start("passkey");
    let mut tester = device.linked().await;
    let wrong = device.clone();
    let ask: Ask = Arc::new(move |_| {
        let shown = wrong.clone().passkey();
        Box::pin(async move { Some((shown.await? + 1) % 1_000_000) })
    });
    let policy = PairingPolicy::passkey(PasskeySource::Asked(ask));
    let report = tester.pair(&policy).await.unwrap();
    // Either side notices it, depending on the bit that is wrong: the device speaks last.
    let refused = matches!(report.outcome, PairingOutcome::RefusedByDevice { reason } if reason.0 == 0x04);
    assert!(refused && report.passkey_rounds < 20, "{report:?}");
    assert_eq!(device.told("not-paired")["reason"], 4);
    let report = tester.pair(&device.reader()).await.unwrap();
    assert_eq!(report.outcome, PairingOutcome::Paired, "{report:?}");
    assert_eq!(device.told("paired")["secure_connections"], true);
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn a_bond_opens_the_next_link_and_a_stranger_has_none() {
    for mode in ["passkey", "legacy-passkey", "short-key"] {
        let device = Device::start(mode);
        let mut tester = device.linked().await;
        let bond = tester.pair(&device.reader()).await.unwrap().bond.expect("both keep keys");
        let table = tester.discover().await.unwrap();
        let owner = handle(&table, uuids::OWNER_NAME);
        tester.disconnect().await.unwrap();
        tester.become_stranger().await.unwrap();
        tester.connect(device.address).await.unwrap();
        assert_eq!(code(&tester.read(owner).await.unwrap()), Some(0x05), "{mode}");
        tester.disconnect().await.unwrap();
        tester.become_again(&bond).await.unwrap();
        tester.connect(device.address).await.unwrap();
        assert_eq!(code(&tester.read(owner).await.unwrap()), Some(0x05), "{mode}");
        assert!(tester.encrypt(&bond).await.unwrap(), "{mode}");
        assert_eq!(tester.read(owner).await.unwrap(), Reply::Given(Vec::new()), "{mode}");
    }
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn credentials_that_everybody_writes_arrive_and_others_do_not() {
    for (mode, taken) in [("open-config", true), ("passkey", false)] {
        let device = Device::start(mode);
        let mut tester = device.linked().await;
        let table = tester.discover().await.unwrap();
        let written = tester.write(handle(&table, uuids::WIFI_NAME), b"home".to_vec()).await.unwrap();
        assert_eq!(code(&written), (!taken).then_some(0x05), "{mode}");
        let status = tester.read(handle(&table, uuids::PROVISIONING_STATUS)).await.unwrap();
        assert_eq!(status, Reply::Given(vec![u8::from(taken)]), "{mode}");
        if taken {
            assert_eq!(device.told("written")["octets"], 4);
        }
    }
}

#[tokio::test]
#[ignore = "needs Bumble from PyPI; .ci/run full runs it"]
async fn what_is_advertised_is_the_same_on_both_stacks() {
    let request = |only| ScanRequest {
        time: std::time::Duration::from_secs(1),
        active: true,
        only: Some(only),
        until_heard: false,
    };
    let device = Device::start("passkey");
    let scope = BleScope::default();
    let opened = HciBackend::open(&device.adapter, scope, BleLimits::default());
    let heard = opened.await.unwrap().scan(request(device.address)).await.unwrap();
    let bench = heater(|_| {});
    let mut tester = crate::air::tester(&bench).await;
    let lab_heard = tester.scan(request(crate::air::address(&bench))).await.unwrap();
    let packets = |scan: &Scan| {
        let packets = scan.advertisers[0].packets.iter();
        packets.map(|one| (one.pdu.to_string(), one.hex.clone())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(packets(&heard).len(), 2, "{heard:?}");
    assert_eq!(packets(&heard).keys().collect::<Vec<_>>(), packets(&lab_heard).keys().collect::<Vec<_>>());
    assert_eq!(packets(&heard)["ADV_IND"], packets(&lab_heard)["ADV_IND"]);
}

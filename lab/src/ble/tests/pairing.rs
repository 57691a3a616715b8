use std::time::Duration;

use super::central::Central;
use super::initiator::{COMPARISON, LEGACY, NOTHING, Offer, PASSKEY};
use super::*;
use crate::behaviour::ble::{LegacyRule, PanelUse};

#[test]
fn a_passkey_opens_what_is_protected_and_the_bond_lasts() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Err(0x05));
    let paired = central.pair(&bench, PASSKEY).unwrap();
    assert_eq!(paired.response, [0, 0, 0x0d, 16, 0, 2], "shows a passkey, man in the middle, secure");
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    assert_eq!((bench.panel(), bench.bonds()), (Panel::Blank, 1));
    central.disconnect();

    central.connect();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Err(0x0f), "known, and not encrypted yet");
    central.encrypt(paired.key, paired.name).unwrap();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    central.disconnect();
    central.connect();
    assert_eq!(central.encrypt([0x55; 16], [0; 10]), Err(0x3d), "another key ends the link");
    central.connect();
    assert_eq!(central.encrypt(paired.key, [9; 10]), Err(0x06), "no such key");
}

#[test]
fn a_wrong_passkey_opens_nothing() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, Offer { passkey: Some(1_000_000), ..PASSKEY }), Err(4));
    assert_eq!((bench.panel(), bench.bonds()), (Panel::Blank, 0));
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Err(0x05));
}

#[test]
fn numbers_are_compared_by_the_person_at_the_panel() {
    let bench = bench(|behaviour| behaviour.panel = PanelUse::Comparison);
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, Offer { same: false, ..COMPARISON }), Err(0x0c));
    let paired = central.pair(&bench, COMPARISON).unwrap();
    assert_eq!(paired.response[0], 1);
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    assert_eq!(bench.panel(), Panel::Blank);
}

#[test]
fn just_works() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, NOTHING), Err(3));

    let bench = super::bench(|behaviour| behaviour.pairing.just_works = true);
    let mut central = Central::connected(&bench);
    let paired = central.pair(&bench, NOTHING).unwrap();
    assert_eq!(paired.response[..3], [3, 0, 0x09], "no panel, no man in the middle");
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
}

#[test]
fn legacy_pairing() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, LEGACY), Err(3));

    for (rule, offer, bit) in
        [(LegacyRule::Accepted, LEGACY, 0x08), (LegacyRule::Only, LEGACY, 0), (LegacyRule::Only, PASSKEY, 0)]
    {
        let bench = super::bench(|behaviour| behaviour.pairing.legacy = rule);
        let mut central = Central::connected(&bench);
        let paired = central.pair(&bench, offer).unwrap();
        assert_eq!(paired.response[2] & 0x08, bit);
        assert_ne!(paired.name, [0; 10]);
        assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
        central.disconnect();
        central.connect();
        central.encrypt(paired.key, paired.name).unwrap();
        assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    }
    let bench = super::bench(|behaviour| behaviour.pairing.legacy = LegacyRule::Only);
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, Offer { passkey: Some(1_000_000), ..LEGACY }), Err(4));
}

#[test]
fn legacy_pairing_that_just_works() {
    let bench = bench(|behaviour| {
        behaviour.pairing.legacy = LegacyRule::Only;
        behaviour.pairing.just_works = true;
    });
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, NOTHING).unwrap().response[2], 0x01);
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
}

#[test]
fn short_key() {
    let short = Offer { size: 7, ..PASSKEY };
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, short), Err(6));
    assert_eq!(central.pair(&bench, Offer { size: 17, ..PASSKEY }), Err(0x0a));

    let bench = super::bench(|behaviour| behaviour.pairing.short_key = true);
    for offer in [short, PASSKEY] {
        bench.reset_to_factory();
        let mut central = Central::connected(&bench);
        let paired = central.pair(&bench, offer).unwrap();
        assert_eq!((paired.response[3], &paired.key[..9]), (7, &[0; 9][..]));
    }
}

#[test]
fn fixed_passkey() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(central.pair(&bench, Offer { passkey: Some(123_456), ..PASSKEY }), Err(4));

    for seed in [1, 2] {
        let mut behaviour = BleBehaviour::default();
        behaviour.pairing.fixed_passkey = Some(123_456);
        let bench = BleBench::start(BleSpec { behaviour, seed, ..BleSpec::default() }).unwrap();
        let mut central = Central::connected(&bench);
        central.pair(&bench, Offer { passkey: Some(123_456), ..PASSKEY }).unwrap();
    }
}

#[test]
fn no_retry_delay() {
    let wrong = Offer { passkey: Some(1_000_000), ..PASSKEY };
    let tried = |bench: &BleBench| {
        let mut central = Central::connected(bench);
        (0..6).map(|_| central.pair(bench, wrong).unwrap_err()).collect::<Vec<_>>()
    };
    assert_eq!(tried(&sound()), [4, 4, 4, 9, 9, 9]);
    assert_eq!(tried(&bench(|behaviour| behaviour.pairing.no_retry_delay = true)), [4; 6]);
}

#[test]
fn a_pairing_that_is_broken_off_counts_as_a_wrong_one() {
    let bench = sound();
    let mut central = Central::of(&bench);
    for _ in 0..3 {
        central.connect();
        central.send(l2cap::SMP, &[1, 2, 0, 0x0d, 16, 0, 2]);
        central.smp(2).unwrap();
        central.disconnect();
    }
    central.connect();
    assert_eq!(central.pair(&bench, PASSKEY), Err(9));
}

#[test]
fn debug_key_accepted() {
    let offer = Offer { debug_key: true, ..PASSKEY };
    let bench = sound();
    assert_eq!(Central::connected(&bench).pair(&bench, offer), Err(0x0a));
    let bench = super::bench(|behaviour| behaviour.pairing.debug_key_accepted = true);
    Central::connected(&bench).pair(&bench, offer).unwrap();
}

#[test]
fn keys_that_are_no_points_or_the_own_one_are_refused() {
    let bench = sound();
    for body in [[0; 64], [0xff; 64]] {
        let mut central = Central::connected(&bench);
        central.send(l2cap::SMP, &[1, 2, 0, 0x0d, 16, 0, 2]);
        central.smp(2).unwrap();
        central.send(l2cap::SMP, &[&[0x0c], &body[..]].concat());
        assert_eq!(central.smp(0x0c), Err(0x0b));
    }
}

#[test]
fn stranger_re_pairs() {
    let owner_and_stranger = |bench: &BleBench| {
        let mut owner = Central::connected(bench);
        owner.pair(bench, PASSKEY).unwrap();
        owner.disconnect();
        let mut stranger = Central::at(bench.hosts()[1]);
        stranger.connect();
        stranger
    };
    let bench = sound();
    let mut stranger = owner_and_stranger(&bench);
    assert_eq!(stranger.pair(&bench, PASSKEY), Err(5));
    bench.press_button();
    stranger.pair(&bench, PASSKEY).unwrap();
    assert_eq!(bench.bonds(), 2);

    let bench = super::bench(|behaviour| behaviour.pairing.strangers_pair = true);
    owner_and_stranger(&bench).pair(&bench, PASSKEY).unwrap();
}

#[test]
fn bond_survives_reset() {
    for survives in [false, true] {
        let bench = bench(|behaviour| behaviour.bond_survives_reset = survives);
        bench.provision("attic", "correct horse");
        let mut central = Central::connected(&bench);
        let paired = central.pair(&bench, PASSKEY).unwrap();
        bench.reset_to_factory();
        assert_eq!(central.host.disconnected(), 0x08);
        central.connect();
        let expected = if survives { Ok(()) } else { Err(0x06) };
        assert_eq!(central.encrypt(paired.key, paired.name), expected);
        assert_eq!((bench.wifi(), bench.bonds()), ((None, None), survives.into()));
    }
}

#[test]
fn static_address() {
    let addresses = |static_address, rotation| {
        let behaviour = BleBehaviour { static_address, ..BleBehaviour::default() };
        let bench = BleBench::start(BleSpec { behaviour, rotation, ..BleSpec::default() }).unwrap();
        let mut central = Central::connected(&bench);
        let paired = central.pair(&bench, PASSKEY).unwrap();
        let mut addresses = vec![central.peer];
        central.disconnect();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(60));
            addresses.push(central.find().unwrap()[0].address);
        }
        addresses.dedup();
        (addresses, paired.identity_key.unwrap())
    };
    let (found, key) = addresses(false, Duration::from_millis(50));
    assert!(found.len() > 1, "{found:?}");
    assert!(found.iter().all(|address| crypto::resolves(key, *address)), "{found:?}");
    let (found, _) = addresses(true, Duration::from_millis(50));
    assert!(found.len() == 1 && !found[0].random, "{found:?}");
}

#[test]
fn a_central_that_said_who_it_is_is_known_under_its_next_address() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    central.exchange_length();
    let key = crypto::random_block();
    let paired = central.pair(&bench, Offer { identity_key: Some(key), ..PASSKEY }).unwrap();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    central.disconnect();
    for (address, expected) in
        [(crypto::resolvable_address(key), Ok(())), (crypto::resolvable_address([7; 16]), Err(0x06))]
    {
        central.connect_as(address);
        assert_eq!(central.encrypt(paired.key, paired.name), expected);
        central.disconnect();
    }

    bench.press_button();
    central.connect_as(crypto::resolvable_address(key));
    let again = central.pair(&bench, Offer { identity_key: Some(key), ..PASSKEY }).unwrap();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
    central.disconnect();
    central.connect_as(crypto::resolvable_address(key));
    assert_eq!((central.encrypt(again.key, again.name), bench.bonds()), (Ok(()), 1), "the newer bond counts");
}

#[test]
fn pairing_and_settings_work_over_bad_air() {
    let air = AirOptions {
        advertising_loss: Share(300),
        data_loss: Share(100),
        data_delay: Duration::from_millis(1),
        seed: 5,
    };
    let bench = BleBench::start(BleSpec { air, ..BleSpec::default() }).unwrap();
    let mut central = Central::connected(&bench);
    central.pair(&bench, PASSKEY).unwrap();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
}

#[test]
fn two_hundred_visits_leave_nothing_behind() {
    let bench = bench(|behaviour| behaviour.pairing.strangers_pair = true);
    let mut central = Central::of(&bench);
    for visit in 0..200 {
        central.connect_to(bench.address());
        assert_eq!(central.services().len(), 6);
        if visit % 20 == 0 {
            central.pair(&bench, PASSKEY).unwrap();
        }
        central.disconnect();
    }
    assert_eq!(bench.bonds(), 1);
    drop(central);
}

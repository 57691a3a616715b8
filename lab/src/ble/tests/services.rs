use std::time::Duration;

use super::central::{Central, Found};
use super::initiator::PASSKEY;
use super::*;
use crate::behaviour::ble::Hostility;

const WIFI: [(uuids::Uuid, &[u8]); 2] =
    [(uuids::WIFI_NAME, b"attic"), (uuids::WIFI_PASSWORD, b"correct horse")];

fn paired(bench: &BleBench) -> Central {
    let mut central = Central::connected(bench);
    central.exchange_length();
    central.pair(bench, PASSKEY).unwrap();
    central
}

fn holds(data: &[u8], part: &[u8]) -> bool {
    data.windows(part.len()).any(|window| window == part)
}

#[test]
fn the_services_are_as_declared() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    let expected = [
        uuids::GENERIC_ACCESS,
        uuids::GENERIC_ATTRIBUTE,
        uuids::DEVICE_INFORMATION,
        uuids::PROVISIONING,
        uuids::SETTINGS,
        uuids::UPDATE,
    ];
    assert_eq!(central.services(), expected);
    assert_eq!(central.read_uuid(uuids::DEVICE_NAME), Ok(b"HK-100".to_vec()));
    assert_eq!(central.read_uuid(uuids::PROVISIONING_STATUS), Ok(vec![0]));
    let protected = [
        uuids::SERIAL_NUMBER,
        uuids::FIRMWARE_REVISION,
        uuids::TARGET_TEMPERATURE,
        uuids::OWNER_NAME,
        uuids::UPDATE_STATUS,
    ];
    for uuid in protected {
        assert_eq!(central.read_uuid(uuid), Err(0x05), "{uuid:?}");
    }
    for uuid in [uuids::WIFI_NAME, uuids::WIFI_PASSWORD, uuids::PIN] {
        assert_eq!(central.read_uuid(uuid), Err(0x02), "{uuid:?}");
    }
}

#[test]
fn an_owner_provisions_and_sets() {
    let bench = sound();
    let mut central = paired(&bench);
    let status = central.handle_of(uuids::PROVISIONING_STATUS);
    central.write(status + 1, &[1, 0]).unwrap();
    assert_eq!(central.notification(Duration::from_secs(5)).unwrap(), [0]);
    for (step, (uuid, value)) in WIFI.into_iter().enumerate() {
        central.write_uuid(uuid, value).unwrap();
        assert_eq!(central.notification(Duration::from_secs(5)).unwrap(), [step as u8 + 1]);
    }
    assert_eq!(bench.wifi(), (Some("attic".to_owned()), Some("correct horse".to_owned())));
    central.write_uuid(uuids::TARGET_TEMPERATURE, &[50]).unwrap();
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![50]));
    for (value, code) in [(&[61][..], 0xff), (&[], 0x0d), (&[50, 0], 0x0d)] {
        assert_eq!(central.write_uuid(uuids::TARGET_TEMPERATURE, value), Err(code));
    }
    assert_eq!(central.write_uuid(uuids::WIFI_PASSWORD, b"short"), Err(0x0d));
    assert_eq!(central.write_uuid(uuids::OWNER_NAME, &[0xff, 0xfe]), Err(0xff), "not text");
}

#[test]
fn open_config() {
    let bench = sound();
    let mut central = Central::connected(&bench);
    for (uuid, value) in WIFI {
        assert_eq!(central.write_uuid(uuid, value), Err(0x05));
        let handle = central.handle_of(uuid);
        central.send(l2cap::ATT, &[&[0x52][..], &handle.to_le_bytes(), value].concat());
    }
    assert_eq!(central.read_uuid(uuids::PROVISIONING_STATUS), Ok(vec![0]));
    assert_eq!(bench.wifi(), (None, None));

    let bench = super::bench(|behaviour| behaviour.open_config = true);
    let mut central = Central::connected(&bench);
    for (uuid, value) in WIFI {
        central.write_uuid(uuid, value).unwrap();
    }
    assert_eq!(bench.wifi(), (Some("attic".to_owned()), Some("correct horse".to_owned())));
    assert_eq!(central.read_uuid(uuids::TARGET_TEMPERATURE), Ok(vec![42]));
}

#[test]
fn serial_in_advertising() {
    for told in [false, true] {
        let bench = bench(|behaviour| behaviour.serial_in_advertising = told);
        let [advertised, response] = Central::of(&bench).find().unwrap();
        assert!(holds(&advertised.data, b"HK-100"));
        assert!(holds(&advertised.data, &uuids::PROVISIONING.bytes()));
        assert_eq!(holds(&response.data, bench.serial().as_bytes()), told);
    }
}

#[test]
fn undeclared_service_duplicate_and_hidden_handle() {
    let found = |bench: &BleBench| {
        let mut central = Central::connected(bench);
        let twice =
            central.characteristics().iter().filter(|found| found.uuid == uuids::TARGET_TEMPERATURE).count();
        let maintenance = central.services().contains(&uuids::MAINTENANCE);
        (maintenance, twice, central.read(attributes::HIDDEN_HANDLE))
    };
    assert_eq!(found(&sound()), (false, 1, Err(0x01)));
    let (maintenance, twice, hidden) = found(&bench(|behaviour| {
        behaviour.undeclared_service = true;
        behaviour.duplicate_characteristic = true;
        behaviour.hidden_handle = true;
    }));
    assert_eq!((maintenance, twice), (true, 2));
    assert!(hidden.unwrap().starts_with(b"maintenance key"));

    let bench = bench(|behaviour| behaviour.duplicate_characteristic = true);
    let mut central = Central::connected(&bench);
    let is_target = |found: &Found| found.uuid == uuids::TARGET_TEMPERATURE;
    let handles: Vec<u16> =
        central.characteristics().into_iter().filter(is_target).map(|found| found.handle).collect();
    assert_eq!(
        handles.iter().map(|handle| central.read(*handle)).collect::<Vec<_>>(),
        [Err(0x05), Ok(vec![42])]
    );
}

#[test]
fn crash_on_long_write() {
    let bench = sound();
    let mut central = paired(&bench);
    assert_eq!(central.write_uuid(uuids::WIFI_NAME, &[b'A'; 200]), Err(0x0d));
    assert_eq!(central.read_uuid(uuids::DEVICE_NAME), Ok(b"HK-100".to_vec()));

    let bench = super::bench(|behaviour| behaviour.crash_on_long_write = true);
    let mut central = paired(&bench);
    assert_eq!(central.write_uuid(uuids::WIFI_NAME, &[b'A'; 64]), Err(0x0d));
    assert_eq!(central.write_uuid(uuids::WIFI_NAME, &[b'A'; 200]), Err(0), "no answer");
    assert_eq!(central.ended, Some(0x08));
    assert!(bench.hangs() && central.find().is_none());
    bench.power_off();
    bench.power_on();
    central.connect();
    assert_eq!(central.read_uuid(uuids::DEVICE_NAME), Ok(b"HK-100".to_vec()));
}

#[test]
fn dfu_open() {
    let update = |central: &mut Central| {
        central.write_uuid(uuids::UPDATE_CONTROL, &[1, 40, 0, 0, 0])?;
        let data = central.handle_of(uuids::UPDATE_DATA);
        for _ in 0..2 {
            central.send(l2cap::ATT, &[&[0x52][..], &data.to_le_bytes(), &[0x5a; 20]].concat());
        }
        central.write_uuid(uuids::UPDATE_CONTROL, &[2])
    };
    let bench = sound();
    let mut central = Central::connected(&bench);
    assert_eq!(update(&mut central), Err(0x05));
    central.pair(&bench, PASSKEY).unwrap();
    assert_eq!(update(&mut central), Err(0x08), "the PIN first");
    central.write_uuid(uuids::PIN, bench.pin().as_bytes()).unwrap();
    assert_eq!(update(&mut central), Err(0x82), "not the maker's");
    assert!(!bench.has_installed_update());
    assert_eq!(central.read_uuid(uuids::UPDATE_STATUS), Ok(vec![2, 40, 0, 0, 0]));

    let bench = super::bench(|behaviour| behaviour.dfu_open = true);
    assert_eq!(update(&mut Central::connected(&bench)), Ok(()));
    assert!(bench.has_installed_update());
}

#[test]
fn app_pin_without_lockout() {
    let tried = |bench: &BleBench| {
        let mut central = paired(bench);
        let wrong = if bench.pin() == "000000" { b"000001" } else { b"000000" };
        let tried = (0..7).map(|_| central.write_uuid(uuids::PIN, wrong).unwrap_err()).collect::<Vec<_>>();
        (tried, central.write_uuid(uuids::PIN, bench.pin().as_bytes()))
    };
    let (answers, right) = tried(&sound());
    assert_eq!((answers, right), (vec![0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0x81], Err(0x81)));
    let (answers, right) = tried(&bench(|behaviour| behaviour.pin_without_lockout = true));
    assert_eq!((answers, right), (vec![0x80; 7], Ok(())));
}

#[test]
fn verbose_device_information() {
    let bench = sound();
    let mut central = paired(&bench);
    assert_eq!(central.read_uuid(uuids::SERIAL_NUMBER), Ok(bench.serial().as_bytes().to_vec()));

    let bench = super::bench(|behaviour| behaviour.verbose_device_information = true);
    let mut central = Central::connected(&bench);
    assert_eq!(central.read_uuid(uuids::SERIAL_NUMBER), Ok(bench.serial().as_bytes().to_vec()));
    assert!(central.read_uuid(uuids::SOFTWARE_REVISION).is_ok());
}

#[test]
fn plain_notify_of_secrets() {
    let subscribed = |bench: &BleBench| {
        bench.provision("attic", "correct horse");
        let mut central = Central::connected(bench);
        central.exchange_length();
        let status = central.handle_of(uuids::PROVISIONING_STATUS);
        central.write(status + 1, &[1, 0]).map(|()| central.notification(Duration::from_secs(5)).unwrap())
    };
    assert_eq!(subscribed(&sound()), Err(0x05));
    let told = subscribed(&bench(|behaviour| behaviour.plain_notify_of_secrets = true)).unwrap();
    assert!(holds(&told, b"correct horse"));
}

#[test]
fn a_hostile_heater_goes_on_and_can_be_left() {
    for hostility in [
        Hostility::OversizedValues,
        Hostility::EndlessServices,
        Hostility::MalformedAtt,
        Hostility::MalformedSmp,
        Hostility::DisconnectStorm,
        Hostility::Silent,
    ] {
        let bench = bench(|behaviour| behaviour.hostility = hostility);
        let mut central = Central::connected(&bench);
        let questions: [(u16, &[u8]); 3] = [
            (l2cap::ATT, &[0x10, 0x00, 0x70, 0xff, 0xff, 0, 0x28]),
            (l2cap::ATT, &[0x0a, 3, 0]),
            (l2cap::SMP, &[1, 2, 0, 0x0d, 16, 0, 2]),
        ];
        let mut answers = Vec::new();
        for (channel, question) in questions {
            central.send(channel, question);
            answers.push(central.frame(channel, Duration::from_millis(100)));
        }
        let name = b"\x0bHK-100".to_vec();
        match hostility {
            Hostility::OversizedValues => assert!(answers[1].as_ref().unwrap().len() > 512),
            Hostility::EndlessServices => assert_eq!(answers[0].as_ref().unwrap()[2..4], [0x00, 0x70]),
            Hostility::MalformedAtt => assert_ne!(answers[1].as_ref(), Some(&name)),
            Hostility::MalformedSmp => assert_eq!(answers[2].as_ref().unwrap().len(), 2),
            Hostility::DisconnectStorm => assert_eq!(central.ended, Some(0x13)),
            Hostility::Silent => assert_eq!(answers, [None, None, None]),
            Hostility::None => unreachable!("not in the list"),
        }
        if central.ended.is_none() {
            central.disconnect();
        }
        central.connect();
    }
}

//! Looks of a stranger made by hand, for the tests of judges.

use probes::ble::advertising_data::{AdMeaning, AdStructure, AdvertisingData};
use probes::ble::{
    AdvertisedPacket, Advertiser, AdvertisingPdu, AttError, Characteristic, GattTable, ReadAnswer, ReadSeen,
    Scan, Service, Uuid,
};
use probes::probe::ble_surface::{BleSurface, HandleSweep};
use serde_json::json;

use crate::state::DutState;
use crate::test_facts::Seen;

/// The service of the tests, and its value that is kept to those who paired.
pub(crate) const SETTINGS: &str = "484b0200-6b65-4774-8c1e-2a93d05f71b6";
pub(crate) const TEMPERATURE: &str = "484b0201-6b65-4774-8c1e-2a93d05f71b6";

/// Handles of the sound device.
pub(crate) const NAME: u16 = 0x0003;
pub(crate) const MODEL: u16 = 0x0012;
pub(crate) const SERIAL: u16 = 0x0014;
pub(crate) const SETTING: u16 = 0x0022;

pub(crate) fn uuid(text: &str) -> Uuid {
    text.parse().expect("a UUID of the test")
}

/// A value with its declaration before it, that can be read.
pub(crate) fn value(handle: u16, kind: &str) -> Characteristic {
    Characteristic {
        declaration: handle - 1,
        handle,
        properties: 0x02,
        uuid: uuid(kind),
        descriptors: Vec::new(),
    }
}

pub(crate) fn service(first: u16, kind: &str, characteristics: Vec<Characteristic>) -> Service {
    let last = characteristics.iter().map(|one| one.handle).max().unwrap_or(first);
    Service { first, last, uuid: uuid(kind), primary: true, characteristics }
}

pub(crate) fn given(handle: u16, text: &str) -> ReadSeen {
    let hex = text.bytes().map(|octet| format!("{octet:02x}")).collect();
    ReadSeen { handle, answer: ReadAnswer::Value(hex) }
}

pub(crate) fn refused(handle: u16) -> ReadSeen {
    ReadSeen { handle, answer: ReadAnswer::Refused(AttError::INSUFFICIENT_AUTHENTICATION) }
}

/// What a sound device shows: its model and an address that changes; serial number and setting are kept.
pub(crate) fn sound() -> BleSurface {
    let name = AdStructure {
        kind: 9,
        name: "name".to_owned(),
        hex: "57482d313030".to_owned(),
        meaning: Some(AdMeaning::LocalName { name: "WH-100".to_owned(), complete: true }),
    };
    let packet = AdvertisedPacket {
        pdu: AdvertisingPdu::Connectable,
        hex: "070957482d313030".to_owned(),
        data: AdvertisingData { structures: vec![name], malformed: None },
        count: 12,
        heard: (40, 14_800),
    };
    let advertiser = Advertiser {
        address: "5a:cf:8f:fa:23:5e/random".parse().expect("an address of the test"),
        rssi: Some(-56),
        packets: vec![packet],
    };
    BleSurface {
        known_by: Some("name".to_owned()),
        passive: Scan {
            advertisers: vec![advertiser.clone()],
            reports: 12,
            seconds: 15.0,
            ..Scan::default()
        },
        connected: Some(advertiser.address),
        table: Some(GattTable {
            services: vec![
                service(1, "1800", vec![value(NAME, "2a00")]),
                service(0x10, "180a", vec![value(MODEL, "2a24"), value(SERIAL, "2a25")]),
                service(0x20, SETTINGS, vec![value(SETTING, TEMPERATURE)]),
            ],
            complete: true,
            ..GattTable::default()
        }),
        reads: vec![given(NAME, "WH-100"), given(MODEL, "WH-100"), refused(SERIAL), refused(SETTING)],
        sweep: Some(HandleSweep {
            first: 1,
            last: 0x1000,
            asked: 4086,
            absent: 4086,
            complete: true,
            ..HandleSweep::default()
        }),
        ..BleSurface::default()
    }
}

/// Nothing of the sample was heard for so long.
pub(crate) fn silent(seconds: f64) -> BleSurface {
    BleSurface {
        passive: Scan { seconds, others: 40, reports: 40, ..Scan::default() },
        ..BleSurface::default()
    }
}

/// A complete look in a state, by a bench that knows the sample by its name.
pub(crate) fn look(state: DutState, seen: &BleSurface) -> Seen {
    Seen::by("ble-surface", seen).state(state).params(json!({ "adapter": "hci:0", "name": "WH-100" }))
}

//! Looks over Bluetooth LE that were stored stay readable: this one is of the heater of the lab with a maintenance
//! service, a characteristic twice and a hidden handle. The probe itself is tried in the tests of the workspace,
//! beside the heater.

use probes::ble::{AdvertisingPdu, Lasting, ReadAnswer};
use probes::probe::ble_surface::BleSurface;
use probes::{Observation, Outcome};

#[test]
fn a_stored_look_is_read() {
    let text = include_str!("ble_surface/observed_v1.json");
    let stored: Observation = serde_json::from_str(text).expect("an observation");
    assert_eq!(
        (stored.probe.as_str(), stored.version, stored.outcome),
        ("ble-surface", 1, Outcome::Complete)
    );
    let seen: BleSurface = stored.read().expect("a look");
    assert!(seen.heard() && seen.connectable());
    assert_eq!(seen.known_by.as_deref(), Some("name"));
    assert_eq!(seen.passive.advertisers[0].address.lasting(), Lasting::ResolvablePrivate);
    let active = &seen.active.as_ref().expect("it was asked for more").advertisers[0];
    assert_eq!(active.local_name(), Some("HK-100"));
    assert!(active.packets.iter().any(|packet| packet.pdu == AdvertisingPdu::ScanResponse));
    let table = seen.table.expect("a table");
    assert_eq!((table.services.len(), table.complete), (7, true));
    let sweep = seen.sweep.expect("further handles");
    assert!(sweep.complete && sweep.found.len() == 1);
    assert_eq!(sweep.found[0].handle, 0x0180);
    assert!(matches!(&sweep.found[0].answer, ReadAnswer::Value(hex) if hex.starts_with("6d61")));
    let refused = seen.reads.iter().filter(|read| matches!(read.answer, ReadAnswer::Refused(_)));
    assert!(refused.count() >= 5);
    assert!(seen.tells.is_empty());
}

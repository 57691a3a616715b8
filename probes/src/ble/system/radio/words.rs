//! What `btleplug` tells, in the words of this crate.

use std::collections::BTreeSet;

use btleplug::api::{AddressType, CentralEvent, PeripheralProperties};
use btleplug::platform::PeripheralId;

use crate::ble::address::{AddressKind, DeviceAddress};
use crate::ble::advertising_data::hex;
use crate::ble::att::VALUE_AT_MOST;
use crate::ble::system::SystemDevice;
use crate::ble::uuid::Uuid;

/// Services, or data, of one advertiser.
const ADVERTISED_AT_MOST: usize = 64;
/// Characters of a name; the specification allows as many octets.
const NAME_AT_MOST: usize = 248;

/// Whom an event shows to be in reach. Systems begin by telling of those whom they remember.
pub(super) fn heard_by(event: CentralEvent, remembered: &BTreeSet<String>) -> Option<PeripheralId> {
    match event {
        CentralEvent::DeviceDiscovered(id) | CentralEvent::ServicesAdvertisement { id, .. } => {
            (!remembered.contains(&id.to_string())).then_some(id)
        }
        CentralEvent::RssiUpdate { id, .. }
        | CentralEvent::ManufacturerDataAdvertisement { id, .. }
        | CentralEvent::ServiceDataAdvertisement { id, .. } => Some(id),
        _ => None,
    }
}

pub(super) fn described(id: String, told: PeripheralProperties) -> SystemDevice {
    let octets = told.address.into_inner();
    let kind = told.address_type.map(|kind| match kind {
        AddressType::Public => AddressKind::Public,
        AddressType::Random => AddressKind::Random,
    });
    // All zeros stand for none, as on macOS.
    let address = kind.filter(|_| octets != [0; 6]).map(|kind| DeviceAddress { kind, octets });
    // BlueZ makes a name of the address for who has none, and gives it as the local one.
    let local = if cfg!(target_os = "linux") { None } else { told.local_name };
    let mut service_data: Vec<_> =
        told.service_data.into_iter().map(|(of, data)| (uuid(of), clipped(data))).collect();
    let mut manufacturer_data: Vec<_> =
        told.manufacturer_data.into_iter().map(|(of, data)| (of, clipped(data))).collect();
    service_data.sort();
    manufacturer_data.sort();
    service_data.truncate(ADVERTISED_AT_MOST);
    manufacturer_data.truncate(ADVERTISED_AT_MOST);
    SystemDevice {
        id,
        address,
        name: told.advertisement_name.or(local).map(|name| name.chars().take(NAME_AT_MOST).collect()),
        rssi: told.rssi,
        tx_power: told.tx_power_level,
        services: told.services.into_iter().take(ADVERTISED_AT_MOST).map(uuid).collect(),
        service_data,
        manufacturer_data,
    }
}

fn clipped(mut data: Vec<u8>) -> String {
    data.truncate(VALUE_AT_MOST);
    hex(&data)
}

/// The words of `hantei` for a property.
pub(super) fn property_word(flag: &str) -> String {
    match flag {
        "AUTHENTICATED_SIGNED_WRITES" => "signed-write".to_owned(),
        "EXTENDED_PROPERTIES" => "extended".to_owned(),
        other => other.to_ascii_lowercase().replace('_', "-"),
    }
}

pub(super) fn uuid(foreign: impl AsRef<[u8]>) -> Uuid {
    let mut octets = [0; 16];
    // That many are in every UUID.
    octets.copy_from_slice(foreign.as_ref());
    Uuid::long(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_is_not_made_up() {
        let nobody = PeripheralProperties {
            address_type: Some(AddressType::Public),
            local_name: Some("C0-FF-EE-00-00-01".to_owned()),
            ..PeripheralProperties::default()
        };
        let device = described("1".to_owned(), nobody);
        assert_eq!((device.address, device.rssi), (None, None), "all zeros are no address");
        #[cfg(target_os = "linux")]
        assert_eq!(device.name, None, "BlueZ makes this name");
    }

    #[test]
    fn what_a_neighbour_sends_without_end_is_cut() {
        let endless = PeripheralProperties {
            advertisement_name: Some("é".repeat(5000)),
            manufacturer_data: (0..500).map(|company| (company, vec![7; 5000])).collect(),
            ..PeripheralProperties::default()
        };
        let device = described("1".to_owned(), endless);
        assert_eq!(device.name.map(|name| name.chars().count()), Some(NAME_AT_MOST));
        assert_eq!(device.manufacturer_data.len(), ADVERTISED_AT_MOST);
        assert_eq!(device.manufacturer_data[0].1.len(), 2 * VALUE_AT_MOST);
    }

    #[test]
    fn properties_have_the_words_of_the_other_ways() {
        for (flag, word) in [
            ("READ", "read"),
            ("WRITE_WITHOUT_RESPONSE", "write-without-response"),
            ("AUTHENTICATED_SIGNED_WRITES", "signed-write"),
            ("EXTENDED_PROPERTIES", "extended"),
        ] {
            assert_eq!(property_word(flag), word);
        }
    }
}

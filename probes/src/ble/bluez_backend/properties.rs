//! Values of D-Bus as BlueZ gives them, read without trust.

use std::collections::{BTreeMap, HashMap};

use zbus::{ObjectPath, OwnedObjectPath, OwnedVariant};

use crate::ble::address::{AddressKind, DeviceAddress};
use crate::ble::advertising_data::{AdStructure, AdvertisingData};
use crate::ble::uuid::Uuid;

/// Longest name or other text.
const TEXT_AT_MOST: usize = 512;
/// Structures that are made of one device.
const STRUCTURES_AT_MOST: usize = 128;

/// Properties of one interface.
pub(super) type Properties = HashMap<String, OwnedVariant>;
/// Objects with their interfaces.
pub(super) type Objects = HashMap<OwnedObjectPath, HashMap<String, Properties>>;

/// A path that is known to be one.
pub(super) fn object_path(path: &str) -> ObjectPath<'_> {
    ObjectPath::try_from(path)
        .expect("paths are made of an adapter's name and of numbers, or come from BlueZ")
}

fn value<T: TryFrom<OwnedVariant>>(properties: &Properties, name: &str) -> Option<T> {
    T::try_from(properties.get(name)?.try_clone().ok()?).ok()
}

pub(super) fn text(properties: &Properties, name: &str) -> Option<String> {
    let text: String = value(properties, name)?;
    Some(text.chars().take(TEXT_AT_MOST).collect())
}

pub(super) fn flag(properties: &Properties, name: &str) -> Option<bool> {
    value(properties, name)
}

pub(super) fn octets(properties: &Properties, name: &str) -> Option<Vec<u8>> {
    value(properties, name)
}

pub(super) fn number(properties: &Properties, name: &str) -> Option<u16> {
    value(properties, name)
}

pub(super) fn texts(properties: &Properties, name: &str) -> Vec<String> {
    value(properties, name).unwrap_or_default()
}

/// Strength of the signal in dBm, as far as an octet holds it.
pub(super) fn rssi(properties: &Properties) -> Option<i8> {
    let rssi: i16 = value(properties, "RSSI")?;
    i8::try_from(rssi).ok()
}

/// The address of a device.
pub(super) fn address(properties: &Properties) -> Option<DeviceAddress> {
    let kind = match text(properties, "AddressType")?.as_str() {
        "public" => "public",
        "random" => "random",
        _ => return None,
    };
    format!("{}/{kind}", text(properties, "Address")?).parse().ok()
}

/// The last part of a device's path; BlueZ leaves out the kind of the address.
pub(super) fn device_segment(address: DeviceAddress) -> String {
    let [a, b, c, d, e, f] = address.octets;
    format!("dev_{a:02X}_{b:02X}_{c:02X}_{d:02X}_{e:02X}_{f:02X}")
}

pub(super) fn is_of_kind(properties: &Properties, kind: AddressKind) -> bool {
    address(properties).is_some_and(|address| address.kind == kind)
}

/// Advertising data again, of what BlueZ made of all packets that it has heard: the order is ours, and whether a name
/// or a list was complete is not told, so lists count as incomplete.
pub(super) fn advertising_data(properties: &Properties) -> AdvertisingData {
    let mut structures = Vec::new();
    let mut add = |kind: u8, value: &[u8]| structures.push(AdStructure::read(kind, value));
    if let Some(flags) = octets(properties, "AdvertisingFlags") {
        add(0x01, &flags);
    }
    let mut uuids: Vec<Uuid> = texts(properties, "UUIDs")
        .iter()
        .filter_map(|text| text.parse().ok())
        .take(STRUCTURES_AT_MOST)
        .collect();
    uuids.sort_unstable();
    for (kind, length) in [(0x02, 2), (0x06, 16)] {
        let list: Vec<u8> = uuids
            .iter()
            .map(|uuid| uuid.on_wire())
            .filter(|octets| octets.len() == length)
            .flatten()
            .collect();
        if !list.is_empty() {
            add(kind, &list);
        }
    }
    if let Some(name) = text(properties, "Name") {
        add(0x09, name.as_bytes());
    }
    if let Some(power) = value::<i16>(properties, "TxPower").and_then(|power| i8::try_from(power).ok()) {
        add(0x0a, &power.to_le_bytes());
    }
    if let Some(appearance) = number(properties, "Appearance") {
        add(0x19, &appearance.to_le_bytes());
    }
    let services: BTreeMap<String, OwnedVariant> = value(properties, "ServiceData").unwrap_or_default();
    for (uuid, data) in services.into_iter().take(STRUCTURES_AT_MOST) {
        if let (Ok(uuid), Ok(data)) = (uuid.parse::<Uuid>(), Vec::<u8>::try_from(data)) {
            let uuid = uuid.on_wire();
            add(if uuid.len() == 2 { 0x16 } else { 0x21 }, &[uuid, data].concat());
        }
    }
    let makers: BTreeMap<u16, OwnedVariant> = value(properties, "ManufacturerData").unwrap_or_default();
    for (company, data) in makers.into_iter().take(STRUCTURES_AT_MOST) {
        if let Ok(data) = Vec::<u8>::try_from(data) {
            add(0xff, &[company.to_le_bytes().to_vec(), data].concat());
        }
    }
    let others: BTreeMap<u8, OwnedVariant> = value(properties, "AdvertisingData").unwrap_or_default();
    for (kind, data) in others.into_iter().take(STRUCTURES_AT_MOST) {
        if let Ok(data) = Vec::<u8>::try_from(data) {
            add(kind, &data);
        }
    }
    AdvertisingData { structures, malformed: None }
}

#[cfg(test)]
mod tests {
    use zbus::Variant;

    use super::*;

    fn properties(values: Vec<(&str, Variant<'_>)>) -> Properties {
        values.into_iter().map(|(name, value)| (name.to_owned(), value.try_into_owned().unwrap())).collect()
    }

    #[test]
    fn what_bluez_merged_is_told_as_structures() {
        let device = properties(vec![
            ("Name", "HK-100".into()),
            ("UUIDs", vec!["0000180a-0000-1000-8000-00805f9b34fb"].into()),
            ("ManufacturerData", HashMap::from([(0x0059_u16, Variant::new(vec![1_u8, 2]))]).into()),
            ("RSSI", (-40_i16).into()),
        ]);
        let data = advertising_data(&device);
        let told: Vec<(u8, &str)> = data.structures.iter().map(|one| (one.kind, one.hex.as_str())).collect();
        assert_eq!(told, [(0x02, "0a18"), (0x09, "484b2d313030"), (0xff, "59000102")]);
        assert_eq!((data.local_name(), rssi(&device)), (Some("HK-100"), Some(-40)));
    }

    #[test]
    fn values_of_another_type_are_no_values() {
        let odd = properties(vec![
            ("Name", 7_u32.into()),
            ("RSSI", "loud".into()),
            ("UUIDs", 1_u8.into()),
            ("ManufacturerData", vec![1_u8].into()),
            ("Address", "C0:FF:EE:00:00:01".into()),
            ("AddressType", "imaginary".into()),
        ]);
        assert_eq!(advertising_data(&odd), AdvertisingData::default());
        assert_eq!((rssi(&odd), address(&odd)), (None, None));
    }

    #[test]
    fn a_device_is_found_by_octets_and_kind() {
        let device =
            properties(vec![("Address", "C0:FF:EE:00:00:01".into()), ("AddressType", "random".into())]);
        let address = address(&device).unwrap();
        assert_eq!(device_segment(address), "dev_C0_FF_EE_00_00_01");
        assert!(is_of_kind(&device, AddressKind::Random) && !is_of_kind(&device, AddressKind::Public));
    }
}

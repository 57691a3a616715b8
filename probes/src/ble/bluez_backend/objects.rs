//! What BlueZ shows of a device's attributes, by handle: the paths of its objects end in them
//! (`service000a/char000b/desc000d`).

use std::collections::BTreeMap;

use super::bus::CHARACTERISTIC;
use super::properties::{Objects, Properties, flag, number, text, texts};
use crate::ble::gatt::{Attribute, Characteristic, GattTable, Service};
use crate::ble::uuid::Uuid;

const SERVICE: &str = "org.bluez.GattService1";
const DESCRIPTOR: &str = "org.bluez.GattDescriptor1";
/// Objects that are taken of one device.
const OBJECTS_AT_MOST: usize = 8192;
/// Anomalies that are kept.
const ANOMALIES_AT_MOST: usize = 32;
/// Client characteristic configuration: BlueZ writes it, and nobody else.
pub(super) const CONFIGURATION: Uuid = Uuid::short(0x2902);

/// Where BlueZ has an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Path of the object.
    pub(super) path: String,
    /// `org.bluez.GattCharacteristic1` or `org.bluez.GattDescriptor1`.
    pub(super) interface: &'static str,
    /// Its type.
    pub(super) uuid: Uuid,
    /// Agreed length of a PDU, where BlueZ tells.
    pub(super) mtu: Option<u16>,
    /// Handle of the characteristic's value, of a descriptor too.
    pub(super) value: u16,
    /// Properties of the characteristic, as bits.
    pub(super) properties: u8,
}

/// The attributes of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) table: GattTable,
    pub(super) places: BTreeMap<u16, Place>,
}

impl Attributes {
    /// Those below the path of a device.
    pub(super) fn of(objects: &Objects, device: &str) -> Self {
        let mut found = Self::default();
        let mut paths: Vec<(&str, &std::collections::HashMap<String, Properties>)> = objects
            .iter()
            .filter_map(|(path, interfaces)| {
                let rest = path.as_str().strip_prefix(device)?.strip_prefix('/')?;
                Some((rest, interfaces))
            })
            .collect();
        paths.sort_unstable_by_key(|(rest, _)| *rest);
        // BlueZ keeps back what is of its own use: the table is never the whole device.
        found.table.anomalies.push(
            "BlueZ shows neither the services that it uses itself, such as Generic Access, nor attributes outside \
             of services"
                .to_owned(),
        );
        if paths.len() > OBJECTS_AT_MOST {
            found.note(format!("more than {OBJECTS_AT_MOST} objects"));
            paths.truncate(OBJECTS_AT_MOST);
        }
        for (rest, interfaces) in paths {
            let parts: Vec<&str> = rest.split('/').collect();
            let (path, taken) = (
                format!("{device}/{rest}"),
                match parts[..] {
                    [service] => interfaces.get(SERVICE).and_then(|one| found.service(service, one)),
                    [service, characteristic] => interfaces
                        .get(CHARACTERISTIC)
                        .and_then(|one| found.characteristic(service, characteristic, one, rest, device)),
                    [service, characteristic, descriptor] => interfaces.get(DESCRIPTOR).and_then(|one| {
                        found.descriptor(service, characteristic, descriptor, one, rest, device)
                    }),
                    _ => None,
                },
            );
            if taken.is_none() {
                found.note(format!("BlueZ has an object that cannot be read: {path}"));
            }
        }
        found.table.services.sort_by_key(|service| service.first);
        found.table.attributes.sort_by_key(|one| one.handle);
        found
    }

    fn note(&mut self, anomaly: String) {
        if self.table.anomalies.len() < ANOMALIES_AT_MOST {
            self.table.anomalies.push(anomaly);
        }
    }

    fn service(&mut self, segment: &str, properties: &Properties) -> Option<()> {
        let first = handle(segment, "service")?;
        let uuid = uuid(properties)?;
        let primary = flag(properties, "Primary").unwrap_or(true);
        let characteristics = Vec::new();
        self.table.services.push(Service { first, last: first, uuid, primary, characteristics });
        let kind = Uuid::short(if primary { 0x2800 } else { 0x2801 });
        self.table.attributes.push(Attribute { handle: first, uuid: kind });
        Some(())
    }

    fn parent(&mut self, segment: &str) -> Option<&mut Service> {
        let first = handle(segment, "service")?;
        self.table.services.iter_mut().find(|service| service.first == first)
    }

    fn characteristic(
        &mut self,
        service: &str,
        segment: &str,
        properties: &Properties,
        rest: &str,
        device: &str,
    ) -> Option<()> {
        let declaration = handle(segment, "char")?;
        // BlueZ tells the handle of the declaration alone; the value has to follow at once.
        let value = declaration.checked_add(1)?;
        let uuid = uuid(properties)?;
        let bits = bits(&texts(properties, "Flags"));
        let place = Place {
            path: format!("{device}/{rest}"),
            interface: CHARACTERISTIC,
            uuid,
            mtu: number(properties, "MTU"),
            value,
            properties: bits,
        };
        let parent = self.parent(service)?;
        parent.last = parent.last.max(value);
        let descriptors = Vec::new();
        let one = Characteristic { declaration, handle: value, properties: bits, uuid, descriptors };
        parent.characteristics.push(one);
        self.places.insert(value, place);
        self.table.attributes.push(Attribute { handle: declaration, uuid: Uuid::short(0x2803) });
        self.table.attributes.push(Attribute { handle: value, uuid });
        Some(())
    }

    fn descriptor(
        &mut self,
        service: &str,
        characteristic: &str,
        segment: &str,
        properties: &Properties,
        rest: &str,
        device: &str,
    ) -> Option<()> {
        let declaration = handle(characteristic, "char")?;
        let handle = handle(segment, "desc")?;
        let uuid = uuid(properties)?;
        let parent = self.parent(service)?;
        parent.last = parent.last.max(handle);
        let owner = parent.characteristics.iter_mut().find(|one| one.declaration == declaration)?;
        owner.descriptors.push(Attribute { handle, uuid });
        let place = Place {
            path: format!("{device}/{rest}"),
            interface: DESCRIPTOR,
            uuid,
            mtu: None,
            value: owner.handle,
            properties: owner.properties,
        };
        self.places.insert(handle, place);
        self.table.attributes.push(Attribute { handle, uuid });
        Some(())
    }
}

fn handle(segment: &str, prefix: &str) -> Option<u16> {
    let digits = segment.strip_prefix(prefix)?;
    let plain = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|handle| plain && *handle != 0)
}

fn uuid(properties: &Properties) -> Option<Uuid> {
    text(properties, "UUID")?.parse().ok()
}

fn bits(flags: &[String]) -> u8 {
    const NAMES: [&str; 8] = [
        "broadcast",
        "read",
        "write-without-response",
        "write",
        "notify",
        "indicate",
        "authenticated-signed-writes",
        "extended-properties",
    ];
    let bit = |flag: &String| NAMES.iter().position(|name| name == flag).map_or(0, |place| 1 << place);
    flags.iter().map(bit).fold(0, |bits, bit| bits | bit)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::{OwnedObjectPath, Variant};

    use super::*;

    const DEVICE: &str = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01";

    fn object(
        rest: &str,
        interface: &str,
        uuid: &str,
        flags: &[&str],
    ) -> (OwnedObjectPath, HashMap<String, Properties>) {
        let properties = [("UUID", Variant::from(uuid)), ("Flags", Variant::from(flags.to_vec()))];
        let properties = properties.map(|(name, value)| (name.to_owned(), value.try_into_owned().unwrap()));
        let path = format!("{DEVICE}/{rest}").try_into().unwrap();
        (path, HashMap::from([(interface.to_owned(), HashMap::from(properties))]))
    }

    #[test]
    fn what_has_the_same_uuid_is_kept_apart_by_its_handle() {
        let twice = "0000180a-0000-1000-8000-00805f9b34fb";
        let objects: Objects = [
            object("service0020", SERVICE, twice, &[]),
            object("service000a", SERVICE, twice, &[]),
            object("service000a/char000b", CHARACTERISTIC, "2a25", &["read", "notify"]),
            object("service000a/char000d", CHARACTERISTIC, "2a25", &["write"]),
            object("service000a/char000b/desc0010", DESCRIPTOR, "2902", &[]),
        ]
        .into();
        let found = Attributes::of(&objects, DEVICE);
        let handles: Vec<u16> = found.table.characteristics().map(|one| one.handle).collect();
        assert_eq!(handles, [0x0c, 0x0e]);
        assert_eq!(
            found.table.services.iter().map(|one| (one.first, one.last)).collect::<Vec<_>>(),
            [(0x0a, 0x10), (0x20, 0x20)]
        );
        let first = found.table.characteristics().next().unwrap();
        assert_eq!((first.properties, first.configuration()), (0x12, Some(0x10)));
        assert_eq!(found.places[&0x10].value, 0x0c);
        assert!(!found.table.complete, "BlueZ never shows everything");
    }

    #[test]
    fn objects_that_make_no_sense_are_said_and_left() {
        let objects: Objects = [
            object("service0000", SERVICE, "180a", &[]),
            object("service00zz", SERVICE, "180a", &[]),
            object("service0000a", SERVICE, "180a", &[]),
            object("service0001/charffff", CHARACTERISTIC, "2a25", &[]),
            object("service0001/char0002/desc0003", DESCRIPTOR, "2902", &[]),
            object("service0001", SERVICE, "no uuid", &[]),
        ]
        .into();
        let found = Attributes::of(&objects, DEVICE);
        assert_eq!((found.table.services.len(), found.places.len()), (0, 0));
        assert_eq!(found.table.anomalies.len(), 1 + objects.len());
    }
}

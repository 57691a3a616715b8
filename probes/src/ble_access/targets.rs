//! What there is to try: the characteristics that the device offers, each with what the declaration says of it.

use super::{Access, BleAccess, Params, Place};
use crate::ble::{Attribute, Characteristic, GattTable, Service, Uuid};

/// Characteristics that are tried; no device has more.
const TARGETS_AT_MOST: usize = 256;
const WRITE_WITHOUT_RESPONSE: u8 = 0x04;
const WRITE: u8 = 0x08;
const NOTIFY: u8 = 0x10;
const INDICATE: u8 = 0x20;

/// A characteristic that the device offers.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) handle: u16,
    pub(super) service: Uuid,
    pub(super) characteristic: Uuid,
    properties: u8,
    pub(super) descriptors: Vec<Attribute>,
    /// Where one subscribes.
    pub(super) configuration: Option<u16>,
    /// What is declared; `None` for one that nothing declares.
    pub(super) access: Option<Access>,
}

impl Target {
    pub(super) fn readers(&self) -> &[String] {
        self.access.as_ref().map_or(&[], |access| &access.readers)
    }

    pub(super) fn writers(&self) -> &[String] {
        self.access.as_ref().map_or(&[], |access| &access.writers)
    }

    pub(super) fn notified(&self) -> &[String] {
        self.access.as_ref().map_or(&[], |access| &access.notified)
    }

    pub(super) fn critical(&self) -> bool {
        self.access.as_ref().is_some_and(|access| access.critical)
    }

    pub(super) fn begins_update(&self) -> bool {
        self.access.as_ref().is_some_and(|access| access.begins_update)
    }

    pub(super) fn rows(&self) -> Vec<String> {
        self.access.as_ref().map_or_else(Vec::new, |access| access.rows.clone())
    }

    /// The declared example.
    pub(super) fn example(&self) -> Option<Vec<u8>> {
        octets(self.access.as_ref()?.example.as_deref()?)
    }

    pub(super) fn takes_writes(&self) -> bool {
        self.properties & (WRITE | WRITE_WITHOUT_RESPONSE) != 0 || !self.writers().is_empty()
    }

    /// A write of it is answered.
    pub(super) fn answers_writes(&self) -> bool {
        self.properties & WRITE != 0 || self.properties & WRITE_WITHOUT_RESPONSE == 0
    }

    /// A write of it may go without an answer.
    pub(super) fn takes_unanswered_writes(&self) -> bool {
        self.properties & WRITE_WITHOUT_RESPONSE != 0
    }

    pub(super) fn indicates(&self) -> bool {
        self.properties & (NOTIFY | INDICATE) == INDICATE
    }

    /// By the declaration anybody may read it, so that its value is no secret.
    pub(super) fn is_open(&self) -> bool {
        self.readers().iter().any(|who| who == "anyone")
    }
}

/// Everything that is offered, with what is declared; what is missing and what is not declared goes into the result.
pub(super) fn targets(table: &GattTable, params: &Params, seen: &mut BleAccess) -> Vec<Target> {
    let mut targets = Vec::new();
    for service in &table.services {
        for one in &service.characteristics {
            if targets.len() < TARGETS_AT_MOST {
                targets.push(target(service, one, &params.accesses));
            }
        }
    }
    seen.table_complete = table.complete && table.characteristics().count() <= TARGETS_AT_MOST;
    seen.services = table.services.iter().map(|service| service.uuid.to_string()).collect();
    let undeclared = targets.iter().filter(|target| target.access.is_none());
    seen.undeclared =
        undeclared.map(|target| place(target.handle, target.service, target.characteristic)).collect();
    for access in &params.accesses {
        let Some((service, Some(characteristic))) = uuids(access) else { continue };
        let offered =
            targets.iter().any(|one| one.service == service && one.characteristic == characteristic);
        if !offered {
            seen.missing.push(place(0, service, characteristic));
        }
    }
    targets
}

fn place(handle: u16, service: Uuid, characteristic: Uuid) -> Place {
    Place { handle, service: service.to_string(), characteristic: characteristic.to_string() }
}

fn target(service: &Service, one: &Characteristic, accesses: &[Access]) -> Target {
    let declared =
        |wanted: Option<Uuid>| accesses.iter().find(|access| uuids(access) == Some((service.uuid, wanted)));
    // What is said of a service as a whole holds where it says something.
    let whole = declared(None).filter(|access| {
        !(access.readers.is_empty() && access.writers.is_empty() && access.notified.is_empty())
    });
    Target {
        handle: one.handle,
        service: service.uuid,
        characteristic: one.uuid,
        properties: one.properties,
        descriptors: one.descriptors.clone(),
        configuration: one.configuration(),
        access: declared(Some(one.uuid)).or(whole).cloned(),
    }
}

fn uuids(access: &Access) -> Option<(Uuid, Option<Uuid>)> {
    let service = access.service.parse().ok()?;
    match &access.characteristic {
        None => Some((service, None)),
        Some(text) => Some((service, Some(text.parse().ok()?))),
    }
}

/// Octets of hexadecimal digits.
fn octets(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> GattTable {
        let characteristic = |handle, number: u16, properties| Characteristic {
            declaration: handle - 1,
            handle,
            properties,
            uuid: Uuid::short(number),
            descriptors: Vec::new(),
        };
        let service = |first, number, characteristics| Service {
            first,
            last: first + 9,
            uuid: Uuid::short(number),
            primary: true,
            characteristics,
        };
        GattTable {
            services: vec![
                service(1, 0x1800, vec![characteristic(3, 0x2a00, 0x02)]),
                service(10, 0xfff0, vec![characteristic(12, 0xfff1, 0x0a), characteristic(14, 0xfff1, 0x0a)]),
                service(20, 0xfff5, vec![characteristic(22, 0xfff6, 0x04)]),
            ],
            complete: true,
            ..GattTable::default()
        }
    }

    fn access(service: &str, characteristic: Option<&str>, readers: &[&str]) -> Access {
        Access {
            service: service.to_owned(),
            characteristic: characteristic.map(str::to_owned),
            readers: readers.iter().map(|who| (*who).to_owned()).collect(),
            example: Some("2a".to_owned()),
            ..Access::default()
        }
    }

    #[test]
    fn each_handle_is_tried_and_what_a_service_says_holds_for_what_is_in_it() {
        let accesses = vec![
            access("1800", None, &["anyone"]),
            access("fff0", Some("fff1"), &["AuthMech-Pairing"]),
            access("fff0", Some("fff2"), &[]),
            access("fff5", None, &[]),
        ];
        let params = Params { accesses, ..Params::default() };
        let mut seen = BleAccess::default();
        let targets = targets(&table(), &params, &mut seen);
        let open: Vec<bool> = targets.iter().map(Target::is_open).collect();
        assert_eq!(open, [true, false, false, false]);
        assert_eq!(targets[2].handle, 14, "the second one of a UUID is tried as well");
        assert_eq!(targets[1].example(), Some(vec![0x2a]));
        assert!(targets[3].access.is_none(), "a service that only says where it is declares nothing in it");
        assert!(targets[3].takes_unanswered_writes() && !targets[3].answers_writes());
        assert_eq!((seen.missing.len(), seen.undeclared.len(), seen.table_complete), (1, 1, true));
        assert_eq!(seen.missing[0].handle, 0);
    }

    #[test]
    fn an_example_that_is_no_hex_is_none() {
        assert_eq!(octets("2"), None);
        assert_eq!(octets("zz"), None);
        assert_eq!(octets(""), Some(Vec::new()));
    }
}

//! The attributes of the water heater: what there is, under which handle, and who may read and write it.

use super::uuids::{self, Uuid};
use crate::behaviour::ble::BleBehaviour;
use crate::model;

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Everybody who connects.
    Nothing,
    /// Who paired so that somebody saw who it is.
    Authenticated,
    /// The same, after the PIN.
    Pin,
    /// Nobody.
    Never,
}

/// What changes, or does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    WifiName,
    WifiPassword,
    Status,
    StatusConfiguration,
    Target,
    OwnerName,
    Pin,
    UpdateControl,
    UpdateData,
    UpdateStatus,
    UpdateConfiguration,
    Serial,
    Console,
}

/// What is behind a handle.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Fixed(Vec<u8>),
    Item(Item),
}

/// One attribute.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) handle: u16,
    pub(super) kind: Uuid,
    pub(super) content: Content,
    pub(super) read: Need,
    pub(super) write: Need,
    /// Last handle of the service that begins here.
    pub(super) end: Option<u16>,
    /// No discovery shows it.
    pub(super) hidden: bool,
}

/// All attributes, by handle.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(Vec<Attribute>);

const READ: u8 = 0x02;
const WRITE_UNANSWERED: u8 = 0x04;
const WRITE: u8 = 0x08;
const NOTIFY: u8 = 0x10;

/// Handle of the attribute that belongs to no service.
pub(super) const HIDDEN_HANDLE: u16 = 0x0180;

impl Table {
    /// The attributes of a device that behaves like that.
    pub(super) fn of(behaviour: &BleBehaviour) -> Self {
        use Need::{Authenticated, Never, Nothing, Pin};
        let mut table = Self::default();
        table.service(uuids::GENERIC_ACCESS);
        table.fixed(uuids::DEVICE_NAME, model::MODEL.as_bytes());
        // Generic heating device.
        table.fixed(uuids::APPEARANCE, &[0x80, 0x05]);
        table.service(uuids::GENERIC_ATTRIBUTE);

        table.service(uuids::DEVICE_INFORMATION);
        table.fixed(uuids::MANUFACTURER_NAME, model::MANUFACTURER.as_bytes());
        table.fixed(uuids::MODEL_NUMBER, model::MODEL.as_bytes());
        let told = if behaviour.verbose_device_information { Nothing } else { Authenticated };
        table.item(uuids::SERIAL_NUMBER, READ, Item::Serial, told, Never);
        table.characteristic(uuids::FIRMWARE_REVISION, READ, fixed(model::FIRMWARE.as_bytes()), told, Never);
        if behaviour.verbose_device_information {
            table.fixed(uuids::SOFTWARE_REVISION, b"hk-ble 1.4.2-rc3+g7f3a9c1, nimble 1.4.0, board B");
        }

        let settings = if behaviour.open_config { Nothing } else { Authenticated };
        let subscribing = if behaviour.plain_notify_of_secrets { Nothing } else { Authenticated };
        table.service(uuids::PROVISIONING);
        table.item(uuids::WIFI_NAME, WRITE, Item::WifiName, Never, settings);
        table.item(uuids::WIFI_PASSWORD, WRITE, Item::WifiPassword, Never, settings);
        table.item(uuids::PROVISIONING_STATUS, READ | NOTIFY, Item::Status, Nothing, Never);
        table.configuration(Item::StatusConfiguration, subscribing);

        table.service(uuids::SETTINGS);
        table.item(uuids::TARGET_TEMPERATURE, READ | WRITE, Item::Target, settings, settings);
        table.item(uuids::OWNER_NAME, READ | WRITE, Item::OwnerName, settings, settings);
        if !behaviour.without_pin {
            table.item(uuids::PIN, WRITE, Item::Pin, Never, Authenticated);
        }
        if behaviour.duplicate_characteristic {
            table.item(uuids::TARGET_TEMPERATURE, READ | WRITE, Item::Target, Nothing, Nothing);
        }

        let update = match (behaviour.dfu_open, behaviour.without_pin) {
            (true, _) => Nothing,
            (false, true) => Authenticated,
            (false, false) => Pin,
        };
        table.service(uuids::UPDATE);
        table.item(uuids::UPDATE_CONTROL, WRITE, Item::UpdateControl, Never, update);
        table.item(uuids::UPDATE_DATA, WRITE_UNANSWERED, Item::UpdateData, Never, update);
        table.item(uuids::UPDATE_STATUS, READ | NOTIFY, Item::UpdateStatus, update, Never);
        table.configuration(Item::UpdateConfiguration, update);

        if behaviour.undeclared_service {
            table.service(uuids::MAINTENANCE);
            table.item(uuids::MAINTENANCE_CONSOLE, READ | WRITE, Item::Console, Nothing, Nothing);
        }
        if behaviour.hidden_handle {
            let content = fixed(b"maintenance key 5f1c-88e0");
            table.push(HIDDEN_HANDLE, uuids::MAINTENANCE_CONSOLE, content, Nothing, Never);
            if let Some(last) = table.0.last_mut() {
                last.hidden = true;
            }
        }
        table
    }

    /// What is behind a handle.
    pub(super) fn at(&self, handle: u16) -> Option<&Attribute> {
        self.0.iter().find(|attribute| attribute.handle == handle)
    }

    /// What discovery shows of a range.
    pub(super) fn shown(&self, first: u16, last: u16) -> impl Iterator<Item = &Attribute> {
        self.0.iter().filter(move |attribute| (first..=last).contains(&attribute.handle) && !attribute.hidden)
    }

    /// The handle of something that changes.
    pub(super) fn handle_of(&self, item: Item) -> Option<u16> {
        let is_it =
            |attribute: &&Attribute| matches!(attribute.content, Content::Item(other) if other == item);
        self.0.iter().find(is_it).map(|attribute| attribute.handle)
    }

    fn next_handle(&self) -> u16 {
        self.0.last().map_or(1, |last| last.handle + 1)
    }

    fn push(&mut self, handle: u16, kind: Uuid, content: Content, read: Need, write: Need) {
        self.0.push(Attribute { handle, kind, content, read, write, end: None, hidden: false });
    }

    fn service(&mut self, uuid: Uuid) {
        let handle = self.next_handle();
        self.push(handle, uuids::PRIMARY_SERVICE, Content::Fixed(uuid.bytes()), Need::Nothing, Need::Never);
        self.extend(handle);
    }

    /// The last service reaches up to here.
    fn extend(&mut self, last: u16) {
        let is_service = |attribute: &&mut Attribute| attribute.kind == uuids::PRIMARY_SERVICE;
        if let Some(service) = self.0.iter_mut().rev().find(is_service) {
            service.end = Some(last);
        }
    }

    fn characteristic(&mut self, uuid: Uuid, properties: u8, content: Content, read: Need, write: Need) {
        let handle = self.next_handle();
        let [low, high] = (handle + 1).to_le_bytes();
        let declaration = [&[properties, low, high][..], &uuid.bytes()].concat();
        self.push(handle, uuids::CHARACTERISTIC, Content::Fixed(declaration), Need::Nothing, Need::Never);
        self.push(handle + 1, uuid, content, read, write);
        self.extend(handle + 1);
    }

    fn fixed(&mut self, uuid: Uuid, value: &[u8]) {
        self.characteristic(uuid, READ, fixed(value), Need::Nothing, Need::Never);
    }

    fn item(&mut self, uuid: Uuid, properties: u8, item: Item, read: Need, write: Need) {
        self.characteristic(uuid, properties, Content::Item(item), read, write);
    }

    fn configuration(&mut self, item: Item, write: Need) {
        let handle = self.next_handle();
        self.push(handle, uuids::CLIENT_CONFIGURATION, Content::Item(item), Need::Nothing, write);
        self.extend(handle);
    }
}

fn fixed(value: &[u8]) -> Content {
    Content::Fixed(value.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_follow_each_other_without_gap_and_hold_their_characteristics() {
        let table = Table::of(&BleBehaviour { undeclared_service: true, ..BleBehaviour::default() });
        let mut next = 1;
        for service in table.shown(1, 0xffff).filter(|attribute| attribute.end.is_some()) {
            assert_eq!(service.handle, next);
            next = service.end.unwrap() + 1;
        }
        assert_eq!(table.next_handle(), next);
    }

    #[test]
    fn a_hidden_handle_is_read_and_not_shown() {
        let table = Table::of(&BleBehaviour { hidden_handle: true, ..BleBehaviour::default() });
        assert!(table.at(HIDDEN_HANDLE).is_some());
        assert!(table.shown(HIDDEN_HANDLE, HIDDEN_HANDLE).next().is_none());
        assert!(Table::of(&BleBehaviour::default()).at(HIDDEN_HANDLE).is_none());
    }
}

//! A connection, as the peripheral sees it, and the attributes over it.

use std::time::Instant;

use super::DeviceAddress;
use super::att::{self, Server, error};
use super::attributes::{Item, Need, Table};
use super::heater::{Bond, Heater};
use super::l2cap::Reassembly;
use super::pairing::{NewKey, Pairing};

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) handle: u16,
    pub(super) central: DeviceAddress,
    /// The address under which the central found the device.
    pub(super) own: DeviceAddress,
    pub(super) reassembly: Reassembly,
    pub(super) server: Server,
    pub(super) security: Security,
    /// The PIN was given.
    open: bool,
    pub(super) status_wanted: bool,
    pub(super) update_wanted: bool,
    pub(super) pairing: Option<Pairing>,
    pub(super) pairing_begun: Instant,
    /// The key that was named to the controller, and whether it came out of the pairing under way.
    pub(super) named: Option<(NewKey, bool)>,
    /// The bond that came out of a pairing, while the central still hands its keys in.
    pub(super) fresh: Option<Bond>,
}

/// How well a link is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Security {
    pub(super) encrypted: bool,
    pub(super) authenticated: bool,
}

impl Connection {
    pub(super) fn new(handle: u16, central: DeviceAddress, own: DeviceAddress, now: Instant) -> Self {
        Self {
            handle,
            central,
            own,
            reassembly: Reassembly::default(),
            server: Server::new(),
            security: Security::default(),
            open: false,
            status_wanted: false,
            update_wanted: false,
            pairing: None,
            pairing_begun: now,
            named: None,
            fresh: None,
        }
    }

    /// Answers a packet of the attribute protocol, and says what it touched.
    pub(super) fn attributes(
        &mut self,
        packet: &[u8],
        table: &Table,
        heater: &mut Heater,
        now: Instant,
    ) -> (Option<Vec<u8>>, Vec<Item>) {
        let known = heater.bonds.iter().any(|bond| bond.is_of(self.central));
        let mut view = View {
            heater,
            security: self.security,
            known,
            now,
            open: &mut self.open,
            status_wanted: &mut self.status_wanted,
            update_wanted: &mut self.update_wanted,
            touched: Vec::new(),
        };
        let answer = self.server.packet(packet, table, &mut view);
        (answer, view.touched)
    }
}

impl Bond {
    /// Whether the central with that address is the one that paired.
    pub(super) fn is_of(&self, address: DeviceAddress) -> bool {
        self.central == address || self.identity_key.is_some_and(|key| super::crypto::resolves(key, address))
    }
}

/// The device behind the attributes, over one connection.
struct View<'a> {
    heater: &'a mut Heater,
    security: Security,
    known: bool,
    now: Instant,
    open: &'a mut bool,
    status_wanted: &'a mut bool,
    update_wanted: &'a mut bool,
    touched: Vec<Item>,
}

impl att::Device for View<'_> {
    fn allows(&self, need: Need) -> Result<(), u8> {
        if matches!(need, Need::Nothing | Need::Never) {
            return Ok(());
        }
        if !self.security.encrypted {
            return Err(if self.known { error::ENCRYPTION } else { error::AUTHENTICATION });
        }
        if !self.security.authenticated && !self.heater.behaviour.pairing.just_works {
            return Err(error::AUTHENTICATION);
        }
        match need == Need::Pin && !*self.open {
            true => Err(error::AUTHORIZATION),
            false => Ok(()),
        }
    }

    fn read(&self, item: Item) -> Vec<u8> {
        match item {
            Item::StatusConfiguration => vec![(*self.status_wanted).into(), 0],
            Item::UpdateConfiguration => vec![(*self.update_wanted).into(), 0],
            _ => self.heater.read(item),
        }
    }

    fn write(&mut self, item: Item, value: &[u8]) -> Result<(), u8> {
        let wanted = match item {
            Item::StatusConfiguration => Some(&mut *self.status_wanted),
            Item::UpdateConfiguration => Some(&mut *self.update_wanted),
            _ => None,
        };
        match (wanted, value) {
            (Some(wanted), [bits, 0]) if *bits <= 1 => *wanted = *bits == 1,
            (Some(_), [_, _]) => return Err(error::OUT_OF_RANGE),
            (Some(_), _) => return Err(error::VALUE_LENGTH),
            (None, value) => {
                let result = self.heater.write(item, value, self.open, self.now);
                if result.is_err() && item != Item::UpdateControl {
                    return result;
                }
                self.touched.push(item);
                return result;
            }
        }
        self.touched.push(item);
        Ok(())
    }
}

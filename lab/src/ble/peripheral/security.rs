//! Pairing and encryption on the connection of the peripheral.

use std::time::{Duration, Instant};

use super::Peripheral;
use crate::ble::connection::Security;
use crate::ble::crypto::{Block, random_block, reversed, shortened};
use crate::ble::heater::{Bond, key_name};
use crate::ble::pairing::{
    BONDING, ENCRYPTION_KEY, IDENTITY_KEY, NewKey, Outcome, Pairing, Panel, Parties, code, failure,
};
use crate::ble::{DeviceAddress, l2cap};

/// Longest pairing; after it nothing of it is answered any more.
const LONGEST_PAIRING: Duration = Duration::from_secs(30);

impl Peripheral {
    /// Takes a packet of the security manager.
    pub(super) fn security(&mut self, body: &[u8], now: Instant) {
        let (Some(connection), Some((&kind, body))) = (&mut self.connection, body.split_first()) else {
            return;
        };
        let late = now.duration_since(connection.pairing_begun) > LONGEST_PAIRING;
        if connection.pairing.is_some() && late {
            return self.pairing_ended(now);
        }
        match (kind, &mut connection.pairing) {
            // Whoever answers a failure with a failure goes on for ever with somebody who does the same.
            (code::FAILED, Some(_)) => self.pairing_ended(now),
            (code::FAILED, None) => {}
            (code::REQUEST, None) => self.pairing_wanted(body, now),
            (code::REQUEST, Some(_)) => self.take_outcome(Outcome::failure(failure::UNSPECIFIED), now),
            (code::IDENTITY_INFORMATION | code::IDENTITY_ADDRESS, None) => self.keys_handed_in(kind, body),
            (code::ENCRYPTION_INFORMATION | code::CENTRAL_IDENTIFICATION | 0x0a | 0x0b | 0x0e, _) => {}
            (_, Some(pairing)) => {
                let outcome = pairing.packet(kind, body);
                self.take_outcome(outcome, now);
            }
            // It was under way when the pairing ended.
            (0x01..=0x0e, None) => {}
            _ => self.refuse(failure::COMMAND),
        }
    }

    /// Says no to what belongs to no pairing.
    fn refuse(&mut self, reason: u8) {
        self.send(l2cap::SMP, &[code::FAILED, reason]);
    }

    fn pairing_wanted(&mut self, body: &[u8], now: Instant) {
        if let Err(reason) = self.heater.takes_pairing(now) {
            return self.refuse(reason);
        }
        let Some(connection) = &mut self.connection else { return };
        let behaviour = &self.heater.behaviour;
        let parties = Parties { central: connection.central, own: connection.own };
        let (pairing, outcome) = Pairing::begin(body, &behaviour.pairing, behaviour.panel, parties);
        connection.pairing = pairing;
        connection.pairing_begun = now;
        self.take_outcome(outcome, now);
    }

    /// The controller asks for the key of that name: 8 bytes by chance, then 2.
    pub(super) fn key_wanted(&mut self, name: &[u8]) {
        let Some(connection) = &mut self.connection else { return };
        let [low, high] = connection.handle.to_le_bytes();
        let fresh =
            connection.pairing.as_ref().and_then(Pairing::key).filter(|_| name.iter().all(|byte| *byte == 0));
        let bond = self.heater.bonds.iter().find(|bond| bond.is_of(connection.central) && bond.name == name);
        let known = bond.map(|bond| NewKey {
            key: bond.key,
            authenticated: bond.authenticated,
            secure: bond.name == [0; 10],
            size: bond.size,
        });
        connection.named = match (fresh, known) {
            (Some(fresh), _) => Some((fresh, true)),
            (None, known) => known.map(|known| (known, false)),
        };
        match connection.named {
            Some((named, _)) => {
                let parameters = [&[low, high][..], &reversed(named.key)].concat();
                self.command(0x201a, &parameters);
            }
            None => self.command(0x201b, &[low, high]),
        }
    }

    /// The link is encrypted with the key that was named last.
    pub(super) fn encrypted(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        let Some((named, is_fresh)) = connection.named.take() else { return };
        connection.security = Security { encrypted: true, authenticated: named.authenticated };
        if !is_fresh {
            return;
        }
        let Some(pairing) = connection.pairing.take() else { return };
        self.panel = Panel::Blank;
        let central = connection.central;
        let mut bond = Bond {
            central,
            identity_key: None,
            key: named.key,
            name: [0; 10],
            authenticated: named.authenticated,
            size: named.size,
        };
        let handed_out = pairing.handed_out();
        if !named.secure && handed_out & ENCRYPTION_KEY != 0 {
            // The key of legacy pairing is for this connection only; another one is for the later ones.
            bond.key = shortened(random_block(), named.size);
            bond.name = key_name();
            self.hand_out(code::ENCRYPTION_INFORMATION, &reversed(bond.key));
            let mut name = [bond.name[8], bond.name[9]].to_vec();
            name.extend_from_slice(&bond.name[..8]);
            self.hand_out(code::CENTRAL_IDENTIFICATION, &name);
        }
        if handed_out & IDENTITY_KEY != 0 {
            let (key, public) = (self.heater.identity_key, self.public);
            self.hand_out(code::IDENTITY_INFORMATION, &reversed(key));
            self.hand_out(code::IDENTITY_ADDRESS, &[&[0][..], &public].concat());
        }
        let keeps = named.secure || handed_out & ENCRYPTION_KEY != 0;
        if keeps && pairing.features.request[2] & BONDING != 0 {
            self.heater.bond(bond.clone());
            if let Some(connection) = &mut self.connection {
                connection.fresh = (pairing.handed_in() & IDENTITY_KEY != 0).then_some(bond);
            }
        }
    }

    fn hand_out(&mut self, kind: u8, value: &[u8]) {
        self.send(l2cap::SMP, &[&[kind], value].concat());
    }

    /// The central says who it is, so that it is known under its next address too.
    fn keys_handed_in(&mut self, kind: u8, body: &[u8]) {
        let Some(connection) = &mut self.connection else { return };
        let Some(fresh) = connection.fresh.as_mut().filter(|_| connection.security.encrypted) else { return };
        let before = fresh.central;
        match (kind, body) {
            (code::IDENTITY_INFORMATION, key) => {
                fresh.identity_key = Block::try_from(key).ok().map(reversed).filter(|key| *key != [0; 16]);
            }
            (_, &[address_kind, a, b, c, d, e, f]) => {
                fresh.central = DeviceAddress { random: address_kind & 1 == 1, bytes: [a, b, c, d, e, f] };
            }
            _ => return,
        }
        let (after, identity_key) = (fresh.central, fresh.identity_key);
        self.heater.identify(before, after, identity_key);
    }
}

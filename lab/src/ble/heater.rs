//! What the water heater does with what is written to it over Bluetooth LE, and what it remembers.

use std::time::{Duration, Instant};

use super::DeviceAddress;
use super::att::error;
use super::attributes::Item;
use super::crypto::{Block, random_block};
use crate::behaviour::ble::BleBehaviour;
use crate::chance;
use crate::model;

/// Bonds that the device keeps; the oldest gives way.
const BONDS: usize = 4;
/// Longest image that is taken, in bytes.
const IMAGE: usize = 64 * 1024;
/// A write that is longer stops a device that does not look at lengths.
const CRASHING: usize = 64;
/// Longest time for which wrong passkeys are answered with a refusal.
const LONGEST_DELAY: Duration = Duration::from_secs(64);
/// Wrong passkeys in a row that have no consequence.
const FREE_TRIES: u32 = 3;

/// A central that the device knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bond {
    /// The address under which it paired, or the one that it gave as its identity.
    pub(super) central: DeviceAddress,
    /// What resolves its private addresses.
    pub(super) identity_key: Option<Block>,
    pub(super) key: Block,
    /// Names the key of a legacy pairing; zero for the others.
    pub(super) name: [u8; 10],
    pub(super) authenticated: bool,
    pub(super) size: u8,
}

/// The device.
#[derive(Debug)]
pub(super) struct Heater {
    pub(super) behaviour: BleBehaviour,
    pub(super) serial: String,
    pub(super) pin: String,
    lockout: Duration,
    pub(super) bonds: Vec<Bond>,
    /// What its private addresses are made from.
    pub(super) identity_key: Block,
    pub(super) wifi_name: Option<String>,
    pub(super) wifi_password: Option<String>,
    target: u8,
    owner: String,
    pin_failures: u32,
    pin_locked: Option<Instant>,
    update: Update,
    /// Until when strangers may pair because somebody pressed the button.
    pub(super) pairing_until: Option<Instant>,
    passkey_failures: u32,
    passkeys_refused: Option<Instant>,
    /// It answers nothing until it is switched off and on.
    pub(super) hangs: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Update {
    state: u8,
    wanted: u32,
    received: u32,
}

impl Heater {
    /// A device in factory default; everything individual follows from the seed.
    pub(super) fn new(behaviour: BleBehaviour, serial: String, pin: String, lockout: Duration) -> Self {
        Self {
            behaviour,
            serial,
            pin,
            lockout,
            bonds: Vec::new(),
            identity_key: random_block(),
            wifi_name: None,
            wifi_password: None,
            target: model::USUAL_TARGET,
            owner: String::new(),
            pin_failures: 0,
            pin_locked: None,
            update: Update::default(),
            pairing_until: None,
            passkey_failures: 0,
            passkeys_refused: None,
            hangs: false,
        }
    }

    /// Forgets everything that did not come from the factory.
    pub(super) fn reset_to_factory(&mut self) {
        let (serial, pin) = (std::mem::take(&mut self.serial), std::mem::take(&mut self.pin));
        let kept = match self.behaviour.bond_survives_reset {
            true => Some((std::mem::take(&mut self.bonds), self.identity_key)),
            false => None,
        };
        *self = Self::new(self.behaviour, serial, pin, self.lockout);
        if let Some((bonds, identity_key)) = kept {
            (self.bonds, self.identity_key) = (bonds, identity_key);
        }
    }

    /// Whether a pairing is taken now, or the reason why not is [`super::pairing::failure`]'s.
    pub(super) fn takes_pairing(&self, now: Instant) -> Result<(), u8> {
        use super::pairing::failure;
        let invited = self.pairing_until.is_some_and(|until| now < until);
        if !(self.behaviour.pairing.strangers_pair || self.bonds.is_empty() || invited) {
            return Err(failure::NOT_SUPPORTED);
        }
        match self.passkeys_refused {
            Some(until) if now < until => Err(failure::REPEATED_ATTEMPTS),
            _ => Ok(()),
        }
    }

    /// A pairing failed, because one side did not know the passkey.
    pub(super) fn pairing_failed(&mut self, now: Instant) {
        if self.behaviour.pairing.no_retry_delay {
            return;
        }
        self.passkey_failures += 1;
        if let Some(beyond) = self.passkey_failures.checked_sub(FREE_TRIES) {
            let delay = Duration::from_secs(2) * 2u32.pow(beyond.min(5));
            self.passkeys_refused = Some(now + delay.min(LONGEST_DELAY));
        }
    }

    /// Remembers a central.
    pub(super) fn bond(&mut self, bond: Bond) {
        self.passkey_failures = 0;
        self.pairing_until = None;
        self.bonds.retain(|other| other.central != bond.central);
        if self.bonds.len() >= BONDS {
            self.bonds.remove(0);
        }
        self.bonds.push(bond);
    }

    /// The phone of the owner paired when the device was set up.
    pub(super) fn bond_with_owner(&mut self) {
        let owner = DeviceAddress { bytes: [0x11, 0x50, 0x0e, 0x0a, 0x20, 0xc2], random: true };
        let (key, identity_key) = (random_block(), Some(random_block()));
        self.bond(Bond { central: owner, identity_key, key, name: [0; 10], authenticated: true, size: 16 });
    }

    /// The central of a bond says who it is; a bond that it had before is replaced.
    pub(super) fn identify(
        &mut self,
        before: DeviceAddress,
        after: DeviceAddress,
        identity_key: Option<Block>,
    ) {
        let Some(at) = self.bonds.iter().position(|bond| bond.central == before) else { return };
        let mut bond = self.bonds.remove(at);
        (bond.central, bond.identity_key) = (after, identity_key);
        self.bonds.retain(|other| other.central != after);
        self.bonds.push(bond);
    }

    /// The value of an item. Those that are never read have none.
    pub(super) fn read(&self, item: Item) -> Vec<u8> {
        match item {
            Item::Status => self.status(),
            Item::Target => vec![self.target],
            Item::OwnerName => self.owner.clone().into_bytes(),
            Item::UpdateStatus => [&[self.update.state][..], &self.update.received.to_le_bytes()].concat(),
            Item::Serial => self.serial.clone().into_bytes(),
            Item::Console => b"hk> ".to_vec(),
            _ => Vec::new(),
        }
    }

    /// State of the provisioning, as everybody may read it.
    fn status(&self) -> Vec<u8> {
        vec![u8::from(self.wifi_name.is_some()) + u8::from(self.wifi_password.is_some())]
    }

    /// State of the provisioning, as it is notified.
    pub(super) fn notified_status(&self) -> Vec<u8> {
        let mut status = self.status();
        if self.behaviour.plain_notify_of_secrets {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            status.extend(format!(";{};{}", part(&self.wifi_name), part(&self.wifi_password)).into_bytes());
        }
        status
    }

    /// Writes an item; `open`: this connection has given the PIN, which writing it changes.
    pub(super) fn write(
        &mut self,
        item: Item,
        value: &[u8],
        open: &mut bool,
        now: Instant,
    ) -> Result<(), u8> {
        match item {
            Item::WifiName => {
                if value.len() > CRASHING && self.behaviour.crash_on_long_write {
                    self.hangs = true;
                }
                self.wifi_name = Some(text(value, 1, 32)?);
                self.wifi_password = None;
            }
            Item::WifiPassword => {
                if self.wifi_name.is_none() {
                    return Err(error::OUT_OF_ORDER);
                }
                self.wifi_password = Some(text(value, 8, 63)?);
            }
            Item::Target => match value {
                [degrees] if model::TARGETS.contains(degrees) => self.target = *degrees,
                [_] => return Err(error::OUT_OF_RANGE),
                _ => return Err(error::VALUE_LENGTH),
            },
            Item::OwnerName => self.owner = text(value, 0, 48)?,
            Item::Pin => *open = self.enter_pin(value, now)?,
            Item::UpdateControl => self.control_update(value)?,
            Item::UpdateData => self.receive_update(value)?,
            // The console takes everything and does nothing that is seen.
            Item::Console => {}
            _ => return Err(error::WRITE_NOT_PERMITTED),
        }
        Ok(())
    }

    fn enter_pin(&mut self, value: &[u8], now: Instant) -> Result<bool, u8> {
        if value.len() != self.pin.len() {
            return Err(error::VALUE_LENGTH);
        }
        if self.pin_locked.is_some_and(|until| now < until) {
            return Err(error::PIN_LOCKED);
        }
        if value == self.pin.as_bytes() {
            self.pin_failures = 0;
            return Ok(true);
        }
        self.pin_failures += 1;
        if self.pin_failures >= model::LOCKOUT_FAILURES && !self.behaviour.pin_without_lockout {
            self.pin_failures = 0;
            self.pin_locked = Some(now + self.lockout);
        }
        Err(error::WRONG_PIN)
    }

    fn control_update(&mut self, value: &[u8]) -> Result<(), u8> {
        match *value {
            [1, a, b, c, d] => {
                let wanted = u32::from_le_bytes([a, b, c, d]);
                if wanted == 0 || wanted as usize > IMAGE {
                    return Err(error::OUT_OF_RANGE);
                }
                self.update = Update { state: 1, wanted, received: 0 };
                Ok(())
            }
            [2] if self.update.state == 1 && self.update.received == self.update.wanted => {
                // No image that came over Bluetooth carries the maker's signature, so the sound device takes none.
                let installs = self.behaviour.dfu_open;
                self.update.state = if installs { 3 } else { 2 };
                if installs { Ok(()) } else { Err(error::IMAGE_REFUSED) }
            }
            [2] => Err(error::OUT_OF_ORDER),
            _ => Err(error::VALUE_LENGTH),
        }
    }

    fn receive_update(&mut self, value: &[u8]) -> Result<(), u8> {
        let received = self.update.received.saturating_add(value.len() as u32);
        if self.update.state != 1 || received > self.update.wanted {
            return Err(error::OUT_OF_ORDER);
        }
        self.update.received = received;
        Ok(())
    }

    /// Whether an image that came over Bluetooth was installed.
    pub(super) fn has_installed(&self) -> bool {
        self.update.state == 3
    }
}

/// A name for a key of a legacy pairing: 8 bytes by chance, then 2.
pub(super) fn key_name() -> [u8; 10] {
    let mut name = [0; 10];
    name[..8].copy_from_slice(&chance::bits().to_le_bytes());
    name[8..].copy_from_slice(&(chance::bits() as u16 | 1).to_le_bytes());
    name
}

fn text(value: &[u8], least: usize, most: usize) -> Result<String, u8> {
    if !(least..=most).contains(&value.len()) {
        return Err(error::VALUE_LENGTH);
    }
    let text = std::str::from_utf8(value).map_err(|_| error::OUT_OF_RANGE)?;
    match text.chars().any(char::is_control) {
        true => Err(error::OUT_OF_RANGE),
        false => Ok(text.to_owned()),
    }
}

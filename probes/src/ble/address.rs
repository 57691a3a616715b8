//! Addresses of Bluetooth LE devices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which of the two address spaces an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// Assigned by the IEEE: stays with the device.
    Public,
    /// Made up by the device; see [`DeviceAddress::lasting`].
    Random,
}

/// What the two top bits of an address say of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lasting {
    /// For the life of the device.
    Public,
    /// At least until the device restarts.
    StaticRandom,
    /// Changes; who holds the identity resolving key can tell whose it is.
    ResolvablePrivate,
    /// Changes; nobody can tell whose it is.
    NonResolvablePrivate,
    /// The bits have a value without a meaning.
    Reserved,
}

/// Address of a device with its kind; written `C0:FF:EE:00:00:01/random`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceAddress {
    /// Public or random.
    pub kind: AddressKind,
    /// Most significant octet first, as it is written.
    pub octets: [u8; 6],
}

impl DeviceAddress {
    /// From the order on the wire, least significant octet first. `kind` as HCI numbers it: 0 and 2 are
    /// public, 1 and 3 random (2 and 3: resolved by the controller).
    pub(crate) fn from_wire(kind: u8, mut octets: [u8; 6]) -> Self {
        octets.reverse();
        let kind = if kind & 1 == 0 { AddressKind::Public } else { AddressKind::Random };
        Self { kind, octets }
    }

    /// Least significant octet first.
    pub(crate) fn on_wire(self) -> [u8; 6] {
        let mut octets = self.octets;
        octets.reverse();
        octets
    }

    /// 0 or 1, as HCI and SMP number the kind.
    pub(crate) fn kind_number(self) -> u8 {
        match self.kind {
            AddressKind::Public => 0,
            AddressKind::Random => 1,
        }
    }

    /// What the address says of its life.
    pub fn lasting(self) -> Lasting {
        match (self.kind, self.octets[0] >> 6) {
            (AddressKind::Public, _) => Lasting::Public,
            (AddressKind::Random, 0b11) => Lasting::StaticRandom,
            (AddressKind::Random, 0b01) => Lasting::ResolvablePrivate,
            (AddressKind::Random, 0b00) => Lasting::NonResolvablePrivate,
            (AddressKind::Random, _) => Lasting::Reserved,
        }
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.octets;
        let kind = match self.kind {
            AddressKind::Public => "public",
            AddressKind::Random => "random",
        };
        write!(f, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{g:02X}/{kind}")
    }
}

impl fmt::Debug for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no address of a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no Bluetooth address; expected six octets and the kind, such as C0:FF:EE:00:00:01/random"
)]
pub struct NoAddress(String);

impl FromStr for DeviceAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let bad = || NoAddress(text.chars().take(60).collect());
        let (octets, kind) = text.split_once('/').ok_or_else(bad)?;
        let kind = match kind {
            "public" => AddressKind::Public,
            "random" => AddressKind::Random,
            _ => return Err(bad()),
        };
        let mut read = [0; 6];
        let mut parts = octets.split(':');
        for octet in &mut read {
            let part = parts
                .next()
                .filter(|part| part.len() == 2 && part.bytes().all(|octet| octet.is_ascii_hexdigit()))
                .ok_or_else(bad)?;
            *octet = u8::from_str_radix(part, 16).map_err(|_| bad())?;
        }
        if parts.next().is_some() { Err(bad()) } else { Ok(Self { kind, octets: read }) }
    }
}

impl Serialize for DeviceAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written_and_turned_round_on_the_wire() {
        let address: DeviceAddress = "C0:ff:EE:00:00:01/random".parse().unwrap();
        assert_eq!(address.to_string(), "C0:FF:EE:00:00:01/random");
        assert_eq!(address.on_wire(), [1, 0, 0, 0xee, 0xff, 0xc0]);
        assert_eq!(DeviceAddress::from_wire(1, address.on_wire()), address);
        assert_eq!(address.lasting(), Lasting::StaticRandom);
        for (text, lasting) in [
            ("41:00:00:00:00:01/random", Lasting::ResolvablePrivate),
            ("01:00:00:00:00:01/random", Lasting::NonResolvablePrivate),
            ("81:00:00:00:00:01/random", Lasting::Reserved),
            ("81:00:00:00:00:01/public", Lasting::Public),
        ] {
            assert_eq!(text.parse::<DeviceAddress>().unwrap().lasting(), lasting);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "C0:FF:EE:00:00:01",
            "C0:FF:EE:00:00/public",
            "C0:FF:EE:00:00:01:02/public",
            "C0:FF:EE:00:00:1/public",
            "+0:FF:EE:00:00:01/public",
            "C0:FF:EE:00:00:01/private",
            "é:FF:EE:00:00:01/public",
        ] {
            assert!(text.parse::<DeviceAddress>().is_err(), "{text}");
        }
    }
}

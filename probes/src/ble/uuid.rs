//! UUIDs of services, characteristics and descriptors, and the names of those that the harness speaks of.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The octets that a short UUID stands in, most significant first.
const BASE: [u8; 16] = [0, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0x80, 0x5f, 0x9b, 0x34, 0xfb];

/// A UUID; short ones are kept in their long form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// A 16-bit UUID of the Bluetooth SIG.
    pub const fn short(number: u16) -> Self {
        let mut octets = BASE;
        let [high, low] = number.to_be_bytes();
        octets[2] = high;
        octets[3] = low;
        Self(octets)
    }

    /// From the order on the wire, least significant octet first; 2, 4 or 16 octets.
    pub(crate) fn from_wire(octets: &[u8]) -> Option<Self> {
        let mut long = BASE;
        match octets.len() {
            2 | 4 => {
                for (place, octet) in octets.iter().enumerate() {
                    long[3 - place] = *octet;
                }
            }
            16 => {
                long.copy_from_slice(octets);
                long.reverse();
            }
            _ => return None,
        }
        Some(Self(long))
    }

    /// From the long form, most significant octet first.
    #[cfg(feature = "system-bluetooth")]
    pub(crate) const fn long(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// Least significant octet first: 2 octets where that is enough, else 16.
    pub(crate) fn on_wire(self) -> Vec<u8> {
        match self.number() {
            Some(number) => number.to_le_bytes().to_vec(),
            None => self.0.iter().rev().copied().collect(),
        }
    }

    /// The 16-bit number, if it is one of the Bluetooth SIG.
    pub fn number(self) -> Option<u16> {
        (self.0[..2] == [0, 0] && self.0[4..] == BASE[4..])
            .then(|| u16::from_be_bytes([self.0[2], self.0[3]]))
    }

    /// What the Bluetooth SIG assigned the number to, for those that matter in an assessment.
    pub fn name(self) -> Option<&'static str> {
        let number = self.number()?;
        NAMES.binary_search_by_key(&number, |(number, _)| *number).ok().map(|place| NAMES[place].1)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.number() {
            return write!(f, "{number:04x}");
        }
        for (place, octet) in self.0.iter().enumerate() {
            let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{octet:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::str::FromStr for Uuid {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("\"{}\" is no UUID", text.chars().take(60).collect::<String>());
        let digits: String = text.chars().filter(|character| *character != '-').collect();
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) || !matches!(digits.len(), 4 | 8 | 32) {
            return Err(bad());
        }
        let octet = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).map_err(|_| bad());
        let mut octets: Vec<u8> = (0..digits.len()).step_by(2).map(octet).collect::<Result<_, _>>()?;
        octets.reverse();
        Self::from_wire(&octets).ok_or_else(bad)
    }
}

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// In ascending order.
const NAMES: &[(u16, &str)] = &[
    (0x1800, "Generic Access"),
    (0x1801, "Generic Attribute"),
    (0x1802, "Immediate Alert"),
    (0x1803, "Link Loss"),
    (0x1804, "Tx Power"),
    (0x1805, "Current Time"),
    (0x180a, "Device Information"),
    (0x180d, "Heart Rate"),
    (0x180f, "Battery"),
    (0x1812, "Human Interface Device"),
    (0x181a, "Environmental Sensing"),
    (0x1827, "Mesh Provisioning"),
    (0x1828, "Mesh Proxy"),
    (0x2800, "Primary Service"),
    (0x2801, "Secondary Service"),
    (0x2802, "Include"),
    (0x2803, "Characteristic"),
    (0x2900, "Characteristic Extended Properties"),
    (0x2901, "Characteristic User Description"),
    (0x2902, "Client Characteristic Configuration"),
    (0x2903, "Server Characteristic Configuration"),
    (0x2904, "Characteristic Presentation Format"),
    (0x2a00, "Device Name"),
    (0x2a01, "Appearance"),
    (0x2a04, "Peripheral Preferred Connection Parameters"),
    (0x2a05, "Service Changed"),
    (0x2a19, "Battery Level"),
    (0x2a23, "System ID"),
    (0x2a24, "Model Number"),
    (0x2a25, "Serial Number"),
    (0x2a26, "Firmware Revision"),
    (0x2a27, "Hardware Revision"),
    (0x2a28, "Software Revision"),
    (0x2a29, "Manufacturer Name"),
    (0x2a2a, "Regulatory Certification Data"),
    (0x2a50, "PnP ID"),
    (0x2aa6, "Central Address Resolution"),
    (0x2ac9, "Resolvable Private Address Only"),
    (0x2b29, "Client Supported Features"),
    (0x2b2a, "Database Hash"),
    (0x2b3a, "Server Supported Features"),
    (0xfd6f, "Exposure Notification"),
    (0xfe59, "Nordic Device Firmware Update"),
    (0xfff6, "Matter"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_to_be_found() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(Uuid::short(0x2a25).name(), Some("Serial Number"));
        assert_eq!(Uuid::short(0x2a26).to_string(), "2a26");
        assert_eq!(Uuid::short(0x2a99).name(), None);
    }

    #[test]
    fn a_uuid_comes_back_from_the_wire_and_from_text() {
        let long = "b1e50000-0000-4000-8000-0000000000c1";
        let uuid: Uuid = long.parse().unwrap();
        assert_eq!(uuid.to_string(), long);
        assert_eq!(uuid.on_wire()[0], 0xc1);
        assert_eq!(Uuid::from_wire(&uuid.on_wire()), Some(uuid));
        assert_eq!(Uuid::from_wire(&[0x0a, 0x18]), Some(Uuid::short(0x180a)));
        assert_eq!(Uuid::short(0x180a).on_wire(), [0x0a, 0x18]);
        // The short form in its long dress is the same UUID.
        assert_eq!("0000180a-0000-1000-8000-00805f9b34fb".parse(), Ok(Uuid::short(0x180a)));
        assert_eq!(Uuid::from_wire(&[1, 2, 3]), None);
        assert!("180".parse::<Uuid>().is_err() && "+80a".parse::<Uuid>().is_err());
    }
}

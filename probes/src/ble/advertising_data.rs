//! Advertising data: a row of structures, each a length, a type and a value (Core Specification
//! Supplement, part A).

use serde::{Deserialize, Serialize};

use super::uuid::Uuid;

/// Structures that are read of one packet; 254 octets hold at most 127.
const STRUCTURES_AT_MOST: usize = 128;

/// What the data of one advertising packet says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvertisingData {
    /// The structures, in their order.
    pub structures: Vec<AdStructure>,
    /// Why the rest could not be read, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
}

/// One structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdStructure {
    /// Assigned number of the type.
    pub kind: u8,
    /// Name of the type.
    pub name: String,
    /// The value as it came, in hex.
    pub hex: String,
    /// What the value means, where the type is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<AdMeaning>,
}

/// A value that is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdMeaning {
    /// Flags: discoverability, and whether BR/EDR is there.
    Flags(u8),
    /// UUIDs of services, with whether the list claims to be complete.
    Services {
        /// The UUIDs.
        uuids: Vec<Uuid>,
        /// Whether the list claims to be complete.
        complete: bool,
    },
    /// Local name, with whether it is cut short.
    LocalName {
        /// The name; octets that are no UTF-8 are replaced.
        name: String,
        /// Whether it is the whole name.
        complete: bool,
    },
    /// Transmit power in dBm.
    TxPower(i8),
    /// Data of a service.
    ServiceData {
        /// The service.
        uuid: Uuid,
        /// The data, in hex.
        data: String,
    },
    /// Data of a manufacturer.
    Manufacturer {
        /// Company identifier.
        company: u16,
        /// The data, in hex.
        data: String,
    },
    /// Appearance.
    Appearance(u16),
}

impl AdvertisingData {
    /// Reads the data of a packet. What cannot be read is said in `malformed`; what was read stays.
    pub fn read(data: &[u8]) -> Self {
        let mut read = Self::default();
        let mut left = data;
        while let Some((&length, rest)) = left.split_first() {
            if length == 0 {
                // Early termination: only zeros may follow.
                if rest.iter().any(|octet| *octet != 0) {
                    read.malformed = Some(format!("{} octets after the end are not zero", rest.len()));
                }
                break;
            }
            let Some((structure, rest)) = rest.split_at_checked(usize::from(length)) else {
                read.malformed = Some(format!("a structure claims {length} octets, {} are left", rest.len()));
                break;
            };
            if read.structures.len() == STRUCTURES_AT_MOST {
                read.malformed = Some(format!("more than {STRUCTURES_AT_MOST} structures"));
                break;
            }
            read.structures.push(AdStructure::read(structure[0], &structure[1..]));
            left = rest;
        }
        read
    }

    /// The local name, if it is told whole. A shortened one may be anybody's.
    pub fn complete_name(&self) -> Option<&str> {
        self.structures.iter().find_map(|structure| match &structure.meaning {
            Some(AdMeaning::LocalName { name, complete: true }) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The local name, if one is told; the complete one before a shortened one.
    pub fn local_name(&self) -> Option<&str> {
        let mut shortened = None;
        for structure in &self.structures {
            match &structure.meaning {
                Some(AdMeaning::LocalName { name, complete: true }) => return Some(name),
                Some(AdMeaning::LocalName { name, .. }) => shortened = Some(name.as_str()),
                _ => {}
            }
        }
        shortened
    }
}

impl AdStructure {
    pub(crate) fn read(kind: u8, value: &[u8]) -> Self {
        Self { kind, name: kind_name(kind), hex: hex(value), meaning: AdMeaning::read(kind, value) }
    }
}

impl AdMeaning {
    fn read(kind: u8, value: &[u8]) -> Option<Self> {
        let head = |size: usize| value.split_at_checked(size);
        Some(match kind {
            0x01 => Self::Flags(*value.first()?),
            0x02..=0x07 => {
                let size = match kind {
                    0x02 | 0x03 => 2,
                    0x04 | 0x05 => 4,
                    _ => 16,
                };
                let chunks = value.chunks_exact(size);
                if !chunks.remainder().is_empty() {
                    return None;
                }
                Self::Services {
                    uuids: chunks.filter_map(Uuid::from_wire).collect(),
                    complete: kind & 1 == 1,
                }
            }
            0x08 | 0x09 => {
                Self::LocalName { name: String::from_utf8_lossy(value).into_owned(), complete: kind == 0x09 }
            }
            0x0a => Self::TxPower(i8::from_le_bytes([*value.first()?])),
            0x16 | 0x20 | 0x21 => {
                let size = match kind {
                    0x16 => 2,
                    0x20 => 4,
                    _ => 16,
                };
                let (uuid, data) = head(size)?;
                Self::ServiceData { uuid: Uuid::from_wire(uuid)?, data: hex(data) }
            }
            0x19 => Self::Appearance(u16::from_le_bytes(value.try_into().ok()?)),
            0xff => {
                let (company, data) = head(2)?;
                Self::Manufacturer { company: u16::from_le_bytes([company[0], company[1]]), data: hex(data) }
            }
            _ => return None,
        })
    }
}

fn kind_name(kind: u8) -> String {
    let name = match kind {
        0x01 => "flags",
        0x02 => "some 16-bit services",
        0x03 => "16-bit services",
        0x04 => "some 32-bit services",
        0x05 => "32-bit services",
        0x06 => "some 128-bit services",
        0x07 => "128-bit services",
        0x08 => "shortened name",
        0x09 => "name",
        0x0a => "transmit power",
        0x0d => "class of device",
        0x10 => "device id",
        0x11 => "security manager flags",
        0x12 => "connection interval range",
        0x14 => "16-bit solicitation",
        0x15 => "128-bit solicitation",
        0x16 => "16-bit service data",
        0x19 => "appearance",
        0x1b => "device address",
        0x1c => "LE role",
        0x20 => "32-bit service data",
        0x21 => "128-bit service data",
        0x24 => "URI",
        0x29 => "provisioning data",
        0x2b => "mesh beacon",
        0xff => "manufacturer data",
        other => return format!("type {other:#04x}"),
    };
    name.to_owned()
}

pub(crate) fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(octets.len() * 2);
    for octet in octets {
        write!(text, "{octet:02x}").expect("a String takes any text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structures_of_a_packet_are_read() {
        let mut data =
            vec![2, 0x01, 0x06, 3, 0x03, 0x0a, 0x18, 4, 0x09, b'D', b'U', b'T', 5, 0xff, 0x59, 0, 1, 2];
        data.extend([0, 0, 0]);
        let read = AdvertisingData::read(&data);
        assert_eq!(read.malformed, None);
        assert_eq!(read.local_name(), Some("DUT"));
        let meanings: Vec<_> = read.structures.iter().filter_map(|one| one.meaning.clone()).collect();
        assert_eq!(
            meanings,
            [
                AdMeaning::Flags(6),
                AdMeaning::Services { uuids: vec![Uuid::short(0x180a)], complete: true },
                AdMeaning::LocalName { name: "DUT".to_owned(), complete: true },
                AdMeaning::Manufacturer { company: 0x59, data: "0102".to_owned() },
            ]
        );
    }

    #[test]
    fn what_is_cut_short_or_follows_the_end_is_said() {
        let cut = AdvertisingData::read(&[2, 0x01, 0x06, 9, 0x09, b'D']);
        assert_eq!((cut.structures.len(), cut.malformed.is_some()), (1, true));
        let after = AdvertisingData::read(&[2, 0x01, 0x06, 0, 7]);
        assert_eq!((after.structures.len(), after.malformed.is_some()), (1, true));
        // A value that does not fit its type is kept raw.
        let odd = AdvertisingData::read(&[4, 0x03, 1, 2, 3]);
        assert_eq!((odd.structures[0].meaning.clone(), odd.structures[0].hex.as_str()), (None, "010203"));
    }

    #[test]
    fn a_shortened_name_gives_way_to_the_complete_one() {
        let both = AdvertisingData::read(&[2, 0x08, b'D', 3, 0x09, b'D', b'U']);
        assert_eq!(both.local_name(), Some("DU"));
        assert_eq!(AdvertisingData::read(&[2, 0x08, b'D']).local_name(), Some("D"));
    }
}

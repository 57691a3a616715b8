//! MQTT in the clear: the login of CONNECT, and fields of published JSON.

use super::facts::Certainty;
use super::fields;
use super::sighting::{Sighting, Sightings};

/// Octets of a packet that are looked at.
const PACKET_AT_MOST: usize = 16 * 1024;

/// Whether a stream begins with CONNECT; `None` if more octets are needed.
pub(super) fn begins(bytes: &[u8]) -> Option<bool> {
    let (first, rest) = bytes.split_first()?;
    if *first != 0x10 {
        return Some(false);
    }
    let Some((_, body)) = length(rest) else {
        return (rest.len() >= 4).then_some(false);
    };
    for name in [&b"\0\x04MQTT"[..], b"\0\x06MQIsdp"] {
        if body.starts_with(name) {
            return Some(true);
        }
        if name.starts_with(body) {
            return None;
        }
    }
    Some(false)
}

/// A length of one to four octets, and what follows; `None` if it is not whole.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

/// Both directions.
#[derive(Debug, Default)]
pub(super) struct MqttSeen {
    sides: [Packets; 2],
    level: u8,
}

#[derive(Debug, Default)]
struct Packets {
    packet: Vec<u8>,
    /// Octets of a longer packet that are still to come.
    skip: usize,
    lost: bool,
}

impl MqttSeen {
    /// Takes the next octets of a side.
    pub(super) fn feed(&mut self, from_caller: bool, mut bytes: &[u8], told: &mut Sightings) {
        let level = &mut self.level;
        let [called, caller] = &mut self.sides;
        let side = if from_caller { caller } else { called };
        while !bytes.is_empty() && !side.lost {
            if side.skip > 0 {
                let (taken, rest) = bytes.split_at(side.skip.min(bytes.len()));
                side.skip -= taken.len();
                bytes = rest;
                continue;
            }
            // Octet by octet until the length is known, then as many as there are.
            let whole = match side.packet.get(1..).map(length) {
                Some(Some((length, after))) => Some(side.packet.len() - after.len() + length),
                Some(None) if side.packet.len() >= 5 => {
                    side.lost = true;
                    side.packet = Vec::new();
                    return;
                }
                _ => None,
            };
            let wanted = whole.map_or(1, |whole| whole.min(PACKET_AT_MOST).saturating_sub(side.packet.len()));
            let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
            side.packet.extend_from_slice(taken);
            bytes = rest;
            let whole = match side.packet.get(1..).map(length) {
                Some(Some((length, after))) => side.packet.len() - after.len() + length,
                _ => continue,
            };
            if side.packet.len() >= whole.min(PACKET_AT_MOST) {
                let packet = std::mem::take(&mut side.packet);
                side.skip = whole.saturating_sub(packet.len());
                read(from_caller, &packet, level, told);
            }
        }
    }

    /// Octets are missing from here on.
    pub(super) fn hole(&mut self, from_caller: bool) {
        let side = &mut self.sides[usize::from(from_caller)];
        side.lost = true;
        side.packet = Vec::new();
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.sides.iter().map(|side| side.packet.capacity()).sum()
    }
}

fn read(from_caller: bool, packet: &[u8], level: &mut u8, told: &mut Sightings) {
    let Some((first, rest)) = packet.split_first() else { return };
    let Some((_, body)) = length(rest) else { return };
    match first >> 4 {
        1 => {
            connect(from_caller, body, level, told);
        }
        3 => {
            let mut rest = Fields(body);
            if rest.text().is_some() {
                if first & 6 != 0 {
                    rest.take(2);
                }
                if *level >= 5 {
                    rest.properties();
                }
                if fields::begins_json(rest.0) {
                    fields::json(rest.0, from_caller, told);
                }
            }
        }
        _ => {}
    }
}

fn connect(from_caller: bool, body: &[u8], level: &mut u8, told: &mut Sightings) -> Option<()> {
    let mut rest = Fields(body);
    rest.text()?;
    *level = *rest.take(1)?.first()?;
    let flags = *rest.take(1)?.first()?;
    rest.take(2)?;
    if *level >= 5 {
        rest.properties()?;
    }
    rest.text()?;
    if flags & 4 != 0 {
        if *level >= 5 {
            rest.properties()?;
        }
        rest.text()?;
        rest.text()?;
    }
    if flags & 0x80 != 0 {
        let length = rest.text()?.len();
        told.tell(from_caller, Sighting::of("login-name", Certainty::Certain, "MQTT CONNECT", length));
    }
    if flags & 0x40 != 0 {
        let length = rest.text()?.len();
        told.tell(from_caller, Sighting::of("password", Certainty::Certain, "MQTT CONNECT", length));
    }
    Some(())
}

struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.take(2)?;
        self.take(usize::from(u16::from_be_bytes(length.try_into().ok()?)))
    }

    fn properties(&mut self) -> Option<()> {
        let (length, rest) = length(self.0)?;
        self.0 = rest;
        self.take(length).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(first: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        let mut left = body.len();
        loop {
            bytes.push((left % 128) as u8 | if left >= 128 { 128 } else { 0 });
            left /= 128;
            if left == 0 {
                break;
            }
        }
        bytes.extend(body);
        bytes
    }

    fn stream(level: u8) -> Vec<u8> {
        let properties: &[u8] = if level == 5 { &[0] } else { &[] };
        let connect = [
            &[0, 4][..],
            b"MQTT",
            &[level, 0xc6, 0, 60],
            properties,
            &[0, 1, b'c'],
            properties,
            &[0, 1, b't', 0, 2, b'b', b'y'],
            &[0, 4],
            b"user",
            &[0, 6],
            b"secret",
        ]
        .concat();
        let publish = [&[0, 1, b't', 0, 9][..], properties, br#"{"token":"abc"}"#].concat();
        let long = [&[0, 1, b't'][..], properties, &[b'x'; 40_000]].concat();
        [packet(0x10, &connect), packet(0x30, &long), packet(0x32, &publish)].concat()
    }

    fn seen(parts: &[&[u8]]) -> Vec<String> {
        let (mut mqtt, mut told) = (MqttSeen::default(), Sightings::default());
        for part in parts {
            mqtt.feed(true, part, &mut told);
            assert!(mqtt.held() <= 2 * PACKET_AT_MOST);
        }
        let words = |(_, one): (bool, Sighting)| match one {
            Sighting::Credential { what, place, length, .. } => format!("{what} {place} {length}"),
            other => format!("{other:?}"),
        };
        told.0.into_iter().map(words).collect()
    }

    #[test]
    fn the_login_and_published_fields_are_seen_however_the_stream_is_cut() {
        let expected = ["login-name MQTT CONNECT 4", "password MQTT CONNECT 6", "token JSON field token 3"];
        for level in [4, 5] {
            let bytes = stream(level);
            for size in [1, 2, 7, 100, 65_536] {
                assert_eq!(
                    seen(&bytes.chunks(size).collect::<Vec<_>>()),
                    expected,
                    "level {level}, parts of {size}"
                );
            }
        }
    }

    #[test]
    fn the_beginning_is_recognized() {
        let bytes = stream(4);
        assert_eq!(begins(&bytes), Some(true));
        assert!((0..8).all(|cut| begins(&bytes[..cut]).is_none()));
        assert_eq!(begins(b"\x10\x20\0\x04MQTX"), Some(false));
        assert_eq!(begins(b"\x16\x03"), Some(false));
        assert_eq!(begins(b"\x10\xff\xff\xff\xff"), Some(false));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize) {
            let (one, two) = bytes.split_at(cut.min(bytes.len()));
            seen(&[one, two]);
            let _ = begins(&bytes);
        }
    }
}

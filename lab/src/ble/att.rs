//! The attribute protocol, from the side of the server (core specification, volume 3, part F).

use super::attributes::{Attribute, Content, Item, Need, Table};
use super::uuids::{self, Uuid};

/// Errors.
pub(super) mod error {
    pub(crate) const INVALID_HANDLE: u8 = 0x01;
    pub(crate) const READ_NOT_PERMITTED: u8 = 0x02;
    pub(crate) const WRITE_NOT_PERMITTED: u8 = 0x03;
    pub(crate) const INVALID_PDU: u8 = 0x04;
    pub(crate) const AUTHENTICATION: u8 = 0x05;
    pub(crate) const NOT_SUPPORTED: u8 = 0x06;
    pub(crate) const INVALID_OFFSET: u8 = 0x07;
    pub(crate) const AUTHORIZATION: u8 = 0x08;
    pub(crate) const QUEUE_FULL: u8 = 0x09;
    pub(crate) const NOT_FOUND: u8 = 0x0a;
    pub(crate) const VALUE_LENGTH: u8 = 0x0d;
    pub(crate) const ENCRYPTION: u8 = 0x0f;
    pub(crate) const UNSUPPORTED_GROUP: u8 = 0x10;
    /// The PIN is wrong.
    pub(crate) const WRONG_PIN: u8 = 0x80;
    /// The PIN was wrong too often.
    pub(crate) const PIN_LOCKED: u8 = 0x81;
    /// The image is not the maker's.
    pub(crate) const IMAGE_REFUSED: u8 = 0x82;
    /// What was written makes no sense now.
    pub(crate) const OUT_OF_ORDER: u8 = 0x83;
    /// The value is outside of its range.
    pub(crate) const OUT_OF_RANGE: u8 = 0xff;
}

/// The longest packet that this server takes.
pub(super) const LONGEST: u16 = 247;
/// The longest packet before both sides said more.
const DEFAULT: u16 = 23;
/// Pieces of long writes that wait.
const PREPARED: usize = 24;
/// The longest value.
const VALUE: usize = 512;

/// The device behind the attributes, as one link sees it.
pub(super) trait Device {
    /// Whether the link is good enough, or the error that says why not.
    fn allows(&self, need: Need) -> Result<(), u8>;
    /// A value.
    fn read(&self, item: Item) -> Vec<u8>;
    /// Writes, or says why not.
    fn write(&mut self, item: Item, value: &[u8]) -> Result<(), u8>;
}

/// What the server remembers of a connection.
#[derive(Debug)]
pub(super) struct Server {
    mtu: u16,
    prepared: Vec<(u16, u16, Vec<u8>)>,
}

/// An error about a handle.
type Refused = (u16, u8);

impl Server {
    pub(super) fn new() -> Self {
        Self { mtu: DEFAULT, prepared: Vec::new() }
    }

    /// Most bytes of a value in a notification.
    pub(super) fn notified(&self) -> usize {
        usize::from(self.mtu) - 3
    }

    /// Answers a packet; `None`: it is not to be answered.
    pub(super) fn packet(
        &mut self,
        packet: &[u8],
        table: &Table,
        device: &mut impl Device,
    ) -> Option<Vec<u8>> {
        let (&kind, body) = packet.split_first()?;
        match kind {
            0x52 => {
                if let Some((handle, value)) = handle_and_rest(body) {
                    // Nobody is told whether it went well.
                    let _result = write(handle, value, table, device);
                }
                return None;
            }
            // Other commands, signed ones among them, and confirmations are passed over.
            _ if kind & 0x40 != 0 || kind == 0x1e => return None,
            _ => {}
        }
        let answer = match kind {
            0x02 => self.exchange(body),
            0x04 => self.information(body, table),
            0x06 => self.find_by_value(body, table),
            0x08 => self.read_by_type(body, table, device),
            0x0a | 0x0c => self.read(kind, body, table, device),
            0x0e => self.read_several(body, table, device),
            0x10 => self.read_by_group(body, table),
            0x12 => match handle_and_rest(body) {
                Some((handle, value)) => write(handle, value, table, device).map(|()| vec![0x13]),
                None => Err((0, error::INVALID_PDU)),
            },
            0x16 => self.prepare(body, table, device),
            0x18 => self.execute(body, table, device),
            _ => Err((0, error::NOT_SUPPORTED)),
        };
        let mut answer = answer.unwrap_or_else(|(handle, code)| {
            let [low, high] = handle.to_le_bytes();
            vec![1, kind, low, high, code]
        });
        answer.truncate(self.mtu.into());
        Some(answer)
    }

    fn exchange(&mut self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let &[low, high] = body else { return Err((0, error::INVALID_PDU)) };
        self.mtu = u16::from_le_bytes([low, high]).clamp(DEFAULT, LONGEST);
        Ok([&[3][..], &LONGEST.to_le_bytes()].concat())
    }

    fn information(&self, body: &[u8], table: &Table) -> Result<Vec<u8>, Refused> {
        let (first, last, rest) = range(body)?;
        if !rest.is_empty() {
            return Err((0, error::INVALID_PDU));
        }
        let mut entries = Vec::new();
        for attribute in table.shown(first, last) {
            let entry = [&attribute.handle.to_le_bytes()[..], &attribute.kind.bytes()].concat();
            if !self.fits(&mut entries, entry, 2) {
                break;
            }
        }
        let format = match entries.first().ok_or((first, error::NOT_FOUND))?.len() {
            4 => 1,
            _ => 2,
        };
        Ok([&[5, format][..], &entries.concat()].concat())
    }

    fn find_by_value(&self, body: &[u8], table: &Table) -> Result<Vec<u8>, Refused> {
        let (first, last, rest) = range(body)?;
        let Some((kind, value)) = rest.split_at_checked(2) else { return Err((0, error::INVALID_PDU)) };
        let mut entries = Vec::new();
        for attribute in table.shown(first, last) {
            let same = matches!(&attribute.content, Content::Fixed(fixed) if fixed == value);
            if same && Uuid::of_bytes(kind) == Some(attribute.kind) {
                let end = attribute.end.unwrap_or(attribute.handle);
                let entry = [attribute.handle.to_le_bytes(), end.to_le_bytes()].concat();
                if !self.fits(&mut entries, entry, 1) {
                    break;
                }
            }
        }
        match entries.is_empty() {
            true => Err((first, error::NOT_FOUND)),
            false => Ok([&[7][..], &entries.concat()].concat()),
        }
    }

    fn read_by_type(&self, body: &[u8], table: &Table, device: &impl Device) -> Result<Vec<u8>, Refused> {
        let (first, last, kind) = range(body)?;
        let kind = Uuid::of_bytes(kind).ok_or((0, error::INVALID_PDU))?;
        let mut entries = Vec::new();
        for attribute in table.shown(first, last).filter(|attribute| attribute.kind == kind) {
            let value = match value(attribute, device) {
                Ok(value) => value,
                Err(code) if entries.is_empty() => return Err((attribute.handle, code)),
                Err(_) => break,
            };
            let most = (usize::from(self.mtu) - 4).min(253);
            let value = &value[..value.len().min(most)];
            if !self.fits(&mut entries, [&attribute.handle.to_le_bytes()[..], value].concat(), 2) {
                break;
            }
        }
        let length = entries.first().ok_or((first, error::NOT_FOUND))?.len() as u8;
        Ok([&[9, length][..], &entries.concat()].concat())
    }

    fn read(&self, kind: u8, body: &[u8], table: &Table, device: &impl Device) -> Result<Vec<u8>, Refused> {
        let (handle, rest) = handle_and_rest(body).ok_or((0, error::INVALID_PDU))?;
        let offset = match (kind, rest) {
            (0x0a, []) => 0,
            (0x0c, &[low, high]) => u16::from_le_bytes([low, high]).into(),
            _ => return Err((handle, error::INVALID_PDU)),
        };
        let value = value_at(handle, table, device)?;
        let part = value.get(offset..).ok_or((handle, error::INVALID_OFFSET))?;
        Ok([&[kind + 1], part].concat())
    }

    fn read_several(&self, body: &[u8], table: &Table, device: &impl Device) -> Result<Vec<u8>, Refused> {
        if body.len() < 4 || !body.len().is_multiple_of(2) {
            return Err((0, error::INVALID_PDU));
        }
        let mut answer = vec![0x0f];
        for handle in body.chunks_exact(2) {
            answer.extend(value_at(u16::from_le_bytes([handle[0], handle[1]]), table, device)?);
        }
        Ok(answer)
    }

    fn read_by_group(&self, body: &[u8], table: &Table) -> Result<Vec<u8>, Refused> {
        let (first, last, kind) = range(body)?;
        if Uuid::of_bytes(kind) != Some(uuids::PRIMARY_SERVICE) {
            return Err((first, error::UNSUPPORTED_GROUP));
        }
        let mut entries = Vec::new();
        for attribute in table.shown(first, last) {
            let (Some(end), Content::Fixed(uuid)) = (attribute.end, &attribute.content) else { continue };
            let entry = [&attribute.handle.to_le_bytes()[..], &end.to_le_bytes(), uuid].concat();
            if !self.fits(&mut entries, entry, 2) {
                break;
            }
        }
        let length = entries.first().ok_or((first, error::NOT_FOUND))?.len() as u8;
        Ok([&[0x11, length][..], &entries.concat()].concat())
    }

    fn prepare(&mut self, body: &[u8], table: &Table, device: &impl Device) -> Result<Vec<u8>, Refused> {
        let (handle, rest) = handle_and_rest(body).ok_or((0, error::INVALID_PDU))?;
        let (offset, part) = handle_and_rest(rest).ok_or((handle, error::INVALID_PDU))?;
        let attribute = table.at(handle).ok_or((handle, error::INVALID_HANDLE))?;
        writable(attribute, device).map_err(|code| (handle, code))?;
        if self.prepared.len() >= PREPARED {
            return Err((handle, error::QUEUE_FULL));
        }
        self.prepared.push((handle, offset, part.to_vec()));
        Ok([&[0x17], body].concat())
    }

    fn execute(&mut self, body: &[u8], table: &Table, device: &mut impl Device) -> Result<Vec<u8>, Refused> {
        let prepared = std::mem::take(&mut self.prepared);
        match body {
            [0] => return Ok(vec![0x19]),
            [1] => {}
            _ => return Err((0, error::INVALID_PDU)),
        }
        let mut whole: Vec<(u16, Vec<u8>)> = Vec::new();
        for (handle, offset, part) in prepared {
            if whole.last().is_none_or(|(other, _)| *other != handle) {
                whole.push((handle, Vec::new()));
            }
            let Some((_, value)) = whole.last_mut() else { continue };
            if usize::from(offset) != value.len() {
                return Err((handle, error::INVALID_OFFSET));
            }
            if value.len() + part.len() > VALUE {
                return Err((handle, error::VALUE_LENGTH));
            }
            value.extend(part);
        }
        for (handle, value) in whole {
            write(handle, &value, table, device)?;
        }
        Ok(vec![0x19])
    }

    /// Adds an entry if it is as long as the others and there is room beside a head of so many bytes.
    fn fits(&self, entries: &mut Vec<Vec<u8>>, entry: Vec<u8>, head: usize) -> bool {
        let length = entry.len();
        let room = usize::from(self.mtu) - head >= (entries.len() + 1) * length;
        let fits = room && entries.first().is_none_or(|first| first.len() == length);
        if fits {
            entries.push(entry);
        }
        fits
    }
}

fn handle_and_rest(body: &[u8]) -> Option<(u16, &[u8])> {
    let (&[low, high], rest) = body.split_first_chunk::<2>()?;
    Some((u16::from_le_bytes([low, high]), rest))
}

fn range(body: &[u8]) -> Result<(u16, u16, &[u8]), Refused> {
    let (first, rest) = handle_and_rest(body).ok_or((0, error::INVALID_PDU))?;
    let (last, rest) = handle_and_rest(rest).ok_or((0, error::INVALID_PDU))?;
    match first == 0 || first > last {
        true => Err((first, error::INVALID_HANDLE)),
        false => Ok((first, last, rest)),
    }
}

fn value_at(handle: u16, table: &Table, device: &impl Device) -> Result<Vec<u8>, Refused> {
    let attribute = table.at(handle).ok_or((handle, error::INVALID_HANDLE))?;
    value(attribute, device).map_err(|code| (handle, code))
}

fn value(attribute: &Attribute, device: &impl Device) -> Result<Vec<u8>, u8> {
    if attribute.read == Need::Never {
        return Err(error::READ_NOT_PERMITTED);
    }
    device.allows(attribute.read)?;
    Ok(match &attribute.content {
        Content::Fixed(value) => value.clone(),
        Content::Item(item) => device.read(*item),
    })
}

fn writable(attribute: &Attribute, device: &impl Device) -> Result<Item, u8> {
    match (&attribute.content, attribute.write) {
        (Content::Fixed(_), _) | (_, Need::Never) => Err(error::WRITE_NOT_PERMITTED),
        (Content::Item(item), need) => device.allows(need).map(|()| *item),
    }
}

fn write(handle: u16, value: &[u8], table: &Table, device: &mut impl Device) -> Result<(), Refused> {
    let attribute = table.at(handle).ok_or((handle, error::INVALID_HANDLE))?;
    let item = writable(attribute, device).map_err(|code| (handle, code))?;
    device.write(item, value).map_err(|code| (handle, code))
}

#[cfg(test)]
mod tests;

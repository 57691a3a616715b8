//! Archives of files: tar, cpio (newc), zip. Read in memory, entry by entry.

use std::io::Read as _;

use super::tree::{Entry, Kind, Visit, Visitor};

/// Longest name or list of attributes that is read, in octets.
const LONGEST_NAME: usize = 64 << 10;
/// Format bits of a mode.
const FORMAT: u32 = 0o170_000;

/// How far an archive was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// Octets that it takes.
    pub(super) octets: usize,
    /// It was read to its end.
    pub(super) whole: bool,
}

/// Reads a tar archive (ustar, with the long names of GNU and the attributes of pax) that begins the octets.
pub(super) fn tar(bytes: &[u8], visitor: &mut dyn Visitor) -> Read {
    let (mut at, mut long_name, mut long_link) = (0, None, None);
    loop {
        let Some(head) = bytes.get(at..at + 512) else { return Read { octets: bytes.len(), whole: false } };
        if head.iter().all(|octet| *octet == 0) {
            let rest = &bytes[at..];
            let padding = rest.iter().position(|octet| *octet != 0).unwrap_or(rest.len());
            return Read {
                octets: at + padding.next_multiple_of(512).min(rest.len()).min(20 * 512),
                whole: true,
            };
        }
        let size = is_tar_header(head).then(|| number(&head[124..136])).flatten();
        let Some(size) = size.and_then(|size| usize::try_from(size).ok()) else {
            return Read { octets: at, whole: false };
        };
        let begin = at + 512;
        let Some(contents) = begin.checked_add(size).and_then(|end| bytes.get(begin..end)) else {
            return Read { octets: bytes.len(), whole: false };
        };
        at = begin + size.next_multiple_of(512);
        match head[156] {
            b'L' => {
                long_name = Some(until_zero(&contents[..size.min(LONGEST_NAME)]).to_vec());
                continue;
            }
            b'K' => {
                long_link = Some(until_zero(&contents[..size.min(LONGEST_NAME)]).to_vec());
                continue;
            }
            b'x' => {
                let list = &contents[..size.min(LONGEST_NAME)];
                long_name = pax(list, b"path").or(long_name);
                long_link = pax(list, b"linkpath").or(long_link);
                continue;
            }
            b'g' => continue,
            _ => {}
        }
        let path = long_name.take().unwrap_or_else(|| {
            let prefix = until_zero(&head[345..500]);
            let name = until_zero(&head[..100]);
            let ustar = &head[257..263] == b"ustar\0" && !prefix.is_empty();
            if ustar { [prefix, name].join(&b'/') } else { name.to_vec() }
        });
        let target = long_link.take().unwrap_or_else(|| until_zero(&head[157..257]).to_vec());
        let kind = match head[156] {
            b'0' | 0 | b'7' => Kind::File,
            b'2' => Kind::Link(target),
            b'5' => Kind::Directory,
            // A hard link holds nothing of its own; devices neither.
            _ => continue,
        };
        let mode = number(&head[100..108]).unwrap_or(0) as u32;
        let owner = number(&head[108..116]).and_then(|owner| u32::try_from(owner).ok());
        if give(visitor, Entry { path, kind, mode, owner }, contents) == Visit::Stop {
            return Read { octets: bytes.len(), whole: false };
        }
    }
}

/// Whether a block is the header of a tar entry: its sum is right.
pub(super) fn is_tar_header(head: &[u8]) -> bool {
    let Some(head) = head.get(..512) else { return false };
    let sum: u64 = head
        .iter()
        .enumerate()
        .map(|(at, octet)| if (148..156).contains(&at) { 32 } else { u64::from(*octet) })
        .sum();
    head[257..].starts_with(b"ustar") && number(&head[148..156]) == Some(sum)
}

/// Reads a cpio archive (newc) that begins the octets.
pub(super) fn cpio(bytes: &[u8], visitor: &mut dyn Visitor) -> Read {
    let mut at = 0_usize;
    loop {
        let begin = at;
        let Some(head) = bytes.get(at..at + 110).filter(|head| is_cpio_header(head)) else {
            return Read { octets: at, whole: false };
        };
        let field = |n: usize| hexadecimal(&head[6 + n * 8..14 + n * 8]).unwrap_or(0) as usize;
        let (mode, owner, size, name_size) = (field(1) as u32, field(2) as u32, field(6), field(11));
        let name_end = begin + 110 + name_size;
        let data = (name_end).next_multiple_of(4);
        let (Some(name), Some(contents)) =
            (bytes.get(begin + 110..name_end), data.checked_add(size).and_then(|end| bytes.get(data..end)))
        else {
            return Read { octets: bytes.len(), whole: false };
        };
        at = (data + size).next_multiple_of(4);
        let name = until_zero(name);
        if name == b"TRAILER!!!" {
            let rest = bytes.get(at..).unwrap_or_default();
            let padding = rest.iter().take(512).position(|octet| *octet != 0).unwrap_or(rest.len().min(512));
            return Read { octets: at.min(bytes.len()) + padding, whole: true };
        }
        let kind = match mode & FORMAT {
            0o100_000 => Kind::File,
            0o120_000 => Kind::Link(contents[..size.min(4096)].to_vec()),
            0o040_000 => Kind::Directory,
            _ => continue,
        };
        let entry =
            Entry { path: name[..name.len().min(LONGEST_NAME)].to_vec(), kind, mode, owner: Some(owner) };
        if give(visitor, entry, contents) == Visit::Stop {
            return Read { octets: bytes.len(), whole: false };
        }
    }
}

/// Whether octets are the header of a cpio entry.
pub(super) fn is_cpio_header(head: &[u8]) -> bool {
    let Some(head) = head.get(..110) else { return false };
    (head.starts_with(b"070701") || head.starts_with(b"070702"))
        && head[6..].iter().all(u8::is_ascii_hexdigit)
        && hexadecimal(&head[94..102]).is_some_and(|length| (1..=4096).contains(&length))
}

/// Reads a zip archive that begins the octets; `None` where it is none.
pub(super) fn zip(bytes: &[u8], visitor: &mut dyn Visitor) -> Option<Read> {
    let octets = end_of_zip(bytes)?;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..octets])).ok()?;
    let mut whole = true;
    for number in 0..archive.len() {
        if visitor.over() {
            return Some(Read { octets, whole: false });
        }
        let Ok(mut file) = archive.by_index(number) else {
            whole = false;
            continue;
        };
        let path = file.name_raw().to_vec();
        let mode = file.unix_mode().unwrap_or(0);
        let kind = match (file.is_dir(), mode & FORMAT) {
            (true, _) => Kind::Directory,
            (false, 0o120_000) => Kind::Link(Vec::new()),
            (false, _) => Kind::File,
        };
        let most = visitor.room();
        let mut contents = Vec::new();
        whole &= file.by_ref().take(most as u64).read_to_end(&mut contents).is_ok();
        if contents.len() == most && file.size() > most as u64 {
            visitor.cut(&path, file.size());
        }
        let kind = if let Kind::Link(_) = kind { Kind::Link(std::mem::take(&mut contents)) } else { kind };
        if visitor.visit(Entry { path, kind, mode, owner: None }, &contents) == Visit::Stop {
            return Some(Read { octets, whole: false });
        }
    }
    Some(Read { octets, whole })
}

/// Where an archive ends: behind the first end record that fits what stands before it.
fn end_of_zip(bytes: &[u8]) -> Option<usize> {
    let mut from = 4;
    loop {
        let at = from + bytes.get(from..)?.windows(4).position(|four| four == b"PK\x05\x06")?;
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let (size, begin) = (word(at + 12)?, word(at + 16)?);
        if begin.checked_add(size).is_some_and(|end| end <= at && begin > 0) {
            let comment = usize::from(u16::from_le_bytes(bytes.get(at + 20..at + 22)?.try_into().ok()?));
            return Some((at + 22 + comment).min(bytes.len()));
        }
        from = at + 4;
    }
}

fn give(visitor: &mut dyn Visitor, entry: Entry, contents: &[u8]) -> Visit {
    let room = visitor.room();
    if entry.kind == Kind::File && contents.len() > room {
        visitor.cut(&entry.path, contents.len() as u64);
        return visitor.visit(entry, &contents[..room]);
    }
    let contents = if entry.kind == Kind::File { contents } else { &[] };
    visitor.visit(entry, contents)
}

/// A number in octal digits, or in octets where the first bit says so.
fn number(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        let (high, low) = field.split_at(field.len() - field.len().min(8));
        if high.iter().skip(1).any(|octet| *octet != 0) {
            return None;
        }
        return Some(low.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)) & (u64::MAX >> 1));
    }
    let digits = until_zero(field);
    let text = std::str::from_utf8(digits).ok()?.trim();
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn until_zero(field: &[u8]) -> &[u8] {
    &field[..field.iter().position(|octet| *octet == 0).unwrap_or(field.len())]
}

/// The value of a key in a list of pax.
fn pax(list: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    list.split(|octet| *octet == b'\n').find_map(|line| {
        let record = &line[line.iter().position(|octet| *octet == b' ')? + 1..];
        Some(record.strip_prefix(key)?.strip_prefix(b"=")?.to_vec())
    })
}

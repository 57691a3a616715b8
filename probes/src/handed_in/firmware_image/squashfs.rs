//! SquashFS 4.0, little-endian, read in memory within bounds.
//!
//! A reader of our own: it keeps a bounded part of the tables in memory whatever the file system says of itself, and
//! gives one file at a time. Tests write file systems with the crate `backhand`.

use std::collections::{BTreeSet, HashMap};

use super::streams::{self, End, Packing};
use super::tree::{Entry, Kind, Visit, Visitor};

/// Octets of the super block.
pub(super) const SUPER_BLOCK: usize = 96;
/// Largest block of tables, unpacked.
const TABLE_BLOCK: usize = 8192;
/// Blocks of tables that are held in memory.
const HELD_AT_MOST: usize = 2048;
/// Longest path.
const DEEPEST: usize = 64;
/// Octets of a directory that are read.
const LARGEST_DIRECTORY: usize = 4 << 20;

/// What a super block says, if it is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct SuperBlock {
    /// Octets of the whole file system.
    pub(super) octets: usize,
    compression: u16,
    block: usize,
    root: u64,
    fragments: u32,
    ids: u16,
    id_table: usize,
    inode_table: usize,
    directory_table: usize,
    fragment_table: usize,
}

impl SuperBlock {
    /// Reads it; `None` where it cannot be one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let block = u32_at(bytes, 12)? as usize;
        let octets = u64_at(bytes, 40)?;
        let version = (u16_at(bytes, 28)?, u16_at(bytes, 30)?);
        let sound = bytes.starts_with(b"hsqs")
            && version.0 == 4
            && version.1 == 0
            && (4096..=1 << 20).contains(&block)
            && block.is_power_of_two()
            && u32::from(u16_at(bytes, 22)?) == block.trailing_zeros()
            && octets >= SUPER_BLOCK as u64;
        if !sound {
            return None;
        }
        // Offsets beyond what is there lead nowhere and are found when they are followed.
        let place = |at| u64_at(bytes, at).map(|place| usize::try_from(place).unwrap_or(usize::MAX));
        Some(Self {
            octets: usize::try_from(octets).ok()?,
            compression: u16_at(bytes, 20)?,
            block,
            root: u64_at(bytes, 32)?,
            fragments: u32_at(bytes, 16)?,
            ids: u16_at(bytes, 26)?,
            id_table: place(48)?,
            inode_table: place(64)?,
            directory_table: place(72)?,
            fragment_table: place(80)?,
        })
    }

    /// Name of a compression that is not read.
    pub(super) fn closed(&self) -> Option<&'static str> {
        match self.compression {
            1 | 2 | 4 | 5 | 6 => None,
            3 => Some("lzo"),
            _ => Some("unknown compression"),
        }
    }
}

/// Gives every entry of a file system to a visitor. Says whether all of it could be read.
pub(super) fn walk(bytes: &[u8], block: SuperBlock, visitor: &mut dyn Visitor) -> bool {
    let bytes = &bytes[..block.octets.min(bytes.len())];
    let mut reader =
        Reader { bytes, block, tables: HashMap::new(), fragment: None, seen: BTreeSet::new(), sound: true };
    reader.directory(block.root, &mut Vec::new(), visitor);
    reader.sound
}

struct Reader<'a> {
    bytes: &'a [u8],
    block: SuperBlock,
    /// Blocks of tables by place: contents, and where the next one begins.
    tables: HashMap<usize, (Vec<u8>, usize)>,
    /// The fragment block that was read last: files of one directory share it.
    fragment: Option<(u64, Vec<u8>)>,
    /// Directories that were entered.
    seen: BTreeSet<u64>,
    sound: bool,
}

/// A place in a table: begin of its block, and octet in what that unpacks to.
#[derive(Clone, Copy)]
struct Place {
    block: usize,
    octet: usize,
}

struct Inode {
    mode: u16,
    owner: u16,
    body: Body,
}

enum Body {
    Directory { place: Place, octets: usize },
    File { begin: u64, size: u64, fragment: Option<(u32, usize)>, blocks: Place },
    Link(Vec<u8>),
    Other,
}

impl Reader<'_> {
    fn directory(&mut self, reference: u64, path: &mut Vec<Vec<u8>>, visitor: &mut dyn Visitor) -> bool {
        if path.len() > DEEPEST || !self.seen.insert(reference) {
            self.sound = false;
            return true;
        }
        let Some(Inode { body: Body::Directory { place, octets }, .. }) = self.inode(reference) else {
            self.sound = false;
            return true;
        };
        let Some(entries) = self.entries(place, octets) else {
            self.sound = false;
            return true;
        };
        for (name, reference) in entries {
            path.push(name);
            let go_on = self.entry(reference, path, visitor);
            path.pop();
            if !go_on {
                return false;
            }
        }
        true
    }

    /// One entry; says whether to go on.
    fn entry(&mut self, reference: u64, path: &mut Vec<Vec<u8>>, visitor: &mut dyn Visitor) -> bool {
        let Some(inode) = self.inode(reference) else {
            self.sound = false;
            return true;
        };
        let named = path.join(&b'/');
        let owner = self.owner(inode.owner);
        let entry = |kind| Entry { path: named.clone(), kind, mode: u32::from(inode.mode), owner };
        match inode.body {
            Body::Directory { .. } => {
                if visitor.visit(entry(Kind::Directory), &[]) == Visit::Stop {
                    return false;
                }
                self.directory(reference, path, visitor)
            }
            Body::Link(target) => visitor.visit(entry(Kind::Link(target)), &[]) == Visit::GoOn,
            Body::Other => true,
            Body::File { begin, size, fragment, blocks } => {
                let most = visitor.room().min(usize::try_from(size).unwrap_or(usize::MAX));
                let contents = self.contents(begin, size, fragment, blocks, most);
                let (contents, whole) = contents.unwrap_or_else(|| (Vec::new(), size == 0));
                self.sound &= whole || (contents.len() == most && (most as u64) < size);
                if (contents.len() as u64) < size && contents.len() == most {
                    visitor.cut(&named, size);
                }
                visitor.visit(entry(Kind::File), &contents) == Visit::GoOn
            }
        }
    }

    /// Contents of a file to `most` octets, and whether they are whole. A block in disorder ends it.
    fn contents(
        &mut self,
        begin: u64,
        size: u64,
        fragment: Option<(u32, usize)>,
        mut blocks: Place,
        most: usize,
    ) -> Option<(Vec<u8>, bool)> {
        let block = self.block.block;
        let mut contents = Vec::new();
        let mut at = usize::try_from(begin).ok()?;
        let full = size / block as u64 + u64::from(fragment.is_none() && !size.is_multiple_of(block as u64));
        for _ in 0..full {
            if contents.len() >= most {
                contents.truncate(most);
                return Some((contents, most as u64 == size));
            }
            let word = u32::from_le_bytes(self.table(&mut blocks, 4)?.try_into().ok()?);
            let length = (word & 0x00ff_ffff) as usize;
            let room = block.min(usize::try_from(size - contents.len() as u64).unwrap_or(block));
            if length == 0 {
                contents.resize(contents.len() + room, 0);
                continue;
            }
            let Some(packed) = at.checked_add(length).and_then(|end| self.bytes.get(at..end)) else {
                return Some((contents, false));
            };
            match self.unpacked(packed, word & 0x0100_0000 != 0, block) {
                Some(octets) => contents.extend_from_slice(&octets),
                None => return Some((contents, false)),
            }
            at += length;
        }
        if let Some((number, offset)) = fragment {
            let rest = usize::try_from(size - contents.len() as u64).ok()?.min(block);
            let Some(octets) = self.fragment(number) else { return Some((contents, false)) };
            let Some(octets) = offset.checked_add(rest).and_then(|end| octets.get(offset..end)) else {
                return Some((contents, false));
            };
            contents.extend_from_slice(octets);
        }
        contents.truncate(most);
        let whole = contents.len() as u64 == size;
        Some((contents, whole))
    }

    fn fragment(&mut self, number: u32) -> Option<&[u8]> {
        if number >= self.block.fragments {
            return None;
        }
        let pointer = self.block.fragment_table.checked_add(number as usize / 512 * 8)?;
        let table = usize::try_from(u64_at(self.bytes, pointer)?).ok()?;
        let mut place = Place { block: table, octet: number as usize % 512 * 16 };
        let entry = self.table(&mut place, 16)?;
        let (begin, word) = (u64_at(&entry, 0)?, u32_at(&entry, 8)?);
        if self.fragment.as_ref().is_none_or(|(held, _)| *held != begin) {
            let at = usize::try_from(begin).ok()?;
            let end = at.checked_add((word & 0x00ff_ffff) as usize)?;
            let octets =
                self.unpacked(self.bytes.get(at..end)?, word & 0x0100_0000 != 0, self.block.block)?;
            self.fragment = Some((begin, octets));
        }
        self.fragment.as_ref().map(|(_, octets)| octets.as_slice())
    }

    fn owner(&mut self, index: u16) -> Option<u32> {
        if index >= self.block.ids {
            return None;
        }
        let pointer = self.block.id_table.checked_add(usize::from(index) / 2048 * 8)?;
        let table = usize::try_from(u64_at(self.bytes, pointer)?).ok()?;
        let mut place = Place { block: table, octet: usize::from(index) % 2048 * 4 };
        Some(u32::from_le_bytes(self.table(&mut place, 4)?.try_into().ok()?))
    }

    fn inode(&mut self, reference: u64) -> Option<Inode> {
        let block = self.block.inode_table.checked_add(usize::try_from(reference >> 16).ok()?)?;
        let mut place = Place { block, octet: (reference & 0xffff) as usize };
        let head = self.table(&mut place, 16)?;
        let (kind, mode, owner) = (u16_at(&head, 0)?, u16_at(&head, 2)?, u16_at(&head, 4)?);
        let directories = self.block.directory_table;
        let body = match kind {
            1 => {
                let body = self.table(&mut place, 16)?;
                let block = directories.checked_add(u32_at(&body, 0)? as usize)?;
                let octet = usize::from(u16_at(&body, 10)?);
                Body::Directory { place: Place { block, octet }, octets: usize::from(u16_at(&body, 8)?) }
            }
            8 => {
                let body = self.table(&mut place, 24)?;
                let block = directories.checked_add(u32_at(&body, 8)? as usize)?;
                let octet = usize::from(u16_at(&body, 18)?);
                Body::Directory { place: Place { block, octet }, octets: u32_at(&body, 4)? as usize }
            }
            2 => {
                let body = self.table(&mut place, 16)?;
                Body::File {
                    begin: u64::from(u32_at(&body, 0)?),
                    size: u64::from(u32_at(&body, 12)?),
                    fragment: fragment(u32_at(&body, 4)?, u32_at(&body, 8)?),
                    blocks: place,
                }
            }
            9 => {
                let body = self.table(&mut place, 40)?;
                Body::File {
                    begin: u64_at(&body, 0)?,
                    size: u64_at(&body, 8)?,
                    fragment: fragment(u32_at(&body, 28)?, u32_at(&body, 32)?),
                    blocks: place,
                }
            }
            3 | 10 => {
                let length = u32_at(&self.table(&mut place, 8)?, 4)? as usize;
                Body::Link(self.table(&mut place, length.min(4096))?)
            }
            4..=7 | 11..=14 => Body::Other,
            _ => return None,
        };
        Some(Inode { mode, owner, body })
    }

    /// Names and inodes of a directory.
    fn entries(&mut self, mut place: Place, octets: usize) -> Option<Vec<(Vec<u8>, u64)>> {
        // Three octets stand for the entries of itself and its parent, which are not stored.
        let octets = octets.checked_sub(3)?;
        if octets > LARGEST_DIRECTORY {
            return None;
        }
        let listing = self.table(&mut place, octets)?;
        let mut entries = Vec::new();
        let mut at = 0;
        while at < listing.len() {
            let (count, block) = (u32_at(&listing, at)?, u32_at(&listing, at + 4)?);
            at += 12;
            if count >= 256 {
                return None;
            }
            for _ in 0..=count {
                let offset = u16_at(&listing, at)?;
                let length = usize::from(u16_at(&listing, at + 6)?) + 1;
                let name = listing.get(at + 8..at + 8 + length)?.to_vec();
                entries.push((name, u64::from(block) << 16 | u64::from(offset)));
                at += 8 + length;
            }
        }
        Some(entries)
    }

    /// Octets of a table, over the ends of its blocks; moves the place behind them.
    fn table(&mut self, place: &mut Place, octets: usize) -> Option<Vec<u8>> {
        let mut read = Vec::new();
        loop {
            let (contents, next) = self.table_block(place.block)?;
            let have = contents.get(place.octet.min(contents.len())..).unwrap_or_default();
            if contents.is_empty() || place.octet > contents.len() {
                return None;
            }
            let taken = have.len().min(octets - read.len());
            read.extend_from_slice(&have[..taken]);
            place.octet += taken;
            if read.len() == octets {
                return Some(read);
            }
            *place = Place { block: *next, octet: 0 };
        }
    }

    fn table_block(&mut self, at: usize) -> Option<&(Vec<u8>, usize)> {
        if !self.tables.contains_key(&at) {
            let head = u16_at(self.bytes, at)?;
            let length = usize::from(head & 0x7fff);
            let packed = self.bytes.get(at + 2..at.checked_add(2 + length)?)?;
            let contents = self.unpacked(packed, head & 0x8000 != 0, TABLE_BLOCK)?;
            if self.tables.len() >= HELD_AT_MOST {
                self.tables.clear();
            }
            self.tables.insert(at, (contents, at + 2 + length));
        }
        self.tables.get(&at)
    }

    fn unpacked(&self, packed: &[u8], as_is: bool, most: usize) -> Option<Vec<u8>> {
        if as_is {
            return (packed.len() <= most).then(|| packed.to_vec());
        }
        let packing = match self.block.compression {
            1 => Packing::Zlib,
            2 => Packing::Lzma,
            4 => Packing::Xz,
            5 => return streams::lz4_block(packed, most),
            6 => Packing::Zstd,
            _ => return None,
        };
        let unpacked = streams::unpack(packing, packed, most, &|| false);
        (unpacked.end == End::Whole).then_some(unpacked.octets)
    }
}

fn fragment(number: u32, offset: u32) -> Option<(u32, usize)> {
    (number != u32::MAX).then_some((number, offset as usize))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

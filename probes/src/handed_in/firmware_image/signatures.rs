//! By what the parts of an image are recognized.

use super::archives::{is_cpio_header, is_tar_header};
use super::squashfs::SuperBlock;
use super::streams::Packing;

/// What begins at a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signature {
    SquashFs(SuperBlock),
    Tar,
    Cpio,
    Zip,
    Stream(Packing),
    /// A header before something else; octets that it takes.
    Header(&'static str, usize),
    /// A file system that is not read; octets that it takes, where it says so.
    Closed(&'static str, Option<usize>),
}

/// What begins at an octet, and how many octets before it. Octets before `from` belong to something else.
pub(super) fn at(bytes: &[u8], at: usize, from: usize) -> Option<(Signature, usize)> {
    let rest = bytes.get(at..)?;
    // One look at the first octet leaves few places.
    match rest.first()? {
        b'h' => Some((Signature::SquashFs(SuperBlock::read(rest)?), 0)),
        b's' if rest.starts_with(b"sqsh") || rest.starts_with(b"shsq") => plausible_old_squashfs(rest),
        b'0' if is_cpio_header(rest) => Some((Signature::Cpio, 0)),
        b'u' if rest.starts_with(b"ustar") => {
            let begin = at.checked_sub(257).filter(|begin| *begin >= from)?;
            is_tar_header(bytes.get(begin..)?).then_some((Signature::Tar, 257))
        }
        b'P' if rest.starts_with(b"PK\x03\x04") => Some((Signature::Zip, 0)),
        0x1f if is_gzip(rest) => Some((Signature::Stream(Packing::Gzip), 0)),
        0xfd if rest.starts_with(b"\xfd7zXZ\0") => Some((Signature::Stream(Packing::Xz), 0)),
        0x28 if rest.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => Some((Signature::Stream(Packing::Zstd), 0)),
        0x5d if is_lzma(rest) => Some((Signature::Stream(Packing::Lzma), 0)),
        0x27 if is_uimage(rest) => Some((Signature::Header("uimage", 64), 0)),
        0xd0 if is_device_tree(rest) => Some((Signature::Header("fit", 40), 0)),
        b'A' if rest.starts_with(b"ANDROID!") => Some((Signature::Header("android-boot", 8), 0)),
        0x85 if is_jffs2(rest) => Some((Signature::Closed("jffs2", None), 0)),
        b'U' if rest.starts_with(b"UBI#\x01\0\0\0") => Some((Signature::Closed("ubi", None), 0)),
        0x31 if rest.starts_with(&[0x31, 0x18, 0x10, 0x06])
            && rest.get(20).is_some_and(|kind| *kind == 6) =>
        {
            Some((Signature::Closed("ubifs", None), 0))
        }
        0x45 if rest.starts_with(&[0x45, 0x3d, 0xcd, 0x28])
            && rest.get(16..32) == Some(b"Compressed ROMFS") =>
        {
            Some((Signature::Closed("cramfs", little(rest, 4)), 0))
        }
        b'-' if rest.starts_with(b"-rom1fs-") => Some((Signature::Closed("romfs", None), 0)),
        b'L' if rest.starts_with(b"LUKS\xba\xbe\0") && matches!(rest.get(7), Some(1 | 2)) => {
            Some((Signature::Closed("luks", None), 0))
        }
        0x53 if rest.get(1) == Some(&0xef) => ext(bytes, at, from),
        0xe2 if rest.starts_with(&[0xe2, 0xe1, 0xf5, 0xe0])
            && at >= 1024
            && rest.get(12).is_some_and(|bits| (9..=16).contains(bits)) =>
        {
            Some((Signature::Closed("erofs", None), 1024.min(at - from)))
        }
        _ => None,
    }
}

fn plausible_old_squashfs(rest: &[u8]) -> Option<(Signature, usize)> {
    let big = rest.starts_with(b"sqsh");
    let word = |at: usize| -> Option<u16> {
        let two: [u8; 2] = rest.get(at..at + 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    (1..=4).contains(&word(28)?).then_some((Signature::Closed("squashfs", None), 0))
}

fn is_gzip(rest: &[u8]) -> bool {
    rest.get(..10).is_some_and(|head| {
        head[1] == 0x8b
            && head[2] == 8
            && head[3] & 0xe0 == 0
            && matches!(head[8], 0 | 2 | 4)
            && matches!(head[9], 0..=13 | 255)
    })
}

/// Properties as everybody writes them, a window that is a power of two, and a size that can be.
fn is_lzma(rest: &[u8]) -> bool {
    let Some(head) = rest.get(..14) else { return false };
    let window = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    let size: [u8; 8] = head[5..13].try_into().unwrap_or_default();
    let size = u64::from_le_bytes(size);
    window.is_power_of_two()
        && (1 << 16..=1 << 26).contains(&window)
        && (size == u64::MAX || (256..=256 << 20).contains(&size))
        && head[13] == 0
}

fn is_uimage(rest: &[u8]) -> bool {
    rest.get(..64).is_some_and(|head| {
        head.starts_with(&[0x27, 0x05, 0x19, 0x56]) && head[30] <= 50 && head[31] <= 6 && head[28] != 0
    })
}

fn is_device_tree(rest: &[u8]) -> bool {
    let word = |at: usize| rest.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    rest.starts_with(&[0xd0, 0x0d, 0xfe, 0xed]) && word(20) == Some(17) && word(8).is_some_and(|at| at >= 40)
}

/// A node of a kind that there is, and as long as a node can be.
fn is_jffs2(rest: &[u8]) -> bool {
    let Some(head) = rest.get(..12) else { return false };
    let known = matches!([head[2], head[3]], [0x01 | 0x02, 0xe0] | [0x03 | 0x04 | 0x06, 0x20]);
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    if head[1] != 0x19 || !known || !(12..=70_000).contains(&length) {
        return false;
    }
    // The next node stands behind it, or nothing does.
    let next = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    next.starts_with(&[0x85, 0x19]) || next.iter().take(16).all(|octet| *octet == 0xff)
}

fn ext(bytes: &[u8], at: usize, from: usize) -> Option<(Signature, usize)> {
    let begin = at.checked_sub(1080).filter(|begin| *begin >= from)?;
    let block = bytes.get(begin + 1024..begin + 1024 + 256)?;
    let (inodes, blocks, size) = (little(block, 0)?, little(block, 4)?, little(block, 24)?);
    let sound = inodes > 0
        && blocks > 0
        && size <= 6
        && matches!(block[58], 1..=3)
        && block[59] == 0
        && little(block, 76)? <= 1;
    sound.then(|| (Signature::Closed("ext", blocks.checked_mul(1024 << size)), 1080))
}

fn little(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

//! What a bounded look into an image of firmware shows: disorder by block, private keys and hashes of passwords that
//! stand in it as they are; and, where the tool was built with feature `firmware`, what it holds once it is unpacked.

use serde::{Deserialize, Serialize};

pub use self::inside::{Binary, Finding, Hardening, Inside, Left, Part};

#[cfg(feature = "firmware")]
mod accounts;
#[cfg(feature = "firmware")]
mod archives;
#[cfg(all(test, feature = "firmware"))]
mod built_images;
#[cfg(feature = "firmware")]
mod credentials;
#[cfg_attr(not(feature = "firmware"), expect(dead_code, reason = "used for what is opened"))]
mod disorder;
#[cfg(feature = "firmware")]
mod findings;
#[cfg(feature = "firmware")]
mod hardening;
mod inside;
#[cfg_attr(
    not(feature = "firmware"),
    expect(dead_code, reason = "files as a whole are met in what is opened")
)]
mod keys;
mod opening;
#[cfg(feature = "firmware")]
mod place;
#[cfg(feature = "firmware")]
mod services;
#[cfg(feature = "firmware")]
mod shell_script;
#[cfg(feature = "firmware")]
mod signatures;
#[cfg(feature = "firmware")]
mod squashfs;
#[cfg(feature = "firmware")]
mod streams;
#[cfg(feature = "firmware")]
mod tree;
#[cfg(feature = "firmware")]
mod unpack;

pub(crate) use self::opening::{Opened, SearchedFor, open_apart, open_framed};

/// Blocks of which the disorder is told, at most.
const BLOCKS_AT_MOST: usize = 64;
/// Shortest block in octets.
const SHORTEST_BLOCK: usize = 4096;
/// Markers that are kept; further ones are counted.
const MARKERS_AT_MOST: usize = 100;

/// What an image holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageRead {
    /// Disorder of each block.
    pub blocks: Vec<Block>,
    /// Share of the octets in blocks that look packed or encrypted (7.9 bits or more), in percent.
    pub packed_percent: u64,
    /// Keys and hashes that stand in it.
    pub markers: Vec<Marker>,
    /// Markers beyond those that are kept.
    pub further: u64,
    /// What it holds. `None` in records of tools that did not open images.
    #[serde(default)]
    pub inside: Option<Inside>,
}

/// Disorder of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Octet at which it begins.
    pub offset: u64,
    /// Entropy in bits for each octet, 0 to 8, two decimals.
    pub bits: f64,
}

/// A key or a hash. Its value is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// `private-key`, `private-key-encrypted`, `private-key-header` (no end was found), `password-hash`.
    pub kind: String,
    /// Octet at which it begins.
    pub offset: u64,
    /// What it calls itself: `EC PRIVATE KEY`, `$6$`.
    pub label: String,
}

/// The look, chunk by chunk.
pub(super) struct Scan {
    read: ImageRead,
    block: usize,
    counts: Box<[u64; 256]>,
    begun: usize,
    packed: u64,
}

impl Scan {
    pub(super) fn new(octets: usize) -> Self {
        let block = octets.div_ceil(BLOCKS_AT_MOST).max(SHORTEST_BLOCK);
        Self { read: ImageRead::default(), block, counts: Box::new([0; 256]), begun: 0, packed: 0 }
    }

    /// Looks at `bytes[from..to]`; a marker that begins there may end behind.
    pub(super) fn chunk(&mut self, bytes: &[u8], from: usize, to: usize) {
        for at in from..to {
            let octet = bytes[at];
            self.counts[usize::from(octet)] += 1;
            if at + 1 - self.begun == self.block {
                self.end_block(at + 1);
            }
            match octet {
                b'-' => self.private_key(&bytes[at..], at),
                b'$' => self.password_hash(&bytes[at..], at),
                _ => {}
            }
        }
        if to == bytes.len() && to > self.begun {
            self.end_block(to);
        }
    }

    pub(super) fn end(mut self) -> ImageRead {
        let octets = self.begun as u64;
        self.read.packed_percent = (self.packed * 100).checked_div(octets).unwrap_or(0);
        self.read
    }

    fn end_block(&mut self, end: usize) {
        let bits = disorder::bits(&self.counts);
        if bits >= 7.9 {
            self.packed += (end - self.begun) as u64;
        }
        self.read.blocks.push(Block { offset: self.begun as u64, bits: (bits * 100.0).round() / 100.0 });
        self.counts.fill(0);
        self.begun = end;
    }

    fn private_key(&mut self, rest: &[u8], at: usize) {
        let Some(key) = keys::pem(rest) else { return };
        let kind = match (key.whole, key.encrypted) {
            (true, false) => "private-key",
            (true, true) => "private-key-encrypted",
            (false, _) => "private-key-header",
        };
        self.add(kind, at, &key.label);
    }

    /// `$6$salt$hash` and its kin, as files of passwords hold them.
    fn password_hash(&mut self, rest: &[u8], at: usize) {
        let text = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'/');
        let Some((scheme, least)) = [
            (&b"$1$"[..], 22),
            (b"$5$", 43),
            (b"$6$", 86),
            (b"$y$", 43),
            (b"$2a$", 53),
            (b"$2b$", 53),
            (b"$2y$", 53),
        ]
        .into_iter()
        .find(|(scheme, _)| rest.starts_with(scheme)) else {
            return;
        };
        let rest = &rest[scheme.len()..rest.len().min(200)];
        let end = rest
            .iter()
            .position(|octet| !(text(*octet) || matches!(octet, b'$' | b'=' | b',')))
            .unwrap_or(rest.len());
        let last = rest[..end].rsplit(|octet| *octet == b'$').next().unwrap_or_default();
        if last.len() >= least && last.len() < least + 10 {
            self.add("password-hash", at, std::str::from_utf8(scheme).unwrap_or_default());
        }
    }

    fn add(&mut self, kind: &str, at: usize, label: &str) {
        if self.read.markers.len() < MARKERS_AT_MOST {
            self.read.markers.push(Marker {
                kind: kind.to_owned(),
                offset: at as u64,
                label: label.to_owned(),
            });
        } else {
            self.read.further += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(bytes: &[u8], chunk: usize) -> ImageRead {
        let mut scan = Scan::new(bytes.len());
        let mut at = 0;
        while at < bytes.len() {
            let end = bytes.len().min(at + chunk);
            scan.chunk(bytes, at, end);
            at = end;
        }
        scan.end()
    }

    fn kinds(bytes: &[u8]) -> Vec<String> {
        scan(bytes, 100).markers.into_iter().map(|marker| marker.kind).collect()
    }

    #[test]
    fn keys_and_hashes_are_found_wherever_a_chunk_ends() {
        let body = "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n".repeat(2);
        let key = format!("xx-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n");
        for chunk in [1, 7, 50, 100_000] {
            let read = scan(key.as_bytes(), chunk);
            assert_eq!(read.markers.len(), 1, "{chunk}");
            assert_eq!((read.markers[0].kind.as_str(), read.markers[0].offset), ("private-key", 2));
        }
        assert_eq!(kinds(key.replace("EC", "ENCRYPTED").as_bytes()), ["private-key-encrypted"]);
        assert_eq!(kinds(b"-----BEGIN RSA PRIVATE KEY-----\0-----END"), ["private-key-header"]);
        assert_eq!(kinds(b"-----BEGIN PUBLIC KEY-----"), Vec::<String>::new());
        let hash = format!("root:$6$saltsalt${}:19000:0:99999:7:::", "a".repeat(86));
        assert_eq!(kinds(hash.as_bytes()), ["password-hash"]);
        assert_eq!(kinds(b"costs $6$ and $1$ each"), Vec::<String>::new());
    }

    #[test]
    fn disorder_is_told_by_block() {
        let mut bytes = vec![0_u8; 8192];
        let mut state = 1_u32;
        bytes.extend((0..8192).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        }));
        let read = scan(&bytes, 1000);
        assert_eq!(read.blocks.len(), 4);
        assert_eq!(read.blocks[0].bits, 0.0);
        assert!(read.blocks[3].bits > 7.9);
        assert_eq!(read.packed_percent, 50);
        assert_eq!(scan(b"", 1), ImageRead::default());
    }

    proptest! {
        #[test]
        fn any_image_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..3000), chunk in 1_usize..4000) {
            let read = scan(&bytes, chunk);
            prop_assert_eq!(read, scan(&bytes, 5000));
        }
    }
}

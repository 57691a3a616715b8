//! Packed streams, unpacked in memory within bounds.

use std::io::Read;

/// Memory that a window of LZMA may ask for, in KiB.
const WINDOW_KIB: u32 = 96 << 10;
/// Octets that come out before the ratio is looked at.
const FREE: usize = 32 << 20;
/// Octets that may come out of one, beyond [`FREE`].
const RATIO: usize = 200;
/// Octets that are unpacked between two looks at the clock.
const STEP: usize = 256 << 10;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At its end.
    Whole,
    /// In disorder: what came before may be right.
    Damaged,
    /// It is larger than allowed.
    Bound,
    /// It becomes much more than it is.
    ExpandsTooMuch,
    /// The time was over.
    Stopped,
}

/// What came out of a stream.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// The octets.
    pub(super) octets: Vec<u8>,
    /// Octets that the stream takes, as far as the decoder tells.
    pub(super) taken: usize,
    /// How it ended.
    pub(super) end: End,
}

/// What packs a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zlib,
    Xz,
    Lzma,
    Zstd,
}

/// Unpacks a stream that begins with these octets. `most` octets come out at most.
pub(super) fn unpack(packing: Packing, bytes: &[u8], most: usize, stop: &dyn Fn() -> bool) -> Unpacked {
    match packing {
        Packing::Gzip => {
            let mut decoder = flate2::bufread::GzDecoder::new(bytes);
            let (octets, end) = drain(&mut decoder, bytes.len(), most, stop);
            Unpacked { octets, taken: bytes.len() - decoder.into_inner().len(), end }
        }
        Packing::Zlib => {
            let mut decoder = flate2::bufread::ZlibDecoder::new(bytes);
            let (octets, end) = drain(&mut decoder, bytes.len(), most, stop);
            Unpacked { octets, taken: bytes.len() - decoder.into_inner().len(), end }
        }
        Packing::Xz => {
            let mut decoder = lzma_rust2::XzReader::new_mem_limit(bytes, false, WINDOW_KIB);
            let (octets, end) = drain(&mut decoder, bytes.len(), most, stop);
            Unpacked { octets, taken: bytes.len() - decoder.inner().len(), end }
        }
        Packing::Lzma => match lzma_rust2::LzmaReader::new_mem_limit(bytes, WINDOW_KIB, None) {
            Ok(mut decoder) => {
                let (octets, end) = drain(&mut decoder, bytes.len(), most, stop);
                Unpacked { octets, taken: bytes.len() - decoder.inner().len(), end }
            }
            Err(_) => Unpacked { octets: Vec::new(), taken: 0, end: End::Damaged },
        },
        Packing::Zstd => {
            match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(
                bytes,
                u64::from(WINDOW_KIB) << 10,
            ) {
                Ok(mut decoder) => {
                    let (octets, end) = drain(&mut decoder, bytes.len(), most, stop);
                    Unpacked { octets, taken: bytes.len() - decoder.get_ref().len(), end }
                }
                Err(_) => Unpacked { octets: Vec::new(), taken: 0, end: End::Damaged },
            }
        }
    }
}

/// Unpacks one block of LZ4 without a frame, as SquashFS holds it.
pub(super) fn lz4_block(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut octets = vec![0; most];
    let length = lz4_flex::block::decompress_into(bytes, &mut octets).ok()?;
    octets.truncate(length);
    Some(octets)
}

fn drain(from: &mut impl Read, packed: usize, most: usize, stop: &dyn Fn() -> bool) -> (Vec<u8>, End) {
    let mut octets = Vec::new();
    loop {
        if stop() {
            return (octets, End::Stopped);
        }
        let room = (most - octets.len()).min(STEP) as u64;
        if room == 0 {
            // One octet more tells whether it ends here.
            let more = matches!(from.read(&mut [0]), Ok(1));
            return (octets, if more { End::Bound } else { End::Whole });
        }
        match from.by_ref().take(room).read_to_end(&mut octets) {
            Ok(0) => return (octets, End::Whole),
            Ok(_) => {}
            Err(_) => return (octets, End::Damaged),
        }
        if octets.len() > FREE.max(packed.saturating_mul(RATIO)) {
            return (octets, End::ExpandsTooMuch);
        }
    }
}

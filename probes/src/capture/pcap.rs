//! Capture files: pcap and pcapng read, pcap written.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use super::file_buffer::FileBuffer;
use super::frame::{FrameRef, LinkKind};
use super::pcapng;

/// Octets of a frame, or of a block of pcapng that holds one, at most.
pub(super) const RECORD_AT_MOST: u32 = 16 << 20;

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Frames.
    pub frames: u64,
    /// Time of the earliest and the latest frame, microseconds since 1970-01-01 UTC.
    pub span: Option<(u64, u64)>,
    /// Frames of links that are not read, by the number of the link type.
    pub other_links: BTreeMap<u32, u64>,
    /// How the file ended.
    pub ending: Ending,
}

impl Summary {
    /// Seconds from the first frame to the last.
    pub fn seconds(&self) -> f64 {
        self.span.map_or(0.0, |(first, last)| (last - first) as f64 / 1e6)
    }

    /// What was not read, in words; for [`super::TrafficFacts::gaps`].
    pub fn gaps(&self) -> Vec<String> {
        let links = self.other_links.iter().map(|(link, count)| {
            format!("{count} frames of link type {link} were not read: only Ethernet, IP and Linux cooked captures are")
        });
        let ending = match &self.ending {
            Ending::Whole => None,
            Ending::Torn { offset } => Some(format!(
                "the file ends within a frame, at octet {offset}: it was not written to its end"
            )),
            Ending::Broken { offset, what } => {
                Some(format!("from octet {offset} on the file was not read: {what}"))
            }
        };
        links.chain(ending).collect()
    }

    pub(super) fn count(&mut self, at: u64) {
        self.frames += 1;
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }
}

/// How a file ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// After a whole frame.
    #[default]
    Whole,
    /// Within a frame.
    Torn {
        /// Where the frame that is not whole begins, in octets.
        offset: u64,
    },
    /// What follows makes no sense.
    Broken {
        /// Where, in octets.
        offset: u64,
        /// What makes no sense.
        what: String,
    },
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Reading failed.
    #[error("it could not be read at octet {offset}: {source}")]
    Reading {
        /// How far it was read, in octets.
        offset: u64,
        /// Why.
        source: io::Error,
    },
    /// It is empty.
    #[error("it is empty; expected a capture in pcap or pcapng")]
    Empty,
    /// It is packed.
    #[error("it is compressed with {with}; expected a capture in pcap or pcapng")]
    Compressed {
        /// The program.
        with: &'static str,
    },
    /// It is no capture.
    #[error("it is no capture: at octet 0 stands {found}; expected the beginning of pcap or pcapng")]
    NoCapture {
        /// Its first octets, in hexadecimal.
        found: String,
    },
    /// The header makes no sense.
    #[error("its header makes no sense at octet {offset}: {what}")]
    Header {
        /// Where, in octets.
        offset: u64,
        /// What.
        what: String,
    },
}

impl FileError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Reading { .. } => "check that it is a file, and that it may be read",
            Self::Empty => "check that the capture was written to this file",
            Self::Compressed { .. } => "unpack it first",
            Self::NoCapture { .. } | Self::Header { .. } => {
                "save the capture again as pcap or pcapng, as tcpdump -w and Wireshark do"
            }
        }
    }
}

impl LinkKind {
    /// From the number of the link type in a capture file.
    pub fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Ethernet),
            // 12 and 14 are what some systems write for 101; 228 and 229 are one version of IP each.
            12 | 14 | 101 | 228 | 229 => Some(Self::RawIp),
            0 | 108 => Some(Self::Loopback),
            113 => Some(Self::LinuxSll),
            276 => Some(Self::LinuxSll2),
            _ => None,
        }
    }

    /// The number of the link type.
    pub fn number(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::RawIp => 101,
            Self::Loopback => 0,
            Self::LinuxSll => 113,
            Self::LinuxSll2 => 276,
        }
    }
}

/// Reads a capture file, pcap (microseconds or nanoseconds, either byte order) or pcapng, and gives each frame. The
/// frame lies in the buffer of the reader. A file that ends in the middle gives what was there.
///
/// # Errors
/// Nothing of it is a capture, or reading failed.
pub fn read(source: impl Read, mut take: impl FnMut(FrameRef<'_>)) -> Result<Summary, FileError> {
    let mut file = FileBuffer::new(source);
    let start = reading(&mut file, 4)?.to_vec();
    let [a, b, c, d] = match <[u8; 4]>::try_from(start.as_slice()) {
        Ok(four) => four,
        Err(_) if start.is_empty() => return Err(FileError::Empty),
        Err(_) => return Err(FileError::NoCapture { found: hexadecimal(&start) }),
    };
    match u32::from_be_bytes([a, b, c, d]) {
        0x0a0d_0d0a => pcapng::read(&mut file, &mut take),
        0xa1b2_c3d4 => classic(&mut file, Order::Big, 1, &mut take),
        0xd4c3_b2a1 => classic(&mut file, Order::Little, 1, &mut take),
        0xa1b2_3c4d => classic(&mut file, Order::Big, 1000, &mut take),
        0x4d3c_b2a1 => classic(&mut file, Order::Little, 1000, &mut take),
        0x1f8b_0000..=0x1f8b_ffff => Err(FileError::Compressed { with: "gzip" }),
        0x28b5_2ffd => Err(FileError::Compressed { with: "zstd" }),
        0xfd37_7a58 => Err(FileError::Compressed { with: "xz" }),
        _ => Err(FileError::NoCapture { found: hexadecimal(&start) }),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Peeks, with the place of a failure.
pub(super) fn reading<R: Read>(file: &mut FileBuffer<R>, count: usize) -> Result<&[u8], FileError> {
    let offset = file.offset();
    file.peek(count).map_err(|source| FileError::Reading { offset, source })
}

/// Byte order of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Big,
    Little,
}

impl Order {
    /// A number of 16 bit; 0 where there is none.
    pub(super) fn number16(self, bytes: &[u8], at: usize) -> u16 {
        let two = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if self == Self::Big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) }
    }

    /// A number of 32 bit; 0 where there is none.
    pub(super) fn number32(self, bytes: &[u8], at: usize) -> u32 {
        let four = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if self == Self::Big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    }
}

fn classic<R: Read>(
    file: &mut FileBuffer<R>,
    order: Order,
    per_microsecond: u32,
    take: &mut impl FnMut(FrameRef<'_>),
) -> Result<Summary, FileError> {
    let header = reading(file, 24)?;
    if header.len() < 24 {
        return Err(FileError::Header {
            offset: 0,
            what: "it ends within its header of 24 octets".to_owned(),
        });
    }
    if order.number16(header, 4) != 2 {
        let what = format!("version {} is not known; expected 2", order.number16(header, 4));
        return Err(FileError::Header { offset: 4, what });
    }
    // The upper bits say whether a checksum follows each frame.
    let number = order.number32(header, 20) & 0x0fff_ffff;
    let link = LinkKind::from_number(number);
    file.take(24);
    let mut summary = Summary::default();
    loop {
        let offset = file.offset();
        let header = reading(file, 16)?;
        if header.is_empty() {
            return Ok(summary);
        }
        if header.len() < 16 {
            summary.ending = Ending::Torn { offset };
            return Ok(summary);
        }
        let seconds = u64::from(order.number32(header, 0));
        let at = seconds * 1_000_000 + u64::from(order.number32(header, 4) / per_microsecond);
        let (captured, length) = (order.number32(header, 8), order.number32(header, 12));
        if captured > RECORD_AT_MOST {
            let what = format!("a frame of {captured} octets is said to follow");
            summary.ending = Ending::Broken { offset, what };
            return Ok(summary);
        }
        let whole = 16 + captured as usize;
        let record = reading(file, whole)?;
        let Some(bytes) = record.get(16..whole) else {
            summary.ending = Ending::Torn { offset };
            return Ok(summary);
        };
        give(&mut summary, link.ok_or(number), at, bytes, length, take);
        file.take(whole);
    }
}

/// Gives a frame, or counts one that is not read.
pub(super) fn give(
    summary: &mut Summary,
    link: Result<LinkKind, u32>,
    at: u64,
    bytes: &[u8],
    length: u32,
    take: &mut impl FnMut(FrameRef<'_>),
) {
    summary.count(at);
    match link {
        Ok(link) => take(FrameRef { at, link, bytes, length }),
        Err(number) => *summary.other_links.entry(number).or_default() += 1,
    }
}

/// Writes frames as pcap, with microseconds.
#[derive(Debug)]
pub struct Writer<W> {
    to: W,
    link: LinkKind,
}

impl<W: Write> Writer<W> {
    /// Writes the header; all frames are of this link.
    ///
    /// # Errors
    /// Writing failed.
    pub fn new(mut to: W, link: LinkKind) -> io::Result<Self> {
        let mut header = Vec::with_capacity(24);
        header.extend(0xa1b2_c3d4_u32.to_le_bytes());
        header.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        header.extend(RECORD_AT_MOST.to_le_bytes());
        header.extend(link.number().to_le_bytes());
        to.write_all(&header)?;
        Ok(Self { to, link })
    }

    /// Writes a frame.
    ///
    /// # Errors
    /// Writing failed, the frame is of another link, larger than 16 MiB, or later than the year 2106.
    pub fn write(&mut self, frame: &FrameRef<'_>) -> io::Result<()> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what.to_owned());
        if frame.link != self.link {
            return Err(wrong("the frame is of another link than the file"));
        }
        let captured = u32::try_from(frame.bytes.len()).ok().filter(|count| *count <= RECORD_AT_MOST);
        let captured = captured.ok_or_else(|| wrong("the frame is larger than 16 MiB"))?;
        let seconds =
            u32::try_from(frame.at / 1_000_000).map_err(|_| wrong("the time does not fit into pcap"))?;
        // Below one million.
        let micros = (frame.at % 1_000_000) as u32;
        for number in [seconds, micros, captured, frame.length.max(captured)] {
            self.to.write_all(&number.to_le_bytes())?;
        }
        self.to.write_all(frame.bytes)
    }

    /// Ends, and gives back what was written to.
    ///
    /// # Errors
    /// Writing failed.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

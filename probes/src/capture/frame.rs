//! A frame as a capture point gives it.

/// What a frame begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Ethernet II, with VLAN tags or without.
    Ethernet,
    /// The IP header, no link header.
    RawIp,
    /// Linux cooked capture, version 1.
    LinuxSll,
    /// Linux cooked capture, version 2.
    LinuxSll2,
    /// The BSD loopback header of four octets.
    Loopback,
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Time in microseconds since 1970-01-01 UTC.
    pub at: u64,
    /// What it begins with.
    pub link: LinkKind,
    /// What was captured of it.
    pub bytes: Vec<u8>,
    /// Its length on the wire in octets; larger than `bytes` where the capture cut it.
    pub length: u32,
}

impl Frame {
    /// The frame without its bytes.
    pub fn by_ref(&self) -> FrameRef<'_> {
        FrameRef { at: self.at, link: self.link, bytes: &self.bytes, length: self.length }
    }
}

/// A frame whose bytes lie elsewhere, as in the buffer of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameRef<'a> {
    /// Time in microseconds since 1970-01-01 UTC.
    pub at: u64,
    /// What it begins with.
    pub link: LinkKind,
    /// What was captured of it.
    pub bytes: &'a [u8],
    /// Its length on the wire in octets.
    pub length: u32,
}

//! Frames for tests.

use std::net::Ipv4Addr;

use crate::capture::{Frame, LinkKind};

pub(crate) const DEVICE: Ipv4Addr = Ipv4Addr::new(127, 64, 9, 1);
pub(crate) const PEER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 7);

/// A TCP segment without payload over IPv4, without a link header.
pub(crate) fn segment_frame(
    at: u64,
    from: Ipv4Addr,
    to: Ipv4Addr,
    ports: (u16, u16),
    sequence: u32,
    flags: u8,
) -> Frame {
    let mut bytes = vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0];
    bytes.extend(from.octets());
    bytes.extend(to.octets());
    bytes.extend(ports.0.to_be_bytes());
    bytes.extend(ports.1.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    Frame { at, link: LinkKind::RawIp, length: bytes.len() as u32, bytes }
}

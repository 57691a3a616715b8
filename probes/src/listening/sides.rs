//! Between whom a frame goes, as far as it decides whether it is the device's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::capture::{Frame, LinkKind};

/// SYN.
const SYN: u8 = 0x02;
/// ACK.
const ACK: u8 = 0x10;

/// Sender and receiver of a frame; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides {
    /// Hardware address of the sender.
    pub(crate) from_hardware: Option<[u8; 6]>,
    /// Hardware address of the receiver.
    pub(crate) to_hardware: Option<[u8; 6]>,
    /// Address of the sender.
    pub(crate) from: Option<IpAddr>,
    /// Address of the receiver.
    pub(crate) to: Option<IpAddr>,
    /// The head of the TCP segment.
    pub(crate) tcp: Option<Segment>,
}

/// Head of a TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Port of the sender.
    pub(crate) from: u16,
    /// Port of the receiver.
    pub(crate) to: u16,
    /// Sequence number.
    pub(crate) sequence: u32,
    flags: u8,
}

impl Segment {
    /// It asks for a connection.
    pub(crate) fn asks(self) -> bool {
        self.flags & (SYN | ACK) == SYN
    }

    /// It grants one.
    pub(crate) fn grants(self) -> bool {
        self.flags & (SYN | ACK) == SYN | ACK
    }
}

/// Reads a frame as far as its TCP head. What cannot be read stays open.
pub(crate) fn sides(frame: &Frame) -> Sides {
    let mut sides = Sides::default();
    // Nothing read is nothing known: the frame belongs to nobody in particular.
    let _ = read(frame, &mut sides);
    sides
}

fn read(frame: &Frame, sides: &mut Sides) -> Option<()> {
    let bytes = frame.bytes.as_slice();
    let (protocol, payload) = match frame.link {
        LinkKind::Ethernet => {
            sides.to_hardware = array::<6>(bytes, 0);
            sides.from_hardware = array::<6>(bytes, 6);
            let mut at = 12;
            let mut protocol = word(bytes, at)?;
            // VLAN tags, at most two of them.
            for _ in 0..2 {
                if matches!(protocol, 0x8100 | 0x88a8) {
                    at += 4;
                    protocol = word(bytes, at)?;
                }
            }
            (protocol, bytes.get(at + 2..)?)
        }
        LinkKind::LinuxSll => {
            sides.from_hardware = array::<6>(bytes, 6);
            (word(bytes, 14)?, bytes.get(16..)?)
        }
        LinkKind::LinuxSll2 => {
            sides.from_hardware = array::<6>(bytes, 12);
            (word(bytes, 0)?, bytes.get(20..)?)
        }
        LinkKind::RawIp => (0, bytes),
        LinkKind::Loopback => (0, bytes.get(4..)?),
    };
    match (protocol, payload.first()? >> 4) {
        (0x0800 | 0, 4) => internet_4(payload, sides),
        (0x86dd | 0, 6) => internet_6(payload, sides),
        (0x0806, _) => {
            sides.from = array::<4>(payload, 14).map(|octets| Ipv4Addr::from(octets).into());
            sides.to = array::<4>(payload, 24).map(|octets| Ipv4Addr::from(octets).into());
            Some(())
        }
        _ => None,
    }
}

fn internet_4(packet: &[u8], sides: &mut Sides) -> Option<()> {
    sides.from = Some(Ipv4Addr::from(array::<4>(packet, 12)?).into());
    sides.to = Some(Ipv4Addr::from(array::<4>(packet, 16)?).into());
    let first_fragment = word(packet, 6)? & 0x1fff == 0;
    let length = usize::from(packet.first()? & 0x0f) * 4;
    if first_fragment && *packet.get(9)? == 6 {
        sides.tcp = segment(packet.get(length.max(20)..)?);
    }
    Some(())
}

fn internet_6(packet: &[u8], sides: &mut Sides) -> Option<()> {
    sides.from = Some(Ipv6Addr::from(array::<16>(packet, 8)?).into());
    sides.to = Some(Ipv6Addr::from(array::<16>(packet, 24)?).into());
    let (mut next, mut at) = (*packet.get(6)?, 40);
    // Hop-by-hop, routing and destination options; a connection is not begun behind more of them.
    for _ in 0..4 {
        match next {
            6 => {
                sides.tcp = segment(packet.get(at..)?);
                return Some(());
            }
            0 | 43 | 60 => {
                next = *packet.get(at)?;
                at += usize::from(*packet.get(at + 1)?) * 8 + 8;
            }
            _ => return Some(()),
        }
    }
    Some(())
}

fn segment(bytes: &[u8]) -> Option<Segment> {
    Some(Segment {
        from: word(bytes, 0)?,
        to: word(bytes, 2)?,
        sequence: u32::from_be_bytes(array::<4>(bytes, 4)?),
        flags: *bytes.get(13)?,
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    array::<2>(bytes, at).map(u16::from_be_bytes)
}

fn array<const LENGTH: usize>(bytes: &[u8], at: usize) -> Option<[u8; LENGTH]> {
    bytes.get(at..at.checked_add(LENGTH)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_frames::{DEVICE, PEER, segment_frame};
    use super::*;

    #[test]
    fn a_segment_is_read_over_ethernet_with_a_tag_and_without_a_link_header() {
        let plain = segment_frame(0, DEVICE, PEER, (50_000, 8883), 7, SYN);
        let read = sides(&plain);
        assert_eq!((read.from, read.to), (Some(DEVICE.into()), Some(PEER.into())));
        let tcp = read.tcp.unwrap();
        assert!(tcp.asks() && !tcp.grants());
        assert_eq!((tcp.from, tcp.to, tcp.sequence), (50_000, 8883, 7));

        let mut tagged = plain.clone();
        tagged.link = LinkKind::Ethernet;
        let mut bytes = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0x00, 0x05, 0x08, 0x00];
        bytes.extend(&plain.bytes);
        tagged.bytes = bytes;
        let read = sides(&tagged);
        assert_eq!(read.from_hardware, Some([2, 0, 0, 0, 0, 1]));
        assert_eq!(read.tcp, Some(tcp));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..120), kind in 0..5_usize) {
            let link = [
                LinkKind::Ethernet, LinkKind::RawIp, LinkKind::LinuxSll, LinkKind::LinuxSll2, LinkKind::Loopback,
            ][kind];
            let length = bytes.len() as u32;
            sides(&Frame { at: 0, link, bytes, length });
        }
    }
}

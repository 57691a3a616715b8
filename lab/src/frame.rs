//! Frames as they go over the uplink of the device: Ethernet II, IPv4, TCP, UDP, ICMP and ARP, with lengths and
//! checksums as on a wire.

use std::net::{Ipv4Addr, SocketAddrV4};

/// A hardware address.
pub(crate) type Hardware = [u8; 6];

/// Hardware address of the home router.
pub(crate) const ROUTER: Hardware = [0x02, 0x00, 0x5e, 0x10, 0x00, 0x01];
/// Everybody.
pub(crate) const BROADCAST: Hardware = [0xff; 6];

/// EtherType of IPv4.
pub(crate) const IPV4: u16 = 0x0800;
/// EtherType of ARP.
pub(crate) const ARP: u16 = 0x0806;

/// Flags of TCP.
pub(crate) mod flag {
    pub(crate) const FIN: u8 = 0x01;
    pub(crate) const SYN: u8 = 0x02;
    pub(crate) const RST: u8 = 0x04;
    pub(crate) const PSH: u8 = 0x08;
    pub(crate) const ACK: u8 = 0x10;
}

/// Greatest payload of a TCP segment in octets.
pub(crate) const SEGMENT: usize = 1460;

const ICMP_NUMBER: u8 = 1;
const TCP_NUMBER: u8 = 6;
const UDP_NUMBER: u8 = 17;

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) from: SocketAddrV4,
    pub(crate) to: SocketAddrV4,
    pub(crate) sequence: u32,
    pub(crate) acknowledged: u32,
    pub(crate) flags: u8,
    pub(crate) payload: &'a [u8],
}

/// A frame around `payload`.
pub(crate) fn ethernet(to: Hardware, from: Hardware, kind: u16, payload: &[u8]) -> Vec<u8> {
    [&to[..], &from, &kind.to_be_bytes(), payload].concat()
}

/// The IPv4 packet of a segment; one that opens a connection tells its greatest segment.
pub(crate) fn tcp(segment: &Segment<'_>) -> Vec<u8> {
    let options: &[u8] =
        if segment.flags & flag::SYN != 0 { &[2, 4, (SEGMENT >> 8) as u8, SEGMENT as u8] } else { &[] };
    let words = 5 + options.len() / 4;
    let mut packet = Vec::with_capacity(words * 4 + segment.payload.len());
    packet.extend(segment.from.port().to_be_bytes());
    packet.extend(segment.to.port().to_be_bytes());
    packet.extend(segment.sequence.to_be_bytes());
    let acknowledged = if segment.flags & flag::ACK != 0 { segment.acknowledged } else { 0 };
    packet.extend(acknowledged.to_be_bytes());
    packet.push((words as u8) << 4);
    packet.push(segment.flags);
    packet.extend(64_240u16.to_be_bytes()); // window
    packet.extend([0; 4]); // checksum, urgent pointer
    packet.extend(options);
    packet.extend(segment.payload);
    let (from, to) = (*segment.from.ip(), *segment.to.ip());
    let sum = over_ip(from, to, TCP_NUMBER, &packet);
    packet[16..18].copy_from_slice(&sum.to_be_bytes());
    ipv4(from, to, TCP_NUMBER, &packet)
}

/// The IPv4 packet of a datagram.
pub(crate) fn udp(from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(8 + payload.len());
    packet.extend(from.port().to_be_bytes());
    packet.extend(to.port().to_be_bytes());
    packet.extend((8 + payload.len() as u16).to_be_bytes());
    packet.extend([0; 2]);
    packet.extend(payload);
    // A sum of zero would say that there is none.
    let sum = match over_ip(*from.ip(), *to.ip(), UDP_NUMBER, &packet) {
        0 => 0xffff,
        sum => sum,
    };
    packet[6..8].copy_from_slice(&sum.to_be_bytes());
    ipv4(*from.ip(), *to.ip(), UDP_NUMBER, &packet)
}

/// ICMP, network unreachable, about a packet.
pub(crate) fn unreachable(router: Ipv4Addr, about: &[u8], to: Ipv4Addr) -> Vec<u8> {
    let mut packet = vec![3, 0, 0, 0, 0, 0, 0, 0];
    packet.extend(about.iter().take(28)); // its header, and eight octets
    let sum = checksum(&[&packet]);
    packet[2..4].copy_from_slice(&sum.to_be_bytes());
    ipv4(router, to, ICMP_NUMBER, &packet)
}

/// An ARP message; `answer`: an answer, else a question.
pub(crate) fn arp(answer: bool, from: (Hardware, Ipv4Addr), about: (Hardware, Ipv4Addr)) -> Vec<u8> {
    let operation = if answer { 2 } else { 1 };
    [&[0, 1, 8, 0, 6, 4, 0, operation][..], &from.0, &from.1.octets(), &about.0, &about.1.octets()].concat()
}

/// An IPv4 packet, never fragmented.
fn ipv4(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(20 + payload.len());
    packet.extend([0x45, 0]);
    packet.extend((20 + payload.len() as u16).to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    packet.extend(from.octets());
    packet.extend(to.octets());
    let sum = checksum(&[&packet]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(payload);
    packet
}

/// The checksum that TCP and UDP have over their packet and parts of the header before it.
fn over_ip(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, packet: &[u8]) -> u16 {
    let length = packet.len() as u32;
    checksum(&[&from.octets(), &to.octets(), &[0, protocol, (length >> 8) as u8, length as u8], packet])
}

/// The checksum of the internet protocols (RFC 1071); every part but the last has an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum: u32 = 0;
    for pair in parts.iter().flat_map(|part| part.chunks(2)) {
        sum += u32::from(pair[0]) << 8 | pair.get(1).copied().map_or(0, u32::from);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_a_known_header_is_right() {
        // The example header that is on every page about it.
        let header = [
            0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x00, 0x00, 0xc0, 0xa8, 0x00, 0x01,
            0xc0, 0xa8, 0x00, 0xc7,
        ];
        assert_eq!(checksum(&[&header]), 0xb861);
    }

    #[test]
    fn a_packet_with_its_sums_in_place_sums_up_to_nothing() {
        let (from, to) = ("127.64.0.1:40000".parse().unwrap(), "127.64.0.2:8883".parse().unwrap());
        for payload in [&b""[..], b"odd", b"even"] {
            let flags = if payload.is_empty() { flag::SYN } else { flag::ACK | flag::PSH };
            let segment = Segment { from, to, sequence: 7, acknowledged: 9, flags, payload };
            for (packet, protocol) in [(tcp(&segment), TCP_NUMBER), (udp(from, to, payload), UDP_NUMBER)] {
                assert_eq!(checksum(&[&packet[..20]]), 0);
                assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), packet.len());
                assert_eq!(over_ip(*from.ip(), *to.ip(), protocol, &packet[20..]), 0);
            }
        }
    }
}

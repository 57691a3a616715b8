//! Takes the headers off a frame: link, IP, transport. Nothing is copied, and every byte is hostile.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::frame::{FrameRef, LinkKind};

/// A hardware address of Ethernet.
pub(super) type Hardware = [u8; 6];

/// TCP flags.
pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const RST: u8 = 4;
pub(super) const ACK: u8 = 16;

/// Ethernet types used here.
pub(super) const ARP: u16 = 0x0806;

/// What a frame holds.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    /// Sender on the link, where the link names it.
    pub(super) from: Option<Hardware>,
    /// Receiver on the link, where the link names it.
    pub(super) to: Option<Hardware>,
    /// The rest.
    pub(super) content: Content<'a>,
}

/// What the link carries.
#[derive(Debug)]
pub(super) enum Content<'a> {
    /// Neither IPv4 nor IPv6: the Ethernet type, 0 for a frame that names a length instead.
    Link(u16, &'a [u8]),
    /// An IP packet.
    Ip(Packet<'a>),
    /// Headers that make no sense, or were cut.
    Broken,
}

/// An IP packet.
#[derive(Debug)]
pub(super) struct Packet<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// Number of the protocol.
    pub(super) protocol: u8,
    /// It is a part of a larger one.
    pub(super) fragment: bool,
    pub(super) body: Body<'a>,
}

/// What an IP packet carries.
#[derive(Debug)]
pub(super) enum Body<'a> {
    Tcp(Segment<'a>),
    Udp {
        ports: (u16, u16),
        payload: &'a [u8],
        /// Octets of payload on the wire.
        length: u32,
    },
    /// ICMP of either version, without its first four octets where there are as many.
    Icmp(&'a [u8]),
    Other(&'a [u8]),
    /// A later part of a fragmented packet: no ports.
    LaterFragment,
    /// The transport header is not whole.
    Broken,
}

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// From, to.
    pub(super) ports: (u16, u16),
    pub(super) sequence: u32,
    pub(super) flags: u8,
    pub(super) payload: &'a [u8],
    /// Octets of payload on the wire; more than `payload` where the capture cut them.
    pub(super) length: u32,
}

/// Reads the headers.
pub(super) fn read<'a>(frame: &FrameRef<'a>) -> Layers<'a> {
    let bytes = frame.bytes;
    let mut layers = Layers { from: None, to: None, content: Content::Broken };
    // Octets on the wire that the capture left out at the end.
    let cut = (frame.length as usize).saturating_sub(bytes.len());
    match frame.link {
        LinkKind::Ethernet => {
            let Some((header, rest)) = bytes.split_at_checked(12) else { return layers };
            layers.to = hardware(header.get(..6));
            layers.from = hardware(header.get(6..));
            layers.content = typed(rest, cut);
        }
        LinkKind::RawIp => layers.content = ip(bytes, cut),
        LinkKind::Loopback => {
            // The family is in the byte order of the host that captured: the IP header says the same.
            layers.content = bytes.get(4..).map_or(Content::Broken, |rest| ip(rest, cut));
        }
        LinkKind::LinuxSll => {
            let Some((header, rest)) = bytes.split_at_checked(14) else { return layers };
            if number(header, 4) == Some(6) {
                layers.from = hardware(header.get(6..12));
            }
            layers.content = typed(rest, cut);
        }
        LinkKind::LinuxSll2 => {
            let Some((header, rest)) = bytes.split_at_checked(20) else { return layers };
            if header.get(11) == Some(&6) {
                layers.from = hardware(header.get(12..18));
            }
            let kind = number(header, 0).unwrap_or(0);
            layers.content = of_type(kind, rest, cut);
        }
    }
    layers
}

fn hardware(bytes: Option<&[u8]>) -> Option<Hardware> {
    bytes?.try_into().ok()
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(two.try_into().ok()?))
}

/// From the Ethernet type on, tags of VLANs taken off.
fn typed(bytes: &[u8], cut: usize) -> Content<'_> {
    let mut rest = bytes;
    // 802.1Q, 802.1ad and the older numbers of stacked tags.
    for _ in 0..4 {
        match number(rest, 0) {
            Some(0x8100 | 0x88a8 | 0x9100 | 0x9200) => rest = rest.get(4..).unwrap_or_default(),
            Some(kind) => return of_type(kind, rest.get(2..).unwrap_or_default(), cut),
            None => return Content::Broken,
        }
    }
    Content::Broken
}

fn of_type(kind: u16, body: &[u8], cut: usize) -> Content<'_> {
    match kind {
        0x0800 | 0x86dd => ip(body, cut),
        0..=1535 => Content::Link(0, body),
        _ => Content::Link(kind, body),
    }
}

fn ip(bytes: &[u8], cut: usize) -> Content<'_> {
    let packet = match bytes.first().map(|first| first >> 4) {
        Some(4) => ipv4(bytes, cut),
        Some(6) => ipv6(bytes, cut),
        _ => None,
    };
    packet.map_or(Content::Broken, Content::Ip)
}

/// The part of an IP packet that follows its header: what was captured, and how long it was on the wire.
#[derive(Clone, Copy)]
struct Rest<'a> {
    bytes: &'a [u8],
    length: usize,
}

fn ipv4(bytes: &[u8], cut: usize) -> Option<Packet<'_>> {
    let header = usize::from(bytes.first()? & 15) * 4;
    let fixed: &[u8; 20] = bytes.first_chunk()?;
    let total = usize::from(u16::from_be_bytes([fixed[2], fixed[3]]));
    // A packet that the network card is to cut into segments has no length yet.
    let total = if total == 0 { bytes.len() + cut } else { total };
    if header < 20 || total < header {
        return None;
    }
    let rest = Rest { bytes: bytes.get(header..bytes.len().min(total))?, length: total - header };
    let offset = u16::from_be_bytes([fixed[6], fixed[7]]);
    let (more, offset) = (offset & 0x2000 != 0, offset & 0x1fff);
    let protocol = fixed[9];
    Some(Packet {
        source: Ipv4Addr::from([fixed[12], fixed[13], fixed[14], fixed[15]]).into(),
        destination: Ipv4Addr::from([fixed[16], fixed[17], fixed[18], fixed[19]]).into(),
        protocol,
        fragment: more || offset > 0,
        body: if offset > 0 { Body::LaterFragment } else { body(protocol, rest) },
    })
}

fn ipv6(bytes: &[u8], cut: usize) -> Option<Packet<'_>> {
    let fixed: &[u8; 40] = bytes.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([fixed[4], fixed[5]]));
    let length = if length == 0 { bytes.len() - 40 + cut } else { length };
    let captured = bytes.get(40..)?;
    let mut rest = Rest { bytes: captured.get(..captured.len().min(length))?, length };
    let mut protocol = fixed[6];
    let mut fragment = false;
    let mut later = false;
    for _ in 0..16 {
        let size = match protocol {
            0 | 43 | 60 | 135 | 139 | 140 => (usize::from(*rest.bytes.get(1)?) + 1) * 8,
            51 => (usize::from(*rest.bytes.get(1)?) + 2) * 4,
            44 => {
                let place = number(rest.bytes, 2)?;
                fragment |= place & 0xfff9 != 0;
                later |= place & 0xfff8 != 0;
                8
            }
            _ => break,
        };
        protocol = *rest.bytes.first()?;
        rest = Rest { bytes: rest.bytes.get(size..)?, length: rest.length.checked_sub(size)? };
        if later {
            break;
        }
    }
    let address = |from: usize| {
        let octets: [u8; 16] = fixed.get(from..from + 16)?.try_into().ok()?;
        Some(IpAddr::from(Ipv6Addr::from(octets)))
    };
    Some(Packet {
        source: address(8)?,
        destination: address(24)?,
        protocol,
        fragment,
        body: if later { Body::LaterFragment } else { body(protocol, rest) },
    })
}

fn body(protocol: u8, rest: Rest<'_>) -> Body<'_> {
    match protocol {
        6 => tcp(rest).unwrap_or(Body::Broken),
        17 => udp(rest).unwrap_or(Body::Broken),
        1 | 58 => Body::Icmp(rest.bytes.get(4..).unwrap_or_default()),
        _ => Body::Other(rest.bytes),
    }
}

fn tcp(rest: Rest<'_>) -> Option<Body<'_>> {
    let fixed: &[u8; 20] = rest.bytes.first_chunk()?;
    let header = usize::from(fixed[12] >> 4) * 4;
    let length = rest.length.checked_sub(header)?;
    if header < 20 {
        return None;
    }
    Some(Body::Tcp(Segment {
        ports: (u16::from_be_bytes([fixed[0], fixed[1]]), u16::from_be_bytes([fixed[2], fixed[3]])),
        sequence: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        flags: fixed[13],
        payload: rest.bytes.get(header..).unwrap_or_default(),
        length: u32::try_from(length).ok()?,
    }))
}

fn udp(rest: Rest<'_>) -> Option<Body<'_>> {
    let fixed: &[u8; 8] = rest.bytes.first_chunk()?;
    let said = usize::from(u16::from_be_bytes([fixed[4], fixed[5]]));
    let length = match said {
        0 => rest.length,
        8.. => said.min(rest.length),
        _ => return None,
    } - 8;
    let captured = rest.bytes.get(8..)?;
    Some(Body::Udp {
        ports: (u16::from_be_bytes([fixed[0], fixed[1]]), u16::from_be_bytes([fixed[2], fixed[3]])),
        payload: captured.get(..captured.len().min(length))?,
        length: u32::try_from(length).ok()?,
    })
}

/// Name of what a link carries besides IP.
pub(super) fn link_name(kind: u16) -> String {
    let name = match kind {
        0 => "llc",
        ARP => "arp",
        0x8035 => "rarp",
        0x88cc => "lldp",
        0x888e => "eapol",
        0x8863 => "pppoe-discovery",
        0x8864 => "pppoe",
        0x8899 => "realtek",
        0x88e1 => "homeplug-mme",
        0x893a => "ieee-1905",
        0x88f7 => "ptp",
        0x8809 => "slow-protocols",
        0x9000 => "loopback-test",
        0x0842 => "wake-on-lan",
        0x8892 => "profinet",
        0x88e5 => "macsec",
        0xa0ed => "lowpan",
        _ => return format!("0x{kind:04x}"),
    };
    name.to_owned()
}

/// Name of a protocol over IP that is neither TCP nor UDP, where it has a usual one.
pub(super) fn protocol_name(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "icmp",
        2 => "igmp",
        4 => "ip-in-ip",
        41 => "ipv6-in-ip",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "icmpv6",
        89 => "ospf",
        103 => "pim",
        112 => "vrrp",
        115 => "l2tp",
        132 => "sctp",
        _ => return None,
    })
}

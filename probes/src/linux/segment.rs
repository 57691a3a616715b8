//! TCP segments by hand (RFC 9293): the SYN that asks, and the two answers that count.

use std::net::{IpAddr, SocketAddr};

/// Header with the option for the segment size, which stacks of small devices expect to see.
pub(super) const SYN_LENGTH: usize = 24;
const TCP: u8 = 6;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// What a segment from the device says about a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// SYN and ACK.
    Open,
    /// RST.
    Closed,
}

/// An answer to a SYN. Whether it answers one of ours is for the caller to see from `acknowledges`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// Port of the device.
    pub(super) port: u16,
    /// Number that follows the sequence number which is answered.
    pub(super) acknowledges: u32,
    /// The answer.
    pub(super) says: Says,
}

/// Why a frame is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejected {
    /// Shorter than its headers say, or no TCP.
    Malformed,
    /// From or to somebody else.
    OtherHost,
    /// To another port of this host: other connections of the run.
    OtherPort,
    /// The checksum is wrong.
    Checksum,
    /// No answer to a SYN.
    OtherFlags,
}

/// A SYN with its checksum.
pub(super) fn syn(from: SocketAddr, to: SocketAddr, sequence: u32) -> [u8; SYN_LENGTH] {
    let mut segment = [0_u8; SYN_LENGTH];
    segment[0..2].copy_from_slice(&from.port().to_be_bytes());
    segment[2..4].copy_from_slice(&to.port().to_be_bytes());
    segment[4..8].copy_from_slice(&sequence.to_be_bytes());
    segment[12] = ((SYN_LENGTH / 4) as u8) << 4;
    segment[13] = SYN;
    segment[14..16].copy_from_slice(&1024_u16.to_be_bytes());
    segment[20..24].copy_from_slice(&[2, 4, 0x05, 0xb4]);
    let checksum = !folded(sum(&segment) + pseudo_header(from.ip(), to.ip(), SYN_LENGTH));
    segment[16..18].copy_from_slice(&checksum.to_be_bytes());
    segment
}

/// Reads a frame as a raw socket hands it over: IPv4 with its IP header, IPv6 without.
///
/// # Errors
/// Why it is no answer of `device` to `tester`.
pub(super) fn heard(frame: &[u8], device: IpAddr, tester: SocketAddr) -> Result<Heard, Rejected> {
    let segment = match (device, tester.ip()) {
        (IpAddr::V4(device), IpAddr::V4(tester)) => {
            let header = frame.get(..20).ok_or(Rejected::Malformed)?;
            let length = usize::from(header[0] & 0x0f) * 4;
            if header[0] >> 4 != 4 || length < 20 || header[9] != TCP {
                return Err(Rejected::Malformed);
            }
            if header[12..16] != device.octets() || header[16..20] != tester.octets() {
                return Err(Rejected::OtherHost);
            }
            let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
            frame.get(length..total).ok_or(Rejected::Malformed)?
        }
        _ => frame,
    };
    let header = segment.get(..20).ok_or(Rejected::Malformed)?;
    if u16::from_be_bytes([header[2], header[3]]) != tester.port() {
        return Err(Rejected::OtherPort);
    }
    let pseudo = pseudo_header(device, tester.ip(), segment.len());
    let written = u16::from_be_bytes([header[16], header[17]]);
    // A sender on this machine leaves the work to a network card that a virtual link does not have: such
    // a segment carries the sum over the pseudo header alone.
    if folded(sum(segment) + pseudo) != 0xffff && written != folded(pseudo) {
        return Err(Rejected::Checksum);
    }
    let says = match header[13] & (FIN | SYN | RST | ACK) {
        flags if flags == SYN | ACK => Says::Open,
        flags if flags == RST | ACK => Says::Closed,
        _ => return Err(Rejected::OtherFlags),
    };
    Ok(Heard {
        port: u16::from_be_bytes([header[0], header[1]]),
        acknowledges: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
        says,
    })
}

fn pseudo_header(from: IpAddr, to: IpAddr, length: usize) -> u32 {
    let addresses = match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => sum(&from.octets()) + sum(&to.octets()),
        (IpAddr::V6(from), IpAddr::V6(to)) => sum(&from.octets()) + sum(&to.octets()),
        _ => 0,
    };
    addresses + u32::from(TCP) + length as u32
}

/// Sum of the 16-bit words, not yet folded. A frame is at most 64 KiB, so it does not overflow.
fn sum(bytes: &[u8]) -> u32 {
    bytes
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)])))
        .sum()
}

fn folded(mut sum: u32) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: &str = "192.0.2.7:23";
    const TESTER: &str = "192.0.2.1:40000";

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// A segment of the device with these flags that acknowledges 1001, as a raw socket hands it over.
    fn answer(from: &str, to: &str, flags: u8) -> Vec<u8> {
        let (from, to) = (at(from), at(to));
        let mut segment = syn(from, to, 5).to_vec();
        segment[8..12].copy_from_slice(&1001_u32.to_be_bytes());
        segment[13] = flags;
        write_checksum(&mut segment, from, to);
        framed(segment, from, to)
    }

    fn write_checksum(segment: &mut [u8], from: SocketAddr, to: SocketAddr) {
        segment[16..18].fill(0);
        let checksum = !folded(sum(segment) + pseudo_header(from.ip(), to.ip(), segment.len()));
        segment[16..18].copy_from_slice(&checksum.to_be_bytes());
    }

    fn framed(segment: Vec<u8>, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
        let (IpAddr::V4(from), IpAddr::V4(to)) = (from.ip(), to.ip()) else { return segment };
        let mut frame = vec![0x45, 0, 0, 20 + segment.len() as u8, 0, 0, 0, 0, 64, TCP, 0, 0];
        frame.extend(from.octets());
        frame.extend(to.octets());
        frame.extend(segment);
        frame
    }

    #[test]
    fn a_syn_is_the_bytes_that_the_standard_says() {
        let made = syn(at("10.0.0.1:40000"), at("10.0.0.2:80"), 0x0102_0304);
        // Computed by hand: 9c40 + 0050 + 0102 + 0304 + 6002 + 0400 + 0204 + 05b4, addresses, 6 and 24.
        let expected =
            [0x9c, 0x40, 0x00, 0x50, 1, 2, 3, 4, 0, 0, 0, 0, 0x60, 2, 4, 0, 0xdf, 0x8d, 0, 0, 2, 4, 5, 0xb4];
        assert_eq!(made, expected);
    }

    #[test]
    fn both_answers_are_read_in_both_families() {
        for (device, tester) in [(DEVICE, TESTER), ("[fe80::7]:23", "[fe80::1]:40000")] {
            for (flags, says) in [(SYN | ACK, Says::Open), (RST | ACK, Says::Closed)] {
                let read = heard(&answer(device, tester, flags), at(device).ip(), at(tester));
                assert_eq!(read, Ok(Heard { port: 23, acknowledges: 1001, says }), "{device}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_named() {
        let device = at(DEVICE).ip();
        let read = |frame: &[u8]| heard(frame, device, at(TESTER)).unwrap_err();
        let good = answer(DEVICE, TESTER, RST | ACK);
        for length in 0..good.len() {
            assert_eq!(read(&good[..length]), Rejected::Malformed, "{length} bytes");
        }
        assert_eq!(read(&answer("192.0.2.8:23", TESTER, RST | ACK)), Rejected::OtherHost);
        assert_eq!(read(&answer(DEVICE, "192.0.2.9:40000", RST | ACK)), Rejected::OtherHost);
        assert_eq!(read(&answer(DEVICE, "192.0.2.1:40001", RST | ACK)), Rejected::OtherPort);
        for flags in [SYN, ACK, RST, SYN | RST | ACK, SYN | FIN | ACK, 0] {
            assert_eq!(read(&answer(DEVICE, TESTER, flags)), Rejected::OtherFlags, "{flags:02x}");
        }
        let mut udp = good.clone();
        udp[9] = 17;
        assert_eq!(read(&udp), Rejected::Malformed);
        let mut other_version = good;
        other_version[0] = 0x65;
        assert_eq!(read(&other_version), Rejected::Malformed);
    }

    #[test]
    fn every_flipped_bit_of_a_segment_is_seen() {
        for (device, tester) in [(DEVICE, TESTER), ("[fd00::7]:23", "[fd00::1]:40000")] {
            let good = answer(device, tester, SYN | ACK);
            let start = good.len() - SYN_LENGTH;
            for bit in 0..SYN_LENGTH * 8 {
                let mut bad = good.clone();
                bad[start + bit / 8] ^= 1 << (bit % 8);
                assert!(heard(&bad, at(device).ip(), at(tester)).is_err(), "bit {bit}");
            }
        }
    }

    #[test]
    fn a_checksum_left_to_the_network_card_is_taken() {
        let mut frame = answer(DEVICE, TESTER, SYN | ACK);
        let pseudo = folded(pseudo_header(at(DEVICE).ip(), at(TESTER).ip(), SYN_LENGTH));
        frame[36..38].copy_from_slice(&pseudo.to_be_bytes());
        assert!(heard(&frame, at(DEVICE).ip(), at(TESTER)).is_ok());
        frame[36..38].copy_from_slice(&(pseudo ^ 1).to_be_bytes());
        assert_eq!(heard(&frame, at(DEVICE).ip(), at(TESTER)), Err(Rejected::Checksum));
    }

    proptest::proptest! {
        #[test]
        fn no_frame_makes_it_panic(frame in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            let _ = heard(&frame, at(DEVICE).ip(), at(TESTER));
            let _ = heard(&frame, at("[fe80::7]:23").ip(), at("[fe80::1]:40000"));
        }
    }
}

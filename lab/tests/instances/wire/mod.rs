//! Reads the frames of the simulated uplink, for the tests: as far as they need it, and strictly.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

use lab::{Instance, TapFrame};
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Packet {
    Arp,
    Icmp {
        from: Ipv4Addr,
        to: Ipv4Addr,
        kind: u8,
    },
    Udp {
        from: SocketAddrV4,
        to: SocketAddrV4,
        payload: Vec<u8>,
    },
    Tcp {
        from: SocketAddrV4,
        to: SocketAddrV4,
        sequence: u32,
        acknowledged: u32,
        flags: u8,
        payload: Vec<u8>,
    },
}

/// Frames as they come.
pub(crate) struct Capture {
    frames: Receiver<TapFrame>,
    pub(crate) seen: Vec<(u64, Packet)>,
    device: Ipv4Addr,
}

impl Capture {
    pub(crate) fn of(instance: &Instance) -> Self {
        Self { frames: instance.tap(), seen: Vec::new(), device: instance.address() }
    }

    /// Takes in what has come.
    pub(crate) fn read(&mut self) -> &[(u64, Packet)] {
        loop {
            match self.frames.try_recv() {
                Ok(frame) => {
                    assert_eq!(frame.length as usize, frame.bytes.len());
                    if let Some((last, _)) = self.seen.last() {
                        assert!(frame.at >= *last, "time goes backwards");
                    }
                    self.seen.push((frame.at, packet(&frame.bytes)));
                }
                Err(TryRecvError::Empty) => return &self.seen,
                Err(TryRecvError::Disconnected) => panic!("the capture was ended"),
            }
        }
    }

    /// Listens until something has been seen.
    pub(crate) fn until(&mut self, what: &str, mut seen: impl FnMut(&mut Self) -> bool) {
        let begun = Instant::now();
        while !seen(self) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {:?}", self.told());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Listens for so long.
    pub(crate) fn pass(&mut self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(milliseconds));
        self.read();
    }

    /// Forgets what was seen.
    pub(crate) fn clear(&mut self) {
        self.read();
        self.seen.clear();
    }

    /// Names that were asked for, with the resolver.
    pub(crate) fn names(&mut self) -> Vec<(String, SocketAddrV4)> {
        let device = self.device;
        let asked = |packet: &Packet| match packet {
            Packet::Udp { from, to, payload }
                if *from.ip() == device && payload.get(2..6) == Some(&[1, 0, 0, 1]) =>
            {
                Some((name(payload), *to))
            }
            _ => None,
        };
        self.read().iter().filter_map(|(_, packet)| asked(packet)).collect()
    }

    /// Times of the beginnings of connections to a port, in seconds from the first frame.
    pub(crate) fn calls(&mut self, port: u16) -> Vec<f64> {
        let first = self.read().first().map_or(0, |(at, _)| *at);
        let begins =
            |packet: &Packet| matches!(packet, Packet::Tcp { to, flags: SYN, .. } if to.port() == port);
        let calls = self.seen.iter().filter(|(_, packet)| begins(packet));
        calls.map(|(at, _)| (at - first) as f64 / 1e6).collect()
    }

    /// Whether a connection to the port was agreed to.
    pub(crate) fn reached(&mut self, port: u16) -> bool {
        let agreed = |packet: &Packet| matches!(packet, Packet::Tcp { from, flags, .. } if from.port() == port && *flags == SYN | ACK);
        self.read().iter().any(|(_, packet)| agreed(packet))
    }

    /// Whether the peer at a port has ended a connection, or agreed to its end.
    pub(crate) fn ended(&mut self, port: u16) -> bool {
        let ended = |packet: &Packet| matches!(packet, Packet::Tcp { from, flags, .. } if from.port() == port && flags & FIN != 0);
        self.read().iter().any(|(_, packet)| ended(packet))
    }

    /// Everything that the device said to a port, one connection after the other.
    pub(crate) fn said(&mut self, port: u16) -> Vec<u8> {
        let mut all: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
        for (_, packet) in self.read() {
            if let Packet::Tcp { from, to, payload, .. } = packet
                && to.port() == port
            {
                all.entry(from.port()).or_default().extend(payload);
            }
        }
        all.into_values().flatten().collect()
    }

    /// The capture in short, for messages.
    pub(crate) fn told(&self) -> Vec<String> {
        let short = |packet: &Packet| match packet {
            Packet::Tcp { from, to, flags, payload, .. } => {
                format!("{from} > {to} {flags:02x} {}", payload.len())
            }
            Packet::Udp { from, to, payload } => format!("{from} > {to} udp {}", payload.len()),
            other => format!("{other:?}"),
        };
        self.seen.iter().map(|(_, packet)| short(packet)).collect()
    }
}

/// Reads a frame; everything in it has to be right.
pub(crate) fn packet(frame: &[u8]) -> Packet {
    let kind = u16::from_be_bytes([frame[12], frame[13]]);
    let packet = &frame[14..];
    if kind == 0x0806 {
        assert_eq!(packet.len(), 28);
        return Packet::Arp;
    }
    assert_eq!(kind, 0x0800);
    assert_eq!(packet[0], 0x45);
    assert_eq!(usize::from(u16::from_be_bytes([packet[2], packet[3]])), packet.len());
    assert_eq!(sum(&packet[..20]), 0xffff, "sum of the header");
    let address = |at: usize| Ipv4Addr::new(packet[at], packet[at + 1], packet[at + 2], packet[at + 3]);
    let (from, to, inner) = (address(12), address(16), &packet[20..]);
    let number = packet[9];
    let over = [&packet[12..20], &[0, number], &(inner.len() as u16).to_be_bytes(), inner].concat();
    let port = |at: usize| u16::from_be_bytes([inner[at], inner[at + 1]]);
    match number {
        1 => {
            assert_eq!(sum(inner), 0xffff, "sum of ICMP");
            Packet::Icmp { from, to, kind: inner[0] }
        }
        6 => {
            assert_eq!(sum(&over), 0xffff, "sum of TCP");
            let long =
                |at: usize| u32::from_be_bytes([inner[at], inner[at + 1], inner[at + 2], inner[at + 3]]);
            Packet::Tcp {
                from: SocketAddrV4::new(from, port(0)),
                to: SocketAddrV4::new(to, port(2)),
                sequence: long(4),
                acknowledged: long(8),
                flags: inner[13] & 0x17,
                payload: inner[usize::from(inner[12] >> 4) * 4..].to_vec(),
            }
        }
        17 => {
            assert_eq!(sum(&over), 0xffff, "sum of UDP");
            assert_eq!(usize::from(port(4)), inner.len());
            let payload = inner[8..].to_vec();
            Packet::Udp {
                from: SocketAddrV4::new(from, port(0)),
                to: SocketAddrV4::new(to, port(2)),
                payload,
            }
        }
        other => panic!("protocol {other}"),
    }
}

/// The sum of the internet protocols, without its complement: all ones where it is right.
fn sum(octets: &[u8]) -> u16 {
    let mut sum = 0u32;
    for pair in octets.chunks(2) {
        sum += u32::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// The name in a question.
fn name(message: &[u8]) -> String {
    let (mut name, mut at) = (String::new(), 12);
    while message[at] != 0 {
        let length = usize::from(message[at]);
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(std::str::from_utf8(&message[at + 1..at + 1 + length]).unwrap());
        at += 1 + length;
    }
    name
}

pub(crate) fn holds(octets: &[u8], part: &str) -> bool {
    octets.windows(part.len()).any(|window| window == part.as_bytes())
}

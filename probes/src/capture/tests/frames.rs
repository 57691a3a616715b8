//! Builds frames octet by octet, without the code that reads them.

use std::net::IpAddr;

use crate::capture::{Analyser, Frame, LinkKind, Needle, Questions, TrafficFacts};

pub(super) const DEVICE: &str = "192.0.2.10";
pub(super) const PEER: &str = "198.51.100.7";
pub(super) const TESTER: &str = "192.0.2.1";
pub(super) const DEVICE_HARDWARE: [u8; 6] = [2, 0, 0, 0, 0, 0x10];
pub(super) const OTHER_HARDWARE: [u8; 6] = [2, 0, 0, 0, 0, 0x77];

pub(super) const FIN: u8 = 0x11;
pub(super) const SYN: u8 = 0x02;
pub(super) const RST: u8 = 0x14;
pub(super) const ACK: u8 = 0x10;
pub(super) const SYN_ACK: u8 = 0x12;

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn frame(at: u64, link: LinkKind, bytes: Vec<u8>) -> Frame {
    Frame { at, link, length: bytes.len() as u32, bytes }
}

/// An Ethernet frame around an IP packet.
pub(super) fn ethernet(packet: &[u8]) -> Vec<u8> {
    let kind: [u8; 2] = if packet[0] >> 4 == 4 { [8, 0] } else { [0x86, 0xdd] };
    [&[6; 6][..], &[7; 6], &kind, packet].concat()
}

/// An IP packet of either version.
pub(super) fn packet(from: IpAddr, to: IpAddr, protocol: u8, body: &[u8]) -> Vec<u8> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let total = (20 + body.len()) as u16;
            let mut bytes = vec![0x45, 0];
            bytes.extend(total.to_be_bytes());
            bytes.extend([0, 1, 0, 0, 64, protocol, 0, 0]);
            bytes.extend(from.octets());
            bytes.extend(to.octets());
            bytes.extend(body);
            bytes
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let mut bytes = vec![0x60, 0, 0, 0];
            bytes.extend((body.len() as u16).to_be_bytes());
            bytes.extend([protocol, 64]);
            bytes.extend(from.octets());
            bytes.extend(to.octets());
            bytes.extend(body);
            bytes
        }
        _ => panic!("two versions of IP"),
    }
}

pub(super) fn tcp(ports: (u16, u16), sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(ports.0.to_be_bytes());
    bytes.extend(ports.1.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

pub(super) fn udp(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(ports.0.to_be_bytes());
    bytes.extend(ports.1.to_be_bytes());
    bytes.extend((8 + payload.len() as u16).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// A datagram in an Ethernet frame.
pub(super) fn datagram(at: u64, from: (&str, u16), to: (&str, u16), payload: &[u8]) -> Frame {
    let body = udp((from.1, to.1), payload);
    frame(at, LinkKind::Ethernet, ethernet(&packet(ip(from.0), ip(to.0), 17, &body)))
}

/// A segment in an Ethernet frame.
pub(super) fn segment(
    at: u64,
    from: (&str, u16),
    to: (&str, u16),
    sequence: u32,
    flags: u8,
    payload: &[u8],
) -> Frame {
    let body = tcp((from.1, to.1), sequence, flags, payload);
    frame(at, LinkKind::Ethernet, ethernet(&packet(ip(from.0), ip(to.0), 6, &body)))
}

/// A connection of TCP, segment by segment.
pub(super) struct Talk {
    pub(super) frames: Vec<Frame>,
    caller: (&'static str, u16),
    called: (&'static str, u16),
    next: [u32; 2],
    at: u64,
}

impl Talk {
    /// Opens it.
    pub(super) fn open(at: u64, caller: (&'static str, u16), called: (&'static str, u16)) -> Self {
        let mut talk = Self { frames: Vec::new(), caller, called, next: [u32::MAX - 3, 70_000], at };
        talk.send(true, SYN, b"");
        talk.send(false, SYN_ACK, b"");
        talk.send(true, ACK, b"");
        talk
    }

    /// A segment of the caller, or of the called side.
    pub(super) fn send(&mut self, from_caller: bool, flags: u8, payload: &[u8]) {
        let (from, to) = if from_caller { (self.caller, self.called) } else { (self.called, self.caller) };
        let next = &mut self.next[usize::from(!from_caller)];
        self.at += 1000;
        self.frames.push(segment(self.at, from, to, *next, flags, payload));
        let takes = payload.len() as u32 + u32::from(flags & 3 != 0);
        *next = next.wrapping_add(takes);
    }

    /// What each says in turn, in segments of this size.
    pub(super) fn say(mut self, lines: &[(bool, &[u8])], size: usize) -> Self {
        for (from_caller, text) in lines {
            for part in text.chunks(size) {
                self.send(*from_caller, ACK, part);
            }
        }
        self
    }

    /// Closes it.
    pub(super) fn close(mut self) -> Self {
        self.send(true, FIN, b"");
        self.send(false, FIN, b"");
        self.send(true, ACK, b"");
        self
    }
}

/// What is read of frames when the device is known by its address.
pub(super) fn facts(frames: &[Frame]) -> TrafficFacts {
    facts_with(frames, &[])
}

/// The same with values that are searched for.
pub(super) fn facts_with(frames: &[Frame], needles: &[&str]) -> TrafficFacts {
    let needles = needles
        .iter()
        .map(|value| Needle { key: format!("key-{}", value.len()), value: (*value).to_owned() });
    asked(
        frames,
        Questions {
            device: vec![ip(DEVICE), ip("2001:db8::10")],
            tester: vec![ip(TESTER)],
            needles: needles.collect(),
            ..Questions::default()
        },
    )
}

/// The same with any questions.
pub(super) fn asked(frames: &[Frame], questions: Questions) -> TrafficFacts {
    let mut analyser = Analyser::new(questions);
    for frame in frames {
        analyser.take(frame);
    }
    analyser.finish(60.0)
}

/// A record of TLS.
pub(super) fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &(body.len() as u16).to_be_bytes()[..], body].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

/// The body of a ClientHello: TLS 1.2, with these versions in the extension, for this name.
pub(super) fn hello_body(versions: &[u16], name: &str, cookie: bool) -> Vec<u8> {
    let mut extensions = Vec::new();
    let name_length = name.len() as u16;
    extensions.extend([0, 0]);
    extensions.extend((name_length + 5).to_be_bytes());
    extensions.extend((name_length + 3).to_be_bytes());
    extensions.push(0);
    extensions.extend(name_length.to_be_bytes());
    extensions.extend(name.as_bytes());
    extensions.extend([0, 16, 0, 5, 0, 3, 2, b'h', b'2']);
    if !versions.is_empty() {
        extensions.extend([0, 43, 0, (versions.len() * 2 + 1) as u8, (versions.len() * 2) as u8]);
        extensions.extend(versions.iter().flat_map(|version| version.to_be_bytes()));
    }
    let mut body = if cookie { vec![0xfe, 0xfd] } else { vec![3, 3] };
    body.extend([9; 32]);
    body.push(0);
    if cookie {
        body.extend([2, 1, 1]);
    }
    body.extend([0, 4, 0x13, 0x01, 0xc0, 0x2b, 1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    body
}

/// A ClientHello in a record.
pub(super) fn client_hello(versions: &[u16], name: &str) -> Vec<u8> {
    record(22, &message(1, &hello_body(versions, name, false)))
}

/// A ServerHello: this version by the extension if it is 1.3, and this suite.
pub(super) fn server_hello(version: u16, suite: u16) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([8; 32]);
    body.push(0);
    body.extend(suite.to_be_bytes());
    body.push(0);
    if version == 0x0304 {
        body.extend([0, 6, 0, 43, 0, 2, 3, 4]);
    }
    message(2, &body)
}

/// The first flight of a server of TLS 1.2, with this certificate.
pub(super) fn old_flight(suite: u16, certificate: &[u8]) -> Vec<u8> {
    let number24 = |count: usize| [0, (count >> 8) as u8, count as u8];
    let list = [&number24(certificate.len() + 3)[..], &number24(certificate.len()), certificate].concat();
    record(22, &[server_hello(0x0303, suite), message(11, &list), message(14, &[])].concat())
}

/// A datagram of DTLS that carries one whole message.
pub(super) fn dtls_message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    let message = [&[kind][..], &length[1..], &[0, 0, 0, 0, 0], &length[1..], body].concat();
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0][..], &(message.len() as u16).to_be_bytes(), &message].concat()
}

/// A question of DNS, or the answer to it with these addresses.
pub(super) fn dns(name: &str, kind: u8, answers: &[&str]) -> Vec<u8> {
    let mut bytes = vec![
        0x12,
        0x34,
        if answers.is_empty() { 1 } else { 0x81 },
        0,
        0,
        1,
        0,
        answers.len() as u8,
        0,
        0,
        0,
        0,
    ];
    for label in name.split('.') {
        bytes.push(label.len() as u8);
        bytes.extend(label.as_bytes());
    }
    bytes.extend([0, 0, kind, 0, 1]);
    for answer in answers {
        let octets = match ip(answer) {
            IpAddr::V4(four) => four.octets().to_vec(),
            IpAddr::V6(six) => six.octets().to_vec(),
        };
        bytes.extend([
            0xc0,
            12,
            0,
            if octets.len() == 4 { 1 } else { 28 },
            0,
            1,
            0,
            0,
            0,
            60,
            0,
            octets.len() as u8,
        ]);
        bytes.extend(octets);
    }
    bytes
}

//! A host for tests: HCI over TCP, and nothing above it.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::DeviceAddress;
use super::air::{DATA, EVENT, command, data};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(5);

/// A report of advertising.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) kind: u8,
    pub(crate) address: DeviceAddress,
    pub(crate) data: Vec<u8>,
}

/// A host at its controller.
pub(crate) struct RawHost {
    stream: TcpStream,
    kept: VecDeque<Vec<u8>>,
}

impl RawHost {
    #[expect(clippy::disallowed_methods, reason = "a test's own way to the controller that it brought up")]
    pub(crate) fn at(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut host = Self { stream, kept: VecDeque::new() };
        assert_eq!(host.call(0x0c03, &[]), [0], "reset");
        for mask in [0x0c01, 0x2001] {
            assert_eq!(host.call(mask, &[0xff; 8]), [0], "every event");
        }
        host
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub(crate) fn send_data(&mut self, handle_and_flags: u16, bytes: &[u8]) {
        self.send_raw(&data(handle_and_flags, bytes));
    }

    /// Gives a command, and returns its status and what it returns.
    pub(crate) fn call(&mut self, number: u16, parameters: &[u8]) -> Vec<u8> {
        self.send_raw(&command(number, parameters));
        let [low, high] = number.to_le_bytes();
        let answer = self.wait("the end of a command", |packet| {
            matches!(packet, [EVENT, 0x0e, _, _, a, b, ..] | [EVENT, 0x0f, _, _, _, a, b] if [*a, *b] == [low, high])
        });
        if answer[1] == 0x0e { answer[6..].to_vec() } else { vec![answer[3]] }
    }

    /// The first packet, also among those that came before, that is looked for.
    pub(crate) fn wait(&mut self, what: &str, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        self.wait_within(PATIENCE, wanted).unwrap_or_else(|| panic!("no {what}; got {:02x?}", self.kept))
    }

    pub(crate) fn wait_within(&mut self, time: Duration, wanted: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        if let Some(at) = self.kept.iter().position(|packet| wanted(packet)) {
            return self.kept.remove(at);
        }
        let end = Instant::now() + time;
        while let Some(packet) = self.read(end) {
            if wanted(&packet) {
                return Some(packet);
            }
            self.kept.push_back(packet);
        }
        None
    }

    pub(crate) fn wait_le(&mut self, code: u8) -> Vec<u8> {
        self.wait("LE event", |packet| matches!(packet, [EVENT, 0x3e, _, sub, ..] if *sub == code))[4..]
            .to_vec()
    }

    pub(crate) fn wait_event(&mut self, code: u8) -> Vec<u8> {
        self.wait("event", |packet| matches!(packet, [EVENT, other, ..] if *other == code))[3..].to_vec()
    }

    /// The next data: the word of handle and flags, and the bytes.
    pub(crate) fn wait_data(&mut self, time: Duration) -> Option<(u16, Vec<u8>)> {
        let packet = self.wait_within(time, |packet| packet[0] == DATA)?;
        Some((u16::from_le_bytes([packet[1], packet[2]]), packet[5..].to_vec()))
    }

    /// Whether the controller closes the connection soon.
    pub(crate) fn is_let_go(&mut self) -> bool {
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        self.stream.read_to_end(&mut Vec::new()).is_ok()
    }

    /// Forgets what came and was not looked for.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    fn read(&mut self, end: Instant) -> Option<Vec<u8>> {
        let left = end.saturating_duration_since(Instant::now());
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1)))).unwrap();
        let mut kind = [0];
        if self.stream.read_exact(&mut kind).is_err() {
            return None;
        }
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut header = vec![0; if kind[0] == DATA { 4 } else { 2 }];
        self.stream.read_exact(&mut header).unwrap();
        let length = match header[..] {
            [_, _, low, high] => u16::from_le_bytes([low, high]).into(),
            [_, length] => usize::from(length),
            _ => unreachable!("headers have two or four bytes"),
        };
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Some([&kind[..], &header, &body].concat())
    }

    /// Advertises as a connectable device under its public address, or with another kind and target.
    pub(crate) fn advertise(&mut self, kind: u8, target: DeviceAddress, data: &[u8], response: &[u8]) {
        let mut parameters = vec![0x20, 0, 0x20, 0, kind, 0, target.kind()];
        parameters.extend_from_slice(&target.bytes);
        parameters.extend_from_slice(&[7, 0]);
        assert_eq!(self.call(0x2006, &parameters), [0]);
        for (number, data) in [(0x2008, data), (0x2009, response)] {
            let mut parameters = vec![data.len() as u8];
            parameters.extend_from_slice(data);
            parameters.resize(32, 0);
            assert_eq!(self.call(number, &parameters), [0]);
        }
        assert_eq!(self.call(0x200a, &[1]), [0]);
    }

    pub(crate) fn scan(&mut self, active: bool) {
        assert_eq!(self.call(0x200b, &[active.into(), 0x10, 0, 0x10, 0, 0, 0]), [0]);
        assert_eq!(self.call(0x200c, &[1, 0]), [0]);
    }

    pub(crate) fn stop_scan(&mut self) {
        assert_eq!(self.call(0x200c, &[0, 0]), [0]);
        self.forget();
    }

    pub(crate) fn report(&mut self, time: Duration) -> Option<Report> {
        let packet =
            self.wait_within(time, |packet| matches!(packet, [EVENT, 0x3e, _, 2, ..]))?[5..].to_vec();
        let address = DeviceAddress { random: packet[1] == 1, bytes: packet[2..8].try_into().unwrap() };
        let length = usize::from(packet[8]);
        Some(Report { kind: packet[0], address, data: packet[9..9 + length].to_vec() })
    }

    /// Asks for a connection, and does not wait for it.
    pub(crate) fn initiate(&mut self, target: DeviceAddress) {
        self.initiate_as(target, false);
    }

    /// The same, under the random address or the public one.
    pub(crate) fn initiate_as(&mut self, target: DeviceAddress, own_random: bool) {
        let mut parameters = vec![0x10, 0, 0x10, 0, 0, target.kind()];
        parameters.extend_from_slice(&target.bytes);
        parameters.extend_from_slice(&[own_random.into(), 6, 0, 6, 0, 0, 0, 50, 0, 0, 0, 0, 0]);
        assert_eq!(self.call(0x200d, &parameters), [0]);
    }

    /// Waits for a connection: its handle, and the other side.
    pub(crate) fn connected(&mut self) -> (u16, DeviceAddress) {
        let event = self.wait_le(1);
        assert_eq!(event[0], 0, "status of the connection");
        let address = DeviceAddress { random: event[4] == 1, bytes: event[5..11].try_into().unwrap() };
        (u16::from_le_bytes([event[1], event[2]]), address)
    }

    /// Waits for the end of a connection, and says why it ended.
    pub(crate) fn disconnected(&mut self) -> u8 {
        self.wait_event(0x05)[3]
    }
}

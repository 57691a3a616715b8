//! A central for tests: as little of GATT and SMP as it takes, written from the specification and not from the
//! peripheral.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::ble::air::{DATA, EVENT};
use crate::ble::l2cap::{self, Reassembly};
use crate::ble::raw_host::{RawHost, Report};
use crate::ble::uuids::Uuid;
use crate::ble::{BleBench, DeviceAddress};

/// Longest wait for an answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A central.
pub(super) struct Central {
    pub(super) host: RawHost,
    pub(super) own: DeviceAddress,
    pub(super) peer: DeviceAddress,
    pub(super) handle: u16,
    /// Why the connection ended.
    pub(super) ended: Option<u8>,
    reassembly: Reassembly,
    frames: VecDeque<(u16, Vec<u8>)>,
}

/// A characteristic that discovery found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) handle: u16,
    pub(super) properties: u8,
    pub(super) uuid: Uuid,
}

impl Central {
    /// The tester, not connected.
    pub(super) fn of(bench: &BleBench) -> Self {
        Self::at(bench.tester())
    }

    pub(super) fn at(address: SocketAddr) -> Self {
        let mut host = RawHost::at(address);
        let own = host.call(0x1009, &[])[1..].try_into().unwrap();
        Self {
            host,
            own: DeviceAddress::public(own),
            peer: DeviceAddress::public([0; 6]),
            handle: 0,
            ended: None,
            reassembly: Reassembly::default(),
            frames: VecDeque::new(),
        }
    }

    /// The tester, connected.
    pub(super) fn connected(bench: &BleBench) -> Self {
        let mut central = Self::of(bench);
        central.connect();
        central
    }

    /// Listens for the advertisement of a heater and its answer to a scan.
    pub(super) fn find(&mut self) -> Option<[Report; 2]> {
        self.host.scan(true);
        let end = Instant::now() + Duration::from_secs(1);
        let mut advertised = None;
        let found = loop {
            let Some(report) = self.host.report(end.saturating_duration_since(Instant::now())) else {
                break None;
            };
            match (report.kind, advertised.take()) {
                (0, _) => advertised = Some(report),
                (_, Some(first)) => break Some([first, report]),
                _ => {}
            }
        };
        self.host.stop_scan();
        found
    }

    pub(super) fn connect(&mut self) {
        let [advertised, _] = self.find().expect("a heater that advertises");
        self.connect_to(advertised.address);
    }

    /// Connects with whoever has that address.
    pub(super) fn connect_to(&mut self, address: DeviceAddress) {
        self.host.initiate(address);
        (self.handle, self.peer) = self.host.connected();
        self.ended = None;
        self.frames.clear();
    }

    /// Connects under a private address of its own.
    pub(super) fn connect_as(&mut self, own: DeviceAddress) {
        let [advertised, _] = self.find().expect("a heater that advertises");
        assert_eq!(self.host.call(0x2005, &own.bytes), [0]);
        self.own = own;
        self.host.initiate_as(advertised.address, true);
        (self.handle, self.peer) = self.host.connected();
        self.ended = None;
        self.frames.clear();
    }

    pub(super) fn disconnect(&mut self) {
        let [low, high] = self.handle.to_le_bytes();
        assert_eq!(self.host.call(0x0406, &[low, high, 0x13]), [0]);
        assert_eq!(self.host.disconnected(), 0x16);
        self.host.forget();
    }

    pub(super) fn send(&mut self, channel: u16, body: &[u8]) {
        for (handle, piece) in l2cap::pieces(self.handle, channel, body) {
            self.host.send_data(handle, &piece);
        }
    }

    /// The next frame on a channel; `None`: none came in time, or the connection ended.
    pub(super) fn frame(&mut self, channel: u16, time: Duration) -> Option<Vec<u8>> {
        let end = Instant::now() + time;
        loop {
            if let Some(at) = self.frames.iter().position(|frame| frame.0 == channel) {
                return self.frames.remove(at).map(|frame| frame.1);
            }
            let left = end.saturating_duration_since(Instant::now());
            let packet = self
                .host
                .wait_within(left, |packet| packet[0] == DATA || packet.starts_with(&[EVENT, 0x05]))?;
            if packet[0] == EVENT {
                self.ended = Some(packet[6]);
                return None;
            }
            let flags = u16::from_le_bytes([packet[1], packet[2]]);
            self.frames.extend(self.reassembly.piece(flags, &packet[5..]));
        }
    }

    /// Asks; the answer with its code, or the error. 0: there was no answer.
    pub(super) fn ask(&mut self, question: &[u8]) -> Result<Vec<u8>, u8> {
        self.send(l2cap::ATT, question);
        let mut told = Vec::new();
        let answer = loop {
            let answer = self.frame(l2cap::ATT, PATIENCE).ok_or(0)?;
            match answer.first() {
                Some(0x1b) => told.push((l2cap::ATT, answer)),
                _ => break answer,
            }
        };
        self.frames.extend(told);
        match answer[..] {
            [1, _, _, _, code] => Err(code),
            _ => Ok(answer),
        }
    }

    pub(super) fn read(&mut self, handle: u16) -> Result<Vec<u8>, u8> {
        let [low, high] = handle.to_le_bytes();
        self.ask(&[0x0a, low, high]).map(|answer| answer[1..].to_vec())
    }

    pub(super) fn write(&mut self, handle: u16, value: &[u8]) -> Result<(), u8> {
        let answer = self.ask(&[&[0x12][..], &handle.to_le_bytes(), value].concat());
        answer.map(|answer| assert_eq!(answer, [0x13]))
    }

    pub(super) fn read_uuid(&mut self, uuid: Uuid) -> Result<Vec<u8>, u8> {
        let handle = self.handle_of(uuid);
        self.read(handle)
    }

    pub(super) fn write_uuid(&mut self, uuid: Uuid, value: &[u8]) -> Result<(), u8> {
        let handle = self.handle_of(uuid);
        self.write(handle, value)
    }

    /// Value of the next notification.
    pub(super) fn notification(&mut self, time: Duration) -> Option<Vec<u8>> {
        self.frame(l2cap::ATT, time).map(|frame| {
            assert_eq!(frame[0], 0x1b);
            frame[3..].to_vec()
        })
    }

    pub(super) fn exchange_length(&mut self) {
        assert_eq!(self.ask(&[2, 247, 0]).unwrap(), [3, 247, 0]);
    }

    pub(super) fn services(&mut self) -> Vec<Uuid> {
        let mut found = Vec::new();
        self.sweep(&[0x10], &[0x00, 0x28], |entry| {
            found.extend(Uuid::of_bytes(&entry[4..]));
            u16::from_le_bytes([entry[2], entry[3]])
        });
        found
    }

    pub(super) fn characteristics(&mut self) -> Vec<Found> {
        let mut found = Vec::new();
        self.sweep(&[0x08], &[0x03, 0x28], |entry| {
            found.push(Found {
                handle: u16::from_le_bytes([entry[3], entry[4]]),
                properties: entry[2],
                uuid: Uuid::of_bytes(&entry[5..]).unwrap(),
            });
            u16::from_le_bytes([entry[0], entry[1]])
        });
        found
    }

    fn sweep(&mut self, question: &[u8], kind: &[u8], mut entry: impl FnMut(&[u8]) -> u16) {
        let mut next = 1u16;
        while let Ok(answer) = self.ask(&[question, &next.to_le_bytes(), &[0xff, 0xff], kind].concat()) {
            for part in answer[2..].chunks(answer[1].into()) {
                next = entry(part) + 1;
            }
        }
    }

    pub(super) fn handle_of(&mut self, uuid: Uuid) -> u16 {
        let found = self.characteristics().into_iter().find(|found| found.uuid == uuid);
        found.unwrap_or_else(|| panic!("no {uuid:?}")).handle
    }

    /// Starts encryption with a key that both have; the error is the status, or the reason why the link ended.
    pub(super) fn encrypt(&mut self, key: [u8; 16], name: [u8; 10]) -> Result<(), u8> {
        let mut parameters = self.handle.to_le_bytes().to_vec();
        parameters.extend_from_slice(&name);
        parameters.extend(key.iter().rev());
        assert_eq!(self.host.call(0x2019, &parameters), [0]);
        let changed =
            self.host.wait("encryption", |packet| matches!(packet, [EVENT, 0x08 | 0x30 | 0x05, ..]));
        match (changed[1], changed[3]) {
            (0x05, _) => Err(changed[6]),
            (_, 0) => Ok(()),
            (_, status) => Err(status),
        }
    }
}

//! One controller: what its host has set, and the way to its host.

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use tokio::sync::mpsc;

use super::link::Link;
use super::packet;
use crate::ble::DeviceAddress;

/// Packets that wait for a host at most. A host that lets more wait is no longer served.
pub(super) const OUTLET: usize = 512;
/// Room that reports of advertising leave for what matters more.
const KEPT_FREE: usize = OUTLET / 2;
/// Entries of the list of devices to accept.
pub(super) const ACCEPT_LIST: usize = 8;
/// Reports that a controller remembers, to tell each only once.
const REMEMBERED: usize = 64;

/// A controller.
#[derive(Debug)]
pub(super) struct Controller {
    pub(super) public: [u8; 6],
    pub(super) random: Option<[u8; 6]>,
    pub(super) outlet: Option<mpsc::Sender<Vec<u8>>>,
    pub(super) session: u64,
    pub(super) in_range: bool,
    /// Events that the host wants, and those of LE.
    pub(super) masks: [u64; 2],
    pub(super) advertising: Advertising,
    pub(super) scan: Scan,
    pub(super) initiation: Option<Initiation>,
    pub(super) accept_list: Vec<DeviceAddress>,
    pub(super) links: BTreeMap<u16, Link>,
    pub(super) last_handle: u16,
    pub(super) suggested_octets: u16,
}

/// What a controller sends without being asked.
#[derive(Debug)]
pub(super) struct Advertising {
    pub(super) kind: AdvertisingKind,
    /// Time between two, in units of 0.625 ms.
    pub(super) interval: u16,
    pub(super) own_random: bool,
    pub(super) target: DeviceAddress,
    pub(super) policy: u8,
    pub(super) data: Vec<u8>,
    pub(super) response: Vec<u8>,
    /// When the next is due; `None`: it does not advertise.
    pub(super) next: Option<Instant>,
    pub(super) begun: Instant,
}

/// Kinds of legacy advertising.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AdvertisingKind {
    Connectable,
    DirectedFast,
    Scannable,
    NotConnectable,
    DirectedSlow,
}

impl AdvertisingKind {
    /// As in the command that sets it.
    pub(super) fn of(byte: u8) -> Option<Self> {
        [Self::Connectable, Self::DirectedFast, Self::Scannable, Self::NotConnectable, Self::DirectedSlow]
            .get(usize::from(byte))
            .copied()
    }

    /// As in a report.
    pub(super) fn reported(self) -> u8 {
        match self {
            Self::Connectable => 0,
            Self::DirectedFast | Self::DirectedSlow => 1,
            Self::Scannable => 2,
            Self::NotConnectable => 3,
        }
    }

    pub(super) fn is_directed(self) -> bool {
        matches!(self, Self::DirectedFast | Self::DirectedSlow)
    }

    pub(super) fn answers_scans(self) -> bool {
        matches!(self, Self::Connectable | Self::Scannable)
    }

    pub(super) fn connects(self) -> bool {
        !matches!(self, Self::Scannable | Self::NotConnectable)
    }
}

/// How a controller listens.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) on: bool,
    pub(super) active: bool,
    pub(super) accepted_only: bool,
    pub(super) own_random: bool,
    pub(super) once_each: bool,
    pub(super) told: HashSet<(DeviceAddress, u8)>,
}

/// A connection that a host wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Initiation {
    /// Whom; `None`: anybody on the list.
    pub(super) target: Option<DeviceAddress>,
    pub(super) own_random: bool,
    /// Units of 1.25 ms.
    pub(super) interval: u16,
    pub(super) latency: u16,
    /// Units of 10 ms.
    pub(super) timeout: u16,
}

impl Controller {
    pub(super) fn new(public: [u8; 6]) -> Self {
        let begun = Instant::now();
        Self {
            public,
            random: None,
            outlet: None,
            session: 0,
            in_range: true,
            masks: [0x1fff_ffff_ffff, 0x1f],
            advertising: Advertising {
                kind: AdvertisingKind::Connectable,
                interval: 0x0800,
                own_random: false,
                target: DeviceAddress::public([0; 6]),
                policy: 0,
                data: Vec::new(),
                response: Vec::new(),
                next: None,
                begun,
            },
            scan: Scan::default(),
            initiation: None,
            accept_list: Vec::new(),
            links: BTreeMap::new(),
            last_handle: 0,
            suggested_octets: super::link::LEAST_OCTETS,
        }
    }

    /// As it is after it was switched on, except for what connects it with its host.
    pub(super) fn reset(&mut self) {
        let fresh = Self::new(self.public);
        *self = Self {
            outlet: self.outlet.take(),
            session: self.session,
            in_range: self.in_range,
            last_handle: self.last_handle,
            ..fresh
        };
    }

    /// The address that it uses; `None`: it has to draw one first.
    pub(super) fn address(&self, random: bool) -> Option<DeviceAddress> {
        match random {
            true => self.random.map(DeviceAddress::random),
            false => Some(DeviceAddress::public(self.public)),
        }
    }

    /// A handle that no link of this controller has.
    pub(super) fn free_handle(&mut self) -> u16 {
        loop {
            self.last_handle = self.last_handle % 0x0eff + 1;
            if !self.links.contains_key(&self.last_handle) {
                return self.last_handle;
            }
        }
    }

    /// Room on the way to the host, in packets.
    pub(super) fn room(&self) -> usize {
        self.outlet.as_ref().map_or(0, mpsc::Sender::capacity)
    }

    /// Hands a packet to the host; one that never reads loses its controller.
    pub(super) fn hand(&mut self, packet: Vec<u8>) {
        if self.outlet.as_ref().is_some_and(|outlet| outlet.try_send(packet).is_err()) {
            self.outlet = None;
        }
    }

    /// An event, unless the host does not want it. Those that end commands and give credit back come always.
    pub(super) fn event(&mut self, code: u8, parameters: &[u8]) {
        if matches!(code, 0x0e | 0x0f | 0x13) || self.masks[0] >> (code - 1) & 1 == 1 {
            self.hand(packet::event(code, parameters));
        }
    }

    /// An event of LE, unless the host does not want it.
    pub(super) fn le_event(&mut self, code: u8, parameters: &[u8]) {
        if self.masks[1] >> (code - 1) & 1 == 0 {
            return;
        }
        let mut all = vec![code];
        all.extend_from_slice(parameters);
        self.event(0x3e, &all);
    }

    /// A command is done.
    pub(super) fn complete(&mut self, number: u16, returned: &[u8]) {
        let mut all = vec![1];
        all.extend_from_slice(&number.to_le_bytes());
        all.extend_from_slice(returned);
        self.event(0x0e, &all);
    }

    /// A command was taken, or not.
    pub(super) fn status(&mut self, number: u16, status: u8) {
        let [low, high] = number.to_le_bytes();
        self.event(0x0f, &[status, 1, low, high]);
    }

    /// Tells what was heard, unless it was told before or the host has much to read already.
    pub(super) fn report(&mut self, kind: u8, from: DeviceAddress, data: &[u8]) {
        if self.room() < KEPT_FREE {
            return;
        }
        if self.scan.once_each && !self.scan.told.insert((from, kind)) {
            return;
        }
        if self.scan.told.len() > REMEMBERED {
            self.scan.told.clear();
        }
        let mut parameters = vec![1, kind, from.kind()];
        parameters.extend_from_slice(&from.bytes);
        parameters.push(data.len() as u8);
        parameters.extend_from_slice(data);
        parameters.push(0xc8); // -56 dBm
        self.le_event(2, &parameters);
    }
}

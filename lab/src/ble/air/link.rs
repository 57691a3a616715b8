//! Connections between two controllers: data with flow control, encryption, and the end.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::packet;
use super::radio::Radio;

/// Longest data packet that a host may hand over, in bytes.
pub(super) const DATA_LENGTH: u16 = 251;
/// Packets that a controller has room for on each link.
pub(super) const DATA_PACKETS: u8 = 16;
/// Bytes of a packet on the air until both sides agreed on more.
pub(super) const LEAST_OCTETS: u16 = 27;
/// Room that the other host has to have before a packet is handed to it.
const ROOM: usize = 64;
/// How long a packet waits for a host that does not read before it is tried again.
const AGAIN: Duration = Duration::from_millis(5);

/// Why connections end.
pub(super) mod reason {
    /// The own host ended it.
    pub(crate) const LOCAL_HOST: u8 = 0x16;
    /// Nothing was heard for too long.
    pub(crate) const SUPERVISION_TIMEOUT: u8 = 0x08;
    /// What was heard was encrypted with another key.
    pub(crate) const MIC_FAILURE: u8 = 0x3d;
    /// The other side has no key.
    pub(crate) const KEY_MISSING: u8 = 0x06;
}

/// One side of a connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) peer: usize,
    pub(super) peer_handle: u16,
    pub(super) central: bool,
    /// The key that the host of the central wants to use.
    pub(super) key: Option<[u8; 16]>,
    pub(super) encrypted: bool,
    pub(super) interval: u16,
    pub(super) latency: u16,
    pub(super) timeout: u16,
    pub(super) octets: u16,
    pub(super) waiting: VecDeque<Waiting>,
}

/// Data under way.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) due: Instant,
    continues: bool,
    bytes: Vec<u8>,
}

impl Radio {
    /// A host hands data over.
    pub(super) fn data(&mut self, who: usize, handle_and_flags: u16, bytes: Vec<u8>, now: Instant) {
        let handle = handle_and_flags & 0x0fff;
        let (delay, lost_share) = (self.options.data_delay, self.options.data_loss);
        let chance = &mut self.chance;
        let controller = &mut self.controllers[who];
        let Some(link) = controller.links.get_mut(&handle) else { return };
        if bytes.len() > DATA_LENGTH.into() || link.waiting.len() >= DATA_PACKETS.into() {
            controller.event(0x1a, &[1]);
            return;
        }
        // A lost packet is sent again in the next interval, until the other side counts as lost.
        let interval = Duration::from_micros(1250) * link.interval.into();
        let patience = Duration::from_millis(10) * link.timeout.into();
        let mut due = now + delay;
        while lost_share.strikes(chance) {
            due += interval;
            if due > now + patience {
                self.end_link(who, handle, reason::SUPERVISION_TIMEOUT, reason::SUPERVISION_TIMEOUT);
                return;
            }
        }
        let due = link.waiting.back().map_or(due, |last| due.max(last.due));
        link.waiting.push_back(Waiting { due, continues: handle_and_flags >> 12 & 0b11 == 0b01, bytes });
        self.deliver(who, handle, now);
    }

    /// Hands to the other host what is due, and says when to do so again.
    pub(super) fn deliver(&mut self, who: usize, handle: u16, now: Instant) -> Option<Instant> {
        loop {
            let link = self.controllers[who].links.get_mut(&handle)?;
            let (peer, peer_handle, octets) = (link.peer, link.peer_handle, link.octets);
            let due = link.waiting.front()?.due;
            if due > now {
                return Some(due);
            }
            if self.controllers[peer].room() < ROOM {
                return Some(now + AGAIN);
            }
            let waiting = self.controllers[who].links.get_mut(&handle)?.waiting.pop_front()?;
            self.hand_over(peer, peer_handle, octets, &waiting);
            let [low, high] = handle.to_le_bytes();
            self.controllers[who].event(0x13, &[1, low, high, 1, 0]);
        }
    }

    /// Hands data to the other host, in the pieces in which they came over the air.
    fn hand_over(&mut self, peer: usize, handle: u16, octets: u16, waiting: &Waiting) {
        let mut continues = waiting.continues;
        let empty = waiting.bytes.is_empty().then_some(&[][..]);
        for piece in waiting.bytes.chunks(octets.into()).chain(empty) {
            let flags = if continues { 0b01 } else { 0b10 };
            self.controllers[peer].hand(packet::data(handle | flags << 12, piece));
            continues = true;
        }
    }

    /// The host of the central wants the link encrypted.
    pub(super) fn encrypt(&mut self, who: usize, handle: u16, random_and_ediv: &[u8], key: [u8; 16]) -> u8 {
        let Some(link) = self.controllers[who].links.get_mut(&handle) else { return 0x02 };
        if !link.central {
            return 0x0c;
        }
        link.key = Some(key);
        let (peer, peer_handle) = (link.peer, link.peer_handle);
        let mut parameters = peer_handle.to_le_bytes().to_vec();
        parameters.extend_from_slice(random_and_ediv);
        self.controllers[peer].le_event(5, &parameters);
        0
    }

    /// The host of the peripheral names its key; `None`: it has none. Both have to have the same.
    pub(super) fn key_named(&mut self, who: usize, handle: u16, key: Option<[u8; 16]>) -> u8 {
        let Some(link) = self.controllers[who].links.get(&handle) else { return 0x02 };
        let (peer, peer_handle, central) = (link.peer, link.peer_handle, link.central);
        let wanted = self.controllers[peer].links.get_mut(&peer_handle).and_then(|link| link.key.take());
        let Some(wanted) = wanted.filter(|_| !central) else { return 0x0c };
        match key {
            None => {
                let [low, high] = peer_handle.to_le_bytes();
                self.controllers[peer].event(0x08, &[reason::KEY_MISSING, low, high, 0]);
            }
            Some(key) if key == wanted => {
                for (side, handle) in [(who, handle), (peer, peer_handle)] {
                    let Some(link) = self.controllers[side].links.get_mut(&handle) else { continue };
                    let again = std::mem::replace(&mut link.encrypted, true);
                    let [low, high] = handle.to_le_bytes();
                    match again {
                        true => self.controllers[side].event(0x30, &[0, low, high]),
                        false => self.controllers[side].event(0x08, &[0, low, high, 1]),
                    }
                }
            }
            Some(_) => self.end_link(who, handle, reason::MIC_FAILURE, reason::MIC_FAILURE),
        }
        0
    }

    /// Other parameters for a link, in the units of HCI.
    pub(super) fn update_link(&mut self, who: usize, handle: u16, interval: u16, latency: u16, timeout: u16) {
        for (side, handle) in self.sides(who, handle) {
            let Some(link) = self.controllers[side].links.get_mut(&handle) else { continue };
            (link.interval, link.latency, link.timeout) = (interval, latency, timeout);
            let mut parameters = vec![0];
            for word in [handle, interval, latency, timeout] {
                parameters.extend_from_slice(&word.to_le_bytes());
            }
            self.controllers[side].le_event(3, &parameters);
        }
    }

    /// Longer packets on the air, for both directions; both hosts are told if that is new.
    pub(super) fn lengthen(&mut self, who: usize, handle: u16, octets: u16) {
        let octets = octets.clamp(LEAST_OCTETS, DATA_LENGTH);
        for (side, handle) in self.sides(who, handle) {
            let Some(link) = self.controllers[side].links.get_mut(&handle) else { continue };
            if std::mem::replace(&mut link.octets, octets) == octets {
                continue;
            }
            let time = (octets + 14) * 8;
            let mut parameters = Vec::new();
            for word in [handle, octets, time, octets, time] {
                parameters.extend_from_slice(&word.to_le_bytes());
            }
            self.controllers[side].le_event(7, &parameters);
        }
    }

    /// Both sides of a link.
    pub(super) fn sides(&self, who: usize, handle: u16) -> Vec<(usize, u16)> {
        match self.controllers[who].links.get(&handle) {
            Some(link) => vec![(who, handle), (link.peer, link.peer_handle)],
            None => Vec::new(),
        }
    }

    /// Ends a link; both hosts are told why. What was under way still arrives, if a host ended it.
    pub(super) fn end_link(&mut self, who: usize, handle: u16, local: u8, remote: u8) {
        let Some(link) = self.controllers[who].links.remove(&handle) else { return };
        if local == reason::LOCAL_HOST {
            for waiting in &link.waiting {
                if self.controllers[link.peer].room() >= ROOM {
                    self.hand_over(link.peer, link.peer_handle, link.octets, waiting);
                }
            }
        }
        self.controllers[link.peer].links.remove(&link.peer_handle);
        for (side, handle, reason) in [(who, handle, local), (link.peer, link.peer_handle, remote)] {
            let [low, high] = handle.to_le_bytes();
            self.controllers[side].event(0x05, &[0, low, high, reason]);
        }
    }

    /// Ends every link of a controller, as the other sides see it when a device is gone.
    pub(super) fn lose_links(&mut self, who: usize) {
        let handles: Vec<u16> = self.controllers[who].links.keys().copied().collect();
        for handle in handles {
            self.end_link(who, handle, reason::SUPERVISION_TIMEOUT, reason::SUPERVISION_TIMEOUT);
        }
    }
}

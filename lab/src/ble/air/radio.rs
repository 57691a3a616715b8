//! What is between the controllers: who hears whose advertising, and who connects with whom.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::controller::{AdvertisingKind, Controller, Initiation};
use super::link::Link;
use crate::ble::DeviceAddress;

/// How long fast directed advertising lasts.
const DIRECTED_FAST: Duration = Duration::from_millis(1280);
/// Links that a controller has at once.
const LINKS: usize = 8;

/// What is imperfect about the air.
#[derive(Clone, Copy, Debug, Default)]
pub struct AirOptions {
    /// Share of the advertising that one listener does not hear.
    pub advertising_loss: Share,
    /// Share of the data packets that are lost and sent again one connection interval later. Nothing is lost for
    /// good unless the supervision timeout ends the link first.
    pub data_loss: Share,
    /// How long data are under way.
    pub data_delay: Duration,
    /// Where chance begins: the same seed loses the same packets.
    pub seed: u64,
}

/// A share in thousandths, from 0 to 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share(pub u16);

impl Share {
    pub(super) fn strikes(self, chance: &mut u64) -> bool {
        if self.0 == 0 {
            return false;
        }
        *chance = chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *chance;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % 1000 < self.0.into()
    }
}

/// All controllers.
#[derive(Debug)]
pub(super) struct Radio {
    pub(super) options: AirOptions,
    pub(super) chance: u64,
    pub(super) controllers: Vec<Controller>,
}

impl Radio {
    pub(super) fn new(options: AirOptions) -> Self {
        Self { options, chance: options.seed, controllers: Vec::new() }
    }

    /// Does everything that is due, and says when to come again; `None`: when something was set.
    pub(super) fn advance(&mut self, now: Instant) -> Option<Instant> {
        let mut next = None;
        let mut sooner = |time: Option<Instant>| {
            if let Some(time) = time {
                next = Some(next.map_or(time, |other: Instant| other.min(time)));
            }
        };
        for who in 0..self.controllers.len() {
            let handles: Vec<u16> = self.controllers[who].links.keys().copied().collect();
            for handle in handles {
                sooner(self.deliver(who, handle, now));
            }
            sooner(self.advertise(who, now));
        }
        next
    }

    /// Sends one round of advertising if it is due.
    fn advertise(&mut self, who: usize, now: Instant) -> Option<Instant> {
        let advertising = &self.controllers[who].advertising;
        let due = advertising.next?;
        let (kind, begun) = (advertising.kind, advertising.begun);
        let end = (kind == AdvertisingKind::DirectedFast).then(|| begun + DIRECTED_FAST);
        if end.is_some_and(|end| end <= now) {
            let controller = &mut self.controllers[who];
            controller.advertising.next = None;
            controller.le_event(1, &[&[0x3c, 0, 0, 1][..], &[0; 14]].concat());
            return None;
        }
        if !self.anybody_listens(who) {
            // Nobody hears it, so nothing has to be done until somebody listens or it ends.
            return end;
        }
        if due > now {
            return Some(due);
        }
        let interval = Duration::from_micros(625) * advertising.interval.into();
        // Advertisers add up to 10 ms by chance, so that two do not collide for ever.
        let jitter = Duration::from_micros(crate::chance::bits() % 10_000);
        let next = now + interval + jitter;
        self.controllers[who].advertising.next = Some(next);
        let from = self.controllers[who].address(self.controllers[who].advertising.own_random)?;
        for listener in 0..self.controllers.len() {
            if listener == who || !self.controllers[listener].in_range || !self.controllers[who].in_range {
                continue;
            }
            if self.options.advertising_loss.strikes(&mut self.chance) {
                continue;
            }
            self.hear(listener, who, from);
            // Whoever was connected advertises no more.
            self.controllers[who].advertising.next?;
        }
        Some(next)
    }

    fn anybody_listens(&self, who: usize) -> bool {
        self.controllers.iter().enumerate().any(|(index, other)| {
            index != who && other.in_range && (other.scan.on || other.initiation.is_some())
        })
    }

    /// One controller hears another: reports it, asks for more, connects, as its host wants.
    fn hear(&mut self, listener: usize, who: usize, from: DeviceAddress) {
        let advertising = &self.controllers[who].advertising;
        let (kind, policy) = (advertising.kind, advertising.policy);
        let target = advertising.target;
        let (data, response) = (advertising.data.clone(), advertising.response.clone());
        let accepts = |address: Option<DeviceAddress>| {
            address.is_some_and(|address| self.controllers[who].accept_list.contains(&address))
        };
        let hearing = &self.controllers[listener];
        let is_target = |address: Option<DeviceAddress>| !kind.is_directed() || address == Some(target);
        let known = hearing.accept_list.contains(&from);

        let scanner = hearing.address(hearing.scan.own_random);
        let reports = hearing.scan.on && is_target(scanner) && (!hearing.scan.accepted_only || known);
        let asks =
            reports && hearing.scan.active && kind.answers_scans() && (policy & 1 == 0 || accepts(scanner));

        let connects = hearing.initiation.filter(|initiation| {
            let own = hearing.address(initiation.own_random);
            let wanted = initiation.target.map_or(known, |wanted| wanted == from);
            let let_in = kind.is_directed() || policy & 2 == 0 || accepts(own);
            kind.connects() && wanted && let_in && is_target(own)
        });

        if reports {
            let told = if kind.is_directed() { &[][..] } else { &data };
            self.controllers[listener].report(kind.reported(), from, told);
        }
        if asks {
            // Always, and also when it is empty: Linux waits for it before it tells anybody.
            self.controllers[listener].report(4, from, &response);
        }
        if let Some(initiation) = connects {
            self.connect(listener, who, initiation, from);
        }
    }

    fn connect(&mut self, central: usize, peripheral: usize, wanted: Initiation, from: DeviceAddress) {
        let full = [central, peripheral].iter().any(|&side| self.controllers[side].links.len() >= LINKS);
        let Some(own) = self.controllers[central].address(wanted.own_random).filter(|_| !full) else {
            return;
        };
        self.controllers[central].initiation = None;
        self.controllers[peripheral].advertising.next = None;
        let handles = [self.controllers[central].free_handle(), self.controllers[peripheral].free_handle()];
        let sides =
            [(central, peripheral, handles, from), (peripheral, central, [handles[1], handles[0]], own)];
        for (side, peer, [handle, peer_handle], peer_address) in sides {
            let is_central = side == central;
            self.controllers[side].links.insert(
                handle,
                Link {
                    peer,
                    peer_handle,
                    central: is_central,
                    key: None,
                    encrypted: false,
                    interval: wanted.interval,
                    latency: wanted.latency,
                    timeout: wanted.timeout,
                    octets: super::link::LEAST_OCTETS,
                    waiting: VecDeque::new(),
                },
            );
            let [low, high] = handle.to_le_bytes();
            let mut parameters = vec![0, low, high, u8::from(!is_central), peer_address.kind()];
            parameters.extend_from_slice(&peer_address.bytes);
            for word in [wanted.interval, wanted.latency, wanted.timeout] {
                parameters.extend_from_slice(&word.to_le_bytes());
            }
            parameters.push(0);
            self.controllers[side].le_event(1, &parameters);
        }
        let suggested = handles
            .iter()
            .zip([central, peripheral])
            .map(|(_, side)| self.controllers[side].suggested_octets)
            .max()
            .unwrap_or_default();
        self.lengthen(central, handles[0], suggested);
    }
}

//! The HCI commands that a controller knows: those of trouble-host 0.8 and of Linux for legacy LE, and the ones that
//! go with them. Every other command is answered as an unknown one.

use std::time::Instant;

use super::controller::{ACCEPT_LIST, AdvertisingKind, Initiation};
use super::link::{DATA_LENGTH, DATA_PACKETS, reason};
use super::radio::Radio;
use crate::ble::DeviceAddress;
use crate::chance;

const SUCCESS: u8 = 0;
const UNKNOWN_COMMAND: u8 = 0x01;
const UNKNOWN_CONNECTION: u8 = 0x02;
const MEMORY_CAPACITY: u8 = 0x07;
const DISALLOWED: u8 = 0x0c;
const INVALID_PARAMETERS: u8 = 0x12;

/// Commands that change nothing here, and how long their parameters are: the second mask of events, flow control
/// towards the host (its packets wait in a bounded queue anyway), channels, the list of keys (which stays empty),
/// preferred radio modes.
const NOTED: [(u16, usize); 9] = [
    (0x0c31, 1),
    (0x0c33, 7),
    (0x0c63, 8),
    (0x0c6d, 2),
    (0x2014, 5),
    (0x2029, 0),
    (0x202d, 1),
    (0x202e, 2),
    (0x2031, 3),
];

/// The bits of the known commands in the answer to "which commands", by octet.
const KNOWN: [(usize, u8); 14] = [
    (0, 0x20),
    (2, 0x80),
    (5, 0xc0),
    (10, 0xe0),
    (14, 0xa8),
    (15, 0x22),
    (22, 0x04),
    (24, 0x40),
    (25, 0xf7),
    (26, 0xff),
    (27, 0xbf),
    (28, 0x0f),
    (33, 0xc0),
    (34, 0x01),
];

impl Radio {
    /// A host gives a command.
    pub(super) fn command(&mut self, who: usize, number: u16, parameters: &[u8], now: Instant) {
        if let Some(&(_, length)) = NOTED.iter().find(|(noted, _)| *noted == number) {
            let status = if parameters.len() == length { SUCCESS } else { INVALID_PARAMETERS };
            self.controllers[who].complete(number, &[status]);
            return;
        }
        let known = self.facts(who, number)
            || self.device_commands(who, number, parameters, now)
            || self.listening_commands(who, number, parameters, now)
            || self.link_commands(who, number, parameters);
        if !known {
            match number {
                // A host that returns its buffers is not answered.
                0x0c35 => {}
                _ => self.controllers[who].complete(number, &[UNKNOWN_COMMAND]),
            }
        }
    }

    /// Questions without parameters.
    fn facts(&mut self, who: usize, number: u16) -> bool {
        let controller = &mut self.controllers[who];
        let [low, high] = DATA_LENGTH.to_le_bytes();
        let answer = match number {
            // Version 5.0 of an unassigned maker.
            0x1001 => vec![SUCCESS, 9, 0, 0, 9, 0xff, 0xff, 0, 0],
            0x1002 => {
                let mut answer = vec![0; 65];
                for (octet, bits) in KNOWN.into_iter().chain([(35, 0x78)]) {
                    answer[1 + octet] = bits;
                }
                answer
            }
            // LE, and nothing of the older Bluetooth.
            0x1003 => vec![SUCCESS, 0, 0, 0, 0, 0x60, 0, 0, 0],
            0x1005 => vec![SUCCESS; 8],
            0x1009 => [&[SUCCESS][..], &controller.public].concat(),
            0x2002 => vec![SUCCESS, low, high, DATA_PACKETS],
            // Encryption, and longer packets.
            0x2003 => vec![SUCCESS, 0x21, 0, 0, 0, 0, 0, 0, 0],
            0x2007 => vec![SUCCESS, 0],
            0x200f => vec![SUCCESS, ACCEPT_LIST as u8],
            0x2018 => [&[SUCCESS][..], &chance::bits().to_le_bytes()].concat(),
            0x201c => vec![SUCCESS, 0xff, 0xff, 0x3f, 0xff, 0xff, 3, 0, 0],
            0x2023 => {
                let octets = controller.suggested_octets;
                let [a, b, c, d] = [octets.to_le_bytes(), ((octets + 14) * 8).to_le_bytes()].concat()[..]
                else {
                    return false;
                };
                vec![SUCCESS, a, b, c, d]
            }
            0x202a => vec![SUCCESS, 0],
            0x202f => {
                let [time_low, time_high] = ((DATA_LENGTH + 14) * 8).to_le_bytes();
                vec![SUCCESS, low, high, time_low, time_high, low, high, time_low, time_high]
            }
            _ => return false,
        };
        controller.complete(number, &answer);
        true
    }

    /// Reset, masks, addresses, advertising, the list of accepted devices.
    fn device_commands(&mut self, who: usize, number: u16, parameters: &[u8], now: Instant) -> bool {
        if number == 0x0c03 {
            self.lose_links(who);
            self.controllers[who].reset();
            self.controllers[who].complete(number, &[SUCCESS]);
            return true;
        }
        let controller = &mut self.controllers[who];
        let advertises = controller.advertising.next.is_some();
        let busy = advertises || controller.scan.on || controller.initiation.is_some();
        let status = match (number, parameters) {
            (0x0c01 | 0x2001, mask) if mask.len() == 8 => {
                let mask = <[u8; 8]>::try_from(mask).map_or(0, u64::from_le_bytes);
                controller.masks[usize::from(number == 0x2001)] = mask;
                SUCCESS
            }
            (0x2005, &[a, b, c, d, e, f]) if !busy => {
                controller.random = Some([a, b, c, d, e, f]);
                SUCCESS
            }
            (0x2006, _) if advertises => DISALLOWED,
            (0x2006, &[low, high, _, _, kind, own, peer, a, b, c, d, e, f, _, policy]) => {
                let interval = u16::from_le_bytes([low, high]);
                match AdvertisingKind::of(kind) {
                    Some(kind)
                        if (0x20..=0x4000).contains(&interval) || kind == AdvertisingKind::DirectedFast =>
                    {
                        let advertising = &mut controller.advertising;
                        advertising.kind = kind;
                        advertising.interval =
                            if kind == AdvertisingKind::DirectedFast { 6 } else { interval };
                        advertising.own_random = own & 1 == 1;
                        advertising.target =
                            DeviceAddress { random: peer & 1 == 1, bytes: [a, b, c, d, e, f] };
                        advertising.policy = policy & 3;
                        SUCCESS
                    }
                    _ => INVALID_PARAMETERS,
                }
            }
            (0x2008 | 0x2009, [length, data @ ..]) if *length <= 31 && data.len() >= usize::from(*length) => {
                let data = data[..usize::from(*length)].to_vec();
                match number {
                    0x2008 => controller.advertising.data = data,
                    _ => controller.advertising.response = data,
                }
                SUCCESS
            }
            (0x200a, &[on]) => match controller.address(controller.advertising.own_random) {
                Some(_) => {
                    controller.advertising.begun = now;
                    controller.advertising.next = (on == 1).then_some(now);
                    SUCCESS
                }
                None => INVALID_PARAMETERS,
            },
            (0x2010, []) => {
                controller.accept_list.clear();
                SUCCESS
            }
            (0x2011 | 0x2012, &[kind, a, b, c, d, e, f]) => {
                let entry = DeviceAddress { random: kind & 1 == 1, bytes: [a, b, c, d, e, f] };
                controller.accept_list.retain(|other| *other != entry);
                match number {
                    0x2011 if controller.accept_list.len() >= ACCEPT_LIST => MEMORY_CAPACITY,
                    0x2011 => {
                        controller.accept_list.push(entry);
                        SUCCESS
                    }
                    _ => SUCCESS,
                }
            }
            // There is no list of keys: nobody's address is resolved here.
            (0x2027, _) => MEMORY_CAPACITY,
            (0x2005, [_, _, _, _, _, _]) => DISALLOWED,
            (0x0c01 | 0x2001 | 0x2005 | 0x2006 | 0x2008 | 0x2009 | 0x200a | 0x2010 | 0x2011 | 0x2012, _) => {
                INVALID_PARAMETERS
            }
            _ => return false,
        };
        controller.complete(number, &[status]);
        true
    }

    /// Scanning and connecting.
    fn listening_commands(&mut self, who: usize, number: u16, parameters: &[u8], _now: Instant) -> bool {
        let controller = &mut self.controllers[who];
        let status = match (number, parameters) {
            (0x200b, _) if controller.scan.on => DISALLOWED,
            (0x200b, &[active, _, _, _, _, own, policy]) => {
                controller.scan.active = active == 1;
                controller.scan.own_random = own & 1 == 1;
                controller.scan.accepted_only = policy & 1 == 1;
                SUCCESS
            }
            (0x200c, &[on, once_each]) => {
                controller.scan.on = on == 1;
                controller.scan.once_each = once_each == 1;
                controller.scan.told.clear();
                SUCCESS
            }
            (0x200d, parameters) if parameters.len() == 25 => {
                let status = self.initiate(who, parameters);
                self.controllers[who].status(number, status);
                return true;
            }
            (0x200d, _) => {
                controller.status(number, INVALID_PARAMETERS);
                return true;
            }
            (0x200e, []) => {
                let wanted = controller.initiation.take().is_some();
                controller.complete(number, &[if wanted { SUCCESS } else { DISALLOWED }]);
                if wanted {
                    controller.le_event(1, &[&[UNKNOWN_CONNECTION][..], &[0; 17]].concat());
                }
                return true;
            }
            (0x200b | 0x200c | 0x200e, _) => INVALID_PARAMETERS,
            _ => return false,
        };
        controller.complete(number, &[status]);
        true
    }

    /// Notes the wish for a connection.
    fn initiate(&mut self, who: usize, parameters: &[u8]) -> u8 {
        let word = |at: usize| u16::from_le_bytes([parameters[at], parameters[at + 1]]);
        let mut bytes = [0; 6];
        bytes.copy_from_slice(&parameters[6..12]);
        let controller = &mut self.controllers[who];
        let own_random = parameters[12] & 1 == 1;
        if controller.initiation.is_some() {
            return DISALLOWED;
        }
        let (interval, latency, timeout) = (word(15), word(17), word(19));
        let sound = (6..=3200).contains(&interval) && latency < 500 && (10..=3200).contains(&timeout);
        if !sound || controller.address(own_random).is_none() {
            return INVALID_PARAMETERS;
        }
        let target = DeviceAddress { random: parameters[5] & 1 == 1, bytes };
        let target = (parameters[4] == 0).then_some(target);
        controller.initiation = Some(Initiation { target, own_random, interval, latency, timeout });
        SUCCESS
    }

    /// What is asked of a link.
    fn link_commands(&mut self, who: usize, number: u16, parameters: &[u8]) -> bool {
        let handle = match parameters {
            [low, high, ..] => u16::from_le_bytes([*low, *high]) & 0x0fff,
            _ => 0,
        };
        let [low, high] = handle.to_le_bytes();
        let link = self.controllers[who].links.get(&handle).map(|link| link.central);
        let taken = if link.is_some() { SUCCESS } else { UNKNOWN_CONNECTION };
        let key = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).unwrap_or_default();
        match (number, parameters.len()) {
            (0x0406, 3) => {
                let allowed = matches!(parameters[2], 0x05 | 0x13 | 0x14 | 0x15 | 0x1a | 0x29 | 0x3b);
                let status = if allowed { taken } else { INVALID_PARAMETERS };
                self.controllers[who].status(number, status);
                if allowed {
                    self.end_link(who, handle, reason::LOCAL_HOST, parameters[2]);
                }
            }
            (0x041d, 2) => {
                self.controllers[who].status(number, taken);
                if link.is_some() {
                    self.controllers[who].event(0x0c, &[SUCCESS, low, high, 9, 0xff, 0xff, 0, 0]);
                }
            }
            (0x1405, 2) => self.controllers[who].complete(number, &[taken, low, high, 0xc8]),
            (0x2015, 2) => {
                self.controllers[who].complete(number, &[taken, low, high, 0xff, 0xff, 0xff, 0xff, 0x1f]);
            }
            (0x2016, 2) => {
                self.controllers[who].status(number, taken);
                if link.is_some() {
                    self.controllers[who].le_event(4, &[SUCCESS, low, high, 0x21, 0, 0, 0, 0, 0, 0, 0]);
                }
            }
            (0x2013, 14) => {
                let word = |at: usize| u16::from_le_bytes([parameters[at], parameters[at + 1]]);
                let (interval, latency, timeout) = (word(4), word(6), word(8));
                let sound = (6..=3200).contains(&interval) && latency < 500 && (10..=3200).contains(&timeout);
                let status = match link {
                    None => UNKNOWN_CONNECTION,
                    // Peripherals ask their central over L2CAP: this air has no such procedure of the link layer.
                    Some(false) => DISALLOWED,
                    Some(true) if !sound => INVALID_PARAMETERS,
                    Some(true) => SUCCESS,
                };
                self.controllers[who].status(number, status);
                if status == SUCCESS {
                    self.update_link(who, handle, interval, latency, timeout);
                }
            }
            (0x2019, 28) => {
                let status = self.encrypt(who, handle, &parameters[2..12], key(&parameters[12..28]));
                self.controllers[who].status(number, status);
            }
            (0x201a, 18) => {
                self.controllers[who].complete(number, &[taken, low, high]);
                self.key_named(who, handle, Some(key(&parameters[2..18])));
            }
            (0x201b, 2) => {
                self.controllers[who].complete(number, &[taken, low, high]);
                self.key_named(who, handle, None);
            }
            (0x2022, 6) => {
                self.controllers[who].complete(number, &[taken, low, high]);
                self.lengthen(who, handle, u16::from_le_bytes([parameters[2], parameters[3]]));
            }
            (0x2024, 4) => {
                self.controllers[who].suggested_octets = handle.clamp(super::link::LEAST_OCTETS, DATA_LENGTH);
                self.controllers[who].complete(number, &[SUCCESS]);
            }
            (0x2030, 2) => self.controllers[who].complete(number, &[taken, low, high, 1, 1]),
            (0x2032, 7) => {
                self.controllers[who].status(number, taken);
                if link.is_some() {
                    self.controllers[who].le_event(0x0c, &[SUCCESS, low, high, 1, 1]);
                }
            }
            // These are answered with a status, the others with their end.
            (0x0406 | 0x041d | 0x2013 | 0x2016 | 0x2019 | 0x2032, _) => {
                self.controllers[who].status(number, INVALID_PARAMETERS);
            }
            (0x1405 | 0x2015 | 0x201a | 0x201b | 0x2022 | 0x2024 | 0x2030, _) => {
                self.controllers[who].complete(number, &[INVALID_PARAMETERS]);
            }
            _ => return false,
        }
        true
    }
}

//! The host of the peripheral: from the events of its controller to what it answers. It opens no socket and keeps no
//! time: packets, moments and the person at the panel come from outside, and what is to be sent waits in a queue.

mod security;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::air::{DATA, EVENT, FromHost};
use super::attributes::{Item, Table};
use super::connection::Connection;
use super::crypto::resolvable_address;
use super::heater::Heater;
use super::pairing::{Outcome, Panel};
use super::{DeviceAddress, advertisement, l2cap};
use crate::behaviour::ble::Hostility;

/// Packets that the controller takes at once.
const CREDITS: usize = 16;
/// Packets that wait for the controller at most; then the other side is not worth it.
const WAITING: usize = 64;
/// Time between two advertisements, in units of 0.625 ms.
const INTERVAL: u16 = 32;

/// The host of the peripheral.
#[derive(Debug)]
pub(super) struct Peripheral {
    pub(super) heater: Heater,
    table: Table,
    public: [u8; 6],
    rotation: Duration,
    rotate_at: Instant,
    address: DeviceAddress,
    connection: Option<Connection>,
    pub(super) panel: Panel,
    outgoing: Vec<FromHost>,
    waiting: VecDeque<(u16, Vec<u8>)>,
    credits: usize,
    /// Answers so far, for those that are malformed in turn.
    answers: usize,
}

impl Peripheral {
    /// A host for the controller with that public address.
    pub(super) fn new(heater: Heater, public: [u8; 6], rotation: Duration, now: Instant) -> Self {
        let address = match heater.behaviour.static_address {
            true => DeviceAddress::public(public),
            false => resolvable_address(heater.identity_key),
        };
        Self {
            table: Table::of(&heater.behaviour),
            heater,
            public,
            rotation,
            rotate_at: now + rotation,
            address,
            connection: None,
            panel: Panel::Blank,
            outgoing: Vec::new(),
            waiting: VecDeque::new(),
            credits: CREDITS,
            answers: 0,
        }
    }

    /// Begins from nothing: the controller was just switched on.
    pub(super) fn start(&mut self, now: Instant) {
        self.outgoing.clear();
        self.forget_connection(now);
        self.command(0x0c03, &[]);
        self.command(0x0c01, &[0xff; 8]);
        self.command(0x2001, &[0xff; 8]);
        self.rotate(now);
        self.advertise();
    }

    /// What is to be handed to the controller, in this order.
    pub(super) fn take_outgoing(&mut self) -> Vec<FromHost> {
        std::mem::take(&mut self.outgoing)
    }

    /// When something is to be done without being asked.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let rotates = self.connection.is_none() && !self.heater.behaviour.static_address;
        rotates.then_some(self.rotate_at)
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, now: Instant) {
        if self.deadline().is_some_and(|due| due <= now) {
            self.command(0x200a, &[0]);
            self.rotate(now);
            self.advertise();
        }
    }

    /// The address under which the device is found now.
    pub(super) fn address(&self) -> DeviceAddress {
        self.address
    }

    /// Draws another address at the next occasion.
    pub(super) fn forget_address(&mut self, now: Instant) {
        self.rotate_at = now;
    }

    /// Ends the connection, if there is one.
    pub(super) fn hang_up(&mut self) {
        if let Some(connection) = &self.connection {
            let [low, high] = connection.handle.to_le_bytes();
            self.command(0x0406, &[low, high, 0x13]);
        }
    }

    /// Takes a packet of the controller.
    pub(super) fn packet(&mut self, packet: &[u8], now: Instant) {
        match *packet {
            [EVENT, 0x3e, _, 0x01, 0, low, high, 1, kind, a, b, c, d, e, f, ..] => {
                let central = DeviceAddress { random: kind & 1 == 1, bytes: [a, b, c, d, e, f] };
                let handle = u16::from_le_bytes([low, high]);
                self.connection = Some(Connection::new(handle, central, self.address, now));
                (self.credits, self.answers) = (CREDITS, 0);
                self.waiting.clear();
            }
            [EVENT, 0x3e, _, 0x05, _, _, ref name @ ..] => self.key_wanted(name),
            [EVENT, 0x08, _, 0, _, _, 1, ..] | [EVENT, 0x30, _, 0, ..] => self.encrypted(),
            [EVENT, 0x05, _, 0, ..] => {
                self.forget_connection(now);
                self.rotate(now);
                self.advertise();
            }
            [EVENT, 0x13, _, _, _, _, low, high, ..] => {
                self.credits += usize::from(u16::from_le_bytes([low, high]));
                self.flush();
            }
            [DATA, low, high, _, _, ref bytes @ ..] => {
                let Some(connection) = &mut self.connection else { return };
                let frame = connection.reassembly.piece(u16::from_le_bytes([low, high]), bytes);
                if let Some((channel, body)) = frame {
                    self.frame(channel, &body, now);
                }
            }
            _ => {}
        }
    }

    fn frame(&mut self, channel: u16, body: &[u8], now: Instant) {
        match self.heater.behaviour.hostility {
            Hostility::Silent => return,
            Hostility::DisconnectStorm => return self.hang_up(),
            _ => {}
        }
        match channel {
            l2cap::ATT => self.attributes(body, now),
            l2cap::SMP => self.security(body, now),
            l2cap::SIGNALLING => {
                if let Some(answer) = l2cap::signal(body) {
                    self.send(l2cap::SIGNALLING, &answer);
                }
            }
            _ => {}
        }
    }

    fn attributes(&mut self, body: &[u8], now: Instant) {
        let Some(connection) = &mut self.connection else { return };
        let (answer, touched) = connection.attributes(body, &self.table, &mut self.heater, now);
        if self.heater.hangs {
            return;
        }
        if let Some(answer) = answer {
            for answer in self.distorted(body, answer) {
                self.send(l2cap::ATT, &answer);
            }
        }
        for item in touched {
            self.notify(item);
        }
    }

    /// Tells who wants to know what an item changed.
    fn notify(&mut self, touched: Item) {
        let Some(connection) = &self.connection else { return };
        let (item, value) = match touched {
            Item::WifiName | Item::WifiPassword | Item::StatusConfiguration if connection.status_wanted => {
                (Item::Status, self.heater.notified_status())
            }
            Item::UpdateControl | Item::UpdateData | Item::UpdateConfiguration
                if connection.update_wanted =>
            {
                (Item::UpdateStatus, self.heater.read(Item::UpdateStatus))
            }
            _ => return,
        };
        let Some(handle) = self.table.handle_of(item) else { return };
        let value = &value[..value.len().min(connection.server.notified())];
        let packet = [&[0x1b][..], &handle.to_le_bytes(), value].concat();
        self.send(l2cap::ATT, &packet);
    }

    /// The answer of the attribute protocol, as a hostile device gives it.
    fn distorted(&mut self, question: &[u8], answer: Vec<u8>) -> Vec<Vec<u8>> {
        match self.heater.behaviour.hostility {
            Hostility::OversizedValues if answer[0] == 0x0b => vec![[&[0x0b][..], &[b'A'; 900]].concat()],
            Hostility::EndlessServices => match *question {
                [0x10, low, high, ..] if [low, high] != [0, 0] => {
                    vec![vec![0x11, 6, low, high, low, high, 0xff, 0xfe]]
                }
                [0x08, low, high, _, _, 0x03, 0x28] => vec![vec![9, 7, low, high, 2, low, high, 0xff, 0xfe]],
                _ => vec![answer],
            },
            Hostility::MalformedAtt => self.malformed(answer),
            _ => vec![answer],
        }
    }

    /// An answer that is cut short, empty, of another kind, twice, or garbage, in turn.
    fn malformed(&mut self, answer: Vec<u8>) -> Vec<Vec<u8>> {
        self.answers += 1;
        match self.answers % 5 {
            1 => vec![answer[..answer.len().min(2)].to_vec()],
            2 => vec![Vec::new(), answer],
            3 => vec![[&[answer[0] ^ 0x06], &answer[1..]].concat()],
            4 => vec![answer.clone(), answer],
            _ => vec![vec![0xff; 60]],
        }
    }

    /// The person at the panel presses the button: the number is the same, or strangers may pair for a while.
    pub(super) fn press_button(&mut self, window: Duration, now: Instant) {
        match self.panel {
            Panel::Compare(_) => self.compared(true, now),
            _ => self.heater.pairing_until = Some(now + window),
        }
    }

    /// The person at the panel says that the number is another one.
    pub(super) fn press_cancel(&mut self, now: Instant) {
        self.compared(false, now);
    }

    fn compared(&mut self, same: bool, now: Instant) {
        let Some(pairing) = self.connection.as_mut().and_then(|connection| connection.pairing.as_mut())
        else {
            return;
        };
        let outcome = pairing.compared(same);
        self.take_outcome(outcome, now);
    }

    fn take_outcome(&mut self, outcome: Outcome, now: Instant) {
        if let Some(panel) = outcome.panel {
            self.panel = panel;
        }
        if outcome.failed.is_some() {
            self.pairing_ended(now);
        }
        for answer in outcome.answers {
            let answers = match self.heater.behaviour.hostility {
                Hostility::MalformedSmp => self.malformed(answer),
                _ => vec![answer],
            };
            for answer in answers {
                self.send(l2cap::SMP, &answer);
            }
        }
    }

    /// A pairing is over without a key.
    fn pairing_ended(&mut self, now: Instant) {
        self.panel = Panel::Blank;
        let pairing = self.connection.as_mut().and_then(|connection| connection.pairing.take());
        if pairing.is_some() {
            self.heater.pairing_failed(now);
        }
    }

    fn forget_connection(&mut self, now: Instant) {
        self.pairing_ended(now);
        self.connection = None;
        self.waiting.clear();
        self.credits = CREDITS;
    }

    /// Draws the next address, if it is time.
    fn rotate(&mut self, now: Instant) {
        if !self.heater.behaviour.static_address && self.rotate_at <= now {
            self.rotate_at = now + self.rotation;
            self.address = resolvable_address(self.heater.identity_key);
        }
    }

    fn advertise(&mut self) {
        let serial = self.heater.behaviour.serial_in_advertising.then(|| self.heater.serial.clone());
        if self.address.random {
            let bytes = self.address.bytes;
            self.command(0x2005, &bytes);
        }
        let [low, high] = INTERVAL.to_le_bytes();
        let mut parameters = vec![low, high, low, high, 0, self.address.kind()];
        parameters.extend_from_slice(&[0; 7]);
        parameters.extend_from_slice(&[7, 0]);
        self.command(0x2006, &parameters);
        for (number, data) in
            [(0x2008, advertisement::data()), (0x2009, advertisement::response(serial.as_deref()))]
        {
            let mut parameters = vec![data.len() as u8];
            parameters.extend_from_slice(&data);
            parameters.resize(32, 0);
            self.command(number, &parameters);
        }
        self.command(0x200a, &[1]);
    }

    fn command(&mut self, number: u16, parameters: &[u8]) {
        self.outgoing.push(FromHost::Command(number, parameters.to_vec()));
    }

    fn send(&mut self, channel: u16, body: &[u8]) {
        let Some(connection) = &self.connection else { return };
        self.waiting.extend(l2cap::pieces(connection.handle, channel, body));
        if self.waiting.len() > WAITING {
            self.waiting.clear();
            self.hang_up();
        }
        self.flush();
    }

    fn flush(&mut self) {
        while self.credits > 0 {
            let Some((handle, piece)) = self.waiting.pop_front() else { return };
            self.credits -= 1;
            self.outgoing.push(FromHost::Data(handle, piece));
        }
    }
}

#[cfg(test)]
mod tests;

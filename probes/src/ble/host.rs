//! The host side of one controller: commands, links, frames. One octet stream, read only while something is waited
//! for; nothing runs in the background, so nothing can be left behind.
//!
//! Every wait has an end in time and in packets ([`Patience`]), every queue has a length.

mod filing;
mod link;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::adapter::HciStream;
use super::address::{AddressKind, DeviceAddress};
use super::backend::{BleError, RawChannel, Told};
use super::hci::{self, Command, Deframer, RawReport};
use super::l2cap::{self, Frame};
use super::transcript::{Direction, Recorder};
use crate::tls::client_hello::random;

pub(super) use filing::OWN_MTU;
pub(super) use link::{KeyFacts, Link};

/// Limits of patience and of gentleness.
#[derive(Clone, Debug, PartialEq)]
pub struct BleLimits {
    /// For an answer of the controller.
    pub command: Duration,
    /// For a link to come about.
    pub connection: Duration,
    /// For the answer to one request of the attribute protocol; the specification allows 30 s.
    pub answer: Duration,
    /// For one step of a pairing; the specification allows 30 s.
    pub pairing_step: Duration,
    /// Packets that are read during one operation.
    pub packets: u32,
}

impl Default for BleLimits {
    fn default() -> Self {
        Self {
            command: Duration::from_secs(3),
            connection: Duration::from_secs(10),
            answer: Duration::from_secs(8),
            pairing_step: Duration::from_secs(10),
            packets: 20_000,
        }
    }
}

/// How long one operation is waited for.
#[derive(Debug)]
pub(super) struct Patience {
    began: Instant,
    pub(super) until: Instant,
    packets: u32,
    left: u32,
    what: String,
}

impl Patience {
    fn spent(&mut self) -> Result<(), BleError> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(BleError::Flooded { what: self.what.clone(), packets: self.packets }),
        }
    }

    fn over(&self) -> BleError {
        BleError::Silent { what: self.what.clone(), seconds: self.began.elapsed().as_secs_f64() }
    }
}

/// The host.
pub(super) struct Host {
    stream: Box<dyn HciStream>,
    deframer: Deframer,
    pub(super) limits: BleLimits,
    pub(super) own: DeviceAddress,
    fragment: usize,
    room: usize,
    under_way: usize,
    outbox: VecDeque<Vec<u8>>,
    done: VecDeque<(u16, Vec<u8>)>,
    connected: Option<(u8, u16, DeviceAddress)>,
    reports: VecDeque<RawReport>,
    pub(super) reports_lost: u64,
    pub(super) link: Option<Link>,
    pub(super) recorder: Recorder,
}

impl Host {
    /// Resets the controller and makes it ready, under a random address of the tester's own.
    pub(super) async fn open(stream: Box<dyn HciStream>, limits: BleLimits) -> Result<Self, BleError> {
        let mut host = Self {
            stream,
            deframer: Deframer::default(),
            limits,
            own: drawn_address(),
            fragment: 27,
            room: 1,
            under_way: 0,
            outbox: VecDeque::new(),
            done: VecDeque::new(),
            connected: None,
            reports: VecDeque::new(),
            reports_lost: 0,
            link: None,
            recorder: Recorder::new(),
        };
        host.command(Command::reset()).await?;
        host.command(Command::set_event_mask()).await?;
        host.command(Command::set_le_event_mask()).await?;
        let sizes = host.command(Command::read_le_buffer_size()).await?;
        let (mut fragment, mut room) = match sizes[..] {
            [_, low, high, room, ..] => (u16::from_le_bytes([low, high]), usize::from(room)),
            _ => (0, 0),
        };
        if fragment == 0 || room == 0 {
            // The controller shares the buffers of BR/EDR.
            let sizes = host.command(Command::read_buffer_size()).await?;
            if let [_, low, high, _, few, many, ..] = sizes[..] {
                fragment = u16::from_le_bytes([low, high]);
                room = usize::from(u16::from_le_bytes([few, many]));
            }
        }
        if fragment < 27 || room == 0 {
            return Err(BleError::Adapter(format!(
                "it has no buffers for data: {room} of {fragment} octets"
            )));
        }
        (host.fragment, host.room) = (usize::from(fragment), room);
        host.take_address(host.own).await?;
        Ok(host)
    }

    /// Takes a random address.
    pub(super) async fn take_address(&mut self, own: DeviceAddress) -> Result<(), BleError> {
        if self.link.is_some() {
            return Err(BleError::LinkedAlready);
        }
        self.command(Command::set_random_address(own)).await?;
        self.own = own;
        Ok(())
    }

    pub(super) fn patience(&self, time: Duration, what: impl Into<String>) -> Patience {
        let (began, packets) = (Instant::now(), self.limits.packets);
        Patience { began, until: began + time, packets, left: packets, what: what.into() }
    }

    /// Gives the controller a command; what it returns, status first, if it succeeds.
    pub(super) async fn command(&mut self, command: Command) -> Result<Vec<u8>, BleError> {
        let opcode = command.opcode;
        let returned = self.command_with_status(command).await?;
        match returned.first() {
            Some(0) => Ok(returned),
            Some(status) => Err(BleError::Adapter(format!(
                "it refused command {opcode:#06x}: {} ({status:#04x})",
                hci::error_words(*status)
            ))),
            None => Err(BleError::Adapter(format!("it answered command {opcode:#06x} without a status"))),
        }
    }

    /// The same whatever the status is.
    pub(super) async fn command_with_status(&mut self, command: Command) -> Result<Vec<u8>, BleError> {
        let opcode = command.opcode;
        let mut patience = self.patience(self.limits.command, format!("command {opcode:#06x}"));
        self.done.retain(|(done, _)| *done != opcode);
        self.put(&command.octets(), &patience).await?;
        loop {
            if let Some(place) = self.done.iter().position(|(done, _)| *done == opcode) {
                return Ok(self.done.remove(place).expect("it was just found").1);
            }
            match self.take_one(&mut patience).await {
                Err(BleError::Silent { what, seconds }) => {
                    return Err(BleError::Adapter(format!("it did not answer {what} within {seconds:.1} s")));
                }
                other => other?,
            }
        }
    }

    /// Takes up a link.
    pub(super) async fn connect(&mut self, device: DeviceAddress) -> Result<(), BleError> {
        if self.link.is_some() {
            return Err(BleError::LinkedAlready);
        }
        self.connected = None;
        self.command(Command::create_connection(device)).await?;
        let mut patience = self.patience(self.limits.connection, "the connection");
        let not_reached = |patience: &Patience| BleError::NotReached {
            device,
            seconds: patience.began.elapsed().as_secs_f64(),
        };
        let outcome = self.connection(&mut patience).await;
        let (status, handle, peer) = match outcome {
            Ok(came) => came,
            Err(BleError::Silent { .. } | BleError::Flooded { .. }) => {
                // It may come about in the very moment of being cancelled: then it is there.
                self.command_with_status(Command::cancel_connection()).await?;
                let mut rest = self.patience(self.limits.command, "the end of a connection attempt");
                match self.connection(&mut rest).await {
                    Ok(came) if came.0 == 0 => came,
                    _ => return Err(not_reached(&patience)),
                }
            }
            Err(other) => return Err(other),
        };
        if status != 0 {
            return Err(not_reached(&patience));
        }
        self.link = Some(Link::new(handle, peer));
        self.under_way = 0;
        self.outbox.clear();
        if peer != device {
            // No controller should; a link to somebody else is not kept for a moment.
            self.disconnect().await?;
            return Err(BleError::Adapter(format!("it connected to {peer} instead of {device}")));
        }
        self.recorder.happened(format!("connected to {peer} as {}", self.own));
        Ok(())
    }

    async fn connection(&mut self, patience: &mut Patience) -> Result<(u8, u16, DeviceAddress), BleError> {
        loop {
            if let Some(came) = self.connected.take() {
                return Ok(came);
            }
            self.take_one(patience).await?;
        }
    }

    /// Ends the link.
    pub(super) async fn disconnect(&mut self) -> Result<(), BleError> {
        let Some(handle) = self.link.as_ref().map(|link| link.handle) else { return Ok(()) };
        let outcome = async {
            self.command_with_status(Command::disconnect(handle)).await?;
            let mut patience = self.patience(self.limits.command, "the end of the link");
            while self.link.is_some() {
                self.take_one(&mut patience).await?;
            }
            Ok(())
        };
        match outcome.await {
            Err(BleError::LinkLost { .. }) => Ok(()),
            other => other,
        }
    }

    /// The link, which has to be there.
    pub(super) fn link(&mut self) -> Result<&mut Link, BleError> {
        self.link.as_mut().ok_or(BleError::NoLink)
    }

    /// Starts encryption, and says with which status it began; 0 is success. Numbers as on the wire.
    pub(super) async fn start_encryption(
        &mut self,
        rand: [u8; 8],
        ediv: u16,
        key: [u8; 16],
    ) -> Result<u8, BleError> {
        let link = self.link()?;
        link.encryption = None;
        let handle = link.handle;
        self.command(Command::start_encryption(handle, rand, ediv, key)).await?;
        let mut patience = self.patience(self.limits.pairing_step, "encryption");
        loop {
            if let Some((status, enabled)) = self.link()?.encryption {
                return Ok(if status == 0 && !enabled { 0x1f } else { status });
            }
            self.take_one(&mut patience).await?;
        }
    }

    /// Sends a frame, and waits until the controller has room for all of it.
    pub(super) async fn send(&mut self, channel: u16, payload: &[u8]) -> Result<(), BleError> {
        self.link()?;
        self.enqueue(channel, payload);
        let mut patience = self.patience(self.limits.answer, "room for data");
        loop {
            self.flush(&patience).await?;
            if self.outbox.is_empty() {
                return Ok(());
            }
            self.take_one(&mut patience).await?;
        }
    }

    fn enqueue(&mut self, channel: u16, payload: &[u8]) {
        let Some(handle) = self.link.as_ref().map(|link| link.handle) else { return };
        self.recorder.frame(Direction::ToDevice, channel, payload);
        let frame = Frame::octets(channel, payload);
        for (place, fragment) in frame.chunks(self.fragment).enumerate() {
            self.outbox.push_back(hci::acl(handle, place == 0, fragment));
        }
    }

    async fn flush(&mut self, patience: &Patience) -> Result<(), BleError> {
        while self.under_way < self.room {
            let Some(fragment) = self.outbox.pop_front() else { break };
            self.under_way += 1;
            self.put(&fragment, patience).await?;
        }
        Ok(())
    }

    /// The next frame of the attribute protocol that is an answer.
    pub(super) async fn att_answer(&mut self, patience: &mut Patience) -> Result<Vec<u8>, BleError> {
        loop {
            if let Some(answer) = self.link()?.att.pop_front() {
                return Ok(answer);
            }
            self.take_one(patience).await?;
        }
    }

    /// The next frame of the security manager.
    pub(super) async fn smp_frame(&mut self, patience: &mut Patience) -> Result<Vec<u8>, BleError> {
        loop {
            if let Some(frame) = self.link()?.smp.pop_front() {
                return Ok(frame);
            }
            self.take_one(patience).await?;
        }
    }

    /// The next frame of a channel; nothing if none comes in time.
    pub(super) async fn raw_answer(
        &mut self,
        channel: RawChannel,
        patience: &mut Patience,
    ) -> Result<Option<Vec<u8>>, BleError> {
        loop {
            let link = self.link()?;
            let number = channel.number();
            let found = match channel {
                RawChannel::Att => link.att.pop_front(),
                RawChannel::Smp => link.smp.pop_front(),
                _ => {
                    let place = link.other.iter().position(|(channel, _)| *channel == number);
                    place.and_then(|place| link.other.remove(place)).map(|(_, frame)| frame)
                }
            };
            if found.is_some() {
                return Ok(found);
            }
            match self.take_one(patience).await {
                Err(BleError::Silent { .. }) => return Ok(None),
                other => other?,
            }
        }
    }

    /// What the device told unasked, read for so long.
    pub(super) async fn told(&mut self, wait: Duration) -> Result<Vec<Told>, BleError> {
        let mut patience = self.patience(wait, "notifications");
        while self.link()?.told.is_empty() {
            match self.take_one(&mut patience).await {
                Err(BleError::Silent { .. }) => break,
                other => other?,
            }
        }
        Ok(self.link()?.told.drain(..).collect())
    }

    /// The next advertising report; nothing when the time is over.
    pub(super) async fn report(&mut self, patience: &mut Patience) -> Result<Option<RawReport>, BleError> {
        loop {
            if let Some(report) = self.reports.pop_front() {
                return Ok(Some(report));
            }
            match self.take_one(patience).await {
                Err(BleError::Silent { .. }) => return Ok(None),
                other => other?,
            }
        }
    }

    /// Forgets what came before the question that is about to be asked: no old answer may be taken for a new one.
    pub(super) fn forget_answers(&mut self, channel: u16) {
        let Some(link) = self.link.as_mut() else { return };
        match channel {
            l2cap::ATT => link.att.clear(),
            l2cap::SMP => link.smp.clear(),
            other => link.other.retain(|(channel, _)| *channel != other),
        }
    }

    /// Reads one packet and files it.
    ///
    /// # Errors
    /// [`BleError::LinkLost`] when the link ends, [`BleError::Silent`] when the time is over.
    pub(super) async fn take_one(&mut self, patience: &mut Patience) -> Result<(), BleError> {
        self.flush(patience).await?;
        let packet = loop {
            if let Some(packet) =
                self.deframer.next().map_err(|malformed| BleError::Adapter(malformed.to_string()))?
            {
                break packet;
            }
            let mut buffer = [0; 4096];
            let reading = tokio::time::timeout_at(patience.until.into(), self.stream.read(&mut buffer));
            match reading.await {
                Err(_) => return Err(patience.over()),
                Ok(Ok(0)) => return Err(BleError::Adapter("it closed the connection".to_owned())),
                Ok(Ok(count)) => self.deframer.add(&buffer[..count]),
                Ok(Err(error)) => return Err(BleError::Adapter(error.to_string())),
            }
        };
        patience.spent()?;
        if Instant::now() >= patience.until {
            // A flood does not lengthen the time; the packet is still filed.
            self.file(packet)?;
            return Err(patience.over());
        }
        self.file(packet)
    }

    async fn put(&mut self, octets: &[u8], patience: &Patience) -> Result<(), BleError> {
        // A controller that takes nothing is not waited for longer than its answer would be.
        let until = patience.until.max(Instant::now() + self.limits.command);
        match tokio::time::timeout_at(until.into(), self.stream.write_all(octets)).await {
            Err(_) => Err(BleError::Adapter("it takes no more octets".to_owned())),
            Ok(written) => written.map_err(|error| BleError::Adapter(error.to_string())),
        }
    }
}

/// A static random address that nobody else has.
pub(super) fn drawn_address() -> DeviceAddress {
    let mut octets = random::<6>();
    octets[0] |= 0b1100_0000;
    DeviceAddress { kind: AddressKind::Random, octets }
}

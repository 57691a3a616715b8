//! The capture point at the uplink of the device: every frame that it sends and receives of its own accord.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::frame::{self, Hardware};

/// Frames that wait for a listener; one that lets more of them wait has its capture ended, so that nothing is
/// missing in the middle.
const WAITING: usize = 16_384;

/// A frame of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapFrame {
    /// Time in microseconds since 1970-01-01 UTC; never earlier than that of the frame before.
    pub at: u64,
    /// The frame, from the Ethernet header on, without the check sequence.
    pub bytes: Vec<u8>,
    /// Its length on the wire in octets.
    pub length: u32,
}

/// Makes frames of what the device does, for whoever listens.
#[derive(Debug)]
pub(crate) struct Tap {
    hardware: Hardware,
    heard: AtomicBool,
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    last: u64,
    all: Vec<Sender<TapFrame>>,
}

impl Tap {
    /// The capture point of the device with that hardware address, written as `02:48:4b:0a:34:a0`.
    pub(crate) fn new(hardware: &str) -> Self {
        let mut address = [0; 6];
        for (octet, text) in address.iter_mut().zip(hardware.split(':')) {
            *octet = u8::from_str_radix(text, 16).unwrap_or_default();
        }
        Self { hardware: address, heard: AtomicBool::new(false), listeners: Mutex::default() }
    }

    /// Hardware address of the device.
    pub(crate) fn hardware(&self) -> Hardware {
        self.hardware
    }

    /// Listens from now on, until the receiver is dropped.
    pub(crate) fn open(&self) -> Receiver<TapFrame> {
        let (sender, receiver) = channel(WAITING);
        self.listeners().all.push(sender);
        self.heard.store(true, Ordering::SeqCst);
        receiver
    }

    /// The device sends an IPv4 packet.
    pub(crate) fn sent(&self, packet: impl FnOnce() -> Vec<u8>) {
        self.tell(|| frame::ethernet(frame::ROUTER, self.hardware, frame::IPV4, &packet()));
    }

    /// The device sends an IPv4 packet to everybody.
    pub(crate) fn sent_to_all(&self, kind: u16, packet: impl FnOnce() -> Vec<u8>) {
        self.tell(|| frame::ethernet(frame::BROADCAST, self.hardware, kind, &packet()));
    }

    /// The device receives a packet.
    pub(crate) fn received(&self, kind: u16, packet: impl FnOnce() -> Vec<u8>) {
        self.tell(|| frame::ethernet(self.hardware, frame::ROUTER, kind, &packet()));
    }

    /// Asks who has an address of the home network, as a device does before it sends there.
    pub(crate) fn asks_for(&self, here: Ipv4Addr, router: Ipv4Addr) {
        self.sent_to_all(frame::ARP, || frame::arp(false, (self.hardware, here), ([0; 6], router)));
        self.received(frame::ARP, || frame::arp(true, (frame::ROUTER, router), (self.hardware, here)));
    }

    /// Tells the listeners; without any, the frame is not even made.
    fn tell(&self, frame: impl FnOnce() -> Vec<u8>) {
        if !self.heard.load(Ordering::Relaxed) {
            return;
        }
        let bytes = frame();
        let mut listeners = self.listeners();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(now.as_micros()).unwrap_or(u64::MAX).max(listeners.last);
        listeners.last = at;
        let frame = TapFrame { at, length: bytes.len() as u32, bytes };
        listeners.all.retain(|listener| listener.try_send(frame.clone()).is_ok());
        self.heard.store(!listeners.all.is_empty(), Ordering::SeqCst);
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        // Nothing panics between two halves of a change.
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_made_for_listeners_alone_and_never_missing_in_the_middle() {
        let tap = Tap::new("02:48:4b:0a:34:a0");
        assert_eq!(tap.hardware(), [0x02, 0x48, 0x4b, 0x0a, 0x34, 0xa0]);
        tap.sent(|| unreachable!("nobody listens"));
        let mut slow = tap.open();
        let mut second = tap.open();
        for number in 0..WAITING + 5 {
            tap.sent(|| vec![number as u8]);
            assert_eq!(second.try_recv().unwrap().bytes.last(), Some(&(number as u8)));
        }
        let mut heard = 0;
        while slow.try_recv().is_ok() {
            heard += 1;
        }
        assert_eq!(heard, WAITING);
        assert!(slow.is_closed());
        drop(second);
        tap.sent(Vec::new);
        tap.sent(|| unreachable!("nobody listens any more"));
    }
}

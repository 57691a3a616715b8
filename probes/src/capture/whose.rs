//! Whose frame it is.

use std::net::IpAddr;

use super::analyser::Questions;
use super::layers::{ARP, Body, Content, Hardware, Layers, Packet};

/// Whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Sent by the device, or to it.
    Device { sent: bool },
    /// The device is not known: every frame counts, and the side that calls is taken as the device.
    Anybody,
    /// Between the device and the tester.
    Tester,
    /// Of others.
    Other,
}

/// Addresses.
#[derive(Debug)]
pub(super) struct Sides {
    device: Vec<IpAddr>,
    hardware: Option<Hardware>,
    tester: Vec<IpAddr>,
}

impl Sides {
    /// From the questions.
    pub(super) fn of(questions: &Questions) -> Self {
        Self {
            device: questions.device.clone(),
            hardware: questions.hardware,
            tester: questions.tester.clone(),
        }
    }

    /// Whether the device is not known.
    pub(super) fn anybody(&self) -> bool {
        self.device.is_empty() && self.hardware.is_none()
    }

    /// Whose frame it is.
    pub(super) fn whose(&self, layers: &Layers<'_>) -> Whose {
        let (source, destination) = match &layers.content {
            Content::Ip(packet) => (Some(packet.source), Some(packet.destination)),
            Content::Link(ARP, body) => (address(body, 14), address(body, 24)),
            _ => (None, None),
        };
        let is_tester =
            |address: Option<IpAddr>| address.is_some_and(|address| self.tester.contains(&address));
        if self.anybody() {
            return if is_tester(source) || is_tester(destination) { Whose::Tester } else { Whose::Anybody };
        }
        let is_device =
            |address: Option<IpAddr>| address.is_some_and(|address| self.device.contains(&address));
        let is_hardware = |hardware: Option<Hardware>| hardware.is_some() && hardware == self.hardware;
        // A request of ARP goes to everybody: it is the frame of its sender.
        let asks_all = matches!(layers.content, Content::Link(ARP, body) if body.get(6..8) == Some(&[0, 1]));
        let sent = is_device(source) || is_hardware(layers.from);
        let received =
            (is_device(destination) && !asks_all) || is_hardware(layers.to) || self.leased(&layers.content);
        match (sent, received) {
            (true, _) if is_tester(destination) => Whose::Tester,
            (false, true) if is_tester(source) => Whose::Tester,
            (true, _) => Whose::Device { sent: true },
            (false, true) => Whose::Device { sent: false },
            (false, false) => Whose::Other,
        }
    }

    /// An answer of DHCP that names the device, sent to everybody.
    fn leased(&self, content: &Content<'_>) -> bool {
        let Content::Ip(Packet { body: Body::Udp { ports: (67, 68), payload, .. }, .. }) = content else {
            return false;
        };
        self.hardware.is_some_and(|hardware| payload.get(28..34) == Some(&hardware))
    }
}

fn address(arp: &[u8], from: usize) -> Option<IpAddr> {
    let four: [u8; 4] = arp.get(from..from + 4)?.try_into().ok()?;
    (arp.get(2..6) == Some(&[8, 0, 6, 4])).then(|| four.into())
}

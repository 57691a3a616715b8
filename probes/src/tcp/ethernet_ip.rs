//! EtherNet/IP over TCP: the identity of the device.

use crate::tcp::{Protocol, Spoken};
use crate::udp::{Asking, service};

/// The protocol.
pub static PROTOCOL: Protocol =
    Protocol { name: "ethernet-ip", likely: &[44818], in_tls: false, question, recognize };

fn question(asking: &Asking) -> Vec<u8> {
    (service::ethernet_ip::SERVICE.questions)(asking).concat()
}

fn recognize(asking: &Asking, bytes: &[u8]) -> Option<Spoken> {
    let told = (service::ethernet_ip::SERVICE.recognize)(asking, bytes)?;
    Some(Spoken { disclosed: told.disclosed, ..Spoken::nothing() })
}

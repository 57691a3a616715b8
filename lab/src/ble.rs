//! Bluetooth LE without a radio: a virtual air ([`VirtualAir`]) whose controllers any host can use over HCI, and on
//! it the Bluetooth side of the reference water heater with weaknesses that can be switched on ([`BleBench`]).
//!
//! The heater has a small stack of its own, because stacks for products refuse to have the weaknesses that a tester
//! has to find: L2CAP, ATT and SMP as far as a peripheral needs them.

mod address;
mod advertisement;
mod air;
mod att;
mod attributes;
pub(crate) mod bench;
mod connection;
mod crypto;
mod heater;
mod l2cap;
mod pairing;
mod peripheral;
mod virtual_air;

#[cfg(all(feature = "bluez", target_os = "linux"))]
pub mod bluez;
pub mod uuids;

pub use address::DeviceAddress;
pub use advertisement::ADVERTISED;
pub use air::{AirOptions, Share};
pub use bench::{BleBench, BleSpec};
pub use pairing::Panel;
pub use virtual_air::VirtualAir;

#[cfg(test)]
mod raw_host;
#[cfg(test)]
mod tests;

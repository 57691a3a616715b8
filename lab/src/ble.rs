//! Bluetooth LE without a radio: a virtual air ([`VirtualAir`]) whose controllers any host can use over HCI.

mod address;
mod air;
mod virtual_air;

pub use address::DeviceAddress;
pub use air::{AirOptions, Share};
pub use virtual_air::VirtualAir;

#[cfg(test)]
mod raw_host;

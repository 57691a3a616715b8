//! A double of BlueZ, the Bluetooth stack of Linux, on a bus of its own: for testers that speak to BlueZ over D-Bus.
//!
//! It proves that a tester's side of D-Bus is right, and nothing about Bluetooth: how BlueZ behaves is copied from what
//! version 5.66 was seen to do (values of reads are signalled as if the device had told them, protected reads without
//! an agent hang until the link is dropped, wrong passkeys end the link).

mod agents;
mod double;
mod gatt;
mod objects;
mod private_bus;
mod spec;

pub use double::{BluezDouble, DoubleError};
pub use private_bus::PrivateBus;
pub use spec::{
    DoubleAnswer, DoubleCharacteristic, DoubleDevice, DoubleLink, DoublePairing, DoubleService, Needs,
};

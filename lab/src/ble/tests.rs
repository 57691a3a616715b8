//! The heater on the air, seen by a central: what a sound one does, and what each weakness changes.

mod central;
mod initiator;
mod pairing;
mod services;

use super::*;
use crate::behaviour::ble::BleBehaviour;

fn bench(weakness: impl FnOnce(&mut BleBehaviour)) -> BleBench {
    let mut behaviour = BleBehaviour::default();
    weakness(&mut behaviour);
    BleBench::start(BleSpec { behaviour, hosts: 2, ..BleSpec::default() }).unwrap()
}

fn sound() -> BleBench {
    bench(|_| {})
}

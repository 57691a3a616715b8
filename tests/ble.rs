//! Bluetooth LE on the virtual air: the back-end and the command against the simulated heater, each weakness beside
//! its sound twin, and what hostile devices do to both.

#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with its place")]

mod command;

#[path = "ble/access.rs"]
mod access;
#[path = "ble/air.rs"]
mod air;
#[path = "ble/bumble.rs"]
mod bumble;
#[path = "ble/bumble_probes.rs"]
mod bumble_probes;
#[path = "ble/bumble_programs.rs"]
mod bumble_programs;
#[path = "ble/bumble_tester.rs"]
mod bumble_tester;
#[path = "ble/commands.rs"]
mod commands;
#[path = "ble/endurance.rs"]
mod endurance;
#[path = "ble/hostile_input.rs"]
mod hostile_input;
#[path = "ble/pairing.rs"]
mod pairing;
#[path = "ble/probing.rs"]
mod probing;
#[path = "ble/reset.rs"]
mod reset;
#[cfg(target_os = "linux")]
#[path = "ble/serial.rs"]
mod serial;
#[path = "ble/surface.rs"]
mod surface;
#[path = "ble/twins.rs"]
mod twins;

//! BlueZ as a way to Bluetooth LE, against a double of it on a bus of its own: what is seen by handle, what is left
//! unsaid, and whom a hang is blamed on.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic here is a failed test with its place")]

mod command;

#[path = "bluez/attributes.rs"]
mod attributes;
#[path = "bluez/bench.rs"]
mod bench;
#[path = "bluez/commands.rs"]
mod commands;
#[path = "bluez/guest.rs"]
mod guest;
#[path = "bluez/links.rs"]
mod links;
#[path = "bluez/pairings.rs"]
mod pairings;

//! Instances of the simulated device, visited as a tester would: sound, and with each group of faults.
//!
//! One program holds them all: most of them wait for a device, so they wait together, and it is linked once.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests visit the lab's own device")]

mod access_faults;
mod calling;
mod declaration;
mod deletion_faults;
mod errand_faults;
mod faults;
mod instance;
mod login_faults;
mod outage_faults;
mod pages;
mod passwords;
mod settings;
mod tap;
mod update;
mod update_server;
mod visitor;
mod wire;

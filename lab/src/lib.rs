//! The lab: a simulated device with its maker's world, a declaration for it, and faults that can be
//! switched on one by one. It shares no protocol code with the probes, so that an error in one is not
//! repeated in the other.
//!
//! [`Instance::start`] brings up a device on a loopback address of its own; [`Instance::folder`] is
//! what its supplier and the bench declare about it; [`faults`] lists what can be wrong.

mod admin_page;
mod altered;
mod calling;
mod certificate;
mod chance;
mod clock;
mod console;
mod declaration;
mod device;
mod errands;
mod error;
mod foreign;
mod frailty;
mod frame;
mod http;
mod input_checks;
mod instance;
mod lenient;
mod maker_pages;
mod mdns;
mod mqtt;
mod names;
mod network;
mod old_caller;
mod orders;
mod power;
mod preferences;
mod relay;
mod remembering;
mod reset_page;
mod secrets;
mod security_log;
mod settings_page;
mod socket;
mod software;
mod spec;
mod state;
mod stray_udp;
mod tap;
mod tapped;
mod tasks;
mod tls_hello;
mod update;
mod user_data;
mod video;
mod waits;
mod web;
mod world;

pub mod behaviour;
pub mod ble;
pub mod fault;
mod file_transfer;
pub mod model;

pub use behaviour::Behaviour;
pub use error::LabError;
pub use fault::{Apply, Change, Fault, FaultError, Folder, Kind};
pub use foreign::{ForeignListeners, foreign_listeners};
pub use instance::{ACTIONS, Instance};
pub use spec::{Ports, Spec, StoredCertificate};
pub use state::Stage;
pub use tap::TapFrame;

include!(concat!(env!("OUT_DIR"), "/fault_modules.rs"));

/// Units that the reference device has no row for: no interface of it is a needless radio, is exposed now and then, or
/// is for debugging now and then.
pub const EMPTY_ON_THE_REFERENCE_DEVICE: &[&str] = &["5.6-3-1:b", "5.6-3-1:c", "5.6-4-1:c"];

/// Every fault, sorted by file name.
pub fn faults() -> &'static [&'static Fault] {
    faults::ALL
}

/// The fault of that name.
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults::ALL.iter().copied().find(|fault| fault.name == name)
}

//! The lab: a simulated device with its maker's world, a declaration for it, and faults that can be
//! switched on one by one. It shares no protocol code with the probes, so that an error in one is not
//! repeated in the other.

pub mod behaviour;
pub mod fault;
pub mod model;

pub use behaviour::Behaviour;
pub use fault::{Apply, Change, Fault, FaultError, Folder, Kind};

include!(concat!(env!("OUT_DIR"), "/fault_modules.rs"));

/// Every fault, sorted by file name.
pub fn faults() -> &'static [&'static Fault] {
    faults::ALL
}

/// The fault of that name.
pub fn fault(name: &str) -> Option<&'static Fault> {
    faults::ALL.iter().copied().find(|fault| fault.name == name)
}

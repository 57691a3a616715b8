//! One file a command.

pub(crate) mod bench;
pub(crate) mod bench_network;
#[cfg(feature = "ble")]
pub(crate) mod ble;
pub(crate) mod check;
mod coverage;
pub(crate) mod crosswalk;
pub(crate) mod decide;
#[cfg(feature = "demo")]
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod import_nmap;
pub(crate) mod init;
pub(crate) mod judge;
pub(crate) mod list;
mod list_crypto;
pub(crate) mod pack;
pub(crate) mod plan;
pub(crate) mod read_apart;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod schema;
mod schemes;
pub(crate) mod seal;
pub(crate) mod sheet;
pub(crate) mod traffic;
pub(crate) mod trial;
pub(crate) mod verify;

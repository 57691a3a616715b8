//! The Bluetooth LE side of an instance: brought up with it, switched and reset with it.

use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

use crate::ble::{BleBench, BleSpec};
use crate::device::Device;
use crate::error::LabError;

/// How long strangers may pair after the button was pressed: as long as a person needs, and no test waits for its end.
const PAIRING_WINDOW: Duration = Duration::from_secs(20);
/// Wi-Fi credentials that the owner gave.
pub(crate) const WIFI: (&str, &str) = ("tanzawa-hoshino", "kaki-no-ki-1987");

/// The side of a device that is switched on, in factory default.
pub(super) fn of(device: &Device, seed: u64, tester: Option<SocketAddrV4>) -> Result<BleBench, LabError> {
    let spec = BleSpec {
        behaviour: device.behaviour.ble,
        seed,
        pairing_window: PAIRING_WINDOW,
        tester,
        ..BleSpec::default()
    };
    let bench = BleBench::start(spec)?;
    // A device has one such side.
    let _first = device.bluetooth.set(bench.unit());
    Ok(bench)
}

/// Where the controller of the tester is served, as a spec keeps it.
pub(super) fn tester(bench: &BleBench) -> Option<SocketAddrV4> {
    match bench.tester() {
        SocketAddr::V4(address) => Some(address),
        SocketAddr::V6(_) => None,
    }
}

impl super::Instance {
    /// What the panel of the device shows to whoever stands before it: the six digits of a pairing, or nothing.
    pub fn panel_digits(&self) -> String {
        match self.bluetooth.panel() {
            crate::ble::Panel::Passkey(digits) | crate::ble::Panel::Compare(digits) => format!("{digits:06}"),
            crate::ble::Panel::Blank => String::new(),
        }
    }

    /// The Bluetooth LE side, for tests that look behind it.
    pub fn bluetooth(&self) -> &BleBench {
        &self.bluetooth
    }
}

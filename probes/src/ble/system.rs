//! The Bluetooth that an operating system has (CoreBluetooth, WinRT, BlueZ), through `btleplug`: for an engineer with a
//! laptop, without a dongle and without privileges. It listens, connects, lists what a device offers and reads it.
//!
//! It is no [`BleBackend`](super::BleBackend), and no observation is made of it. Operating systems name attributes by
//! UUID and give no handles; `btleplug` drops what comes twice; what a link is protected by, how it was paired and which
//! error a device answered with they keep to themselves. Numbers made up for what is not known would be read as facts
//! one day, so the types here have no place for them ([`UNSEEN`]).
//!
//! Law 7: one device is connected to, by the name or the address that it was called by. Neighbours are told of by
//! [`scan_with_system`] and counted by [`inspect_with_system`]. A device with which the system has a link or a bond
//! already is not touched, as far as the system tells of them.

#[cfg(all(
    feature = "system-bluetooth",
    any(target_os = "linux", target_os = "macos", target_os = "windows")
))]
mod radio;
#[cfg(not(all(
    feature = "system-bluetooth",
    any(target_os = "linux", target_os = "macos", target_os = "windows")
)))]
#[path = "system/no_radio.rs"]
mod radio;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::address::DeviceAddress;
use super::uuid::Uuid;

/// What no operating system shows through this way, in words.
pub const UNSEEN: [&str; 4] = [
    "no handles: attributes are told apart by UUID, and of what comes twice one is shown",
    "no security: neither how the link is protected nor how a pairing went",
    "no errors of the device as it sent them, where the system begins a pairing instead",
    "not every service: systems keep some to themselves (Generic Access, Battery, input devices)",
];

/// How to look for a device, and how patiently.
#[derive(Clone, Debug)]
pub struct SystemRequest {
    /// How long to listen.
    pub listen: Duration,
    /// How long to wait for a link with all services.
    pub connection: Duration,
    /// How long to wait for one read.
    pub answer: Duration,
    /// Ends the work; a link is taken down then.
    pub stop: CancellationToken,
}

impl SystemRequest {
    /// With the usual patience.
    pub fn listening(listen: Duration) -> Self {
        Self {
            listen,
            connection: Duration::from_secs(20),
            answer: Duration::from_secs(8),
            stop: CancellationToken::new(),
        }
    }
}

/// By what a person calls a device: the name that it advertises, its address with or without the kind, or the
/// identifier that the system gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemTarget(String);

impl SystemTarget {
    /// From the text of a person.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether a device has this address or identifier, of which there is one.
    fn identifies(&self, device: &SystemDevice) -> bool {
        device.id == self.0
            || device.address.is_some_and(|address| {
                let address = address.to_string();
                let octets = address.split('/').next().unwrap_or_default();
                address.eq_ignore_ascii_case(&self.0) || octets.eq_ignore_ascii_case(&self.0)
            })
    }

    /// Whether a device is called this.
    fn is(&self, device: &SystemDevice) -> bool {
        self.identifies(device) || device.name.as_deref() == Some(self.0.as_str())
    }

    /// The device among those that were heard.
    ///
    /// # Errors
    /// [`SystemError::NotHeard`], [`SystemError::Ambiguous`].
    #[cfg_attr(not(feature = "system-bluetooth"), allow(dead_code, reason = "such a build hears nobody"))]
    fn among(&self, scan: &SystemScan) -> Result<SystemDevice, SystemError> {
        let own: Vec<&SystemDevice> = scan.devices.iter().filter(|device| self.is(device)).collect();
        match own.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(SystemError::NotHeard {
                target: self.0.clone(),
                seconds: scan.seconds,
                others: scan.devices.len(),
            }),
            all => Err(SystemError::Ambiguous {
                target: self.0.clone(),
                ids: all.iter().map(|device| device.id.clone()).collect(),
            }),
        }
    }
}

/// Who was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemScan {
    /// The adapter, as the system calls it.
    pub adapter: String,
    /// Devices that were heard; who is only remembered by the system is not among them.
    pub devices: Vec<SystemDevice>,
    /// Devices for which there was no place.
    pub left_out: u64,
    /// How long it listened, in seconds.
    pub seconds: f64,
}

/// A device, as the system has merged what it advertised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SystemDevice {
    /// By what the system tells it apart: a path of BlueZ, an address, an identifier that macOS made up.
    pub id: String,
    /// Its address; macOS tells none, and Windows not always its kind.
    pub address: Option<DeviceAddress>,
    /// The name that it advertises.
    pub name: Option<String>,
    /// Strength of its signal, in dBm.
    pub rssi: Option<i16>,
    /// What it says that it sends with, in dBm.
    pub tx_power: Option<i16>,
    /// Services that it advertises.
    pub services: Vec<Uuid>,
    /// Data that it advertises for services, in hex.
    pub service_data: Vec<(Uuid, String)>,
    /// Data that it advertises for companies, by their numbers, in hex.
    pub manufacturer_data: Vec<(u16, String)>,
}

/// What one device offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemInspection {
    /// The adapter, as the system calls it.
    pub adapter: String,
    /// The device.
    pub device: SystemDevice,
    /// Others that were heard meanwhile, of whom nothing is kept.
    pub others: usize,
    /// What it offers, in the order of UUIDs.
    pub services: Vec<SystemService>,
    /// Why the look ended before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemService {
    /// Its type.
    pub uuid: Uuid,
    /// Whether it is a primary one.
    pub primary: bool,
    /// Its characteristics.
    pub characteristics: Vec<SystemCharacteristic>,
}

/// A characteristic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemCharacteristic {
    /// Its type.
    pub uuid: Uuid,
    /// What it says that can be done with it.
    pub properties: Vec<String>,
    /// What a read gave; nothing where it says that it cannot be read, or the look had ended.
    pub read: Option<SystemRead>,
    /// Its descriptors.
    pub descriptors: Vec<SystemDescriptor>,
}

/// A descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemDescriptor {
    /// Its type.
    pub uuid: Uuid,
    /// What a read gave; client configurations are not read, as systems keep them.
    pub read: Option<SystemRead>,
}

/// What came of a read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SystemRead {
    /// The value, in hex.
    Value(String),
    /// The device refused, and this is what the system tells of it.
    Refused(String),
    /// There is no value; who is the reason for it is not known.
    Failed(String),
}

/// Why there is nothing to show. None of it says anything about a device.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SystemError {
    /// Not in this build.
    #[error(
        "system: this build has no way to the Bluetooth of the operating system (not-built); build it for Linux, macOS \
         or Windows with --features system-bluetooth"
    )]
    NotBuilt,
    /// The system gives no access.
    #[error("the Bluetooth of this system cannot be reached: {0}")]
    NoBluetooth(String),
    /// The system has none.
    #[error("this system has no Bluetooth adapter")]
    NoAdapter,
    /// It is off, and is left so.
    #[error("the Bluetooth of this system is switched off ({0})")]
    SwitchedOff(String),
    /// The device was not heard.
    #[error("\"{target}\" was not heard within {seconds:.1} s ({others} others were)")]
    NotHeard {
        /// What it was called.
        target: String,
        /// How long it was listened.
        seconds: f64,
        /// How many others were heard.
        others: usize,
    },
    /// More than one device is called this.
    #[error("{} devices are called \"{target}\": {}; none was connected to", ids.len(), ids.join(", "))]
    Ambiguous {
        /// What they are called.
        target: String,
        /// Their identifiers.
        ids: Vec<String>,
    },
    /// Somebody on this computer uses the device.
    #[error(
        "this system has a link with {0} already, which somebody on this computer uses; nothing was done with it"
    )]
    LinkedAlready(String),
    /// The system is no stranger to the device.
    #[error("this system has paired with {0} before, so the device would not be seen as strangers see it")]
    Bonded(String),
    /// No link came about.
    #[error("no link to {device} with all of its services came about within {seconds:.1} s: {why}")]
    NotReached {
        /// The device.
        device: String,
        /// How long it was tried.
        seconds: f64,
        /// What the system says.
        why: String,
    },
    /// The system failed.
    #[error("the Bluetooth of this system failed at {0}")]
    Failed(String),
    /// The person ended it.
    #[error("stopped")]
    Stopped,
}

impl SystemError {
    /// Whether nothing was sent yet.
    pub fn nothing_was_started(&self) -> bool {
        matches!(self, Self::NotBuilt | Self::NoBluetooth(_) | Self::NoAdapter | Self::SwitchedOff(_))
    }
}

/// Listens with the Bluetooth of the operating system, which asks everybody in reach for scan responses.
///
/// # Errors
/// See [`SystemError`].
pub async fn scan_with_system(request: &SystemRequest) -> Result<SystemScan, SystemError> {
    radio::scan(request).await
}

/// Looks at one device with the Bluetooth of the operating system; reads, and writes nothing.
///
/// # Errors
/// See [`SystemError`]. What goes wrong once there is a link is in `trouble`, with all that was seen before it.
pub async fn inspect_with_system(
    target: &SystemTarget,
    request: &SystemRequest,
) -> Result<SystemInspection, SystemError> {
    radio::inspect(target, request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, address: &str, name: &str) -> SystemDevice {
        SystemDevice {
            id: id.to_owned(),
            address: address.parse().ok(),
            name: Some(name.to_owned()),
            ..SystemDevice::default()
        }
    }

    fn heard() -> SystemScan {
        let devices = vec![
            device("hci0/dev_C0_FF_EE_00_00_01", "C0:FF:EE:00:00:01/random", "HK-100"),
            device("hci0/dev_C0_FF_EE_00_00_02", "C0:FF:EE:00:00:02/random", "Somebody's watch"),
            device("8d0c3f0e", "", "Somebody's watch"),
        ];
        SystemScan { devices, seconds: 5.0, ..SystemScan::default() }
    }

    #[test]
    fn a_device_is_called_by_name_address_or_identifier() {
        for text in ["HK-100", "C0:FF:EE:00:00:01", "c0:ff:ee:00:00:01/random", "hci0/dev_C0_FF_EE_00_00_01"]
        {
            let found = SystemTarget::new(text).among(&heard());
            assert_eq!(found.map(|one| one.id), Ok("hci0/dev_C0_FF_EE_00_00_01".to_owned()), "{text}");
        }
        // The same octets of the other kind, a part of a name, another case: another device.
        for text in ["C0:FF:EE:00:00:01/public", "HK-10", "hk-100", ""] {
            let found = SystemTarget::new(text).among(&heard());
            assert!(matches!(found, Err(SystemError::NotHeard { others: 3, .. })), "{text}");
        }
    }

    #[test]
    fn of_two_with_one_name_none_is_chosen() {
        let error = SystemTarget::new("Somebody's watch").among(&heard()).unwrap_err();
        assert!(error.to_string().contains("hci0/dev_C0_FF_EE_00_00_02, 8d0c3f0e"), "{error}");
        let found = SystemTarget::new("8d0c3f0e").among(&heard());
        assert_eq!(found.map(|one| one.id), Ok("8d0c3f0e".to_owned()));
    }

    #[cfg(not(feature = "system-bluetooth"))]
    #[tokio::test]
    async fn what_is_not_built_is_said_to_be() {
        let request = SystemRequest::listening(Duration::from_millis(1));
        let error = scan_with_system(&request).await.unwrap_err();
        assert!(error.nothing_was_started() && error.to_string().contains("system-bluetooth"), "{error}");
        let looked = inspect_with_system(&SystemTarget::new("HK-100"), &request).await;
        assert_eq!(looked, Err(SystemError::NotBuilt));
    }
}

//! The identifiers of the services and characteristics of the water heater.

/// An identifier, of 16 bits where the Bluetooth SIG assigned it, else of 128 bits (as a number, the way it is
/// written).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Uuid {
    /// Assigned.
    Short(u16),
    /// The maker's own.
    Long(u128),
}

impl Uuid {
    /// As over the air: 2 or 16 bytes, the least significant first.
    pub fn bytes(self) -> Vec<u8> {
        match self {
            Self::Short(number) => number.to_le_bytes().to_vec(),
            Self::Long(number) => number.to_le_bytes().to_vec(),
        }
    }

    /// What 2 or 16 bytes from the air mean.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes.len() {
            2 => Some(Self::Short(u16::from_le_bytes(bytes.try_into().ok()?))),
            16 => Some(Self::Long(u128::from_le_bytes(bytes.try_into().ok()?))),
            _ => None,
        }
    }
}

const fn own(number: u32) -> Uuid {
    Uuid::Long(0x484b_0000_6b65_4774_8c1e_2a93_d05f_71b6 | (number as u128) << 96)
}

/// Generic Access.
pub const GENERIC_ACCESS: Uuid = Uuid::Short(0x1800);
/// Name of the device.
pub const DEVICE_NAME: Uuid = Uuid::Short(0x2a00);
/// What kind of a device it is.
pub const APPEARANCE: Uuid = Uuid::Short(0x2a01);
/// Generic Attribute, without characteristics.
pub const GENERIC_ATTRIBUTE: Uuid = Uuid::Short(0x1801);

/// Device Information.
pub const DEVICE_INFORMATION: Uuid = Uuid::Short(0x180a);
/// Maker, for everybody.
pub const MANUFACTURER_NAME: Uuid = Uuid::Short(0x2a29);
/// Model, for everybody.
pub const MODEL_NUMBER: Uuid = Uuid::Short(0x2a24);
/// Serial number, over an authenticated link.
pub const SERIAL_NUMBER: Uuid = Uuid::Short(0x2a25);
/// Firmware version, over an authenticated link.
pub const FIRMWARE_REVISION: Uuid = Uuid::Short(0x2a26);
/// What the firmware was built from; only on a device that tells too much.
pub const SOFTWARE_REVISION: Uuid = Uuid::Short(0x2a28);

/// Provisioning: how the heater joins the home network.
pub const PROVISIONING: Uuid = own(0x0100);
/// Name of the Wi-Fi, 1 to 32 bytes; written over an authenticated link, not read.
pub const WIFI_NAME: Uuid = own(0x0101);
/// Password of the Wi-Fi, 8 to 63 bytes; written over an authenticated link, not read.
pub const WIFI_PASSWORD: Uuid = own(0x0102);
/// State of the provisioning, one byte: 0 nothing, 1 a name, 2 complete. Read by everybody, notified over an
/// authenticated link.
pub const PROVISIONING_STATUS: Uuid = own(0x0103);

/// Settings.
pub const SETTINGS: Uuid = own(0x0200);
/// Temperature that is wanted, one byte, 32 to 60 degrees Celsius; over an authenticated link.
pub const TARGET_TEMPERATURE: Uuid = own(0x0201);
/// Name of the owner, at most 48 bytes of UTF-8; over an authenticated link.
pub const OWNER_NAME: Uuid = own(0x0202);
/// The PIN of the label, six digits, written over an authenticated link: opens the update service for this
/// connection.
pub const PIN: Uuid = own(0x0203);

/// Updates over Bluetooth.
pub const UPDATE: Uuid = own(0x0300);
/// 1 and the length (4 bytes, least significant first) begins, 2 ends; over an authenticated link, after the PIN.
pub const UPDATE_CONTROL: Uuid = own(0x0301);
/// The image, piece by piece, in writes that are not answered.
pub const UPDATE_DATA: Uuid = own(0x0302);
/// State, one byte (0 idle, 1 receiving, 2 refused, 3 installed), then the bytes received.
pub const UPDATE_STATUS: Uuid = own(0x0303);

/// A service for the makers' own use; only on a device that forgot to take it out.
pub const MAINTENANCE: Uuid = own(0x0f00);
/// Its command line.
pub const MAINTENANCE_CONSOLE: Uuid = own(0x0f01);

/// Declares a service.
pub(crate) const PRIMARY_SERVICE: Uuid = Uuid::Short(0x2800);
/// Declares a characteristic.
pub(crate) const CHARACTERISTIC: Uuid = Uuid::Short(0x2803);
/// Turns notifications on.
pub(crate) const CLIENT_CONFIGURATION: Uuid = Uuid::Short(0x2902);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_the_air() {
        for uuid in [PIN, DEVICE_NAME] {
            assert_eq!(Uuid::of_bytes(&uuid.bytes()), Some(uuid));
        }
        assert_eq!(Uuid::of_bytes(&[1, 2, 3]), None);
        assert_eq!(PIN, Uuid::Long(0x484b_0203_6b65_4774_8c1e_2a93_d05f_71b6));
    }
}

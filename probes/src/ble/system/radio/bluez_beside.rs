//! What `btleplug` leaves out where BlueZ is the system, by the library that it stands on: listening to LE alone, and
//! bonds. `btleplug` listens to classic Bluetooth as well, for which BlueZ asks neighbours for their names, and each of
//! them is a link to somebody who is not the device under test.

use bluez_async::{AdapterId, BluetoothError, BluetoothSession, DeviceInfo, DiscoveryFilter, Transport};

/// A session of its own: discovery is a matter of whoever asked for it.
pub(super) struct BluezBeside {
    session: BluetoothSession,
}

/// A discovery, until it is ended.
pub(super) struct Listening {
    adapter: AdapterId,
}

impl BluezBeside {
    pub(super) async fn open() -> Result<Self, BluetoothError> {
        let (_lost, session) = BluetoothSession::new().await?;
        Ok(Self { session })
    }

    /// Begins to listen with the adapter that is called this, such as `hci0`. It has to be switched on, as the
    /// library switches on what is off.
    pub(super) async fn listen(&self, adapter: &str) -> Result<Listening, BluetoothError> {
        let known = self.session.get_adapters().await?;
        let adapter = known.into_iter().find(|one| one.id.to_string() == adapter);
        let adapter = adapter.ok_or(BluetoothError::NoBluetoothAdapters)?.id;
        let filter = DiscoveryFilter {
            transport: Some(Transport::Le),
            duplicate_data: Some(true),
            ..DiscoveryFilter::default()
        };
        self.session.start_discovery_on_adapter_with_filter(&adapter, &filter).await?;
        Ok(Listening { adapter })
    }

    pub(super) async fn end(&self, listening: Listening) -> Result<(), BluetoothError> {
        self.session.stop_discovery_on_adapter(&listening.adapter).await
    }

    /// Whether BlueZ has a bond with the device that it tells apart by this.
    pub(super) async fn is_bonded(&self, id: &str) -> Result<bool, BluetoothError> {
        let known = self.session.get_devices().await?;
        let bonded = |one: &DeviceInfo| one.paired || one.bonded;
        Ok(known.iter().any(|one| one.id.to_string() == id && bonded(one)))
    }
}

/// What BlueZ says of a failed read: refused by the device, or something else.
pub(super) fn refusal(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let Some(BluetoothError::DbusError(error)) = error.downcast_ref::<BluetoothError>() else { return None };
    told_refusal(error.name().unwrap_or_default(), error.message().unwrap_or_default())
}

fn told_refusal(name: &str, text: &str) -> Option<String> {
    if let Some(code) = text.strip_prefix("Operation failed with ATT error: 0x") {
        let code = u8::from_str_radix(code.get(..2).unwrap_or(code), 16).ok()?;
        return Some(crate::ble::AttError(code).to_string());
    }
    match name.strip_prefix("org.bluez.Error.")? {
        "NotPermitted" | "NotAuthorized" => Some(format!("{text} (which error the device sent is not told)")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_device_are_told_from_troubles_of_bluez() {
        let refused = |name: &str, text| told_refusal(&format!("org.bluez.Error.{name}"), text);
        let protected = refused("Failed", "Operation failed with ATT error: 0x05").unwrap();
        assert!(protected.contains("0x05"), "{protected}");
        assert!(refused("NotPermitted", "Not paired").unwrap().contains("Not paired"));
        assert_eq!(refused("Failed", "Operation failed with ATT error: 0xzz"), None);
        assert_eq!(refused("Failed", "Operation failed"), None);
        assert_eq!(refused("InProgress", "In Progress"), None);
        assert_eq!(told_refusal("org.freedesktop.DBus.Error.NoReply", "late"), None);
    }
}

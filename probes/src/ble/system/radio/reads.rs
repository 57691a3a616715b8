//! Reads over a link, until something goes wrong that is not a refusal.

use btleplug::api::{CharPropFlags, Characteristic, Descriptor, Peripheral as _};
use btleplug::platform::Peripheral;

use super::words::{property_word, uuid};
use super::{Radio, told};
use crate::ble::advertising_data::hex;
use crate::ble::att::VALUE_AT_MOST;
use crate::ble::system::{SystemCharacteristic, SystemDescriptor, SystemRead, SystemRequest};
use crate::ble::uuid::Uuid;

/// Reads of one look.
const READS_AT_MOST: usize = 512;
/// A client configuration.
const CONFIGURATION: Uuid = Uuid::short(0x2902);

/// A look that goes on until something goes wrong; what comes after that is listed and not read.
pub(super) struct Looking<'a> {
    radio: &'a Radio,
    peripheral: &'a Peripheral,
    request: &'a SystemRequest,
    reads: usize,
    /// Why it ended before its end.
    pub(super) trouble: Option<String>,
}

impl<'a> Looking<'a> {
    pub(super) fn new(radio: &'a Radio, peripheral: &'a Peripheral, request: &'a SystemRequest) -> Self {
        Self { radio, peripheral, request, reads: 0, trouble: None }
    }

    /// A characteristic and its descriptors, of the device that the system tells apart by `id`.
    pub(super) async fn characteristic(&mut self, one: &Characteristic, id: &str) -> SystemCharacteristic {
        let own = uuid(one.uuid);
        let readable = one.properties.contains(CharPropFlags::READ);
        let read = if readable {
            let peripheral = self.peripheral;
            self.read(own, id, peripheral.read(one)).await
        } else {
            None
        };
        let mut descriptors = Vec::new();
        for descriptor in &one.descriptors {
            descriptors.push(self.descriptor(descriptor, id).await);
        }
        let properties = one.properties.iter_names().map(|(name, _)| property_word(name)).collect();
        SystemCharacteristic { uuid: own, properties, read, descriptors }
    }

    async fn descriptor(&mut self, one: &Descriptor, id: &str) -> SystemDescriptor {
        let own = uuid(one.uuid);
        let peripheral = self.peripheral;
        let read = if own == CONFIGURATION {
            None
        } else {
            self.read(own, id, peripheral.read_descriptor(one)).await
        };
        SystemDescriptor { uuid: own, read }
    }

    async fn read(
        &mut self,
        what: Uuid,
        id: &str,
        reading: impl Future<Output = btleplug::Result<Vec<u8>>>,
    ) -> Option<SystemRead> {
        if self.trouble.is_some() || self.request.stop.is_cancelled() {
            return None;
        }
        if self.reads == READS_AT_MOST {
            self.trouble = Some(format!("{READS_AT_MOST} reads were made, and no more are"));
            return None;
        }
        self.reads += 1;
        let wait = self.request.answer;
        let answered = tokio::select! {
            answered = tokio::time::timeout(wait, reading) => answered,
            () = self.request.stop.cancelled() => return None,
        };
        let read = match answered {
            Ok(Ok(mut value)) => {
                value.truncate(VALUE_AT_MOST);
                SystemRead::Value(hex(&value))
            }
            Ok(Err(error)) => not_read(&error),
            Err(_) => {
                let seconds = wait.as_secs_f64();
                self.trouble = Some(format!(
                    "{what} was not answered within {seconds:.0} s; the system may wait for a pairing that it began by \
                     itself (a window on this computer asks for it), or the device does not answer"
                ));
                return Some(SystemRead::Failed(format!("no answer within {seconds:.0} s")));
            }
        };
        self.trouble = self.came_of(&read, what, id).await;
        Some(read)
    }

    /// What ends the look after a read: a link that is gone, a pairing that nobody asked for.
    async fn came_of(&self, read: &SystemRead, what: Uuid, id: &str) -> Option<String> {
        match self.radio.is_bonded(id).await {
            Ok(true) => {
                return Some(format!(
                    "the system paired with the device by itself when {what} was read, so strangers may not get its \
                     value; remove the bond in the settings of this computer (on Linux: bluetoothctl remove)"
                ));
            }
            Err(error) => return Some(error.to_string()),
            Ok(false) => {}
        }
        if matches!(read, SystemRead::Value(_)) {
            return None;
        }
        match told(self.peripheral.is_connected(), "asking for the link").await {
            Ok(true) => None,
            Ok(false) => Some(format!(
                "the link ended when {what} was read; whether the device ended it or this system is not told"
            )),
            Err(error) => Some(error.to_string()),
        }
    }
}

fn not_read(error: &btleplug::Error) -> SystemRead {
    #[cfg(target_os = "linux")]
    if let btleplug::Error::Other(inner) = error
        && let Some(refused) = super::bluez_beside::refusal(inner.as_ref())
    {
        return SystemRead::Refused(refused);
    }
    match error {
        btleplug::Error::PermissionDenied => SystemRead::Refused("permission denied".to_owned()),
        other => SystemRead::Failed(other.to_string()),
    }
}

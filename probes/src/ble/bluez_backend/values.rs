//! Values and descriptors by handle.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use zbus::Variant;

use super::BluezBackend;
use super::bus::{CHARACTERISTIC, Trouble};
use super::objects::{Attributes, CONFIGURATION, Place};
use crate::ble::att::{AttError, VALUE_AT_MOST};
use crate::ble::backend::{BleError, Reply, Told};
use crate::ble::gatt::GattTable;
use crate::ble::transcript::Direction;

/// Bits of a characteristic's properties.
const NOTIFY: u8 = 0x10;
const INDICATE: u8 = 0x20;

impl BluezBackend {
    pub(super) async fn look_up(&mut self) -> Result<GattTable, BleError> {
        let path = self.link()?.path.clone();
        let until = Instant::now() + self.limits.connection;
        while !self.link()?.resolved {
            let Some(event) = self.bus.event(until).await? else {
                self.hang();
                return Err(Trouble::Late(self.limits.connection).of_the_adapter("discovering services"));
            };
            self.bus.put_back(event);
        }
        let objects = self.bus.objects(self.limits.command).await;
        let objects = objects.map_err(|trouble| trouble.of_the_adapter("asking for attributes"))?;
        let Attributes { mut table, places } = Attributes::of(&objects, &path);
        table.requests = 1;
        let count = places.len();
        self.recorder.call(Direction::FromDevice, format!("{count} values and descriptors discovered"), None);
        self.link()?.places = places;
        Ok(table)
    }

    fn place(&mut self, handle: u16) -> Result<Place, BleError> {
        let place = self.link()?.places.get(&handle).cloned();
        place.ok_or_else(|| {
            BleError::Unavailable(format!(
                "BlueZ has no value or descriptor at handle {handle:#06x} that was discovered, and asks for no other"
            ))
        })
    }

    async fn ask<R>(
        &mut self,
        place: &Place,
        method: &str,
        body: &(impl serde::Serialize + zbus::DynamicType + Sync),
    ) -> Result<Reply<R>, BleError>
    where
        R: serde::de::DeserializeOwned + zbus::Type,
    {
        let answered = self.bus.call(&place.path, place.interface, method, body, self.limits.answer).await;
        self.file_events();
        match answered {
            Ok(given) => Ok(Reply::Given(given)),
            Err(trouble @ (Trouble::Late(_) | Trouble::Broken(_))) => {
                self.hang();
                self.recorder.call(Direction::Link, "no answer of BlueZ", None);
                Err(trouble.of_the_adapter(method))
            }
            Err(trouble) => {
                // An operation that a lost link ends fails without a reason; the loss may be signalled later.
                if self.link.as_ref().is_some_and(|link| !link.lost) {
                    self.look_whether_linked().await?;
                }
                self.blame_lost_link()?;
                let refused = refusal(&trouble)?;
                self.recorder.call(Direction::FromDevice, format!("refused: {refused}"), None);
                Ok(Reply::Refused(refused))
            }
        }
    }

    /// A link that ended at a question. BlueZ ends links itself when a pairing that it began for the question comes to
    /// nothing, so that this is a fact about the device only where no such pairing is left to try.
    fn blame_lost_link(&mut self) -> Result<(), BleError> {
        let ours = self
            .link
            .as_ref()
            .is_some_and(|link| link.lost && !link.paired_by.is_some_and(|method| method.is_authenticated()));
        if ours {
            return Err(BleError::Adapter(
                "the link ended at this question; whether the device ended it, or BlueZ after a pairing of its own that \
                 came to nothing, is not told"
                    .to_owned(),
            ));
        }
        self.link().map(|_| ())
    }

    pub(super) async fn read_value(&mut self, handle: u16) -> Result<Reply<Vec<u8>>, BleError> {
        let place = self.place(handle)?;
        let before = self.link()?.told.len();
        self.recorder.call(Direction::ToDevice, format!("ReadValue of handle {handle:#06x}"), None);
        let options: HashMap<&str, Variant<'_>> = HashMap::new();
        let mut reply = self.ask::<Vec<u8>>(&place, "ReadValue", &options).await?;
        if let Reply::Given(value) = &mut reply {
            let length = value.len();
            self.recorder.call(Direction::FromDevice, format!("value of {length} octets"), Some(value));
            let link = self.link()?;
            if link.subscribed.contains_key(&place.path) {
                // BlueZ signals every value that it reads, before or after its answer.
                let echo = link
                    .told
                    .iter()
                    .skip(before)
                    .position(|told| told.handle == handle && told.value == *value);
                match echo {
                    Some(echo) => drop(link.told.remove(before + echo)),
                    None => link.echoes.push((handle, value.clone())),
                }
            }
            if length > VALUE_AT_MOST {
                link.odd(format!("a value of {length} octets at handle {handle:#06x}"));
                value.truncate(VALUE_AT_MOST);
            }
        }
        Ok(reply)
    }

    /// `kind` as BlueZ calls it: `request`, `command` or `reliable`.
    pub(super) async fn write_value(
        &mut self,
        handle: u16,
        value: Vec<u8>,
        kind: &str,
    ) -> Result<Reply<()>, BleError> {
        let place = self.place(handle)?;
        if place.uuid == CONFIGURATION {
            return Err(BleError::Unavailable(
                "BlueZ writes client configurations itself; subscribe, or write over HCI".to_owned(),
            ));
        }
        // Longer values would be cut into prepared parts without a word.
        let longest = usize::from(place.mtu.unwrap_or(23).max(23)) - 3;
        if kind != "reliable" && value.len() > longest {
            return Err(BleError::Unavailable(format!(
                "BlueZ cuts {} octets into prepared parts, as one PDU holds {longest}; write them long, or over HCI",
                value.len()
            )));
        }
        let what = format!("WriteValue ({kind}) to handle {handle:#06x}");
        self.recorder.call(Direction::ToDevice, what, Some(&value));
        let mut options = HashMap::new();
        if place.interface == CHARACTERISTIC {
            options.insert("type", Variant::from(kind));
        }
        self.ask(&place, "WriteValue", &(value, options)).await
    }

    pub(super) async fn start_notify(
        &mut self,
        configuration: u16,
        indications: bool,
    ) -> Result<Reply<()>, BleError> {
        let place = self.place(configuration)?;
        let (notifies, indicates) = (place.properties & NOTIFY != 0, place.properties & INDICATE != 0);
        // BlueZ asks for notifications where there are any, and for indications else.
        let fits = if indications { indicates && !notifies } else { notifies };
        if place.uuid != CONFIGURATION || !fits {
            let kind = if indications { "indications" } else { "notifications" };
            return Err(BleError::Unavailable(format!(
                "BlueZ cannot be told to ask for {kind} at handle {configuration:#06x}: it goes by the properties of \
                 the characteristic"
            )));
        }
        let value = self.place(place.value)?;
        let what = format!("StartNotify at handle {:#06x}", place.value);
        self.recorder.call(Direction::ToDevice, what, None);
        // What is told right after the answer has to be known as told.
        self.link()?.subscribed.insert(value.path.clone(), (place.value, indications));
        let reply = self.ask(&value, "StartNotify", &()).await;
        if !matches!(reply, Ok(Reply::Given(())))
            && let Some(link) = self.link.as_mut()
        {
            link.subscribed.remove(&value.path);
        }
        reply
    }

    pub(super) async fn hear_told(&mut self, wait: Duration) -> Result<Vec<Told>, BleError> {
        let until = Instant::now() + wait;
        while self.link()?.told.is_empty() {
            let Some(event) = self.bus.event(until).await? else {
                // Silence counts only if BlueZ is there to break it.
                self.look_whether_linked().await?;
                self.link()?;
                break;
            };
            self.bus.put_back(event);
        }
        Ok(self.link()?.told.drain(..).collect())
    }
}

/// The error of the attribute protocol behind one of BlueZ.
///
/// # Errors
/// [`BleError::Unavailable`] where several come out alike, [`BleError::Adapter`] where it is none.
fn refusal(trouble: &Trouble) -> Result<AttError, BleError> {
    let Trouble::Refused { text, .. } = trouble else {
        return Err(trouble.of_the_adapter("asking the device"));
    };
    if let Some(code) = text.strip_prefix("Operation failed with ATT error: 0x") {
        let code = u8::from_str_radix(code.get(..2).unwrap_or(code), 16);
        return code.map(AttError).map_err(|_| trouble.of_the_adapter("asking the device"));
    }
    Ok(AttError(match (trouble.kind(), text.as_str()) {
        ("NotPermitted", "Read not permitted") => 0x02,
        ("NotPermitted", "Write not permitted") => 0x03,
        ("InvalidArguments", "Invalid offset") => 0x07,
        ("NotAuthorized", _) => 0x08,
        ("InvalidArguments" | "InvalidValueLength", "Invalid Length") => 0x0d,
        ("NotPermitted", _) => {
            return Err(BleError::Unavailable(format!(
                "the device wants a better protected link; whether it said 0x05, 0x0c or 0x0f BlueZ does not tell \
                 ({text})"
            )));
        }
        ("NotSupported", _) => {
            return Err(BleError::Unavailable(format!(
                "BlueZ or the device does not do it; who of them is not told ({text})"
            )));
        }
        _ => return Err(trouble.of_the_adapter("asking the device")),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: &str, text: &str) -> Result<AttError, BleError> {
        refusal(&Trouble::Refused { name: format!("org.bluez.Error.{kind}"), text: text.to_owned() })
    }

    #[test]
    fn errors_of_the_device_are_told_from_those_of_bluez() {
        assert_eq!(refused("Failed", "Operation failed with ATT error: 0x80"), Ok(AttError(0x80)));
        assert_eq!(refused("NotPermitted", "Read not permitted"), Ok(AttError(0x02)));
        assert_eq!(refused("NotAuthorized", "Operation Not Authorized"), Ok(AttError(0x08)));
        assert_eq!(refused("InvalidArguments", "Invalid Length"), Ok(AttError(0x0d)));
        for (kind, text) in [("NotPermitted", "Not paired"), ("NotSupported", "Operation is not supported")] {
            assert!(matches!(refused(kind, text), Err(BleError::Unavailable(_))), "{kind}");
        }
        for (kind, text) in [
            ("InProgress", "In Progress"),
            ("Failed", "Operation failed"),
            ("InvalidArguments", "Invalid arguments in method call"),
        ] {
            assert!(matches!(refused(kind, text), Err(BleError::Adapter(_))), "{kind}");
        }
        assert!(matches!(
            refused("Failed", "Operation failed with ATT error: 0xé"),
            Err(BleError::Adapter(_))
        ));
    }
}

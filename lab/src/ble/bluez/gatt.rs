//! Services, characteristics and descriptors, as objects on the bus.

use std::collections::HashMap;
use std::time::Duration;

use zbus::{Connection, OwnedVariant, Variant, interface};

use super::double::{Refusal, Shared, signal, unlink};
use super::spec::{DoubleAnswer, DoubleCharacteristic, Needs};

const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
/// After so long BlueZ gives a question up, and the link with it.
const PATIENCE: Duration = Duration::from_secs(30);

/// `org.bluez.GattService1`.
pub(super) struct Service {
    pub(super) uuid: String,
    pub(super) device: String,
}

#[interface(name = "org.bluez.GattService1")]
impl Service {
    #[zbus(property, name = "UUID")]
    fn uuid(&self) -> &str {
        &self.uuid
    }

    #[zbus(property)]
    fn primary(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn device(&self) -> zbus::ObjectPath<'_> {
        super::objects::object(&self.device)
    }
}

/// `org.bluez.GattCharacteristic1`.
pub(super) struct Characteristic {
    pub(super) shared: Shared,
    pub(super) device: usize,
    pub(super) spec: DoubleCharacteristic,
    pub(super) service: String,
}

impl Characteristic {
    fn handle(&self) -> u16 {
        self.spec.handle + 1
    }

    fn path(&self) -> String {
        format!("{}/char{:04x}", self.service, self.spec.handle)
    }

    /// What comes before the value: a hang, an error, nothing.
    async fn asked(&self, bus: &Connection) -> Result<(), Refusal> {
        let (linked, bond) = self.shared.standing(self.device);
        if !linked {
            return Err(Refusal::NotConnected("Not Connected".to_owned()));
        }
        let enough = match self.spec.needs {
            Needs::Nothing => true,
            Needs::Encryption => bond.is_some(),
            Needs::Mitm => bond == Some(true),
        };
        match self.spec.answer {
            DoubleAnswer::Hangs => std::future::pending().await,
            _ if !enough => {
                // BlueZ pairs by itself, finds nobody who could help, and waits.
                tokio::time::sleep(PATIENCE).await;
                unlink(bus, &self.shared, self.device).await;
                Err(Refusal::Failed("Operation failed".to_owned()))
            }
            DoubleAnswer::Given | DoubleAnswer::GivenAndEchoedLate => Ok(()),
            DoubleAnswer::GivenAfterPairing => {
                self.shared.state().bonded.insert(self.device, false);
                Ok(())
            }
            DoubleAnswer::Error(code) => {
                Err(Refusal::Failed(format!("Operation failed with ATT error: 0x{code:02x}")))
            }
            DoubleAnswer::NotPaired => Err(Refusal::NotPermitted("Not paired".to_owned())),
            DoubleAnswer::LosesLink => {
                let (bus, shared, device) = (bus.clone(), self.shared.clone(), self.device);
                // An object cannot go away while it is asked.
                tokio::spawn(async move { unlink(&bus, &shared, device).await });
                Err(Refusal::Failed("Operation failed".to_owned()))
            }
        }
    }
}

#[interface(name = "org.bluez.GattCharacteristic1")]
impl Characteristic {
    async fn read_value(
        &self,
        #[zbus(connection)] bus: &Connection,
        _options: HashMap<String, OwnedVariant>,
    ) -> Result<Vec<u8>, Refusal> {
        self.shared.called("GattCharacteristic1", "ReadValue", &format!("{:04x}", self.handle()));
        self.asked(bus).await?;
        let value = self.shared.state().values.get(&self.handle()).cloned().unwrap_or_default();
        let (bus, path, echo) = (bus.clone(), self.path(), value.clone());
        let echo = async move {
            signal(&bus, &path, CHARACTERISTIC, HashMap::from([("Value", Variant::from(echo))])).await;
        };
        if self.spec.answer == DoubleAnswer::GivenAndEchoedLate {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                echo.await;
            });
        } else {
            echo.await;
        }
        Ok(value)
    }

    async fn write_value(
        &self,
        #[zbus(connection)] bus: &Connection,
        value: Vec<u8>,
        options: HashMap<String, OwnedVariant>,
    ) -> Result<(), Refusal> {
        let kind = options.get("type").and_then(|kind| String::try_from(kind.try_clone().ok()?).ok());
        let kind = kind.unwrap_or_default();
        self.shared.called("GattCharacteristic1", "WriteValue", &format!("{:04x} {kind}", self.handle()));
        self.asked(bus).await?;
        self.shared.state().values.insert(self.handle(), value);
        Ok(())
    }

    async fn start_notify(&self, #[zbus(connection)] bus: &Connection) -> Result<(), Refusal> {
        self.shared.called("GattCharacteristic1", "StartNotify", &format!("{:04x}", self.handle()));
        self.asked(bus).await?;
        self.shared.state().notifying.push(self.handle());
        Ok(())
    }

    fn stop_notify(&self) {
        let handle = self.handle();
        self.shared.state().notifying.retain(|one| *one != handle);
    }

    #[zbus(property, name = "UUID")]
    fn uuid(&self) -> &str {
        &self.spec.uuid
    }

    #[zbus(property)]
    fn service(&self) -> zbus::ObjectPath<'_> {
        super::objects::object(&self.service)
    }

    #[zbus(property)]
    fn flags(&self) -> Vec<String> {
        self.spec.flags.iter().map(|flag| (*flag).to_owned()).collect()
    }

    #[zbus(property, name = "MTU")]
    fn mtu(&self) -> u16 {
        64
    }
}

/// `org.bluez.GattDescriptor1`, a client configuration.
pub(super) struct Descriptor {
    pub(super) characteristic: String,
}

#[interface(name = "org.bluez.GattDescriptor1")]
impl Descriptor {
    fn read_value(&self, _options: HashMap<String, OwnedVariant>) -> Vec<u8> {
        vec![0, 0]
    }

    fn write_value(&self, _value: Vec<u8>, _options: HashMap<String, OwnedVariant>) -> Result<(), Refusal> {
        Err(Refusal::NotPermitted("Write not permitted".to_owned()))
    }

    #[zbus(property, name = "UUID")]
    fn uuid(&self) -> &str {
        "00002902-0000-1000-8000-00805f9b34fb"
    }

    #[zbus(property)]
    fn characteristic(&self) -> zbus::ObjectPath<'_> {
        super::objects::object(&self.characteristic)
    }
}

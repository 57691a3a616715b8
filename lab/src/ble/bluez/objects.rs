//! Adapter and devices, as objects on the bus.

use std::collections::HashMap;
use std::time::Duration;

use zbus::message::Header;
use zbus::names::InterfaceName;
use zbus::{Connection, ObjectPath, OwnedObjectPath, OwnedVariant, Variant, interface};

use super::agents;
use super::double::{Link, Refusal, Shared, forget, know, resolve, signal, unlink};
use super::spec::{DoubleDevice, DoubleLink};

/// Path of the adapter.
pub(super) const ADAPTER: &str = "/org/bluez/hci0";
const DEVICE: &str = "org.bluez.Device1";
/// Time between two advertisements.
const INTERVAL: Duration = Duration::from_millis(20);

pub(super) fn object(path: &str) -> ObjectPath<'_> {
    ObjectPath::try_from(path).expect("paths here are made of addresses and handles")
}

pub(super) fn interface_name(name: &str) -> InterfaceName<'_> {
    InterfaceName::try_from(name).expect("names here are those of BlueZ")
}

/// `org.bluez.Adapter1`.
pub(super) struct Adapter(pub(super) Shared);

#[interface(name = "org.bluez.Adapter1")]
impl Adapter {
    fn set_discovery_filter(&self, filter: HashMap<String, OwnedVariant>) {
        let transport =
            filter.get("Transport").and_then(|value| String::try_from(value.try_clone().ok()?).ok());
        self.0.called("Adapter1", "SetDiscoveryFilter", &transport.unwrap_or_default());
    }

    fn start_discovery(&self, #[zbus(connection)] bus: &Connection) -> Result<(), Refusal> {
        self.0.called("Adapter1", "StartDiscovery", "");
        let mut state = self.0.state();
        if !state.powered {
            return Err(Refusal::NotReady("Resource Not Ready".to_owned()));
        }
        if std::mem::replace(&mut state.discovering, true) {
            return Err(Refusal::InProgress("Operation already in progress".to_owned()));
        }
        drop(state);
        tokio::spawn(discover(bus.clone(), self.0.clone()));
        Ok(())
    }

    fn stop_discovery(&self) -> Result<(), Refusal> {
        self.0.called("Adapter1", "StopDiscovery", "");
        if std::mem::replace(&mut self.0.state().discovering, false) {
            Ok(())
        } else {
            Err(Refusal::Failed("No discovery started".to_owned()))
        }
    }

    async fn remove_device(
        &self,
        #[zbus(connection)] bus: &Connection,
        device: OwnedObjectPath,
    ) -> Result<(), Refusal> {
        self.0.called("Adapter1", "RemoveDevice", device.as_str());
        let number = self.0.devices().iter().position(|one| one.path() == device.as_str());
        match number {
            Some(number) => {
                forget(bus, &self.0, number).await;
                Ok(())
            }
            None => Err(Refusal::DoesNotExist("Does Not Exist".to_owned())),
        }
    }

    #[zbus(property)]
    fn address(&self) -> &str {
        "00:11:22:33:44:55"
    }

    #[zbus(property)]
    fn address_type(&self) -> &str {
        "public"
    }

    #[zbus(property)]
    fn name(&self) -> &str {
        "bench"
    }

    #[zbus(property)]
    fn alias(&self) -> &str {
        "bench"
    }

    #[zbus(property)]
    fn modalias(&self) -> &str {
        "usb:v1D6Bp0246d0542"
    }

    #[zbus(property)]
    fn powered(&self) -> bool {
        self.0.state().powered
    }

    #[zbus(property)]
    fn set_powered(&self, on: bool) {
        self.0.called("Adapter1", "Powered", &on.to_string());
        self.0.state().powered = on;
    }

    #[zbus(property)]
    fn discovering(&self) -> bool {
        self.0.state().discovering
    }
}

/// Everybody in reach is heard, again and again.
async fn discover(bus: Connection, shared: Shared) {
    while shared.state().discovering {
        for (number, device) in shared.devices().iter().enumerate().filter(|(_, device)| device.in_reach) {
            if know(&bus, &shared, number).await.is_err() {
                return;
            }
            signal(&bus, &device.path(), DEVICE, HashMap::from([("RSSI", Variant::from(-50_i16))])).await;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// `org.bluez.Device1`.
pub(super) struct Device {
    pub(super) shared: Shared,
    pub(super) number: usize,
}

impl Device {
    fn spec(&self) -> &DoubleDevice {
        &self.shared.devices()[self.number]
    }

    fn is_bonded(&self) -> bool {
        self.shared.state().bonded.contains_key(&self.number)
    }
}

#[interface(name = "org.bluez.Device1")]
impl Device {
    async fn connect(&self, #[zbus(connection)] bus: &Connection) -> Result<(), Refusal> {
        self.shared.called("Device1", "Connect", &self.spec().address);
        match self.spec().link {
            DoubleLink::Refused => return Err(Refusal::Failed("le-connection-abort-by-local".to_owned())),
            DoubleLink::Hangs => std::future::pending().await,
            DoubleLink::Works | DoubleLink::NeverResolves => {}
        }
        self.shared.state().links.insert(self.number, Link::default());
        let values = HashMap::from([("Connected", Variant::from(true))]);
        signal(bus, &self.spec().path(), DEVICE, values).await;
        if self.spec().link == DoubleLink::Works {
            let (bus, shared, number) = (bus.clone(), self.shared.clone(), self.number);
            tokio::spawn(async move {
                // BlueZ answers before it knows the services.
                tokio::time::sleep(INTERVAL).await;
                resolve(&bus, &shared, number).await
            });
        }
        Ok(())
    }

    async fn disconnect(&self, #[zbus(connection)] bus: &Connection) {
        self.shared.called("Device1", "Disconnect", &self.spec().address);
        unlink(bus, &self.shared, self.number).await;
    }

    async fn pair(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Refusal> {
        self.shared.called("Device1", "Pair", &self.spec().address);
        if self.is_bonded() {
            return Err(Refusal::AlreadyExists("Already Exists".to_owned()));
        }
        match agents::pair(&self.shared, bus, &header, self.number).await {
            Ok(mitm) => {
                self.shared.state().bonded.insert(self.number, mitm);
                let values =
                    HashMap::from([("Paired", Variant::from(true)), ("Bonded", Variant::from(true))]);
                signal(bus, &self.spec().path(), DEVICE, values).await;
                Ok(())
            }
            Err(refusal) => {
                unlink(bus, &self.shared, self.number).await;
                Err(refusal)
            }
        }
    }

    fn cancel_pairing(&self) {
        self.shared.called("Device1", "CancelPairing", &self.spec().address);
    }

    #[zbus(property)]
    fn address(&self) -> &str {
        &self.spec().address
    }

    #[zbus(property)]
    fn address_type(&self) -> &str {
        &self.spec().kind
    }

    #[zbus(property)]
    fn name(&self) -> &str {
        &self.spec().name
    }

    #[zbus(property)]
    fn paired(&self) -> bool {
        self.is_bonded()
    }

    #[zbus(property)]
    fn bonded(&self) -> bool {
        self.is_bonded()
    }

    /// False for LE legacy pairing too, as with BlueZ.
    #[zbus(property)]
    fn legacy_pairing(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn connected(&self) -> bool {
        self.shared.state().links.contains_key(&self.number)
    }

    #[zbus(property)]
    fn services_resolved(&self) -> bool {
        self.shared.state().links.get(&self.number).is_some_and(|link| link.resolved)
    }

    #[zbus(property)]
    fn alias(&self) -> &str {
        &self.spec().name
    }

    #[zbus(property)]
    fn trusted(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn blocked(&self) -> bool {
        false
    }

    #[zbus(property, name = "UUIDs")]
    fn uuids(&self) -> Vec<String> {
        self.spec().services.iter().map(|service| service.uuid.clone()).collect()
    }

    #[zbus(property)]
    fn adapter(&self) -> ObjectPath<'_> {
        object(ADAPTER)
    }
}

//! The way to BlueZ: one connection to the bus, calls with an end in time, and what BlueZ signals meanwhile.
//!
//! Nothing runs in the background here. Signals are read while something is waited for; between two calls they
//! queue up in the connection, which stops reading when the queue is full.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use futures::{FutureExt, StreamExt};
use zbus::{Connection, DynamicType, MatchRule, Message, MessageStream, Type, connection, message};

use super::properties::{Objects, Properties, object_path};
use crate::ble::backend::BleError;

/// The name of BlueZ on the bus.
const BLUEZ: &str = "org.bluez";
/// Signals that wait to be read.
const SIGNALS_AT_MOST: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not 0");
/// Events that wait to be looked at.
const EVENTS_AT_MOST: usize = 4096;
/// Characters of an error that are kept.
const ERROR_AT_MOST: usize = 200;

pub(super) const ADAPTER: &str = "org.bluez.Adapter1";
pub(super) const DEVICE: &str = "org.bluez.Device1";
pub(super) const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const OBJECTS: &str = "org.freedesktop.DBus.ObjectManager";

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// BlueZ, or the bus for it, answered by an error.
    Refused {
        /// Its name, such as `org.bluez.Error.Failed`.
        name: String,
        /// What it says.
        text: String,
    },
    /// No answer came in time.
    Late(Duration),
    /// The bus is gone, or the answer is not what it should be.
    Broken(String),
}

impl Trouble {
    /// The last part of the name of an error.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::Refused { name, .. } => name.rsplit('.').next().unwrap_or(name),
            Self::Late(_) | Self::Broken(_) => "",
        }
    }

    /// As trouble of the tester, whose stack BlueZ is.
    pub(super) fn of_the_adapter(&self, doing: &str) -> BleError {
        BleError::Adapter(match self {
            Self::Refused { name, .. } if name == "org.freedesktop.DBus.Error.ServiceUnknown" => {
                "BlueZ does not run (nobody is org.bluez on the system bus); start it".to_owned()
            }
            Self::Refused { name, text } => format!("BlueZ, {doing}: {name}: {text}"),
            Self::Late(time) => format!(
                "BlueZ gave no answer within {:.1} s, {doing}; whether it or the device hangs cannot be told this \
                 way",
                time.as_secs_f64()
            ),
            Self::Broken(why) => format!("the bus to BlueZ failed, {doing}: {why}"),
        })
    }
}

impl From<zbus::Error> for Trouble {
    fn from(error: zbus::Error) -> Self {
        use zbus::DBusError as _;
        match error {
            zbus::Error::MethodError(name, text, _) => {
                Self::Refused { name: name.to_string(), text: short(&text.unwrap_or_default()) }
            }
            zbus::Error::FDO(error) => Self::Refused {
                name: error.name().to_string(),
                text: short(error.description().unwrap_or_default()),
            },
            other => Self::Broken(short(&other.to_string())),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).take(ERROR_AT_MOST).collect()
}

/// What BlueZ signalled.
#[derive(Debug)]
pub(super) enum What {
    /// An object is new.
    Added(HashMap<String, Properties>),
    /// Properties of an interface have new values.
    Changed(String, Properties),
    /// An object lost these interfaces.
    Removed(Vec<String>),
}

/// A signal, and when it was read.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) path: String,
    pub(super) what: What,
    pub(super) at: Instant,
}

impl Event {
    /// Properties of the device that it tells of, if it does.
    pub(super) fn of_device(&self) -> Option<&Properties> {
        match &self.what {
            What::Added(interfaces) => interfaces.get(DEVICE),
            What::Changed(interface, properties) if interface == DEVICE => Some(properties),
            What::Changed(..) | What::Removed(_) => None,
        }
    }

    /// Whether something was heard of the device: BlueZ has no signal strength of what it only remembers.
    pub(super) fn is_report(&self) -> bool {
        self.of_device().is_some_and(|properties| properties.contains_key("RSSI"))
    }
}

/// Whose signals are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// Those of every device.
    Everybody,
    /// Those of this object and what is below it.
    Below(String),
}

impl Interest {
    fn covers(&self, path: &str) -> bool {
        match self {
            Self::Everybody => true,
            Self::Below(top) => {
                path.strip_prefix(top.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

/// The connection.
pub(super) struct Bus {
    connection: Connection,
    signals: MessageStream,
    adapter: String,
    interest: Interest,
    events: VecDeque<Event>,
    /// Reports of devices that nobody is interested in.
    pub(super) others: u64,
    /// Events for which there was no place.
    pub(super) lost: u64,
}

impl Bus {
    /// Opens the system bus, or the one at an address, for the adapter at a path.
    pub(super) async fn open(
        address: Option<&str>,
        adapter: String,
        wait: Duration,
    ) -> Result<Self, BleError> {
        let opening = async {
            // The one place where the bus is opened. It leads to the tester's own stack; devices are reached through
            // it by the calls of this back-end alone, which knows the scope.
            let builder = address.map_or_else(connection::Builder::system, connection::Builder::address);
            let connection = builder.build().await?;
            let rule = MatchRule::builder().msg_type(message::Type::Signal).sender(BLUEZ).build()?;
            let signals = MessageStream::for_match_rule(rule, &connection, Some(SIGNALS_AT_MOST)).await?;
            Ok::<_, zbus::Error>((connection, signals))
        };
        let (connection, signals) = match tokio::time::timeout(wait, opening).await {
            Ok(opened) => opened.map_err(|error| {
                BleError::Adapter(format!("the system bus cannot be reached: {}", short(&error.to_string())))
            })?,
            Err(_) => return Err(Trouble::Late(wait).of_the_adapter("opening the bus")),
        };
        let interest = Interest::Below(adapter.clone());
        Ok(Self { connection, signals, adapter, interest, events: VecDeque::new(), others: 0, lost: 0 })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Path of the adapter.
    pub(super) fn adapter(&self) -> &str {
        &self.adapter
    }

    /// From now on only signals of these are kept; those before are forgotten.
    pub(super) fn watch(&mut self, interest: Interest) {
        self.drain();
        self.events.clear();
        (self.others, self.lost) = (0, 0);
        self.interest = interest;
    }

    /// The next event that is there already.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        self.drain();
        self.events.pop_front()
    }

    /// Gives an event back; it is the next one again.
    pub(super) fn put_back(&mut self, event: Event) {
        self.events.push_front(event);
    }

    /// The next event, waited for until then.
    pub(super) async fn event(&mut self, until: Instant) -> Result<Option<Event>, BleError> {
        loop {
            if let Some(event) = self.next_event() {
                return Ok(Some(event));
            }
            match tokio::time::timeout_at(until.into(), self.signals.next()).await {
                Err(_) => return Ok(None),
                Ok(Some(Ok(message))) => self.file(&message),
                Ok(_) => return Err(BleError::Adapter("the bus to BlueZ was closed".to_owned())),
            }
            // A flood does not lengthen the time.
            if Instant::now() >= until {
                return Ok(self.next_event());
            }
        }
    }

    /// Calls a method of BlueZ, and files its signals meanwhile: those that were sent before the answer are filed
    /// before this gives it.
    pub(super) async fn call<B, R>(
        &mut self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
        wait: Duration,
    ) -> Result<R, Trouble>
    where
        B: serde::Serialize + DynamicType + Sync,
        R: serde::de::DeserializeOwned + Type,
    {
        let connection = self.connection.clone();
        let call = connection.call_method(Some(BLUEZ), path, Some(interface), method, body);
        let mut call = std::pin::pin!(tokio::time::timeout(wait, call).fuse());
        let answer = loop {
            futures::select_biased! {
                answer = call => break answer,
                signal = self.signals.next().fuse() => match signal {
                    Some(Ok(message)) => self.file(&message),
                    _ => return Err(Trouble::Broken("it was closed".to_owned())),
                },
            }
        };
        self.drain();
        let answer = answer.map_err(|_| Trouble::Late(wait))??;
        answer.body().deserialize().map_err(|error| Trouble::Broken(short(&error.to_string())))
    }

    /// All properties of an interface of an object; nothing if there is no such object.
    pub(super) async fn properties(
        &mut self,
        path: &str,
        interface: &str,
        wait: Duration,
    ) -> Result<Option<Properties>, Trouble> {
        match self.call(path, PROPERTIES, "GetAll", &interface, wait).await {
            Ok(properties) => Ok(Some(properties)),
            Err(Trouble::Refused { name, .. })
                if matches!(
                    name.strip_prefix("org.freedesktop.DBus.Error."),
                    Some("UnknownObject" | "UnknownMethod" | "UnknownInterface" | "InvalidArgs")
                ) =>
            {
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Every object of BlueZ.
    pub(super) async fn objects(&mut self, wait: Duration) -> Result<Objects, Trouble> {
        self.call("/", OBJECTS, "GetManagedObjects", &(), wait).await
    }

    /// Forgets a device and its bond; that it is not there any more is as good.
    pub(super) async fn remove(&mut self, device: &str, wait: Duration) -> Result<(), Trouble> {
        let adapter = self.adapter.clone();
        match self.call::<_, ()>(&adapter, ADAPTER, "RemoveDevice", &object_path(device), wait).await {
            Err(trouble) if trouble.kind() != "DoesNotExist" => Err(trouble),
            _ => Ok(()),
        }
    }

    fn drain(&mut self) {
        while let Some(Some(Ok(message))) = self.signals.next().now_or_never() {
            self.file(&message);
        }
    }

    fn file(&mut self, message: &Message) {
        let Some(event) = event(message) else { return };
        if !event.path.strip_prefix(&self.adapter).is_some_and(|rest| rest.starts_with('/')) {
            return;
        }
        if !self.interest.covers(&event.path) {
            self.others += u64::from(event.is_report());
        } else if self.events.len() == EVENTS_AT_MOST {
            self.lost += 1;
        } else {
            self.events.push_back(event);
        }
    }
}

/// A signal that matters; nothing of what cannot be read.
fn event(message: &Message) -> Option<Event> {
    let header = message.header();
    let body = message.body();
    let (path, what) = match (header.interface()?.as_str(), header.member()?.as_str()) {
        (PROPERTIES, "PropertiesChanged") => {
            let (interface, changed, _): (String, Properties, Vec<String>) = body.deserialize().ok()?;
            (header.path()?.as_str().to_owned(), What::Changed(interface, changed))
        }
        (OBJECTS, "InterfacesAdded") => {
            let (path, interfaces): (zbus::OwnedObjectPath, HashMap<String, Properties>) =
                body.deserialize().ok()?;
            (path.as_str().to_owned(), What::Added(interfaces))
        }
        (OBJECTS, "InterfacesRemoved") => {
            let (path, interfaces): (zbus::OwnedObjectPath, Vec<String>) = body.deserialize().ok()?;
            (path.as_str().to_owned(), What::Removed(interfaces))
        }
        _ => return None,
    };
    Some(Event { path, what, at: Instant::now() })
}

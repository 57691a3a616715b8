//! Which adapter, and the way to it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncWrite};

use super::backend::{BleBackend, BleError, BleScope};
use super::hci_backend::HciBackend;
use super::host::BleLimits;
use super::serial_line::SerialLine;
use super::usb::{self, UsbId};
use crate::dialer::{DialLimits, Dialer, Scope};

/// A stream of HCI packets.
pub trait HciStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> HciStream for T {}

/// An adapter of the tester.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Adapter {
    /// `tcp:127.0.0.1:9001`: a controller that speaks H4 over TCP.
    Tcp(SocketAddr),
    /// `hci:0`: an adapter of this computer, taken from its own Bluetooth stack for the time.
    Hci(u16),
    /// `serial:/dev/ttyACM0`: a controller that speaks H4 on a serial line.
    Serial(SerialLine),
    /// `usb:2fe3:000c`: a dongle that no driver holds.
    Usb(UsbId),
    /// `bluez:hci0`: an adapter of this computer, through its own Bluetooth stack.
    Bluez(String),
    /// `system:`: the Bluetooth of the operating system; for `hantei ble` alone.
    System,
}

/// Why no back-end is opened on `system:`.
const NO_BACK_END: &str = "system: is for hantei ble scan and inspect only. It gives no handles, no errors of the device      as they were sent, nothing on how a link is protected and no pairing, and so nothing to judge by; name hci:NUMBER,      serial:DEVICE, usb:VENDOR:PRODUCT or tcp:ADDRESS:PORT, or bluez:hciNUMBER";

/// Opens the back-end that fits an adapter.
///
/// # Errors
/// [`BleError::Adapter`] if it cannot be reached, [`BleError::Unavailable`] if this build has no way to it.
pub async fn open_backend(
    adapter: &Adapter,
    scope: BleScope,
    limits: BleLimits,
) -> Result<Box<dyn BleBackend>, BleError> {
    if !cfg!(feature = "ble") {
        return Err(BleError::Unavailable(format!(
            "{adapter}: this build has no way to Bluetooth LE (not-built); build it with --features ble"
        )));
    }
    match adapter {
        Adapter::System => Err(BleError::Unavailable(NO_BACK_END.to_owned())),
        #[cfg(all(feature = "bluez", target_os = "linux"))]
        Adapter::Bluez(name) => Ok(Box::new(super::BluezBackend::open(name, scope, limits).await?)),
        #[cfg(not(all(feature = "bluez", target_os = "linux")))]
        Adapter::Bluez(_) => Err(BleError::Unavailable(format!(
            "{adapter}: this build has no way to BlueZ (not-built); build it on Linux with --features bluez, or name \
             the adapter hci:NUMBER"
        ))),
        _ => Ok(Box::new(HciBackend::open(adapter, scope, limits).await?)),
    }
}

impl Adapter {
    /// Opens the way. A controller over TCP is reached by a dialer that knows its address alone.
    ///
    /// # Errors
    /// [`BleError::Adapter`] if it cannot be reached, [`BleError::Unavailable`] if this build has no way to it.
    pub async fn open(&self) -> Result<Box<dyn HciStream>, BleError> {
        match self {
            Self::Tcp(address) => {
                let hosts = [("bluetooth-adapter".to_owned(), *address)].into();
                let dialer = Dialer::new(Scope { hosts, ..Scope::default() }, DialLimits::default());
                let stream = dialer.connect(*address).await;
                let stream = stream.map_err(|error| BleError::Adapter(format!("{self}: {error}")))?;
                Ok(Box::new(stream))
            }
            #[cfg(target_os = "linux")]
            Self::Hci(number) => {
                let opened = crate::linux::hci_user_channel(*number);
                let channel = opened.map_err(|error| BleError::Adapter(format!("{self}: {error}")))?;
                Ok(Box::new(channel))
            }
            #[cfg(not(target_os = "linux"))]
            Self::Hci(_) => Err(BleError::Unavailable(format!("{self}: only Linux has such adapters"))),
            #[cfg(target_os = "linux")]
            Self::Serial(line) => {
                let opened = crate::linux::serial_line(line);
                let line = opened.map_err(|error| BleError::Adapter(format!("{self}: {error}")))?;
                Ok(Box::new(line))
            }
            #[cfg(not(target_os = "linux"))]
            Self::Serial(_) => {
                Err(BleError::Unavailable(format!("{self}: serial lines are opened on Linux only")))
            }
            Self::Bluez(_) => {
                Err(BleError::Unavailable(format!("{self}: BlueZ gives nobody its stream of HCI")))
            }
            Self::System => Err(BleError::Unavailable(NO_BACK_END.to_owned())),
            Self::Usb(id) => {
                usb::open(*id).await.map_err(|error| BleError::Adapter(format!("{self}: {error}")))
            }
        }
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Hci(number) => write!(f, "hci:{number}"),
            Self::Serial(line) => write!(f, "serial:{line}"),
            Self::Usb(id) => write!(f, "usb:{id}"),
            Self::Bluez(name) => write!(f, "bluez:{name}"),
            Self::System => f.write_str("system:"),
        }
    }
}

/// The text names no adapter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no adapter; expected tcp:ADDRESS:PORT, hci:NUMBER, serial:DEVICE[@BAUD][,rtscts], usb:VENDOR:PRODUCT, bluez:hciNUMBER or system:"
)]
pub struct NoAdapter(String);

impl FromStr for Adapter {
    type Err = NoAdapter;

    fn from_str(text: &str) -> Result<Self, NoAdapter> {
        let bad = || NoAdapter(text.chars().take(60).collect());
        if text == "system:" {
            return Ok(Self::System);
        }
        let (kind, rest) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()).ok_or_else(bad)?;
        match kind {
            "tcp" => rest.parse().map(Self::Tcp).map_err(|_| bad()),
            "hci" => rest.parse().map(Self::Hci).map_err(|_| bad()),
            "serial" => SerialLine::read(rest).map(Self::Serial).ok_or_else(bad),
            // The name becomes part of a path on the bus.
            "bluez" => match rest.strip_prefix("hci").map(str::parse::<u16>) {
                Some(Ok(number)) if rest == format!("hci{number}") => Ok(Self::Bluez(rest.to_owned())),
                _ => Err(bad()),
            },
            "usb" => UsbId::read(rest).map(Self::Usb).ok_or_else(bad),
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_written_as_it_is_read() {
        let serial = ["serial:/dev/ttyACM0", "serial:/dev/ttyUSB0@1000000,rtscts"];
        for text in
            ["tcp:127.0.0.1:9001", "hci:0", serial[0], serial[1], "usb:2fe3:000c", "bluez:hci0", "system:"]
        {
            assert_eq!(text.parse::<Adapter>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "hci0",
            "hci:",
            "hci:-1",
            "tcp:localhost",
            "serial:@9600",
            "usb:hub",
            "radio:1",
            "bluez:",
            "bluez:hci",
            "bluez:hci+1",
            "bluez:hci0/x",
            "system",
            "system:hci0",
        ] {
            assert!(text.parse::<Adapter>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn the_system_is_no_back_end() {
        let opened = open_backend(&Adapter::System, BleScope::default(), BleLimits::default());
        let error = opened.await.err().unwrap();
        assert!(error.is_of_the_tester(), "{error}");
        #[cfg(feature = "ble")]
        assert!(error.to_string().contains("handles") && error.to_string().contains("hci:NUMBER"), "{error}");
    }

    #[cfg(not(feature = "bluez"))]
    #[tokio::test]
    async fn what_is_not_built_is_said_to_be() {
        let adapter = Adapter::Bluez("hci0".to_owned());
        let opened = open_backend(&adapter, BleScope::default(), BleLimits::default());
        let error = opened.await.err().unwrap();
        assert!(error.to_string().contains("not-built") && error.is_of_the_tester(), "{error}");
    }

    #[tokio::test]
    async fn an_adapter_that_cannot_be_opened_is_the_testers_and_named() {
        for text in ["serial:/dev/tty-that-nobody-has", "usb:ffff:fffe"] {
            let error = text.parse::<Adapter>().unwrap().open().await.err().unwrap();
            assert!(error.to_string().contains(text) && error.is_of_the_tester(), "{error}");
        }
    }
}

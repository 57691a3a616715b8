//! Which adapter, and the way to it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncWrite};

use super::backend::BleError;
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
        }
    }
}

/// The text names no adapter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no adapter; expected tcp:ADDRESS:PORT, hci:NUMBER, serial:DEVICE[@BAUD][,rtscts] or usb:VENDOR:PRODUCT"
)]
pub struct NoAdapter(String);

impl FromStr for Adapter {
    type Err = NoAdapter;

    fn from_str(text: &str) -> Result<Self, NoAdapter> {
        let bad = || NoAdapter(text.chars().take(60).collect());
        let (kind, rest) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()).ok_or_else(bad)?;
        match kind {
            "tcp" => rest.parse().map(Self::Tcp).map_err(|_| bad()),
            "hci" => rest.parse().map(Self::Hci).map_err(|_| bad()),
            "serial" => SerialLine::read(rest).map(Self::Serial).ok_or_else(bad),
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
        for text in ["tcp:127.0.0.1:9001", "hci:0", serial[0], serial[1], "usb:2fe3:000c"] {
            assert_eq!(text.parse::<Adapter>().unwrap().to_string(), text);
        }
        for text in ["", "hci0", "hci:", "hci:-1", "tcp:localhost", "serial:@9600", "usb:hub", "radio:1"] {
            assert!(text.parse::<Adapter>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn an_adapter_that_cannot_be_opened_is_the_testers_and_named() {
        for text in ["serial:/dev/tty-that-nobody-has", "usb:ffff:fffe"] {
            let error = text.parse::<Adapter>().unwrap().open().await.err().unwrap();
            assert!(error.to_string().contains(text) && error.is_of_the_tester(), "{error}");
        }
    }
}

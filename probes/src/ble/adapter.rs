//! Which adapter, and the way to it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncWrite};

use super::backend::BleError;
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
    /// `serial:/dev/ttyACM0`.
    Serial(String),
    /// `usb:2fe3:000c`.
    Usb(String),
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
            Self::Serial(_) | Self::Usb(_) => Err(BleError::Unavailable(format!(
                "{self}: this build has no way to such adapters (not-built)"
            ))),
        }
    }
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Hci(number) => write!(f, "hci:{number}"),
            Self::Serial(path) => write!(f, "serial:{path}"),
            Self::Usb(id) => write!(f, "usb:{id}"),
        }
    }
}

/// The text names no adapter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no adapter; expected tcp:ADDRESS:PORT, hci:NUMBER, serial:DEVICE or usb:ID")]
pub struct NoAdapter(String);

impl FromStr for Adapter {
    type Err = NoAdapter;

    fn from_str(text: &str) -> Result<Self, NoAdapter> {
        let bad = || NoAdapter(text.chars().take(60).collect());
        let (kind, rest) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()).ok_or_else(bad)?;
        match kind {
            "tcp" => rest.parse().map(Self::Tcp).map_err(|_| bad()),
            "hci" => rest.parse().map(Self::Hci).map_err(|_| bad()),
            "serial" => Ok(Self::Serial(rest.to_owned())),
            "usb" => Ok(Self::Usb(rest.to_owned())),
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_is_written_as_it_is_read() {
        for text in ["tcp:127.0.0.1:9001", "hci:0", "serial:/dev/ttyACM0", "usb:2fe3:000c"] {
            assert_eq!(text.parse::<Adapter>().unwrap().to_string(), text);
        }
        for text in ["", "hci0", "hci:", "hci:-1", "tcp:localhost", "radio:1"] {
            assert!(text.parse::<Adapter>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn what_is_not_built_is_said_to_be() {
        let error = Adapter::Usb("2fe3:000c".to_owned()).open().await.err().unwrap();
        assert!(error.to_string().contains("not-built") && error.is_of_the_tester(), "{error}");
    }
}

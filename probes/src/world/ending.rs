//! How a connection of the device to a played peer ended.

use serde::{Deserialize, Serialize};

/// How a connection ended, as far as it tells something of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The device sent application data: it took the peer for the right one.
    ApplicationData,
    /// The device went on with the handshake where it should have ended it.
    WentOn,
    /// The device ended the handshake with an alert.
    RefusedByAlert,
    /// The device closed the connection without sending application data.
    Closed,
    /// The device spoke without any TLS.
    Plain,
    /// The connection stayed open, and nothing more came in the time given.
    Silent,
    /// The device made no connection.
    NoConnection,
    /// The real peer could not be reached by the bench.
    PeerUnreachable,
    /// The bench has no version, suite or key that this client takes, so nothing can be said.
    NotPossible,
}

impl Ending {
    /// As it is written in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApplicationData => "application-data",
            Self::WentOn => "went-on",
            Self::RefusedByAlert => "refused-by-alert",
            Self::Closed => "closed",
            Self::Plain => "plain",
            Self::Silent => "silent",
            Self::NoConnection => "no-connection",
            Self::PeerUnreachable => "peer-unreachable",
            Self::NotPossible => "not-possible",
        }
    }

    /// It says something of the device.
    pub fn clear(self) -> bool {
        self.refused() || self.accepted()
    }

    /// The device turned the peer away.
    pub fn refused(self) -> bool {
        matches!(self, Self::RefusedByAlert | Self::Closed)
    }

    /// The device took the peer as it was.
    pub fn accepted(self) -> bool {
        matches!(self, Self::ApplicationData | Self::WentOn | Self::Plain)
    }
}

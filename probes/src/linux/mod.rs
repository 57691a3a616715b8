//! What only Linux offers: raw TCP segments, and connections by the thousand without a runtime.
//!
//! Nothing here decides where to: each engine is made by the [`crate::Dialer`] for one address of the scope
//! and reaches no other.

mod connector;
mod echo;
mod hci_user_channel;
mod interface;
mod neighbours;
mod packet_drops;
mod packet_tap;
mod segment;
mod serial_line;
mod syn_prober;

pub(crate) use connector::Connector;
pub(crate) use hci_user_channel::hci_user_channel;
pub(crate) use neighbours::neighbours;
pub(crate) use packet_tap::{PacketTap, TapError};
pub(crate) use serial_line::serial_line;
pub(crate) use syn_prober::{FrameTally, SynProber};

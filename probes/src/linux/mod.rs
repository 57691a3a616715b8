//! What only Linux offers: raw TCP segments, and connections by the thousand without a runtime.
//!
//! Nothing here decides where to: each engine is made by the [`crate::Dialer`] for one address of the scope
//! and reaches no other.

mod connector;
mod echo;
mod interface;
mod neighbours;
mod packet_drops;
mod packet_tap;
mod segment;
mod syn_prober;

pub(crate) use connector::Connector;
pub(crate) use neighbours::neighbours;
pub(crate) use packet_tap::{PacketTap, TapError};
pub(crate) use syn_prober::{FrameTally, SynProber};

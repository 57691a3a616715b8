//! Captures: frames of the device, live or from a file, read once and in flat memory into facts.

mod analyser;
mod connections;
mod conversation;
mod datagrams;
mod facts;
mod fields;
mod file_buffer;
mod flows;
mod frame;
mod http_seen;
mod layers;
mod mqtt_seen;
mod names;
pub(crate) mod needles;
pub mod pcap;
mod pcapng;
mod sighting;
mod stream;
mod text_logins;
mod tls_seen;
mod tracking;
mod whose;

#[cfg(test)]
mod tests;

pub use analyser::{Analyser, Needle, Questions};
pub use facts::{
    Certainty, ClearText, Flow, FlowTls, Initiator, NameAsked, NeedleFound, TrafficFacts, Transport,
};
pub use frame::{Frame, FrameRef, LinkKind};
pub(crate) use needles::Needles;

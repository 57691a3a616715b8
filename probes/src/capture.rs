//! Captures: frames of the device, live or from a file, read once and in flat memory into facts.

mod analyser;
mod facts;
mod frame;

pub use analyser::{Analyser, Needle, Questions};
pub use facts::{
    Certainty, ClearText, Flow, FlowTls, Initiator, NameAsked, NeedleFound, TrafficFacts, Transport,
};
pub use frame::{Frame, FrameRef, LinkKind};

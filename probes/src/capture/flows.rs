//! The flows of a capture: what went between the device and one address and port.

use std::collections::HashMap;
use std::net::IpAddr;

use super::facts::{Flow, Initiator, Transport};
use super::tls_seen::Handshake;

/// Flows that are kept.
const FLOWS_AT_MOST: usize = 4096;
/// Starts of connections that are kept of each flow.
const ATTEMPTS_AT_MOST: usize = 256;
/// Kinds of handshakes that are kept of each flow.
const HANDSHAKES_AT_MOST: usize = 64;
/// Octets of handshakes of all flows.
const HANDSHAKE_OCTETS_AT_MOST: usize = 16 << 20;

/// What makes a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FlowKey {
    pub(super) initiator: Initiator,
    pub(super) transport: Transport,
    /// Only where the capture is read without knowing the device.
    pub(super) device: Option<IpAddr>,
    pub(super) peer: Option<IpAddr>,
    pub(super) port: u16,
}

/// When a frame came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Number of the frame, from 1.
    pub(super) frame: u64,
    /// Seconds from the first one.
    pub(super) at: f64,
}

/// All flows.
#[derive(Debug, Default)]
pub(super) struct Flows {
    all: Vec<State>,
    places: HashMap<FlowKey, usize>,
    left_out: u64,
    octets: usize,
    handshakes_left_out: u64,
}

#[derive(Debug)]
struct State {
    flow: Flow,
    handshakes: Vec<(Handshake, u32)>,
    /// The name was said in TLS or HTTP.
    named: bool,
}

impl Flows {
    /// The flow of a connection; `None` where there is no room for another.
    pub(super) fn open(&mut self, key: FlowKey, device: Option<IpAddr>, now: Moment) -> Option<usize> {
        if let Some(place) = self.places.get(&key) {
            return Some(*place);
        }
        if self.all.len() >= FLOWS_AT_MOST {
            self.left_out += 1;
            return None;
        }
        self.all.push(State {
            flow: Flow {
                initiator: key.initiator,
                transport: key.transport,
                device,
                peer: key.peer,
                port: key.port,
                name: None,
                application: None,
                protocols: Vec::new(),
                attempts: Vec::new(),
                established: 0,
                connections: 0,
                sent: 0,
                received: 0,
                first: now.at,
                last: now.at,
                frame: now.frame,
                tls: Vec::new(),
                clear: false,
            },
            handshakes: Vec::new(),
            named: false,
        });
        self.places.insert(key, self.all.len() - 1);
        Some(self.all.len() - 1)
    }

    /// A flow.
    pub(super) fn at(&mut self, place: Option<usize>) -> Option<&mut Flow> {
        self.all.get_mut(place?).map(|state| &mut state.flow)
    }

    /// A connection began.
    pub(super) fn began(&mut self, place: Option<usize>, begun: Option<f64>) {
        if let Some(flow) = self.at(place) {
            flow.connections = flow.connections.saturating_add(1);
            if let Some(at) = begun
                && flow.attempts.len() < ATTEMPTS_AT_MOST
            {
                flow.attempts.push(at);
            }
        }
    }

    /// Payload went by.
    pub(super) fn passed(&mut self, place: Option<usize>, from_device: bool, octets: u32, at: f64) {
        if let Some(flow) = self.at(place) {
            *(if from_device { &mut flow.sent } else { &mut flow.received }) += u64::from(octets);
            flow.last = flow.last.max(at);
        }
    }

    /// A connection was recognized. Of several protocols the one in the clear is named.
    pub(super) fn recognized(&mut self, place: Option<usize>, name: Option<&str>, clear: bool) {
        if let Some(flow) = self.at(place) {
            let worse = clear && !flow.clear;
            if let Some(name) = name
                && (flow.application.is_none() || worse)
            {
                flow.application = Some(name.to_owned());
            }
            flow.clear |= clear;
        }
    }

    /// The peer was called so: in TLS or HTTP (`said`), where the first name stays, or by the DNS, where the last one
    /// does.
    pub(super) fn name(&mut self, place: Option<usize>, name: &str, said: bool) {
        if let Some(state) = place.and_then(|place| self.all.get_mut(place))
            && !state.named
            && state.flow.name.as_deref() != Some(name)
        {
            state.flow.name = Some(name.to_lowercase());
            state.named = said;
        } else if let Some(state) = place.and_then(|place| self.all.get_mut(place)) {
            state.named |= said;
        }
    }

    /// A handshake is over, or will not go on.
    pub(super) fn shaken(&mut self, place: Option<usize>, handshake: Handshake) {
        let Some(state) = place.and_then(|place| self.all.get_mut(place)) else { return };
        if let Some((_, times)) = state.handshakes.iter_mut().find(|(known, _)| *known == handshake) {
            *times = times.saturating_add(1);
        } else if state.handshakes.len() >= HANDSHAKES_AT_MOST || self.octets > HANDSHAKE_OCTETS_AT_MOST {
            self.handshakes_left_out += 1;
        } else {
            self.octets += handshake.size();
            state.handshakes.push((handshake, 1));
        }
    }

    /// The flows in order of their first frames, and what was left out.
    pub(super) fn finish(self, gaps: &mut Vec<String>) -> Vec<Flow> {
        if self.left_out > 0 {
            gaps.push(format!(
                "{} connections beyond the first {FLOWS_AT_MOST} flows were not kept",
                self.left_out
            ));
        }
        if self.handshakes_left_out > 0 {
            gaps.push(format!("{} handshakes of further kinds were not kept", self.handshakes_left_out));
        }
        let finished = self.all.into_iter().map(|state| {
            let mut flow = state.flow;
            for (handshake, _) in &state.handshakes {
                let offered = handshake.offer.iter().flat_map(|offer| &offer.protocols);
                for protocol in handshake.protocol.iter().chain(offered) {
                    if !flow.protocols.contains(protocol) && flow.protocols.len() < 32 {
                        flow.protocols.push(protocol.clone());
                    }
                }
            }
            flow.tls = state.handshakes.iter().map(|(handshake, times)| handshake.facts(*times)).collect();
            flow
        });
        finished.collect()
    }
}

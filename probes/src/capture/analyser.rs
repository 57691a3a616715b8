//! Reads frames one by one into facts.

use std::net::IpAddr;

use super::connections::{Connection, Exchange, Recent};
use super::conversation::Told;
use super::facts::{ClearText, NeedleFound, TrafficFacts};
use super::flows::{Flows, Moment};
use super::frame::{Frame, FrameRef};
use super::layers::{self, Body, Content};
use super::names::Names;
use super::needles::Needles;
use super::sighting::Sighting;
use super::whose::{Sides, Whose};

/// Findings of a kind that are kept.
const FINDINGS_AT_MOST: usize = 1024;

/// What a capture is read for.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    /// Addresses of the device; empty for every address (a capture of which nothing is known).
    pub device: Vec<IpAddr>,
    /// Its hardware address: finds the device before it has an IP address.
    pub hardware: Option<[u8; 6]>,
    /// Addresses of the tester: what goes between it and the device is counted, not looked at.
    pub tester: Vec<IpAddr>,
    /// What is searched for.
    pub needles: Vec<Needle>,
}

/// Something that a capture is searched for. Values shorter than 5 octets are not searched for.
#[derive(Clone)]
pub struct Needle {
    /// IXIT row id, or `credential:ROW`, `label:SAMPLE`.
    pub key: String,
    /// The value. Never kept.
    pub value: String,
}

impl std::fmt::Debug for Needle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Needle").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Reads frames, in memory that does not grow with them: tables and buffers are bounded, and what finds no room is
/// counted and told in [`TrafficFacts::gaps`].
pub struct Analyser {
    pub(super) sides: Sides,
    pub(super) needles: Needles,
    pub(super) facts: TrafficFacts,
    pub(super) flows: Flows,
    pub(super) names: Names,
    pub(super) connections: Recent<Connection>,
    pub(super) exchanges: Recent<Exchange>,
    /// Octets that connections hold.
    pub(super) held: usize,
    pub(super) told: Told,
    pub(super) hits: Vec<Hit>,
    pub(super) lost: Lost,
    begun: Option<u64>,
    frame: u64,
}

/// A needle that was just found.
pub(super) struct Hit {
    pub(super) key: String,
    pub(super) encoding: &'static str,
    pub(super) from_caller: bool,
}

/// What was not seen.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Places in streams where segments are missing.
    pub(super) holes: u64,
    /// Connections let go before their end.
    pub(super) shed: u64,
    fragments: u64,
    cut: u64,
    findings: u64,
}

impl std::fmt::Debug for Analyser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analyser")
            .field("sides", &self.sides)
            .field("frame", &self.frame)
            .finish_non_exhaustive()
    }
}

impl Analyser {
    /// Begins.
    pub fn new(questions: Questions) -> Self {
        Self {
            sides: Sides::of(&questions),
            needles: Needles::new(&questions.needles),
            facts: TrafficFacts::default(),
            flows: Flows::default(),
            names: Names::default(),
            connections: Recent::default(),
            exchanges: Recent::default(),
            held: 0,
            told: Told::default(),
            hits: Vec::new(),
            lost: Lost::default(),
            begun: None,
            frame: 0,
        }
    }

    /// Takes the next frame.
    pub fn take(&mut self, frame: &Frame) {
        self.take_ref(&frame.by_ref());
    }

    /// Takes the next frame, whose bytes lie elsewhere.
    pub fn take_ref(&mut self, frame: &FrameRef<'_>) {
        self.frame += 1;
        let begun = *self.begun.get_or_insert(frame.at);
        // A clock that was set back gives no negative times.
        let at = frame.at.saturating_sub(begun) as f64 / 1e6;
        let now = Moment { frame: self.frame, at };
        let layers = layers::read(frame);
        if matches!(layers.content, Content::Broken) {
            self.facts.unreadable += 1;
            return;
        }
        let whose = self.sides.whose(&layers);
        match whose {
            Whose::Tester => self.facts.with_tester += 1,
            Whose::Other => self.facts.others += 1,
            Whose::Device { .. } | Whose::Anybody => {
                self.facts.frames += 1;
                self.facts.octets += u64::from(frame.length);
                let cut = frame.bytes.len() < frame.length as usize;
                self.lost.cut += u64::from(cut);
                let mut read = !cut;
                match &layers.content {
                    Content::Link(kind, body) => self.link(*kind, body, whose, now),
                    Content::Ip(packet) => {
                        self.lost.fragments += u64::from(packet.fragment);
                        read &= !packet.fragment && !matches!(packet.body, Body::Broken);
                        match &packet.body {
                            Body::Tcp(segment) => self.segment(packet, *segment, whose, now, frame.at),
                            Body::Udp { .. } | Body::Icmp(_) | Body::Other(_) => {
                                self.datagram(packet, whose, now, frame.at);
                            }
                            Body::LaterFragment | Body::Broken => {}
                        }
                    }
                    Content::Broken => {}
                }
                self.facts.unreadable += u64::from(!read);
            }
        }
    }

    /// Ends; `seconds` is how long the capture point was open.
    pub fn finish(mut self, seconds: f64) -> TrafficFacts {
        self.end_all(Moment { frame: self.frame, at: seconds });
        let mut facts = self.facts;
        facts.seconds = seconds;
        let mut gap = |count: u64, text: &str| {
            if count > 0 {
                facts.gaps.push(format!("{count} {text}"));
            }
        };
        gap(self.lost.cut, "frames were cut by the capture: what was cut off was not looked at");
        gap(self.lost.fragments, "fragments of IP packets were counted and not put together");
        gap(
            self.lost.holes,
            "places where segments of TCP are missing: what goes over such a place was not looked at",
        );
        gap(self.lost.shed, "connections were let go before their end for want of room");
        gap(self.lost.findings, "findings beyond the first were not kept");
        gap(self.needles.left_out() as u64, "values beyond the first were not searched for");
        facts.flows = self.flows.finish(&mut facts.gaps);
        facts.names = self.names.finish(&mut facts.gaps);
        facts
    }

    /// Moves what readers told into the facts.
    pub(super) fn note(&mut self, flow: Option<usize>, device_calls: bool, now: Moment) {
        for (from_caller, sighting) in std::mem::take(&mut self.told.sightings.0) {
            let from_device = from_caller == device_calls;
            match sighting {
                // A name that a peer calls the device by is none of the peer.
                Sighting::Name(name) if device_calls => self.flows.name(flow, &name, true),
                Sighting::Name(_) | Sighting::UpgradeToTls => {}
                Sighting::Credential { what, certainty, place, length } => {
                    let Some(flow) = flow else { continue };
                    let known = self.facts.clear.iter().any(|one| {
                        (one.flow, one.from_device, one.what.as_str()) == (flow, from_device, what)
                            && one.place == place
                    });
                    if known {
                        continue;
                    }
                    if self.facts.clear.len() >= FINDINGS_AT_MOST {
                        self.lost.findings += 1;
                        continue;
                    }
                    self.facts.clear.push(ClearText {
                        what: what.to_owned(),
                        certainty,
                        place,
                        flow,
                        from_device,
                        frame: now.frame,
                        at: now.at,
                        length,
                    });
                }
            }
        }
        for Hit { key, encoding, from_caller } in std::mem::take(&mut self.hits) {
            let from_device = from_caller == device_calls;
            let Some(flow) = flow else { continue };
            let known = self.facts.found.iter().any(|one| {
                (one.flow, one.from_device) == (flow, from_device)
                    && one.key == key
                    && one.encoding == encoding
            });
            if known {
                continue;
            }
            if self.facts.found.len() >= FINDINGS_AT_MOST {
                self.lost.findings += 1;
                continue;
            }
            let encoding = encoding.to_owned();
            self.facts.found.push(NeedleFound {
                key,
                encoding,
                flow,
                from_device,
                frame: now.frame,
                at: now.at,
            });
        }
    }
}

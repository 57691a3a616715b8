//! What the device said at the capture point, and how it lived through outages: the lines of two tables, taken from
//! the captures of a run. Lines that go to the same place are folded into one, and their number is bounded.

use std::collections::BTreeMap;

use probes::capture::{Flow, FlowTls};
use testcases::Facts;
use testcases::traffic_seen::{Capture, Captures, Circumstance, Destination, Mechanisms, Standing};

mod outages;

pub use outages::{Afterwards, Back, OutageLine};

/// Most places that are listed; further ones are counted.
pub const MOST_PLACES: usize = 60;
/// Most outages that are listed; further ones are counted.
pub const MOST_OUTAGES: usize = 60;
/// Most things in the clear that are named for one place.
const MOST_NOTICED: usize = 6;

/// What the device said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Captures.
    pub captures: usize,
    /// Of them, those of outages.
    pub of_outages: usize,
    /// Seconds that the capture point was open, together.
    pub seconds: f64,
    /// Frames of the device.
    pub frames: u64,
    /// Where it went, at most [`MOST_PLACES`]: what is not declared first.
    pub places: Vec<Place>,
    /// Places that are not listed.
    pub further_places: usize,
    /// Outages, at most [`MOST_OUTAGES`].
    pub outages: Vec<OutageLine>,
    /// Outages that are not listed.
    pub further_outages: usize,
}

/// One destination or caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// `cloud.example:8883/tcp`.
    pub place: String,
    /// Addresses behind the name.
    pub addresses: Vec<String>,
    /// What the declaration says of it: `declared`, `network`, `called`, `origin-unknown`, `not-comparable`,
    /// `without-name`, `ended`, `undeclared`.
    pub standing: &'static str,
    /// The row, where one is concerned.
    pub row: Option<String>,
    /// Protocols as recognized by content, e.g. `mqtt`, `tls`.
    pub protocols: Vec<String>,
    /// What was agreed on in TLS, e.g. `TLS 1.3, TLS_AES_256_GCM_SHA384`.
    pub tls: Vec<String>,
    /// Something went there in the clear.
    pub clear: bool,
    /// Connections begun.
    pub connections: u64,
    /// Of them, those that were answered.
    pub established: u64,
    /// Octets of payload from the device.
    pub sent: u64,
    /// Octets of payload to the device.
    pub received: u64,
    /// Secrets, logins and planted data that went there in the clear.
    pub noticed: Vec<Noticed>,
}

/// Something that should be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// A password, token or name of a login: what it is and where it stood.
    Secret {
        /// `password`, `token`, `login-name`, `community`.
        what: String,
        /// Where it stood.
        place: String,
    },
    /// Planted data or a secret of the lab.
    Planted {
        /// Row of the IXIT, or `credential:ROW`, `label:SAMPLE`.
        key: String,
        /// How it was written.
        encoding: String,
    },
}

impl Heard {
    /// Reads the captures of a run.
    pub fn of(facts: &Facts<'_>) -> Self {
        let captures = Captures::of(facts);
        let mechanisms = Mechanisms::of(facts.declaration, "com_mech");
        let mut places: Vec<Place> = Vec::new();
        let mut known: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
        for (number, capture) in captures.all.iter().enumerate() {
            for (index, flow) in capture.facts.flows.iter().enumerate() {
                let names = captures.names(number, flow);
                let standing = mechanisms.standing(flow, &names);
                let destination = Destination { capture, flow, names };
                let (name, row) = in_code(standing);
                let key = (destination.item(), name);
                let at = *known.entry(key).or_insert_with_key(|(place, _)| {
                    places.push(Place::empty(place.clone(), name, row));
                    places.len() - 1
                });
                if let Some(place) = places.get_mut(at) {
                    place.add(capture, index, flow);
                }
            }
        }
        // What needs attention first; else in the order of the first sight.
        places.sort_by_key(order);
        let further_places = places.len().saturating_sub(MOST_PLACES);
        places.truncate(MOST_PLACES);
        let (outages, further_outages) = outages::lines(facts);
        let of_outages =
            captures.all.iter().filter(|capture| matches!(capture.circumstance, Circumstance::Outage(..)));
        Self {
            captures: captures.all.len(),
            of_outages: of_outages.count(),
            seconds: captures.all.iter().map(|capture| capture.facts.seconds).sum(),
            frames: captures.all.iter().map(|capture| capture.facts.frames).sum(),
            places,
            further_places,
            outages,
            further_outages,
        }
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.captures == 0 && self.outages.is_empty()
    }
}

impl Place {
    fn empty(place: String, standing: &'static str, row: Option<String>) -> Self {
        Self {
            place,
            addresses: Vec::new(),
            standing,
            row,
            protocols: Vec::new(),
            tls: Vec::new(),
            clear: false,
            connections: 0,
            established: 0,
            sent: 0,
            received: 0,
            noticed: Vec::new(),
        }
    }

    fn add(&mut self, capture: &Capture<'_>, index: usize, flow: &Flow) {
        if let Some(peer) = flow.peer {
            once(&mut self.addresses, peer.to_string());
        }
        for protocol in flow.application.iter().chain(&flow.protocols) {
            once(&mut self.protocols, protocol.clone());
        }
        for tls in flow.tls.iter().filter_map(agreed) {
            once(&mut self.tls, tls);
        }
        self.clear |= flow.clear;
        self.connections += u64::from(flow.connections);
        self.established += u64::from(flow.established);
        self.sent += flow.sent;
        self.received += flow.received;
        let secrets = capture.facts.clear.iter().filter(|clear| clear.flow == index);
        let secrets =
            secrets.map(|clear| Noticed::Secret { what: clear.what.clone(), place: clear.place.clone() });
        let planted = capture.facts.found.iter().filter(|found| found.flow == index);
        let planted = planted
            .map(|found| Noticed::Planted { key: found.key.clone(), encoding: found.encoding.clone() });
        for noticed in secrets.chain(planted) {
            once(&mut self.noticed, noticed);
        }
    }
}

/// Adds what is not there yet, up to a bound.
fn once<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if list.len() < MOST_NOTICED && !list.contains(&value) {
        list.push(value);
    }
}

/// What a handshake agreed on.
fn agreed(tls: &FlowTls) -> Option<String> {
    let version = tls.chosen_version.as_deref()?;
    Some(match &tls.chosen_suite {
        Some(suite) => format!("TLS {version}, {suite}"),
        None => format!("TLS {version}"),
    })
}

fn in_code(standing: Standing<'_>) -> (&'static str, Option<String>) {
    match standing {
        Standing::Declared(row) => ("declared", Some(row.id.clone())),
        Standing::OfTheNetwork => ("network", None),
        Standing::Called => ("called", None),
        Standing::OriginUnknown => ("origin-unknown", None),
        Standing::NotComparable => ("not-comparable", None),
        Standing::WithoutName(row) => ("without-name", Some(row.id.clone())),
        Standing::Ended => ("ended", None),
        Standing::Undeclared => ("undeclared", None),
    }
}

fn order(place: &Place) -> usize {
    let standing = [
        "undeclared",
        "without-name",
        "origin-unknown",
        "not-comparable",
        "declared",
        "called",
        "ended",
        "network",
    ];
    let at = standing.iter().position(|name| *name == place.standing).unwrap_or(standing.len());
    if place.noticed.is_empty() { at + 1 } else { 0 }
}

#[cfg(test)]
mod tests;

//! Captures made by hand, for the tests of judges.

use probes::capture::{Flow, Initiator, NameAsked, TrafficFacts, Transport};
use probes::probe::interruption::{Interruption, Outage, Snapshot};
use probes::probe::traffic::Traffic;

use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

/// Address of the peer of [`calls`].
pub(crate) const PEER: [u8; 4] = [198, 51, 100, 7];

/// A flow that the device begins: `name` empty for a peer without one.
pub(crate) fn calls(transport: Transport, name: &str, port: u16, application: &str) -> Flow {
    Flow {
        initiator: Initiator::Device,
        transport,
        device: None,
        peer: Some(PEER.into()),
        port,
        name: (!name.is_empty()).then(|| name.to_owned()),
        application: (!application.is_empty()).then(|| application.to_owned()),
        protocols: Vec::new(),
        attempts: vec![1.0],
        established: 1,
        connections: 1,
        sent: 400,
        received: 900,
        first: 1.0,
        last: 2.0,
        frame: 12,
        tls: Vec::new(),
        clear: application != "tls",
    }
}

/// An answered question for a name.
pub(crate) fn asks(name: &str) -> NameAsked {
    NameAsked {
        name: name.to_owned(),
        kind: "A".to_owned(),
        server: [192, 0, 2, 1].into(),
        multicast: false,
        times: 1,
        first: 0.5,
        answers: vec![PEER.into()],
    }
}

/// A capture of 90 s with these flows.
pub(crate) fn capture(flows: Vec<Flow>) -> TrafficFacts {
    TrafficFacts { seconds: 90.0, frames: 400, octets: 60_000, flows, ..TrafficFacts::default() }
}

/// What was heard of a device that was made to call anew.
pub(crate) fn listened(traffic: TrafficFacts) -> Seen {
    Seen::by("traffic", Traffic { traffic, woken: true, profile: None }).state(DutState::Initialized)
}

/// What was heard of an idle device.
pub(crate) fn overheard(traffic: TrafficFacts) -> Seen {
    Seen::by("traffic", Traffic { traffic, woken: false, profile: None }).state(DutState::Initialized)
}

/// One outage of a kind with its capture.
pub(crate) fn cut(kind: &str, traffic: TrafficFacts) -> Seen {
    let outage = Outage {
        by: "bench".to_owned(),
        seconds: 5.0,
        answered_after: Some(1.0),
        traffic: Some(traffic),
        cut_at: 1.0,
        restored_at: 6.0,
        ..Outage::default()
    };
    let interruption = Interruption {
        kind: kind.to_owned(),
        before: Snapshot::default(),
        outages: vec![outage],
        after: Snapshot::default(),
        profile: None,
    };
    Seen::by("interruption", interruption).state(DutState::Initialized)
}

/// A capture in which the device calls its declared cloud.
pub(crate) fn heard(facts: TestFacts) -> TestFacts {
    facts.observed(listened(capture(vec![calls(Transport::Tcp, "cloud.example", 1883, "mqtt")])))
}

//! A run made by hand, for the tests of what is taken from captures.

use std::net::IpAddr;

use ixit::{Declaration, SourceFile};
use probes::capture::{Flow, FlowTls, Initiator, TrafficFacts, Transport};
use probes::probe::interruption::{Answered, Call, Interruption, Outage, Snapshot};
use probes::probe::traffic::Traffic;
use probes::{Effort, Observation, Outcome, observation};
use serde::Serialize;
use serde_json::json;
use testcases::{Catalogue, Facts, Recorded};

const ICS: &str =
    "edition = \"en303645-2.1.1\"\n[dut]\nmanufacturer = \"Maker\"\nmodel = \"M-1\"\nfirmware = \"1.0\"\n";

const IXIT: &str = r#"
[[com_mech]]
id = "Cloud"
role = "client"
endpoint = [{ transport = "tcp", port = 8883, application = "mqtts", host = "cloud.example" }]
[[com_mech]]
id = "Update"
role = "client"
endpoint = [{ transport = "tcp", port = 8444, application = "https", host = "update.example" }]
[[com_mech]]
id = "Web"
role = "server"
remotely_accessible = false
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
[[com_mech]]
id = "Base"
role = "client"
endpoint = [{ transport = "udp", port = 53, application = "dns", host = "*" }]
[[intf]]
id = "Intf-Web"
status = "enabled"
endpoint = [{ transport = "tcp", port = 8443, application = "https" }]
"#;

/// A declaration, and observations that are added.
pub(crate) struct TestRun {
    declaration: Declaration,
    observations: Vec<Recorded>,
}

impl TestRun {
    /// Without observations.
    pub(crate) fn new() -> Self {
        let files = [("ics.toml", ICS), ("ixit.toml", IXIT)];
        let sources = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec())).to_vec();
        let reading = Declaration::from_sources(sources, Vec::new());
        let declaration = reading.declaration.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
        Self { declaration, observations: Vec::new() }
    }

    /// Adds a capture of the idle device.
    #[must_use]
    pub(crate) fn heard(self, flows: Vec<Flow>) -> Self {
        let traffic = capture(flows);
        self.observed("traffic", &Traffic { traffic, woken: true, profile: None })
    }

    /// Adds any result.
    #[must_use]
    pub(crate) fn observed<T: Serialize>(mut self, probe: &str, result: &T) -> Self {
        let observation: Observation = serde_json::from_value(json!({
            "format": observation::FORMAT, "probe": probe, "version": 1, "target": "S1",
            "params": {},
            "context": { "sample": "S1", "component": "", "firmware": null, "state": "initialized",
                         "at": "2026-03-04T05:06:07Z", "equipment": [] },
            "outcome": Outcome::Complete, "effort": Effort::default(),
            "data": serde_json::to_value(result).expect("string keys"),
        }))
        .expect("the shape of an observation");
        self.observations.push(Recorded::new(observation));
        self
    }

    /// The facts.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            catalogue: Catalogue::of(self.declaration.edition),
            declaration: &self.declaration,
            diagnostics: &[],
            observations: &self.observations,
            decisions: &[],
            date: "2026-03-04".parse().expect("a date"),
            crypto: testcases::crypto::Policy::standard(),
            review_required: false,
        }
    }
}

/// 90 s at the capture point.
pub(crate) fn capture(flows: Vec<Flow>) -> TrafficFacts {
    TrafficFacts { seconds: 90.0, frames: 400, flows, ..TrafficFacts::default() }
}

/// A call of the device over TLS.
pub(crate) fn call(name: &str, address: &str, port: u16) -> Flow {
    Flow {
        tls: vec![FlowTls {
            chosen_version: Some("1.3".to_owned()),
            chosen_suite: Some("TLS_AES_256_GCM_SHA384".to_owned()),
            ..FlowTls::default()
        }],
        application: Some("tls".to_owned()),
        name: (!name.is_empty()).then(|| name.to_owned()),
        ..plain(address, port)
    }
}

/// A call of the device whose protocol is not known, over TCP and without a name.
pub(crate) fn plain(address: &str, port: u16) -> Flow {
    Flow {
        initiator: Initiator::Device,
        transport: Transport::Tcp,
        device: None,
        peer: Some(address.parse::<IpAddr>().expect("an address")),
        port,
        name: None,
        application: None,
        protocols: Vec::new(),
        attempts: vec![1.0],
        established: 1,
        connections: 2,
        sent: 400,
        received: 900,
        first: 1.0,
        last: 2.0,
        frame: 12,
        tls: Vec::new(),
        clear: false,
    }
}

/// Two outages of the uplink: one with an answer and a call, one that the bench could not bring about.
pub(crate) fn outages() -> Interruption {
    let answer = |outcome: &str| Answered {
        rows: vec!["Web".to_owned()],
        asked: "GET /status".to_owned(),
        subject: "entitled".to_owned(),
        outcome: outcome.to_owned(),
        status: Some(200),
        digest: None,
        excerpt: None,
    };
    Interruption {
        kind: "uplink".to_owned(),
        before: Snapshot { ports: vec![(8443, true), (22, false)], answers: vec![answer("served")] },
        outages: vec![
            Outage {
                by: "bench".to_owned(),
                seconds: 5.0,
                during: vec![answer("served"), answer("refused")],
                answered_after: Some(0.4),
                calls: vec![
                    Call {
                        peer: "cloud.example".to_owned(),
                        port: 8883,
                        tries: vec![1.0, 2.0],
                        back_after: Some(1.25),
                    },
                    Call { peer: "198.51.100.9".to_owned(), port: 1, tries: vec![1.0], back_after: None },
                ],
                traffic: Some(capture(vec![call("cloud.example", "198.51.100.7", 8883)])),
                cut_at: 1.0,
                restored_at: 6.0,
            },
            Outage { by: "nobody".to_owned(), ..Outage::default() },
        ],
        after: Snapshot { ports: vec![(8443, true), (22, true)], answers: vec![answer("served")] },
        profile: None,
    }
}

//! Observations of a network made by hand, for the tests of judges.

use probes::probe::identify::{Disclosure, ServiceIdentity};
use probes::probe::tcp_sweep::{Canary, PortInventory};
use probes::probe::tls_client::{ClientFacts, NotTried, PlayedPeer, Trial};
use probes::probe::tls_server::{CertificateFacts, TlsFacts, VersionFacts};
use probes::probe::udp_services::{UdpInventory, UdpService, UdpState};
use probes::world::ending::Ending;
use probes::world::relay::RelayFacts;

use crate::state::DutState;
use crate::test_facts::{Seen, TestFacts};

/// The two states that a search visits.
pub(crate) const STATES: [DutState; 2] = [DutState::FactoryDefault, DutState::Initialized];

/// What a complete sweep of all ports says if these are open.
pub(crate) fn ports(open: &[u16]) -> PortInventory {
    PortInventory {
        address: [127, 64, 0, 1].into(),
        open: open.to_vec(),
        closed: 65_535 - open.len() as u32,
        unanswered: Vec::new(),
        asked: 65_535,
        foreign: Vec::new(),
        canary: Canary { port: open.first().copied(), checks: 66, failures: 0 },
        repeated: 0,
        manner: Default::default(),
    }
}

/// A complete sweep of all ports.
pub(crate) fn sweep(state: DutState, open: &[u16]) -> Seen {
    Seen::by("tcp-sweep", ports(open)).state(state).attempts(65_535)
}

/// What answers at a port.
pub(crate) fn identity(port: u16, application: &str, tls: bool, disclosed: &[&str]) -> ServiceIdentity {
    ServiceIdentity {
        port,
        application: application.to_owned(),
        tls,
        banner: None,
        logins: Vec::new(),
        paths: Vec::new(),
        disclosed: disclosed.iter().map(|item| disclosure(item)).collect(),
        ssh: None,
    }
}

/// A port that was identified.
pub(crate) fn identified(state: DutState, port: u16, application: &str, tls: bool) -> Seen {
    Seen::by("identify", identity(port, application, tls, &[])).state(state)
}

/// Something told before a login.
pub(crate) fn disclosure(item: &str) -> Disclosure {
    Disclosure { item: item.to_owned(), value: format!("the {item}"), place: "banner".to_owned() }
}

/// Services that were asked: mDNS answers with its model, the others refuse, except for these.
pub(crate) fn services(others: &[(u16, &str, UdpState)]) -> UdpInventory {
    let service = |port, service: &str, state, disclosed: Vec<Disclosure>| UdpService {
        port,
        service: service.to_owned(),
        state,
        sent: 3,
        disclosed,
        announced: Vec::new(),
    };
    let mut services = vec![
        service(123, "ntp", UdpState::Refused, Vec::new()),
        service(5353, "mdns", UdpState::Answered, vec![disclosure("model")]),
    ];
    services.extend(others.iter().map(|(port, name, state)| service(*port, name, *state, Vec::new())));
    UdpInventory { address: [127, 64, 0, 1].into(), services, foreign: Vec::new() }
}

/// Complete questions to UDP services.
pub(crate) fn asked(state: DutState, others: &[(u16, &str, UdpState)]) -> Seen {
    Seen::by("udp-services", services(others)).state(state)
}

/// A complete search in both states that finds HTTPS at 8443 and mDNS.
pub(crate) fn searched(facts: TestFacts) -> TestFacts {
    STATES.into_iter().fold(facts, |facts, state| {
        facts
            .observed(sweep(state, &[8443]))
            .observed(identified(state, 8443, "http", true))
            .observed(asked(state, &[]))
    })
}

/// What a sound TLS server at 8443 offers.
pub(crate) fn tls() -> TlsFacts {
    let version = |version: &str, suites: &[&str]| VersionFacts {
        version: version.to_owned(),
        offered: Some(!suites.is_empty()),
        suites: suites.iter().map(|suite| (*suite).to_owned()).collect(),
        groups: Vec::new(),
        dh_bits: None,
        shapes_tried: 3,
        refusal: None,
        ..VersionFacts::default()
    };
    TlsFacts {
        port: 8443,
        speaks_tls: true,
        versions: vec![
            version("1.0", &[]),
            version("1.1", &[]),
            version("1.2", &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]),
            version("1.3", &["TLS_AES_128_GCM_SHA256"]),
        ],
        chain: vec![CertificateFacts {
            sha256: "00".to_owned(),
            subject: "CN=heater".to_owned(),
            issuer: "CN=heater".to_owned(),
            names: Vec::new(),
            key_type: "EC".to_owned(),
            key_bits: Some(256),
            signature: "ecdsa-with-SHA256".to_owned(),
            not_before: "2025-11-21T00:00:00Z".to_owned(),
            not_after: "2027-11-21T00:00:00Z".to_owned(),
            self_signed: true,
            ca: false,
        }],
        compression: Some(false),
        secure_renegotiation: Some(true),
        ..TlsFacts::default()
    }
}

/// What a sound TLS 1.3 client of this peer shows: its offer, data to the real peer, and every stranger refused.
pub(crate) fn client(row: &str, host: &str, port: u16) -> ClientFacts {
    let suite = "TLS_AES_128_GCM_SHA256".to_owned();
    let refused = |peer| Trial {
        peer,
        ending: Ending::RefusedByAlert,
        detail: Some("alert 48 unknown_ca".to_owned()),
        connections: 1,
    };
    let closed = |peer| Trial { peer, ending: Ending::Closed, detail: None, connections: 2 };
    let not_tried = |peer| NotTried { peer, why: "no trusted authority".to_owned() };
    ClientFacts {
        row: row.to_owned(),
        host: host.to_owned(),
        port,
        relay: Some(RelayFacts {
            server_name: Some(host.to_owned()),
            versions: vec!["1.3".to_owned()],
            suites: vec![suite.clone()],
            chosen_version: Some("1.3".to_owned()),
            chosen_suite: Some(suite),
            sent: 800,
            received: 1200,
            ..RelayFacts::without(Ending::ApplicationData, None)
        }),
        trials: vec![
            refused(PlayedPeer::SelfSigned),
            refused(PlayedPeer::UnknownAuthority),
            refused(PlayedPeer::Tls11),
            refused(PlayedPeer::Tls10),
            refused(PlayedPeer::NullSuite),
            closed(PlayedPeer::PlainText),
        ],
        not_tried: vec![not_tried(PlayedPeer::OtherName), not_tried(PlayedPeer::Expired)],
        lent_authority: false,
        names_turned: true,
    }
}

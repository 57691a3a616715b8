//! A peer that passes everything on to the real one, and reads what is said in the clear.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client_hello::{self, ClientOffer, First, records, version_name};
use super::ending::Ending;
use crate::probe::tls_server::CertificateFacts;
use crate::tls::answer::{self, Reading, alert_text};
use crate::tls::certificate;
use crate::tls::suites::suite_name;

/// What is kept of each direction to be read.
const KEPT: usize = 64 * 1024;
/// An alert under TLS 1.3: two octets, the type, and the tag.
pub(super) const PROTECTED_ALERT: usize = 19;

/// What was seen of a connection to the real peer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RelayFacts {
    /// How it ended; `application-data` only where protected data went both ways.
    pub ending: Ending,
    /// What says so.
    pub detail: Option<String>,
    /// Name of the peer that the device asked for.
    pub server_name: Option<String>,
    /// Application protocols that it offered.
    pub protocols: Vec<String>,
    /// Versions that it offered: `1.2`, `1.3` …
    pub versions: Vec<String>,
    /// Suites that it offered, by IANA name, in its order.
    pub suites: Vec<String>,
    /// Version that the peer chose.
    pub chosen_version: Option<String>,
    /// Suite that the peer chose, by IANA name.
    pub chosen_suite: Option<String>,
    /// Certificates of the peer: as read along (TLS 1.2 and older), else as the peer shows them to the bench.
    pub chain: Vec<CertificateFacts>,
    /// Octets from the device to the peer.
    pub sent: u64,
    /// Octets from the peer to the device.
    pub received: u64,
}

impl RelayFacts {
    /// No connection that could be looked at.
    pub fn without(ending: Ending, detail: Option<String>) -> Self {
        Self {
            ending,
            detail,
            server_name: None,
            protocols: Vec::new(),
            versions: Vec::new(),
            suites: Vec::new(),
            chosen_version: None,
            chosen_suite: None,
            chain: Vec::new(),
            sent: 0,
            received: 0,
        }
    }

    fn note(&mut self, offer: ClientOffer) {
        self.server_name = offer.server_name;
        self.protocols = offer.protocols;
        self.versions = offer.versions.into_iter().map(version_name).collect();
        self.suites = offer.suites.into_iter().map(suite_name).collect();
    }
}

/// What the real peer said, to be used once more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// Its octets, up to 64 KiB.
    pub said: Vec<u8>,
    /// Its certificates, DER, where they can be read.
    pub chain: Vec<Vec<u8>>,
}

/// Passes on until protected data went both ways, one side closes, or `patience` is over.
pub async fn pass_on(
    mut device: TcpStream,
    mut peer: TcpStream,
    patience: Duration,
) -> (RelayFacts, Recording) {
    let mut seen = Seen::default();
    let passing = async {
        let (mut up, mut down) = ([0; 8192], [0; 8192]);
        loop {
            tokio::select! {
                read = device.read(&mut up) => match read {
                    Ok(count @ 1..) => {
                        seen.device_said(&up[..count]);
                        if peer.write_all(&up[..count]).await.is_err() {
                            return Some(Ending::Closed);
                        }
                    }
                    _ => return Some(Ending::Closed),
                },
                read = peer.read(&mut down) => match read {
                    Ok(count @ 1..) => {
                        seen.peer_said(&down[..count]);
                        if device.write_all(&down[..count]).await.is_err() {
                            return Some(Ending::Closed);
                        }
                    }
                    _ => return Some(Ending::PeerUnreachable),
                },
            }
            if seen.data_both_ways() || seen.plain() && seen.received > 0 {
                return None;
            }
        }
    };
    let ended = tokio::time::timeout(patience, passing).await.unwrap_or(Some(Ending::Silent));
    let chain = match answer::read(&seen.down, true) {
        Reading::Flight(flight) => flight.chain,
        _ => Vec::new(),
    };
    (seen.facts(ended), Recording { said: seen.down, chain })
}

/// The offer of a device whose real peer cannot be reached.
pub async fn offer_alone(mut device: TcpStream, facts: &mut RelayFacts, patience: Duration) {
    match client_hello::take(&mut device, patience).await {
        First::Hello(offer) => facts.note(offer),
        First::NotTls => facts.ending = Ending::Plain,
        First::Unfinished => {}
    }
}

#[derive(Default)]
struct Seen {
    up: Vec<u8>,
    down: Vec<u8>,
    sent: u64,
    received: u64,
    answered: bool,
}

impl Seen {
    fn device_said(&mut self, bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        self.up.extend(&bytes[..bytes.len().min(KEPT.saturating_sub(self.up.len()))]);
    }

    fn peer_said(&mut self, bytes: &[u8]) {
        self.received += bytes.len() as u64;
        let before = protected(&self.down).count();
        self.down.extend(&bytes[..bytes.len().min(KEPT.saturating_sub(self.down.len()))]);
        let data = protected(&self.down).skip(before).any(|length| length != PROTECTED_ALERT);
        self.answered |= data && self.device_sent_data();
    }

    /// No TLS at all.
    fn plain(&self) -> bool {
        client_hello::read(&self.up) == First::NotTls
    }

    fn modern(&self) -> bool {
        matches!(answer::read(&self.down, true), Reading::Flight(flight) if flight.version == 0x0304)
    }

    /// Protected records of the device that are neither its last handshake message nor an alert.
    fn device_sent_data(&self) -> bool {
        let handshake = usize::from(self.modern());
        protected(&self.up).skip(handshake).any(|length| handshake == 0 || length != PROTECTED_ALERT)
    }

    fn data_both_ways(&self) -> bool {
        self.answered
    }

    fn alert(&self) -> Option<u8> {
        records(&self.up).find_map(|(kind, body)| match (kind, body) {
            (21, [2, number]) => Some(*number),
            _ => None,
        })
    }

    /// The first and only protected record of the device is an alert.
    fn hidden_alert(&self) -> bool {
        let mut lengths = protected(&self.up);
        lengths.next().is_some_and(|length| length == PROTECTED_ALERT) && lengths.next().is_none()
    }

    fn facts(&self, ended: Option<Ending>) -> RelayFacts {
        let offer = match client_hello::read(&self.up) {
            First::Hello(offer) => offer,
            First::NotTls => {
                let facts = RelayFacts::without(Ending::Plain, Some("the device spoke without TLS".into()));
                return RelayFacts { sent: self.sent, received: self.received, ..facts };
            }
            First::Unfinished => {
                let detail = Some("no ClientHello came".to_owned());
                return RelayFacts::without(Ending::NoConnection, detail);
            }
        };
        let (ending, detail) = match (ended, self.alert()) {
            (None, _) => (Ending::ApplicationData, None),
            (Some(_), Some(number)) => (Ending::RefusedByAlert, Some(alert_text(number))),
            (Some(_), None) if self.hidden_alert() => {
                (Ending::RefusedByAlert, Some("an encrypted alert".to_owned()))
            }
            (Some(Ending::PeerUnreachable), None) => {
                (Ending::PeerUnreachable, Some("the real peer closed the connection".to_owned()))
            }
            (Some(ending), None) => (ending, None),
        };
        let mut facts = RelayFacts::without(ending, detail);
        facts.note(offer);
        (facts.sent, facts.received) = (self.sent, self.received);
        if let Reading::Flight(flight) = answer::read(&self.down, true) {
            facts.chosen_version = Some(version_name(flight.version));
            facts.chosen_suite = Some(suite_name(flight.suite));
            facts.chain = flight.chain.iter().filter_map(|der| certificate::facts(der)).collect();
        }
        facts
    }
}

/// Lengths of the protected records.
fn protected(bytes: &[u8]) -> impl Iterator<Item = usize> {
    records(bytes).filter(|(kind, _)| *kind == 23).map(|(_, body)| body.len())
}

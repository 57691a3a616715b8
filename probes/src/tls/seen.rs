//! What flights of one server show beside version and suite, put together.

use crate::probe::tls_server::ServerFeatures;
use crate::tls::client_hello::{Extensions, Hello, Version};
use crate::tls::flight::{Flight, RENEGOTIATION_INFO};
use crate::tls::suites::suite_name;

/// Facts over several flights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Different chains, DER, in the order in which they came.
    pub chains: Vec<Vec<Vec<u8>>>,
    /// Compression was chosen where it was offered.
    pub compression: Option<bool>,
    /// Announced in every flight of TLS 1.2 and older.
    pub secure_renegotiation: Option<bool>,
    /// Abilities shown by extensions.
    pub features: ServerFeatures,
}

/// Most different chains kept.
const CHAINS_AT_MOST: usize = 8;

impl Seen {
    /// Takes up what a flight shows that answered this hello.
    pub fn flight(&mut self, hello: &Hello, flight: &Flight) {
        let known = |chain: &Vec<Vec<u8>>| chain.first() == flight.chain.first();
        if !flight.chain.is_empty() && self.chains.len() < CHAINS_AT_MOST && !self.chains.iter().any(known) {
            self.chains.push(flight.chain.clone());
        }
        if hello.version == Version::Tls13 {
            return;
        }
        let announced = flight.extensions.contains(&RENEGOTIATION_INFO);
        self.secure_renegotiation = Some(self.secure_renegotiation.unwrap_or(true) && announced);
        if hello.compression {
            noted(&mut self.compression, flight.compression != 0);
        }
        let features = &mut self.features;
        noted(&mut features.client_certificate_requested, flight.client_certificate);
        noted(&mut features.session_id, !flight.session_id.is_empty());
        if hello.extensions == Extensions::None {
            return;
        }
        let acknowledged = |id: u16| flight.extensions.contains(&id);
        noted(&mut features.extended_master_secret, acknowledged(23));
        if hello.extensions == Extensions::Curious {
            noted(&mut features.ocsp_stapled, flight.stapled);
            noted(&mut features.heartbeat, acknowledged(15));
            noted(&mut features.session_ticket, acknowledged(35));
            if suite_name(flight.suite).contains("_CBC_") {
                noted(&mut features.encrypt_then_mac, acknowledged(22));
            }
        }
    }

    /// Takes up what flights of another version showed.
    pub fn join(&mut self, other: Self) {
        for chain in other.chains {
            if self.chains.len() < CHAINS_AT_MOST && !self.chains.iter().any(|known| known[0] == chain[0]) {
                self.chains.push(chain);
            }
        }
        join(&mut self.compression, other.compression);
        if let Some(announced) = other.secure_renegotiation {
            self.secure_renegotiation = Some(self.secure_renegotiation.unwrap_or(true) && announced);
        }
        let (mine, more) = (&mut self.features, other.features);
        join(&mut mine.client_certificate_requested, more.client_certificate_requested);
        join(&mut mine.session_id, more.session_id);
        join(&mut mine.extended_master_secret, more.extended_master_secret);
        join(&mut mine.ocsp_stapled, more.ocsp_stapled);
        join(&mut mine.heartbeat, more.heartbeat);
        join(&mut mine.session_ticket, more.session_ticket);
        join(&mut mine.encrypt_then_mac, more.encrypt_then_mac);
    }
}

/// Once is enough for a yes; a no needs to have been asked.
fn noted(fact: &mut Option<bool>, now: bool) {
    *fact = Some(fact.unwrap_or(false) || now);
}

fn join(fact: &mut Option<bool>, other: Option<bool>) {
    if let Some(other) = other {
        noted(fact, other);
    }
}

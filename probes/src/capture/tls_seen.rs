//! A TLS connection as it goes by: the hellos, certificates where they are in the clear, and whether protected
//! data went both ways.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::facts::FlowTls;
use crate::disclosed::printable;
use crate::tls::flight;
use crate::tls::suites::suite_name;
use crate::world::client_hello::{self, ClientOffer, version_name};

/// Octets of handshake messages that are kept of one side until they are read.
const HANDSHAKE_AT_MOST: usize = 64 * 1024;
/// Suites and versions of an offer that are kept.
const OFFERED_AT_MOST: usize = 256;

const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;

/// A handshake and what followed. Two that are equal are of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Handshake {
    pub(super) offer: Option<ClientOffer>,
    pub(super) chosen: Option<(u16, u16)>,
    pub(super) protocol: Option<String>,
    pub(super) certificates: Vec<String>,
    pub(super) data_both_ways: bool,
}

impl Handshake {
    /// Octets in memory, about.
    pub(super) fn size(&self) -> usize {
        let offered = self.offer.as_ref().map_or(0, |offer| {
            let texts = offer.protocols.iter().chain(&offer.server_name).map(String::len).sum::<usize>();
            2 * (offer.suites.len() + offer.versions.len()) + texts
        });
        size_of::<Self>() + offered + self.certificates.iter().map(String::len).sum::<usize>()
    }

    /// In words.
    pub(super) fn facts(&self, times: u32) -> FlowTls {
        let offer = self.offer.clone().unwrap_or_default();
        FlowTls {
            versions: offer
                .versions
                .iter()
                .take(OFFERED_AT_MOST)
                .map(|number| any_version(*number))
                .collect(),
            suites: offer.suites.iter().take(OFFERED_AT_MOST).map(|id| suite_name(*id)).collect(),
            server_name: offer.server_name,
            protocols: offer.protocols,
            chosen_version: self.chosen.map(|(version, _)| any_version(version)),
            chosen_suite: self.chosen.map(|(_, suite)| suite_name(suite)),
            certificates: self.certificates.clone(),
            data_both_ways: self.data_both_ways,
            times,
        }
    }
}

/// Versions of DTLS count downwards.
fn any_version(number: u16) -> String {
    match number {
        0xfeff => "1.0".to_owned(),
        0xfefd => "1.2".to_owned(),
        0xfefc => "1.3".to_owned(),
        number => version_name(number),
    }
}

/// A connection.
#[derive(Debug, Default)]
pub(super) struct TlsSeen {
    caller: Records,
    called: Records,
    seen: Handshake,
    caller_data: bool,
    called_data: bool,
    /// What the caller sent protected, in records, before the first of its data: certificate, signature, Finished.
    finishing: u8,
    finished: bool,
    /// The called side sent something protected after the caller had.
    answered: bool,
}

impl TlsSeen {
    /// Whether octets are the beginning of a TLS record that carries a handshake message.
    pub(super) fn begins(bytes: &[u8]) -> bool {
        matches!(bytes, [HANDSHAKE, 3, 0..=4, _, _, 1 | 2, ..])
    }

    /// Whether octets are a record in the middle of a connection.
    pub(super) fn goes_on(bytes: &[u8]) -> bool {
        matches!(bytes, [20..=DATA, 3, 1..=3, high, low, ..] if (1..=18_432).contains(&u16::from_be_bytes([*high, *low])))
    }

    /// Takes the next octets of a side.
    pub(super) fn feed(&mut self, from_caller: bool, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let side = if from_caller { &mut self.caller } else { &mut self.called };
            let Some(step) = side.step(&mut bytes) else { return };
            match step {
                Step::Handshake if from_caller => self.read_offer(),
                Step::Handshake => self.read_flight(),
                Step::Protected(length) => self.protected(from_caller, length),
                Step::More => {}
            }
        }
    }

    /// Octets are missing from here on.
    pub(super) fn hole(&mut self, from_caller: bool) {
        let side = if from_caller { &mut self.caller } else { &mut self.called };
        side.lost = true;
        side.handshake = Vec::new();
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.caller.handshake.capacity() + self.called.handshake.capacity() + self.seen.size()
    }

    /// Name of the peer that the caller wants.
    pub(super) fn server_name(&self) -> Option<&str> {
        self.seen.offer.as_ref()?.server_name.as_deref()
    }

    /// What was seen; `None` if neither hello was.
    pub(super) fn handshake(&self) -> Option<Handshake> {
        let mut seen = self.seen.clone();
        seen.data_both_ways = self.caller_data && self.called_data;
        (seen.offer.is_some() || seen.chosen.is_some()).then_some(seen)
    }

    fn read_offer(&mut self) {
        if self.seen.offer.is_some() {
            self.caller.handshake = Vec::new();
            return;
        }
        if let Some(body) = message(&self.caller.handshake, 1) {
            self.seen.offer = client_hello::offer(body).map(bounded);
            self.caller.handshake = Vec::new();
        } else if self.caller.handshake.first().is_some_and(|kind| *kind != 1) {
            self.caller.handshake = Vec::new();
        }
    }

    fn read_flight(&mut self) {
        let Some((flight, done)) = flight::messages(&self.called.handshake) else { return };
        if flight.retry {
            // The real one follows; the repeated hello of the caller offers the same.
            self.called.handshake = Vec::new();
            return;
        }
        self.seen.chosen = Some((flight.version, flight.suite));
        if self.seen.certificates.is_empty() {
            self.seen.certificates = flight.chain.iter().map(|der| certificate(der)).collect();
        }
        self.seen.protocol = flight.protocol;
        if done {
            self.called.handshake = Vec::new();
            self.called.read = true;
        }
    }

    /// What is told of a record of protected data, whose kind TLS 1.3 hides.
    fn protected(&mut self, from_caller: bool, length: u16) {
        if !matches!(self.seen.chosen, Some((0x0304 | 0xfefc, _))) {
            let data = if from_caller { &mut self.caller_data } else { &mut self.called_data };
            *data = true;
            return;
        }
        let suite = self.seen.chosen.map_or(0, |(_, suite)| suite);
        let tag = if suite == 0x1305 { 8 } else { 16 };
        let digest = if suite == 0x1302 { 48 } else { 32 };
        // An alert has two octets, and one says what the record is.
        if length == 3 + tag {
            return;
        }
        if from_caller {
            // The Finished of the caller has a known length. A certificate and a signature may come before it, or in
            // the same record.
            if self.finished || self.answered || self.finishing >= 3 {
                self.caller_data = true;
            }
            self.finished |= length == 4 + digest + 1 + tag;
            self.finishing = self.finishing.saturating_add(1);
        } else {
            self.answered |= self.finishing > 0;
            // What comes before may be tickets for the next connection.
            self.called_data |= self.caller_data;
        }
    }
}

fn bounded(mut offer: ClientOffer) -> ClientOffer {
    offer.suites.truncate(OFFERED_AT_MOST);
    offer.versions.truncate(OFFERED_AT_MOST);
    offer.suites.shrink_to_fit();
    offer.versions.shrink_to_fit();
    offer
}

/// The body of the first message, if it is whole and of this kind.
fn message(bytes: &[u8], kind: u8) -> Option<&[u8]> {
    match bytes {
        [first, a, b, c, rest @ ..] if *first == kind => {
            rest.get(..usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c))
        }
        _ => None,
    }
}

/// Reads the ClientHello of a datagram of DTLS: the message in one piece, without its cookie.
pub(super) fn datagram_offer(datagram: &[u8]) -> Option<ClientOffer> {
    let fragment = datagram_message(datagram, 1)?;
    let session = usize::from(*fragment.get(34)?);
    let cookie_at = 35 + session;
    let cookie = usize::from(*fragment.get(cookie_at)?);
    let body = [fragment.get(..cookie_at)?, fragment.get(cookie_at + 1 + cookie..)?].concat();
    client_hello::offer(&body).map(bounded)
}

/// Version and suite that a ServerHello of DTLS chose.
pub(super) fn datagram_choice(datagram: &[u8]) -> Option<(u16, u16)> {
    let flight = flight::server_hello(datagram_message(datagram, 2)?)?;
    (!flight.retry).then_some((flight.version, flight.suite))
}

fn datagram_message(datagram: &[u8], kind: u8) -> Option<&[u8]> {
    // Record: kind, version, epoch, number, length; message: kind, length, number, offset, length of the fragment.
    let [HANDSHAKE, 0xfe, 0xfd | 0xff, 0, 0, ..] = datagram else { return None };
    let message = datagram.get(13..)?;
    let number24 = |at: usize| {
        let three = message.get(at..at + 3)?;
        Some(three.iter().fold(0_usize, |value, octet| value << 8 | usize::from(*octet)))
    };
    let whole = number24(6)? == 0 && number24(1)? == number24(9)?;
    (*message.first()? == kind && whole).then(|| message.get(12..12 + number24(9)?))?
}

/// Whether a datagram is DTLS.
pub(super) fn is_datagram(bytes: &[u8]) -> bool {
    match bytes {
        [20..=26, 0xfe, 0xfc..=0xff, ..] => bytes.get(11..13).is_some_and(|length| {
            usize::from(u16::from_be_bytes([length[0], length[1]])) <= bytes.len() - 13
        }),
        _ => false,
    }
}

/// Whether a datagram of DTLS carries protected data.
pub(super) fn is_datagram_data(bytes: &[u8]) -> bool {
    is_datagram(bytes) && bytes.first() == Some(&DATA)
}

/// Names and digest of a certificate.
fn certificate(der: &[u8]) -> String {
    let mut text = match X509Certificate::from_der(der) {
        Ok((_, certificate)) => {
            let mut text = printable(certificate.subject().to_string().as_bytes(), 200);
            if let Ok(Some(names)) = certificate.subject_alternative_name() {
                for name in names.value.general_names.iter().take(16) {
                    let name = match name {
                        GeneralName::DNSName(name) => printable(name.as_bytes(), 253),
                        GeneralName::IPAddress(octets) => address(octets),
                        _ => continue,
                    };
                    text.push_str(" / ");
                    text.push_str(&name);
                }
            }
            text
        }
        Err(_) => "(not readable)".to_owned(),
    };
    text.push_str(" sha256:");
    for octet in Sha256::digest(der) {
        write!(text, "{octet:02x}").expect("a String takes any text");
    }
    text
}

fn address(octets: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(octets).map(|octets| std::net::IpAddr::from(octets).to_string());
    let any = four
        .or_else(|_| <[u8; 16]>::try_from(octets).map(|octets| std::net::IpAddr::from(octets).to_string()));
    any.unwrap_or_else(|_| "(address)".to_owned())
}

/// The records of one side.
#[derive(Debug, Default)]
struct Records {
    header: [u8; 5],
    have: usize,
    remaining: usize,
    handshake: Vec<u8>,
    /// Octets are missing, or this is no TLS any more.
    lost: bool,
    /// Handshake messages are encrypted or of no interest from here on.
    read: bool,
}

enum Step {
    More,
    /// A record with handshake messages is whole.
    Handshake,
    /// A record of protected data began, of this length.
    Protected(u16),
}

impl Records {
    /// Takes the next part of a record off the octets; `None` where nothing more can be read.
    fn step(&mut self, bytes: &mut &[u8]) -> Option<Step> {
        if self.lost {
            return None;
        }
        if self.remaining == 0 {
            let (taken, rest) = bytes.split_at(bytes.len().min(self.header.len() - self.have));
            self.header.get_mut(self.have..self.have + taken.len())?.copy_from_slice(taken);
            self.have += taken.len();
            *bytes = rest;
            if self.have < self.header.len() {
                return Some(Step::More);
            }
            self.have = 0;
            let [kind, major, _, high, low] = self.header;
            let length = u16::from_be_bytes([high, low]);
            if !(20..=24).contains(&kind) || major != 3 || length > 18_432 {
                self.lost = true;
                self.handshake = Vec::new();
                return None;
            }
            self.remaining = length.into();
            // After ChangeCipherSpec the handshake goes on encrypted; in TLS 1.3 it means nothing, but nothing
            // readable follows there either, a repeated hello excepted.
            self.read |= kind == 20 && !self.handshake.is_empty();
            return Some(if kind == DATA { Step::Protected(length) } else { Step::More });
        }
        let (taken, rest) = bytes.split_at(bytes.len().min(self.remaining));
        *bytes = rest;
        self.remaining -= taken.len();
        let [kind, ..] = self.header;
        if kind == HANDSHAKE && !self.read {
            if self.handshake.len() + taken.len() > HANDSHAKE_AT_MOST {
                self.read = true;
                self.handshake = Vec::new();
            } else {
                self.handshake.extend_from_slice(taken);
            }
            if self.remaining == 0 {
                return Some(Step::Handshake);
            }
        }
        Some(Step::More)
    }
}

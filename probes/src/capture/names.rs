//! Names that are asked for in the DNS, and which addresses they led to.

use std::collections::HashMap;
use std::net::IpAddr;

use super::facts::NameAsked;
use crate::dns_message::{self, Data};

/// Names that are kept.
const NAMES_AT_MOST: usize = 4096;
/// Addresses whose name is known.
const ADDRESSES_AT_MOST: usize = 16_384;
/// Answers of one name.
const ANSWERS_AT_MOST: usize = 64;

/// Where a message was seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// It comes from the device: only its questions are its.
    pub(super) from_device: bool,
    /// The side that is not the device; for multicast the group.
    pub(super) server: IpAddr,
    /// Multicast, or asked of the link.
    pub(super) multicast: bool,
    pub(super) at: f64,
}

/// Names and addresses.
#[derive(Debug, Default)]
pub(super) struct Names {
    asked: Vec<NameAsked>,
    places: HashMap<(String, u16, IpAddr), usize>,
    addresses: HashMap<IpAddr, String>,
    left_out: u64,
    unreadable: u64,
}

impl Names {
    /// Takes a message.
    pub(super) fn take(&mut self, bytes: &[u8], place: Place) {
        let Some(message) = dns_message::parse(bytes) else {
            self.unreadable += 1;
            return;
        };
        if !message.is_answer && place.from_device {
            for (name, kind) in message.questions.iter().take(32) {
                self.ask(name.to_string(), *kind, place);
            }
        } else if message.is_answer {
            let asked = message.questions.first().map(|(name, kind)| (plain(&name.to_string()), *kind));
            for record in message.records.iter().take(256) {
                let Data::Address(address) = record.data else { continue };
                // Behind an alias stands another name than the one that was asked for.
                let (name, kind) = match &asked {
                    Some((name, kind)) if !place.multicast => (name.clone(), *kind),
                    _ => (plain(&record.name.to_string()), if address.is_ipv4() { 1 } else { 28 }),
                };
                self.answer(name, kind, address, place);
            }
        }
    }

    /// The last name that led to an address.
    pub(super) fn of(&self, address: IpAddr) -> Option<&str> {
        self.addresses.get(&address).map(String::as_str)
    }

    /// The names, and what was left out.
    pub(super) fn finish(self, gaps: &mut Vec<String>) -> Vec<NameAsked> {
        if self.left_out > 0 {
            gaps.push(format!("{} names beyond the first {NAMES_AT_MOST} were not kept", self.left_out));
        }
        if self.unreadable > 0 {
            gaps.push(format!("{} messages on the port of DNS could not be read", self.unreadable));
        }
        self.asked
    }

    fn ask(&mut self, name: String, kind: u16, place: Place) {
        let key = (plain(&name), kind, place.server);
        if let Some(asked) = self.places.get(&key).and_then(|at| self.asked.get_mut(*at)) {
            asked.times = asked.times.saturating_add(1);
        } else if self.asked.len() >= NAMES_AT_MOST {
            self.left_out += 1;
        } else {
            self.asked.push(NameAsked {
                name: key.0.clone(),
                kind: kind_name(kind),
                server: place.server,
                multicast: place.multicast,
                times: 1,
                first: place.at,
                answers: Vec::new(),
            });
            self.places.insert(key, self.asked.len() - 1);
        }
    }

    fn answer(&mut self, name: String, kind: u16, address: IpAddr, place: Place) {
        let key = (name, kind, place.server);
        if let Some(asked) = self.places.get(&key).and_then(|at| self.asked.get_mut(*at))
            && asked.answers.len() < ANSWERS_AT_MOST
            && !asked.answers.contains(&address)
        {
            asked.answers.push(address);
        }
        if self.addresses.len() < ADDRESSES_AT_MOST || self.addresses.contains_key(&address) {
            self.addresses.insert(address, key.0);
        }
    }
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_lowercase()
}

fn kind_name(kind: u16) -> String {
    let name = match kind {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        43 => "DS",
        46 => "RRSIG",
        48 => "DNSKEY",
        52 => "TLSA",
        64 => "SVCB",
        65 => "HTTPS",
        255 => "ANY",
        257 => "CAA",
        _ => return format!("TYPE{kind}"),
    };
    name.to_owned()
}

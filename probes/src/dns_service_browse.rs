//! What a device announces by DNS-SD, put together from many answers (RFC 6763): kinds of services, their
//! instances, ports and texts.

use std::collections::{BTreeMap, BTreeSet};

use crate::disclosed::{item_of_key, printable};
use crate::dns_message::{Data, Message, Name, PTR, SRV, TXT};
use crate::udp::Told;
use crate::udp::service::mdns::KINDS;

/// Most names kept of each kind.
const NAMES_AT_MOST: usize = 128;
/// Most records looked at of one batch of answers.
const RECORDS_AT_MOST: usize = 512;
/// Most texts kept of one instance.
const TEXTS_AT_MOST: usize = 64;

/// What was heard so far, bounded.
#[derive(Debug, Default)]
pub(crate) struct Browsed {
    /// Kinds of services, e.g. `_http._tcp.local`.
    pub(crate) kinds: BTreeSet<Name>,
    /// Instances with the kind that listed them.
    pub(crate) instances: BTreeMap<Name, Name>,
    /// Port and host of an instance.
    pub(crate) services: BTreeMap<Name, (u16, Name)>,
    /// Texts of an instance, `key=value`.
    pub(crate) texts: BTreeMap<Name, BTreeSet<Vec<u8>>>,
    asked: BTreeSet<(Name, u16)>,
}

impl Browsed {
    /// Takes in answers.
    pub(crate) fn take<'a>(&mut self, messages: impl IntoIterator<Item = &'a Message>) {
        let root = Name::of(KINDS);
        let records = messages.into_iter().flat_map(|message| &message.records).take(RECORDS_AT_MOST);
        for record in records {
            match &record.data {
                Data::Pointer(target) => self.take_pointer(&record.name, target, &root),
                Data::Service { port, target } if self.services.len() < NAMES_AT_MOST => {
                    self.services.insert(record.name.clone(), (*port, target.clone()));
                }
                Data::Text(strings) if self.texts.len() < NAMES_AT_MOST => {
                    let texts = self.texts.entry(record.name.clone()).or_default();
                    let room = TEXTS_AT_MOST.saturating_sub(texts.len());
                    texts.extend(strings.iter().filter(|text| !text.is_empty()).take(room).cloned());
                }
                _ => {}
            }
        }
    }

    /// A kind of the list of kinds, or an instance of a kind.
    fn take_pointer(&mut self, owner: &Name, target: &Name, root: &Name) {
        if owner.ends_with(root) {
            if self.kinds.len() < NAMES_AT_MOST && is_kind(target) {
                self.kinds.insert(target.clone());
            }
        } else if is_kind(owner) && !is_kind(target) && self.instances.len() < NAMES_AT_MOST {
            self.kinds.insert(owner.clone());
            self.instances.entry(target.clone()).or_insert_with(|| owner.clone());
        }
    }

    /// The next name to ask for and the type of its record; each is named once.
    pub(crate) fn next_question(&mut self) -> Option<(Name, u16)> {
        let kinds = self.kinds.iter().map(|kind| (kind.clone(), PTR));
        let ports = self.instances.keys().filter(|instance| !self.services.contains_key(instance));
        let texts = self.instances.keys().filter(|instance| !self.texts.contains_key(instance));
        let open = kinds
            .chain(ports.map(|instance| (instance.clone(), SRV)))
            .chain(texts.map(|instance| (instance.clone(), TXT)))
            .find(|question| !self.asked.contains(question))?;
        self.asked.insert(open.clone());
        Some(open)
    }

    /// What all of it tells of the device.
    pub(crate) fn told(&self) -> Told {
        let mut told = Told::nothing();
        let list: Vec<String> = self.kinds.iter().map(Name::to_string).collect();
        told = told.and("service-list", list.join(", ").as_bytes(), "mDNS service list");
        for kind in list {
            told = told.announcing(kind);
        }
        for (instance, (port, target)) in &self.services {
            if let Some(kind) = self.kinds.iter().find(|kind| instance.ends_with(kind)) {
                told = told.announcing(format!("{kind}:{port}"));
            }
            told = told.and("host-name", target.to_string().as_bytes(), "mDNS SRV target");
            if let Some(label) = instance.0.first() {
                told = told.and("other", label, "mDNS instance name");
            }
        }
        for text in self.texts.values().flatten() {
            let (key, value) = key_and_value(text);
            // These say how to read the record or where a page lies, nothing of the device.
            if !matches!(key.to_ascii_lowercase().as_str(), "txtvers" | "protovers" | "path") {
                told = told.and(item_of_key(&key).unwrap_or("other"), value, &format!("mDNS TXT {key}"));
            }
        }
        told
    }
}

/// A text `key=value`; the value is empty where there is none.
pub(crate) fn key_and_value(text: &[u8]) -> (String, &[u8]) {
    match text.iter().position(|byte| *byte == b'=') {
        Some(at) => (printable(&text[..at], 64), &text[at + 1..]),
        None => (printable(text, 64), &[]),
    }
}

/// `_http._tcp.local`, or a subtype of it: `_printer._sub._http._tcp.local`.
fn is_kind(name: &Name) -> bool {
    name.0.first().is_some_and(|label| label.starts_with(b"_")) && name.0.len() <= 6
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dns_message::Record;

    fn message(records: Vec<(&str, Data)>) -> Message {
        let records: Vec<Record> =
            records.into_iter().map(|(name, data)| Record { name: Name::of(name), data }).collect();
        Message { id: 0, is_answer: true, questions: Vec::new(), answers: records.len(), records }
    }

    #[test]
    fn every_open_name_is_asked_for_once() {
        let mut browsed = Browsed::default();
        browsed.take([&message(vec![(KINDS, Data::Pointer(Name::of("_x._udp.local")))])]);
        assert_eq!(browsed.next_question(), Some((Name::of("_x._udp.local"), PTR)));
        assert_eq!(browsed.next_question(), None);
        browsed.take([&message(vec![("_x._udp.local", Data::Pointer(Name::of("a._x._udp.local")))])]);
        assert_eq!(browsed.next_question(), Some((Name::of("a._x._udp.local"), SRV)));
        browsed.take([&message(vec![("a._x._udp.local", Data::Text(vec![b"sn=7".to_vec()]))])]);
        assert_eq!(browsed.next_question(), None, "the text came unasked");
        assert_eq!(browsed.told().disclosed.last().map(|told| told.item.clone()).as_deref(), Some("serial"));
    }

    proptest! {
        #[test]
        fn a_flood_of_names_stays_bounded(names in proptest::collection::vec("_?[a-z]{1,9}", 0..600)) {
            let mut browsed = Browsed::default();
            for name in &names {
                let kind = Data::Pointer(Name::of(&format!("{name}._tcp.local")));
                browsed.take([&message(vec![(KINDS, kind)])]);
            }
            prop_assert!(browsed.kinds.len() <= NAMES_AT_MOST);
        }
    }
}

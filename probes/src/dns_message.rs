//! DNS messages as mDNS and DNS services send them: questions out, records in (RFC 1035, 2782, 6762).

use std::net::IpAddr;

use crate::disclosed::printable;

/// Type codes used here.
pub(crate) const NAME_SERVER: u16 = 2;
pub(crate) const PTR: u16 = 12;
pub(crate) const TXT: u16 = 16;
pub(crate) const SRV: u16 = 33;
/// Class of the Internet.
pub(crate) const INTERNET: u16 = 1;
/// Class under which servers tell their version.
pub(crate) const CHAOS: u16 = 3;
/// Set in the class of an mDNS question: answer to me alone.
pub(crate) const UNICAST_ANSWER: u16 = 0x8000;

/// Most records read of one message.
const RECORDS_AT_MOST: usize = 512;
/// Longest name on the wire.
const NAME_AT_MOST: usize = 255;

/// A name as labels, so that dots and blanks within a label survive.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) Vec<Vec<u8>>);

impl Name {
    /// A name written with dots.
    pub(crate) fn of(text: &str) -> Self {
        Self(
            text.split('.')
                .filter(|label| !label.is_empty())
                .map(|label| label.as_bytes().to_vec())
                .collect(),
        )
    }

    /// Whether it ends in these labels, regardless of case.
    pub(crate) fn ends_with(&self, end: &Name) -> bool {
        self.0.len() >= end.0.len()
            && self.0[self.0.len() - end.0.len()..]
                .iter()
                .zip(&end.0)
                .all(|(one, other)| one.eq_ignore_ascii_case(other))
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, label) in self.0.iter().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            write!(formatter, "{dot}{}", printable(label, 63))?;
        }
        Ok(())
    }
}

/// A message, as far as it is needed here.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: u16,
    pub(crate) is_answer: bool,
    pub(crate) questions: Vec<(Name, u16)>,
    pub(crate) records: Vec<Record>,
    /// How many of the records are answers in the narrow sense.
    pub(crate) answers: usize,
}

/// A resource record.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) name: Name,
    pub(crate) data: Data,
}

/// Content of a record.
#[derive(Debug, PartialEq)]
pub(crate) enum Data {
    Pointer(Name),
    Text(Vec<Vec<u8>>),
    Service { port: u16, target: Name },
    Address(#[allow(dead_code, reason = "kept for the debug form in transcripts")] IpAddr),
    Other,
}

/// A message with one question.
pub(crate) fn question(id: u16, name: &Name, kind: u16, class: u16) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    bytes.extend(id.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.0.iter().filter(|label| (1..=63).contains(&label.len())) {
        bytes.push(label.len() as u8);
        bytes.extend(label);
    }
    bytes.push(0);
    bytes.extend(kind.to_be_bytes());
    bytes.extend(class.to_be_bytes());
    bytes
}

/// Reads a message; `None` if it is not one from its first to its last record.
pub(crate) fn parse(bytes: &[u8]) -> Option<Message> {
    let mut reader = Reader { bytes, at: 0 };
    let id = reader.number()?;
    let flags = reader.number()?;
    if (flags >> 11) & 0xf != 0 {
        return None;
    }
    let counts = [reader.number()?, reader.number()?, reader.number()?, reader.number()?].map(usize::from);
    let mut questions = Vec::new();
    for _ in 0..counts[0].min(RECORDS_AT_MOST) {
        let name = reader.name()?;
        questions.push((name, reader.number()?));
        reader.number()?;
    }
    let mut records = Vec::new();
    for _ in 0..counts[1..].iter().sum::<usize>().min(RECORDS_AT_MOST) {
        records.push(reader.record()?);
    }
    Some(Message {
        id,
        is_answer: flags & 0x8000 != 0,
        questions,
        answers: counts[1].min(records.len()),
        records,
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).map(|two| u16::from_be_bytes([two[0], two[1]]))
    }

    /// A name. Compression pointers must lead backwards, so no chain of them can loop.
    fn name(&mut self) -> Option<Name> {
        let mut labels = Vec::new();
        let mut length = 0;
        let mut at = self.at;
        let mut earliest = self.at;
        let mut after = None;
        loop {
            let head = usize::from(*self.bytes.get(at)?);
            match head >> 6 {
                0 if head == 0 => {
                    self.at = after.unwrap_or(at + 1);
                    return Some(Name(labels));
                }
                0 => {
                    length += head + 1;
                    if length > NAME_AT_MOST {
                        return None;
                    }
                    labels.push(self.bytes.get(at + 1..at + 1 + head)?.to_vec());
                    at += 1 + head;
                }
                3 => {
                    let target = (head & 0x3f) << 8 | usize::from(*self.bytes.get(at + 1)?);
                    after.get_or_insert(at + 2);
                    if target >= earliest {
                        return None;
                    }
                    earliest = target;
                    at = target;
                }
                _ => return None,
            }
        }
    }

    fn record(&mut self) -> Option<Record> {
        let name = self.name()?;
        let kind = self.number()?;
        self.take(6)?;
        let length = usize::from(self.number()?);
        let end = self.at.checked_add(length)?;
        if end > self.bytes.len() {
            return None;
        }
        let mut inner = Reader { bytes: &self.bytes[..end], at: self.at };
        let data = match kind {
            PTR => Data::Pointer(inner.name()?),
            TXT => Data::Text(inner.strings()?),
            SRV => {
                inner.take(4)?;
                Data::Service { port: inner.number()?, target: inner.name()? }
            }
            1 => Data::Address(<[u8; 4]>::try_from(inner.take(4)?).ok()?.into()),
            28 => Data::Address(<[u8; 16]>::try_from(inner.take(16)?).ok()?.into()),
            _ => Data::Other,
        };
        self.at = end;
        Some(Record { name, data })
    }

    fn strings(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut strings = Vec::new();
        while self.at < self.bytes.len() {
            let length = usize::from(self.take(1)?[0]);
            strings.push(self.take(length)?.to_vec());
        }
        Some(strings)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_question_reads_back() {
        let name = Name::of("_services._dns-sd._udp.local");
        let message = parse(&question(7, &name, PTR, INTERNET | UNICAST_ANSWER)).expect("well formed");
        assert_eq!((message.id, message.is_answer), (7, false));
        assert_eq!(message.questions, [(name, PTR)]);
    }

    #[test]
    fn a_name_that_points_at_itself_is_refused() {
        let mut bytes = vec![0, 1, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend([0xc0, 12, 0, 12, 0, 1]);
        assert!(parse(&bytes).is_none());
        let mut two = vec![0, 1, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        two.extend([0xc0, 14, 0xc0, 12, 0, 12, 0, 1]);
        assert!(parse(&two).is_none());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn arbitrary_records_never_stop_the_reader(
            counts in any::<[u8; 4]>(),
            body in proptest::collection::vec(prop_oneof![Just(0xc0_u8), Just(12), Just(0), any::<u8>()], 0..200),
        ) {
            let mut bytes = vec![0, 1, 0x84, 0];
            for count in counts {
                bytes.extend([0, count]);
            }
            bytes.extend(body);
            let _ = parse(&bytes);
        }
    }
}

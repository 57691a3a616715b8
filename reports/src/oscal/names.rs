//! Ids, times and texts as OSCAL wants them.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{ReportInput, inert, markdown};

/// Namespace of our properties: a name, not a place to go to.
const NAMESPACE: &str = "https://hantei.invalid/oscal";

/// Makes the ids and times of a run.
pub(super) struct Names {
    run: Vec<u8>,
    started: String,
    finished: String,
}

impl Names {
    /// Ids follow from the digests and the start of the run; another run has others.
    pub(super) fn of(input: &ReportInput<'_>) -> Self {
        let facts = input.facts;
        // A record without times is dated by its assessment date.
        let day = format!("{}T00:00:00Z", input.assessment.date);
        let started = facts.started.as_deref().and_then(time).unwrap_or(day);
        let finished = facts.finished.as_deref().and_then(time).unwrap_or_else(|| started.clone());
        let mut digest = Sha256::new();
        for part in facts.digests.iter().flat_map(|(name, value)| [name, value]).chain([&started, &facts.run])
        {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self { run: digest.finalize().to_vec(), started, finished }
    }

    /// The id of something in the run: the same in every report of it.
    pub(super) fn uuid(&self, kind: &str, parts: &[&str]) -> String {
        let mut digest = Sha256::new_with_prefix(&self.run);
        for part in std::iter::once(&kind).chain(parts) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        shaped(&digest.finalize())
    }

    /// The id of the document: another for other content.
    pub(super) fn document(&self, content: &[u8], language: &str) -> String {
        let hex = shaped(&Sha256::digest(content));
        self.uuid("document", &[language, &hex])
    }

    /// Start of the run.
    pub(super) fn started(&self) -> &str {
        &self.started
    }

    /// End of the run.
    pub(super) fn finished(&self) -> &str {
        &self.finished
    }
}

/// Sixteen octets in the shape of a UUID of version 5, which is the one for names. The digest is SHA-256
/// and not SHA-1, as everywhere in a run.
fn shaped(digest: &[u8]) -> String {
    let mut octets = [0_u8; 16];
    octets.copy_from_slice(&digest[..16]);
    octets[6] = octets[6] & 0x0f | 0x50;
    octets[8] = octets[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, octet) in octets.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{octet:02x}").expect("a String takes any text");
    }
    text
}

/// An RFC 3339 time in UTC; `None` for anything else, which may be what a person wrote.
pub(super) fn time(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let shaped =
        digits(0..4) && digits(5..7) && digits(8..10) && digits(11..13) && digits(14..16) && digits(17..19);
    let marked = marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark));
    let rest = text.get(19..)?.strip_suffix('Z')?;
    let fraction = rest.is_empty()
        || rest
            .strip_prefix('.')
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    (shaped && marked && fraction).then(|| text.to_owned())
}

/// A provision as the id of a control: those of OSCAL begin with a letter.
pub(super) fn control(provision: &str) -> String {
    let safe: String = provision
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
        .collect();
    format!("en303645-{safe}")
}

/// A property of ours; null where the value has nothing to show.
pub(super) fn property(name: &str, text: &str) -> Value {
    value(text).map_or(Value::Null, |value| json!({ "name": name, "ns": NAMESPACE, "value": value }))
}

/// A value on one line, without space at its ends; `None` where nothing is left.
pub(super) fn value(text: &str) -> Option<String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = inert::shown(&flat);
    (!shown.is_empty()).then_some(shown)
}

/// A text of ours or of a device as markup, in which nothing is interpreted.
pub(super) fn markup(text: &str) -> String {
    value(text).map_or_else(|| "-".to_owned(), |text| markdown::escaped(&text))
}

/// A relative reference: everything but what may stand in a path is coded.
pub(super) fn href(path: &str) -> String {
    let mut coded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'#') {
            coded.push(char::from(byte));
        } else {
            write!(coded, "%{byte:02X}").expect("a String takes any text");
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_shape_of_a_name_based_uuid() {
        let text = shaped(&[0xff; 32]);
        assert_eq!(text, "ffffffff-ffff-5fff-bfff-ffffffffffff");
    }

    #[test]
    fn only_times_in_utc_are_times() {
        assert!(time("2026-03-04T05:06:07Z").is_some() && time("2026-03-04T05:06:07.123456789Z").is_some());
        for wrong in [
            "2026-03-04",
            "yesterday",
            "2026-03-04T05:06:07",
            "2026-03-04T05:06:07.Z",
            "2026-03-04T05:06:07+09:00",
        ] {
            assert!(time(wrong).is_none(), "{wrong}");
        }
    }
}

//! Searches streams for values in the ways that programs write them, all at once.
//!
//! Four octets of every pattern are hashed into a bitmap of 8 KiB; where the bitmap says so, the patterns of that
//! hash are compared. No pattern is shorter than that.

use std::fmt::Write as _;

use super::analyser::Needle;

/// Values shorter than this are found everywhere.
const SHORTEST: usize = 5;
/// Octets of a written form that are compared; the rest of a longer one is not looked at.
const LONGEST: usize = 512;
/// Most needles.
const NEEDLES_AT_MOST: usize = 1024;
/// Bits of a hash.
const BITS: u32 = 16;

/// The search.
pub(crate) struct Needles {
    keys: Vec<String>,
    patterns: Vec<Pattern>,
    bitmap: Box<[u64]>,
    /// Hash and pattern, sorted.
    places: Vec<(u16, u16)>,
    longest: usize,
    left_out: usize,
}

struct Pattern {
    bytes: Vec<u8>,
    needle: u16,
    encoding: &'static str,
}

impl std::fmt::Debug for Needles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Needles").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// The end of what was searched before, so that a value over a border is found.
#[derive(Debug, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    /// Forgets it: what follows does not join.
    pub(super) fn clear(&mut self) {
        self.0 = Vec::new();
    }

    /// Octets in memory.
    pub(super) fn held(&self) -> usize {
        self.0.capacity()
    }
}

impl Needles {
    /// Makes the search.
    pub(crate) fn new(needles: &[Needle]) -> Self {
        let mut search = Self {
            keys: Vec::new(),
            patterns: Vec::new(),
            bitmap: vec![0; 1 << (BITS - 6)].into(),
            places: Vec::new(),
            longest: 0,
            left_out: needles.len().saturating_sub(NEEDLES_AT_MOST),
        };
        for needle in needles.iter().take(NEEDLES_AT_MOST) {
            if needle.value.len() < SHORTEST {
                continue;
            }
            let number = search.keys.len() as u16;
            search.keys.push(needle.key.clone());
            let from = search.patterns.len();
            for (encoding, mut bytes) in written(&needle.value) {
                bytes.truncate(LONGEST);
                if bytes.len() >= SHORTEST
                    && !search.patterns[from..].iter().any(|other| other.bytes == bytes)
                {
                    search.patterns.push(Pattern { bytes, needle: number, encoding });
                }
            }
        }
        for (at, pattern) in search.patterns.iter().enumerate() {
            if let Some(four) = pattern.bytes.first_chunk() {
                let hash = hash(*four);
                search.bitmap[usize::from(hash >> 6)] |= 1 << (hash & 63);
                // At most 1024 needles of fewer than 64 patterns each.
                search.places.push((hash, at as u16));
            }
            search.longest = search.longest.max(pattern.bytes.len());
        }
        search.places.sort_unstable();
        search
    }

    /// Whether there is nothing to search for.
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Needles that are not searched for because there are too many.
    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }

    /// Searches the next octets of a stream. Gives key and encoding of each place.
    pub(super) fn search(&self, tail: &mut Tail, bytes: &[u8], found: &mut impl FnMut(&str, &'static str)) {
        if self.is_empty() {
            return;
        }
        let overlap = self.longest - 1;
        if !tail.0.is_empty() {
            let before = tail.0.len();
            tail.0.extend_from_slice(&bytes[..bytes.len().min(overlap)]);
            // What lies in the new octets alone is found below.
            self.scan(&tail.0, &mut |from, to, at| {
                if from < before && to > before {
                    self.tell(at, found);
                }
            });
            tail.0.truncate(before);
        }
        self.scan(bytes, &mut |_, _, at| self.tell(at, found));
        if bytes.len() >= overlap {
            tail.0.clear();
            tail.0.extend_from_slice(&bytes[bytes.len() - overlap..]);
        } else {
            tail.0.extend_from_slice(bytes);
            let old = tail.0.len().saturating_sub(overlap);
            tail.0.drain(..old);
        }
    }

    /// Searches octets that stand for themselves.
    pub(crate) fn search_alone(&self, bytes: &[u8], found: &mut impl FnMut(&str, &'static str)) {
        self.scan(bytes, &mut |_, _, at| self.tell(at, found));
    }

    /// The same with the place of each.
    pub(crate) fn search_places(
        &self,
        bytes: &[u8],
        found: &mut impl FnMut(&str, &'static str, std::ops::Range<usize>),
    ) {
        self.scan(bytes, &mut |from, to, at| {
            self.tell(at, &mut |key, encoding| found(key, encoding, from..to))
        });
    }

    fn tell(&self, at: u16, found: &mut impl FnMut(&str, &'static str)) {
        if let Some(pattern) = self.patterns.get(usize::from(at))
            && let Some(key) = self.keys.get(usize::from(pattern.needle))
        {
            found(key, pattern.encoding);
        }
    }

    fn scan(&self, bytes: &[u8], hit: &mut impl FnMut(usize, usize, u16)) {
        if self.is_empty() {
            return;
        }
        for (from, four) in bytes.windows(4).enumerate() {
            let Some(four) = four.first_chunk() else { return };
            let hash = hash(*four);
            let marked =
                self.bitmap.get(usize::from(hash >> 6)).is_some_and(|word| word >> (hash & 63) & 1 == 1);
            if marked {
                self.compare(bytes, from, hash, hit);
            }
        }
    }

    #[cold]
    fn compare(&self, bytes: &[u8], from: usize, hash: u16, hit: &mut impl FnMut(usize, usize, u16)) {
        let first = self.places.partition_point(|(other, _)| *other < hash);
        let rest = bytes.get(from..).unwrap_or_default();
        for (_, at) in self.places.iter().skip(first).take_while(|(other, _)| *other == hash) {
            if let Some(pattern) = self.patterns.get(usize::from(*at))
                && rest.starts_with(&pattern.bytes)
            {
                hit(from, from + pattern.bytes.len(), *at);
            }
        }
    }
}

fn hash(four: [u8; 4]) -> u16 {
    (u32::from_le_bytes(four).wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as u16
}

/// A value in the ways that programs write it.
fn written(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = value.as_bytes();
    let mut forms = vec![("plain", bytes.to_vec())];
    for alphabet in [STANDARD, URL] {
        for before in 0..3 {
            forms.push(("base64", base64_inside(bytes, before, alphabet)));
        }
    }
    let lower: String = bytes.iter().fold(String::new(), |text, byte| with(text, format_args!("{byte:02x}")));
    forms.push(("hex", lower.to_uppercase().into_bytes()));
    forms.push(("hex", lower.into_bytes()));
    // What is kept as it is differs between forms (`+` for a blank), paths and strict writers.
    for (kept, plus) in
        [("-_.~", false), ("-_.*", true), ("-_.!~*'()", false), ("-_.~!$&'()*+,;=:@/?", false), ("", false)]
    {
        for upper in [true, false] {
            forms.push(("percent", percent(bytes, kept, plus, upper).into_bytes()));
        }
    }
    let units: Vec<u16> = value.encode_utf16().collect();
    forms.push(("utf-16", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
    forms.push(("utf-16", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
    for (ascii, solidus, upper) in [
        (true, false, false),
        (true, false, true),
        (true, true, false),
        (false, false, false),
        (false, true, false),
    ] {
        forms.push(("json-escaped", json(value, ascii, solidus, upper).into_bytes()));
    }
    forms
}

fn with(mut text: String, more: std::fmt::Arguments<'_>) -> String {
    text.write_fmt(more).expect("a String takes any text");
    text
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The part of the base64 form that does not depend on what stands before and behind, for a value that begins
/// `before` octets into a group of three.
fn base64_inside(bytes: &[u8], before: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let bits = bytes.len() * 8;
    let mut text = Vec::new();
    // Characters begin every six bits from the beginning of the group.
    let mut at = (before * 8).div_ceil(6) * 6 - before * 8;
    while at + 6 <= bits {
        let value = (0..6).fold(0_usize, |value, bit| {
            let place = at + bit;
            let octet = bytes.get(place / 8).copied().unwrap_or(0);
            value << 1 | usize::from(octet >> (7 - place % 8) & 1)
        });
        text.extend(alphabet.get(value));
        at += 6;
    }
    text
}

fn percent(bytes: &[u8], kept: &str, plus: bool, upper: bool) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| match byte {
        b' ' if plus => text + "+",
        byte if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(byte) => {
            text.push(char::from(*byte));
            text
        }
        byte if upper => with(text, format_args!("%{byte:02X}")),
        byte => with(text, format_args!("%{byte:02x}")),
    })
}

fn json(value: &str, ascii: bool, solidus: bool, upper: bool) -> String {
    let mut text = String::new();
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '/' if solidus => text.push_str("\\/"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            letter if letter < ' ' || (ascii && !letter.is_ascii()) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    text = if upper {
                        with(text, format_args!("\\u{unit:04X}"))
                    } else {
                        with(text, format_args!("\\u{unit:04x}"))
                    };
                }
            }
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn needles(values: &[&str]) -> Needles {
        let all: Vec<Needle> = values
            .iter()
            .map(|value| Needle { key: (*value).to_owned(), value: (*value).to_owned() })
            .collect();
        Needles::new(&all)
    }

    fn found(search: &Needles, parts: &[&[u8]]) -> Vec<String> {
        let mut tail = Tail::default();
        let mut all = Vec::new();
        for part in parts {
            search.search(&mut tail, part, &mut |key, encoding| all.push(format!("{key} {encoding}")));
        }
        all
    }

    #[test]
    fn a_value_is_found_in_every_writing() {
        let value = "Küche 7/\"b\"&c";
        let search = needles(&[value]);
        let table: [(&str, &[u8]); 12] = [
            ("plain", value.as_bytes()),
            // printf 'x=Küche 7/"b"&c;' | base64, with 1, 2 and 3 octets before.
            ("base64", b"eD1Lw7xjaGUgNy8iYiImYzs="),
            ("base64", b"YUvDvGNoZSA3LyJiIiZj"),
            ("base64", b"YWFhS8O8Y2hlIDcvImIiJmM="),
            ("hex", b"x4bc3bc63686520372f2262222663"),
            ("hex", b"004BC3BC63686520372F2262222663"),
            ("percent", b"q=K%C3%BCche%207%2F%22b%22%26c"),
            ("percent", b"q=K%c3%bcche+7%2f%22b%22%26c"),
            ("utf-16", b"K\0\xfc\0c\0h\0e\0 \x007\0/\0\"\0b\0\"\0&\0c\0"),
            ("utf-16", b"\0K\0\xfc\0c\0h\0e\0 \x007\0/\0\"\0b\0\"\0&\0c"),
            ("json-escaped", br#"{"a":"K\u00fcche 7/\"b\"&c"}"#),
            ("json-escaped", "K\u{fc}che 7\\/\\\"b\\\"&c".as_bytes()),
        ];
        for (encoding, text) in table {
            let whole = found(&search, &[text]);
            let expected = [format!("{value} {encoding}")];
            assert_eq!(whole, expected, "{}", text.escape_ascii());
            for cut in 0..text.len() {
                let (one, two) = text.split_at(cut);
                assert_eq!(found(&search, &[one, two]), expected, "{} cut at {cut}", text.escape_ascii());
            }
            let bytes: Vec<&[u8]> = text.chunks(1).collect();
            assert_eq!(found(&search, &bytes), expected, "{} octet by octet", text.escape_ascii());
        }
    }

    #[test]
    fn short_values_are_left_out_and_near_misses_are_none() {
        let search = needles(&["1234", "secret-77"]);
        assert!(found(&search, &[b"1234 secret-7", b"8 Secret-77 secret -77"]).is_empty());
        assert_eq!(
            found(&search, &[b"xsecret-7", b"", b"7secret-77"]),
            ["secret-77 plain", "secret-77 plain"]
        );
        assert!(needles(&["1234"]).is_empty());
        assert!(!format!("{search:?}").contains("[115"));
    }

    proptest! {
        #[test]
        fn a_value_anywhere_is_found_however_it_is_cut(
            before in proptest::collection::vec(any::<u8>(), 0..60),
            after in proptest::collection::vec(any::<u8>(), 0..60),
            cuts in proptest::collection::vec(0..200_usize, 0..8),
        ) {
            let search = needles(&["long-enough value", "other one"]);
            let text = [&before[..], b"long-enough value", &after].concat();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|at| at % text.len()).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let parts: Vec<&[u8]> = cuts.windows(2).map(|two| &text[two[0]..two[1]]).collect();
            prop_assert_eq!(found(&search, &parts), ["long-enough value plain"]);
        }
    }
}

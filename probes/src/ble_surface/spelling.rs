//! The ways in which a device may spell its serial number and its hardware address.

/// Shortest text that is searched for: a shorter one is found in everything.
const SHORTEST: usize = 4;

/// Something that names one unit and no other, with its spellings.
pub(super) struct Mark {
    /// `serial` or `mac`.
    pub(super) what: &'static str,
    spellings: Vec<Spelling>,
}

struct Spelling {
    how: &'static str,
    octets: Vec<u8>,
    /// Letters of either case are the same.
    text: bool,
    /// All of it, and not a part that a neighbour may have by chance.
    whole: bool,
}

impl Mark {
    /// Of a serial number; `None` where it is too short to be told from chance.
    pub(super) fn serial(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut mark = Self { what: "serial", spellings: Vec::new() };
        mark.text("text", text, true);
        mark.text("text without separators", &plain, true);
        if let Some(octets) = octets_of(&plain).filter(|octets| octets.len() >= 3) {
            mark.octets(&octets, true);
        }
        // What differs from unit to unit stands in the last digits.
        let tail = &text[text.trim_end_matches(|digit: char| digit.is_ascii_digit()).len()..];
        if tail.len() >= 5 {
            mark.text("last digits", tail, false);
            if let Some(octets) = octets_of(tail).filter(|octets| octets.len() >= 3) {
                mark.octets(&octets, false);
            }
            if let Some(number) = tail.parse::<u32>().ok().filter(|number| *number > 0xff_ffff) {
                mark.octets(&number.to_be_bytes(), false);
            }
        }
        mark.if_any()
    }

    /// Of a hardware address as it is written.
    pub(super) fn mac(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        let octets = octets_of(&digits).filter(|octets| octets.len() == 6)?;
        let mut mark = Self { what: "mac", spellings: Vec::new() };
        for separator in [":", "-", ""] {
            let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            mark.text("text", &pairs.join(separator), true);
        }
        mark.octets(&octets, true);
        // The first three octets are the maker's.
        let own: String = octets[3..].iter().map(|octet| format!("{octet:02x}")).collect();
        mark.text("text of the last three octets", &own, false);
        mark.octets(&octets[3..], false);
        mark.if_any()
    }

    /// How it is spelled in a value, if it is.
    pub(super) fn found_in(&self, value: &[u8]) -> Option<&'static str> {
        self.spelled(value, |_| true)
    }

    /// Whether all of it is in a value.
    pub(super) fn is_whole_in(&self, value: &[u8]) -> bool {
        self.spelled(value, |spelling| spelling.whole).is_some()
    }

    fn spelled(&self, value: &[u8], counts: impl Fn(&Spelling) -> bool) -> Option<&'static str> {
        let lower = value.to_ascii_lowercase();
        let here = |spelling: &&Spelling| {
            let searched = if spelling.text { &lower[..] } else { value };
            searched.windows(spelling.octets.len()).any(|window| window == &spelling.octets[..])
        };
        self.spellings.iter().filter(|spelling| counts(spelling)).find(here).map(|spelling| spelling.how)
    }

    fn octets(&mut self, octets: &[u8], whole: bool) {
        // An address of zeros is none.
        if octets.iter().all(|octet| *octet == octets[0]) {
            return;
        }
        let reversed = octets.iter().rev().copied().collect();
        let mut add = |how, octets| self.spellings.push(Spelling { how, octets, text: false, whole });
        add("octets, in order", octets.to_vec());
        add("octets, reversed", reversed);
    }

    fn text(&mut self, how: &'static str, text: &str, whole: bool) {
        if text.len() < SHORTEST || text.bytes().all(|octet| octet == b'0') {
            return;
        }
        let text = text.to_ascii_lowercase().into_bytes();
        let reversed = text.iter().rev().copied().collect();
        let wide = text.iter().flat_map(|octet| [*octet, 0]).collect();
        let hex: String = text.iter().map(|octet| format!("{octet:02x}")).collect();
        let mut add = |how, octets| self.spellings.push(Spelling { how, octets, text: true, whole });
        add(how, text);
        add("text, reversed", reversed);
        add("text, UTF-16", wide);
        add("text, in hexadecimal digits", hex.into_bytes());
    }

    fn if_any(self) -> Option<Self> {
        (!self.spellings.is_empty()).then_some(self)
    }
}

/// Octets that hexadecimal digits stand for.
pub(super) fn octets_of(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|place| u8::from_str_radix(&digits[place..place + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_found_however_it_is_spelled() {
        let mark = Mark::serial("HK100-26-144293").unwrap();
        for value in [
            &b"\xff\xffHK100-26-144293"[..],
            b"sn=hk100-26-144293",
            b"HK10026144293",
            b"Heater 144293",
            b"392441-62-001KH",
            b"\x14\x42\x93",
            b"xx\x93\x42\x14xx",
            b"484b3130302d32362d313434323933",
            b"1\x004\x004\x002\x009\x003\x00",
        ] {
            assert!(mark.found_in(value).is_some(), "{value:02x?}");
        }
        for value in [&b"HK-100"[..], b"HK100-26-144294", b"", b"44293", b"\x14\x42\x94"] {
            assert_eq!(mark.found_in(value), None, "{value:02x?}");
        }
        assert!(Mark::serial("7").is_none() && Mark::serial("  ").is_none());
    }

    #[test]
    fn a_hardware_address_is_found_however_it_is_spelled() {
        let mark = Mark::mac("02:1A:7d:da:71:13").unwrap();
        for value in [
            &b"\x02\x1a\x7d\xda\x71\x13"[..],
            b"\x00\x13\x71\xda\x7d\x1a\x02",
            b"02:1a:7D:DA:71:13",
            b"02-1A-7D-DA-71-13",
            b"Heater-DA7113",
            b"\xff\xda\x71\x13",
        ] {
            assert!(mark.found_in(value).is_some(), "{value:02x?}");
        }
        assert_eq!(mark.found_in(b"\x02\x1a\x7d\xda\x71\x14"), None);
        assert!(Mark::mac("02:1a:7d").is_none() && Mark::mac("not known").is_none());
        // Nothing is told from an address of zeros.
        assert_eq!(Mark::mac("00:00:00:00:00:00").unwrap().found_in(&[0; 31]), None);
    }
}

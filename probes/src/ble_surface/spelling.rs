//! The ways in which a device may spell its serial number and its hardware address.

/// Shortest text that is searched for: a shorter one is found in everything.
const SHORTEST: usize = 4;

/// Something that names one unit and no other, with its spellings.
pub(super) struct Mark {
    /// `serial` or `mac`.
    pub(super) what: &'static str,
    spellings: Vec<(&'static str, Vec<u8>)>,
}

impl Mark {
    /// Of a serial number; `None` where it is too short to be told from chance.
    pub(super) fn serial(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut mark = Self { what: "serial", spellings: Vec::new() };
        mark.add("text", text.as_bytes());
        mark.add("text without separators", plain.as_bytes());
        if let Some(octets) = octets_of(&plain).filter(|octets| octets.len() >= 3) {
            mark.octets(&octets);
        }
        // What differs from unit to unit stands in the last digits.
        let digits = plain.len() - plain.trim_end_matches(|digit: char| digit.is_ascii_digit()).len();
        let tail = &plain[plain.len() - digits..];
        if tail.len() >= 5 {
            mark.add("last digits", tail.as_bytes());
            if tail.len() >= 6
                && let Some(octets) = octets_of(tail)
            {
                mark.octets(&octets);
            }
            if let Some(number) = tail.parse::<u32>().ok().filter(|number| *number > 0xff_ffff) {
                mark.octets(&number.to_be_bytes());
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
            mark.add("text", pairs.join(separator).as_bytes());
        }
        mark.octets(&octets);
        // The first three octets are the maker's.
        let own: String = octets[3..].iter().map(|octet| format!("{octet:02x}")).collect();
        mark.add("text of the last three octets", own.as_bytes());
        mark.octets(&octets[3..]);
        mark.if_any()
    }

    /// How it is spelled in a value, if it is. Letters of either case are the same.
    pub(super) fn found_in(&self, value: &[u8]) -> Option<&'static str> {
        let lower = value.to_ascii_lowercase();
        self.spellings.iter().find_map(|(how, spelling)| {
            let raw = how.contains("octets,");
            let searched = if raw { value } else { &lower };
            searched.windows(spelling.len()).any(|window| window == spelling.as_slice()).then_some(*how)
        })
    }

    fn octets(&mut self, octets: &[u8]) {
        // An address of zeros is none.
        if octets.iter().all(|octet| *octet == octets[0]) {
            return;
        }
        let reversed: Vec<u8> = octets.iter().rev().copied().collect();
        self.spellings.push(("octets, in order", octets.to_vec()));
        self.spellings.push(("octets, reversed", reversed));
    }

    fn add(&mut self, how: &'static str, text: &[u8]) {
        if text.len() < SHORTEST {
            return;
        }
        let text = text.to_ascii_lowercase();
        let reversed: Vec<u8> = text.iter().rev().copied().collect();
        let wide: Vec<u8> = text.iter().flat_map(|octet| [*octet, 0]).collect();
        let hex: String = text.iter().map(|octet| format!("{octet:02x}")).collect();
        self.spellings.push((how, text));
        self.spellings.push(("text, reversed", reversed));
        self.spellings.push(("text, UTF-16", wide));
        self.spellings.push(("text, in hexadecimal digits", hex.into_bytes()));
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

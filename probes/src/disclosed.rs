//! Recognizes what a device tells of itself: hostile bytes made printable, keys given a meaning.

use crate::probe::identify::Disclosure;

/// Longest value that is kept of one disclosure, in characters.
const VALUE_AT_MOST: usize = 256;
/// Most values of a JSON text that are looked at.
const KEYS_AT_MOST: usize = 500;
/// Most disclosures kept of one service.
const DISCLOSURES_AT_MOST: usize = 128;

/// Printable text of arbitrary bytes: control characters and broken UTF-8 become `.`, line ends and
/// tabs a blank, at most `limit` characters.
pub(crate) fn printable(bytes: &[u8], limit: usize) -> String {
    let bytes = &bytes[..bytes.len().min(limit.saturating_mul(4))];
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let plain = text.chars().map(|letter| match letter {
        '\n' | '\r' | '\t' => ' ',
        letter if letter.is_control() || letter == '\u{fffd}' || is_direction_mark(letter) => '.',
        letter => letter,
    });
    plain.take(limit).collect()
}

/// Characters that turn the writing direction could make a report say something else.
fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Adds a disclosure, trimmed and bounded; an empty or repeated one is left out.
pub(crate) fn tell(list: &mut Vec<Disclosure>, item: &str, value: &[u8], place: &str) {
    let value = printable(value, VALUE_AT_MOST).trim().to_owned();
    let told = Disclosure { item: item.to_owned(), value, place: printable(place.as_bytes(), 128) };
    if !told.value.is_empty() && list.len() < DISCLOSURES_AT_MOST && !list.contains(&told) {
        list.push(told);
    }
}

/// Adds what the keys of a JSON value tell; keys of no meaning are left out.
pub(crate) fn tell_json(list: &mut Vec<Disclosure>, value: &serde_json::Value, place: &str) {
    let mut rest = vec![(value, 0)];
    for _ in 0..KEYS_AT_MOST {
        let Some((value, depth)) = rest.pop() else { return };
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    match (item_of_key(key), value) {
                        (Some(item), serde_json::Value::String(text)) => {
                            tell(list, item, text.as_bytes(), &format!("{place} {key}"));
                        }
                        (Some(item), serde_json::Value::Number(number)) => {
                            tell(list, item, number.to_string().as_bytes(), &format!("{place} {key}"));
                        }
                        _ if depth < 8 => rest.push((value, depth + 1)),
                        _ => {}
                    }
                }
            }
            serde_json::Value::Array(values) if depth < 8 => {
                rest.extend(values.iter().take(KEYS_AT_MOST).map(|value| (value, depth + 1)));
            }
            _ => {}
        }
    }
}

/// The item that a key of a JSON object, a TXT record or a label stands for; `None` if it is none of ours.
pub(crate) fn item_of_key(key: &str) -> Option<&'static str> {
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    match key.to_ascii_lowercase().as_str() {
        "model" | "modelname" | "modelid" | "modelnumber" | "md" | "am" | "product" | "productname"
        | "devicemodel" | "ty" => Some("model"),
        "serial" | "serialnumber" | "serialno" | "sn" | "deviceserial" => Some("serial"),
        "firmware" | "firmwareversion" | "fw" | "fwver" | "fwversion" | "fv" | "swversion" | "swver"
        | "softwareversion" | "version" | "ver" => Some("firmware-version"),
        "mac" | "macaddress" | "macaddr" | "hwaddr" | "deviceid" => Some("mac-address"),
        "hostname" | "host" => Some("host-name"),
        "server" | "software" => Some("server-software"),
        _ => None,
    }
}

/// The first hardware address written as six pairs of hexadecimal digits.
pub(crate) fn mac_address(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(16)).find_map(|start| {
        let candidate = &bytes[start..start + 17];
        let mark = candidate[2];
        let fits = (mark == b':' || mark == b'-')
            && candidate.iter().enumerate().all(|(place, byte)| match place % 3 {
                2 => *byte == mark,
                _ => byte.is_ascii_hexdigit(),
            });
        let stands_alone =
            |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_hexdigit() && *byte != mark);
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        (fits && stands_alone(before) && stands_alone(bytes.get(start + 17)))
            .then(|| &text[start..start + 17])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_have_a_meaning_however_they_are_written() {
        assert_eq!(item_of_key("Serial-Number"), Some("serial"));
        assert_eq!(item_of_key("fw_version"), Some("firmware-version"));
        assert_eq!(item_of_key("txtvers"), None);
    }

    #[test]
    fn a_hardware_address_is_found_and_a_fingerprint_is_not() {
        assert_eq!(mac_address("MAC 02:00:5e:10:00:ff."), Some("02:00:5e:10:00:ff"));
        assert_eq!(mac_address("aa:bb:cc:dd:ee:ff:00:11:22"), None);
        assert_eq!(mac_address("02:00:5e-10:00:ff"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_become_printable(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let text = printable(&bytes, 512);
            prop_assert!(text.chars().count() <= 512);
            prop_assert!(!text.chars().any(char::is_control));
        }

        #[test]
        fn any_text_can_be_searched(text in "\\PC{0,60}") {
            let _ = mac_address(&text);
            let _ = item_of_key(&text);
        }
    }
}

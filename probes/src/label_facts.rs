//! What can be said of a password on a label without saying the password: its length and characters, what it
//! has in common with public data of the device, with common passwords, and with the labels of other samples.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::common_passwords;
use crate::web_session::base64;

/// Agreements that chance gives less often than this count as a hint.
const CHANCE: f64 = 1e-3;
/// Characters in common that are looked at, at least.
const LEAST_COMMON: usize = 4;
/// Greatest distance of two numbers that counts as neighbourhood.
const NEAR: u128 = 10_000;

/// Public data of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicData {
    /// Serial number.
    #[serde(default)]
    pub serial: Option<String>,
    /// MAC address.
    #[serde(default)]
    pub mac: Option<String>,
    /// Network name.
    #[serde(default)]
    pub ssid: Option<String>,
    /// Model designation.
    #[serde(default)]
    pub model: Option<String>,
}

/// A likeness to something that others know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// `serial`, `mac`, `ssid`, `model`, `common-password`.
    pub with: String,
    /// `in common`, `reversed`, `number`, `sha-256 in hex` …
    pub how: String,
    /// Characters that agree.
    pub characters: u32,
}

/// Facts on one password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordFacts {
    /// Characters.
    pub length: u32,
    /// Characters that are not of the declared alphabet; `None` where none is declared.
    pub outside_alphabet: Option<u32>,
    /// Small letters.
    pub lower: u32,
    /// Capital letters.
    pub upper: u32,
    /// Digits.
    pub digits: u32,
    /// Everything else.
    pub other: u32,
    /// Likenesses that chance does not explain.
    pub likenesses: Vec<Likeness>,
}

/// Facts on two passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairFacts {
    /// They are the same.
    pub equal: bool,
    /// Characters that they begin with alike.
    pub shared_prefix: u32,
    /// Characters that they end with alike.
    pub shared_suffix: u32,
    /// They differ as two readings of a counter do.
    pub counter_like: bool,
    /// What they share is more than chance explains.
    pub regular: bool,
}

/// Facts on a password.
pub fn of(password: &str, alphabet: Option<&str>, public: &PublicData) -> PasswordFacts {
    let counted = |wanted: fn(&char) -> bool| count(password.chars().filter(wanted).count());
    let mut facts = PasswordFacts {
        length: count(password.chars().count()),
        outside_alphabet: alphabet
            .map(|alphabet| count(password.chars().filter(|one| !alphabet.contains(*one)).count())),
        lower: counted(char::is_ascii_lowercase),
        upper: counted(char::is_ascii_uppercase),
        digits: counted(char::is_ascii_digit),
        ..PasswordFacts::default()
    };
    facts.other = facts.length - facts.lower - facts.upper - facts.digits;
    let named =
        [("serial", &public.serial), ("mac", &public.mac), ("ssid", &public.ssid), ("model", &public.model)];
    for (name, value) in named {
        let Some(value) = value.as_deref().filter(|value| !value.is_empty()) else { continue };
        if let Some((how, characters)) = likeness(password, name, value) {
            facts.likenesses.push(Likeness { with: name.to_owned(), how, characters: count(characters) });
        }
    }
    if let Some(how) = common_passwords::resembles(password) {
        let (with, how) = ("common-password".to_owned(), how.to_owned());
        facts.likenesses.push(Likeness { with, how, characters: facts.length });
    }
    facts
}

/// Facts on two passwords.
pub fn pair(one: &str, other: &str) -> PairFacts {
    let prefix = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let suffix = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    let equal = one == other;
    let length = one.chars().count();
    let counter_like = !equal && length == other.chars().count() && {
        let middle = |text: &str| -> String {
            let kept = length.saturating_sub(suffix.min(length - prefix));
            text.chars().take(kept).skip(prefix).collect()
        };
        // The digits before the difference belong to the number too: 199 and 200.
        let near = |radix: u32| match (number(&middle(one), radix), number(&middle(other), radix)) {
            (Some(a), Some(b)) => a.abs_diff(b) <= NEAR,
            _ => false,
        };
        let changed = length - prefix - suffix.min(length - prefix);
        // A short difference beside a long agreement; two short numbers are near one another by chance.
        changed <= 4 && prefix + suffix >= LEAST_COMMON && (near(10) || near(36))
    };
    let size = characters_in_use(&format!("{one}{other}"));
    let regular = equal || unlikely(prefix, 1.0, size) || unlikely(suffix, 1.0, size);
    PairFacts {
        equal,
        shared_prefix: count(prefix),
        shared_suffix: count(suffix),
        counter_like: counter_like && regular,
        regular,
    }
}

/// The longest agreement with a value in one of its forms, if chance does not explain it.
fn likeness(password: &str, name: &str, value: &str) -> Option<(String, usize)> {
    let folded = fold(password);
    let size = characters_in_use(password);
    let mut best: Option<(String, usize)> = None;
    let mut take = |how: String, characters: usize| {
        if best.as_ref().is_none_or(|(_, known)| *known < characters) {
            best = Some((how, characters));
        }
    };
    let plain = fold(value);
    let reversed: String = plain.chars().rev().collect();
    for (how, form) in [("in common", &plain), ("reversed", &reversed)] {
        let characters = longest_common(&folded, form);
        let places = windows(&folded, characters) * windows(form, characters);
        if characters >= LEAST_COMMON && unlikely(characters, places, size) {
            take(how.to_owned(), characters);
        }
    }
    for number in numbers(name, value) {
        // Only a password that is a number can be the result of a calculation.
        let Some(own) = whole_number(password) else { break };
        if own == number || (own.abs_diff(number) <= NEAR && number > NEAR * 1000) {
            take("number".to_owned(), folded.chars().count());
        }
    }
    for (how, digest) in digests(value) {
        let agrees = digest.chars().zip(password.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b));
        let characters = agrees.count();
        let inside = password.chars().count() >= 8 && fold(&digest).contains(&folded);
        if characters >= 6 || inside {
            take(how.to_owned(), characters.max(if inside { folded.chars().count() } else { 0 }));
        }
    }
    best
}

/// Numbers that a value is read as.
fn numbers(name: &str, value: &str) -> Vec<u128> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let mut numbers: Vec<u128> = Vec::new();
    if name == "mac" {
        let hex: String = value.chars().filter(char::is_ascii_hexdigit).collect();
        if let Some(whole) = number(&hex, 16) {
            for part in [whole, whole & 0xFFFF_FFFF, whole & 0xFF_FFFF] {
                numbers.extend([part, part % 10_000_000, part % 100_000_000]);
            }
        }
    } else if digits.len() >= LEAST_COMMON {
        numbers.extend(number(&digits, 10));
    }
    numbers
}

/// Digests of a value in the forms in which it is written down.
fn digests(value: &str) -> Vec<(&'static str, String)> {
    let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let forms = [value.to_owned(), bare.clone(), bare.to_lowercase(), bare.to_uppercase()];
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let mut digests = Vec::new();
    for form in &forms {
        let sha256 = Sha256::digest(form);
        let sha1 = sha1::Sha1::digest(form);
        let md5 = md5::Md5::digest(form);
        digests.extend([
            ("hex", hex(form.as_bytes())),
            ("base64", base64(form.as_bytes())),
            ("sha-256 in hex", hex(&sha256)),
            ("sha-256 in base64", base64(&sha256)),
            ("sha-1 in hex", hex(&sha1)),
            ("sha-1 in base64", base64(&sha1)),
            ("md5 in hex", hex(&md5)),
            ("md5 in base64", base64(&md5)),
        ]);
    }
    digests
}

/// Letters and digits in small letters.
fn fold(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

fn longest_common(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut longest = 0;
    for start in 0..one.len() {
        while start + longest < one.len() {
            let part = &one[start..=start + longest];
            if !other.windows(part.len()).any(|window| window == part) {
                break;
            }
            longest += 1;
        }
    }
    longest
}

/// Different characters that a generator of such passwords has at least, case folded: 10 for digits alone,
/// 16 for hexadecimal digits, 31 for letters and digits.
fn characters_in_use(text: &str) -> f64 {
    if text.chars().all(|one| one.is_ascii_digit()) {
        10.0
    } else if text.chars().all(|one| one.is_ascii_hexdigit()) {
        16.0
    } else {
        31.0
    }
}

fn windows(text: &str, length: usize) -> f64 {
    let places = text.chars().count().saturating_sub(length) + 1;
    f64::from(u32::try_from(places).unwrap_or(u32::MAX))
}

/// Whether so many characters agree at one of so many places more than chance explains.
fn unlikely(characters: usize, places: f64, size: f64) -> bool {
    let characters = i32::try_from(characters).unwrap_or(i32::MAX);
    characters >= 3 && places * size.powi(-characters) < CHANCE
}

fn number(text: &str, radix: u32) -> Option<u128> {
    u128::from_str_radix(text, radix).ok()
}

fn whole_number(password: &str) -> Option<u128> {
    let decimal = password.chars().all(|one| one.is_ascii_digit()) && password.len() >= LEAST_COMMON;
    if decimal { number(password, 10) } else { None }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> PublicData {
        PublicData {
            serial: Some("HK100-26-857015".into()),
            mac: Some("02:48:4b:0a:34:a0".into()),
            ssid: Some("Heater-A1B2".into()),
            model: Some("HK-100".into()),
        }
    }

    fn with(password: &str) -> Vec<(String, String)> {
        let facts = of(password, None, &public());
        facts.likenesses.into_iter().map(|one| (one.with, one.how)).collect()
    }

    #[test]
    fn a_drawn_password_resembles_nothing() {
        for password in ["XQ6JDmJNx3uK", "pFXYraeuTQwK57qW", "7kWm2Rz9Yc4T", "483920175566"] {
            assert_eq!(with(password), [], "{password}");
        }
    }

    #[test]
    fn public_data_show_through_in_every_form() {
        for (password, name, how) in [
            ("pw857015xx", "serial", "in common"),
            ("510758pw", "serial", "reversed"),
            ("02484B0A34A0", "mac", "in common"),
            ("0a34a0zzzz", "mac", "in common"),
            ("9Az4B0x1A0A1B2", "ssid", "in common"),
            ("xxhk100yy", "model", "in common"),
            ("10000857015", "serial", "in common"),
        ] {
            let found = with(password);
            assert!(found.contains(&(name.into(), how.into())), "{password}: {found:?}");
        }
        let digest: String =
            Sha256::digest("HK100-26-857015").iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(with(&digest[..12]).contains(&("serial".into(), "sha-256 in hex".into())));
        assert!(with(&digest[20..32]).contains(&("serial".into(), "sha-256 in hex".into())));
        let base = base64(&md5::Md5::digest("02484B0A34A0"));
        assert!(with(&base[..10]).contains(&("mac".into(), "md5 in base64".into())));
    }

    #[test]
    fn a_number_made_of_the_mac_is_seen() {
        // The lower half of 02:48:4b:0a:34:a0 is 0x4b0a34a0 = 1258960032.
        assert!(with("1258960032").contains(&("mac".into(), "number".into())));
        assert!(with("1258960035").contains(&("mac".into(), "number".into())));
        assert_eq!(with("1358960032"), []);
    }

    #[test]
    fn characters_are_counted_by_kind_and_alphabet() {
        let facts = of("aB3-", Some("aB"), &PublicData::default());
        assert_eq!((facts.length, facts.lower, facts.upper, facts.digits, facts.other), (4, 1, 1, 1, 1));
        assert_eq!(facts.outside_alphabet, Some(2));
        assert_eq!(of("aB3-", None, &PublicData::default()).outside_alphabet, None);
    }

    #[test]
    fn common_passwords_are_named_as_such() {
        assert_eq!(with("password1234"), [("common-password".into(), "in the list".into())]);
        assert!(!with("qwertyuiop12").is_empty());
    }

    #[test]
    fn two_labels_of_a_counter_or_a_shared_part_are_regular_and_drawn_ones_are_not() {
        let counter = pair("kWm2Rz9Yc422", "kWm2Rz9Yc423");
        assert!(counter.counter_like && counter.regular && !counter.equal);
        assert!(pair("abcdef0199", "abcdef0200").counter_like);
        let shared = pair("HeatQ6JDmJNx", "HeatcR7kwP2b");
        assert!(shared.regular && !shared.counter_like);
        assert_eq!((shared.shared_prefix, shared.shared_suffix), (4, 0));
        assert!(pair("same", "same").equal);
        let drawn = pair("XQ6JDmJNx3uK", "XcR7kwP2bTuK");
        assert!(!drawn.regular && !drawn.counter_like);
        assert!(!pair("123456789012", "187654321052").regular);
    }
}

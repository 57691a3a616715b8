//! What was served, apart from what changes by itself, so that before and after can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::http::page_text::{hidden_fields, page_text};
use crate::observation::digest;

/// Values or words looked at in one answer.
const MOST: usize = 4000;
/// Depth of a JSON text that is looked at.
const DEEPEST: usize = 8;
/// Characters of an excerpt.
const EXCERPT: usize = 400;
/// Parts of names whose values change by themselves, or are nobody's business.
const PASSING: [&str; 12] = [
    "time", "date", "uptime", "clock", "nonce", "token", "csrf", "session", "sequence", "counter", "last_",
    "age",
];
/// Parts of names whose values do not go into an excerpt.
const SECRET: [&str; 7] = ["password", "passwd", "secret", "token", "psk", "csrf", "session"];

/// What was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// JSON: values by place.
    Values(BTreeMap<String, String>),
    /// Anything else: words.
    Words(Vec<String>),
}

/// What of an answer is compared: what two answers shortly after each other have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Steady {
    /// Places of JSON values that changed by themselves.
    passing: BTreeSet<String>,
    /// Words are compared without their digits.
    without_digits: bool,
    /// Words that changed by themselves all the same.
    changing: bool,
}

impl Served {
    /// Reads a body.
    pub(crate) fn of(body: &str) -> Self {
        if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(body) {
            let mut values = BTreeMap::new();
            take_in("", &value, 0, &mut values);
            return Self::Values(values);
        }
        let hidden: Vec<String> = hidden_fields(body).into_iter().map(|(_, value)| value).collect();
        let text = page_text(body);
        let words =
            text.split_whitespace().filter(|word| !passes(word) && hidden.iter().all(|value| value != word));
        Self::Words(words.take(MOST).map(str::to_owned).collect())
    }

    /// What stays the same in two answers.
    pub(crate) fn steady(&self, later: &Self) -> Steady {
        let mut steady = Steady::default();
        match (self, later) {
            (Self::Values(one), Self::Values(other)) => {
                let places = one.keys().chain(other.keys());
                steady.passing =
                    places.filter(|place| one.get(*place) != other.get(*place)).cloned().collect();
            }
            (Self::Words(one), Self::Words(other)) if one != other => {
                steady.without_digits = true;
                let plain =
                    |words: &[String]| words.iter().map(|word| without_digits(word)).collect::<Vec<_>>();
                steady.changing = plain(one) != plain(other);
            }
            (Self::Words(_), Self::Words(_)) => {}
            _ => steady.changing = true,
        }
        steady
    }

    /// Digest of what stays; `None` if nothing of it does.
    pub(crate) fn digest(&self, steady: &Steady) -> Option<String> {
        if steady.changing {
            return None;
        }
        let text: String = match self {
            Self::Values(values) => values
                .iter()
                .filter(|(place, _)| !steady.passing.contains(*place))
                .map(|(place, value)| format!("{place}={value}\n"))
                .collect(),
            Self::Words(words) if steady.without_digits => {
                words.iter().map(|word| without_digits(word) + "\n").collect()
            }
            Self::Words(words) => words.join("\n"),
        };
        Some(digest(text.as_bytes()))
    }

    /// Its beginning, for the reader, without secrets.
    pub(crate) fn excerpt(&self) -> String {
        let text = match self {
            Self::Values(values) => values
                .iter()
                .map(|(place, value)| {
                    let name = place.to_ascii_lowercase();
                    let shown =
                        if SECRET.iter().any(|part| name.contains(part)) { "(withheld)" } else { value };
                    format!("{}: {shown}", place.trim_start_matches('/'))
                })
                .collect::<Vec<String>>()
                .join("; "),
            Self::Words(words) => words.join(" "),
        };
        text.chars().filter(|letter| !letter.is_control()).take(EXCERPT).collect()
    }
}

fn take_in(place: &str, value: &Value, depth: usize, to: &mut BTreeMap<String, String>) {
    if depth > DEEPEST || to.len() >= MOST {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let name = key.to_ascii_lowercase();
                if !PASSING.iter().any(|part| is_part(&name, part)) {
                    take_in(&format!("{place}/{key}"), inner, depth + 1, to);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate().take(100) {
                take_in(&format!("{place}/{index}"), inner, depth + 1, to);
            }
        }
        Value::String(text) if passes(text) => {}
        Value::String(text) => {
            to.insert(place.to_owned(), text.clone());
        }
        other => {
            to.insert(place.to_owned(), other.to_string());
        }
    }
}

/// `time` is a part of `start_time` and of `time`; `age` is one of `age` and not of `message`.
fn is_part(name: &str, part: &str) -> bool {
    if part.len() > 4 || part.ends_with('_') {
        return name.contains(part);
    }
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == part)
}

/// A date, a time of day, or a value that looks drawn by chance.
fn passes(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| matches!(letter, ',' | ';' | '.' | '(' | ')' | '"'));
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let parted = |by: char| {
        let parts: Vec<&str> = word.split(by).collect();
        parts.len() >= 2
            && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let date = digits >= 6 && (parted('-') || parted('/'));
    let clock = parted(':') && digits <= 6;
    let stamp = word.len() >= 16 && word.contains('T') && word.contains(':') && digits >= 10;
    let drawn = word.len() >= 24
        && digits >= 4
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+' | b'/'));
    date || clock || stamp || drawn
}

fn without_digits(word: &str) -> String {
    word.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let steady = Steady::default();
        Served::of(one).digest(&steady) == Served::of(other).digest(&steady)
    }

    #[test]
    fn dates_tokens_and_times_do_not_make_another_answer() {
        assert!(same(
            r#"{"target":42,"time":"10:02:11","uptime_seconds":12,"csrf":"a"}"#,
            r#"{"target":42,"time":"10:07:59","uptime_seconds":99,"csrf":"b"}"#
        ));
        assert!(same(
            "<p>Target 42, 2026-11-21 10:02 <input type=hidden name=t value=abc123>",
            "<p>Target 42, 2026-11-22 23:59 <input type=hidden name=t value=xyz789>"
        ));
    }

    #[test]
    fn a_setting_that_is_lost_makes_another_answer() {
        assert!(!same(r#"{"target":42}"#, r#"{"target":40}"#));
        assert!(!same(r#"{"target":42}"#, r#"{"target":42,"message":"reset"}"#));
        assert!(!same("<p>Target 42", "<p>Target 40"));
        assert!(!same("<p>Target 42", r#"{"target":42}"#));
    }

    #[test]
    fn what_two_answers_before_tell_apart_is_left_out() {
        let (one, other) = (r#"{"target":42,"outlet":38.1}"#, r#"{"target":42,"outlet":38.2}"#);
        let steady = Served::of(one).steady(&Served::of(other));
        let told = |body: &str| Served::of(body).digest(&steady);
        assert_eq!(told(one), told(r#"{"target":42,"outlet":20}"#));
        assert_ne!(told(one), told(r#"{"target":41,"outlet":38.1}"#));

        let steady = Served::of("Target 42 flow 3").steady(&Served::of("Target 42 flow 4"));
        assert_eq!(
            Served::of("Target 42 flow 5").digest(&steady),
            Served::of("Target 42 flow 3").digest(&steady)
        );
        assert_ne!(Served::of("Who are you").digest(&steady), Served::of("Target 42 flow 3").digest(&steady));
        // What is another text each time tells nothing.
        assert_eq!(Served::of("one").digest(&Served::of("one").steady(&Served::of("two"))), None);
    }

    #[test]
    fn an_excerpt_is_short_and_holds_no_secret() {
        let served = Served::of(r#"{"wifi":{"psk":"hunter2!","ssid":"Home"}}"#);
        assert_eq!(served.excerpt(), "wifi/psk: (withheld); wifi/ssid: Home");
        assert_eq!(Served::of(&"word ".repeat(1000)).excerpt().chars().count(), 400);
    }
}

//! Values that nobody else uses, drawn from a seed, and how they are recognised.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Datum;

/// Length of a text where the field takes more, in characters.
const USUAL_LENGTH: usize = 14;
/// Texts of at least this length are met by chance by nobody.
const UNMISTAKABLE: usize = 8;
/// Letters that make no word together.
const LETTERS: &[u8; 20] = b"bcdfghjkmnpqrstvwxz7";

/// A value to plant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Canary {
    pub(super) value: String,
    pub(super) unmistakable: bool,
}

/// Draws the value of a datum: the same seed, function and place give the same one. `present` is what stands there
/// now, which a number must not be. `None` where the field takes nothing that could be told from a default.
pub(super) fn draw(seed: &str, function: &str, place: usize, datum: &Datum, present: &str) -> Option<Canary> {
    let mut drawn = Drawn::new(seed, function, place);
    match datum.kind.as_str() {
        "text" => {
            let longest = datum.longest.map_or(USUAL_LENGTH, |most| most as usize);
            let length = longest.min(USUAL_LENGTH);
            let value: String = (0..length).map(|_| char::from(LETTERS[drawn.below(20) as usize])).collect();
            (length > 0).then_some(Canary { unmistakable: length >= UNMISTAKABLE, value })
        }
        "integer" | "decimal" => {
            let (least, most) = (datum.least?, datum.most?);
            let choices = u64::from(most.checked_sub(least)?) + 1;
            let first = drawn.below(choices);
            let number = |step: u64| (u64::from(least) + (first + step) % choices).to_string();
            let value = (0..choices.min(2)).map(number).find(|value| value != present)?;
            Some(Canary { unmistakable: false, value })
        }
        "time" => {
            let time = |drawn: &mut Drawn| format!("{:02}:{:02}", drawn.below(24), drawn.below(60));
            let value = (0..2).map(|_| time(&mut drawn)).find(|value| value != present)?;
            Some(Canary { unmistakable: false, value })
        }
        _ => None,
    }
}

/// Octets that follow from a seed.
struct Drawn {
    base: [u8; 32],
    number: u64,
}

impl Drawn {
    fn new(seed: &str, function: &str, place: usize) -> Self {
        let base = Sha256::new()
            .chain_update(seed)
            .chain_update([0])
            .chain_update(function)
            .chain_update([0])
            .chain_update(place.to_be_bytes())
            .finalize();
        Self { base: base.into(), number: 0 }
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: u64) -> u64 {
        self.number += 1;
        let digest = Sha256::new().chain_update(self.base).chain_update(self.number.to_be_bytes()).finalize();
        let eight = digest.first_chunk::<8>().expect("a digest has 32 octets");
        u64::from_be_bytes(*eight) % limit.max(1)
    }
}

/// The value that a field has in an answer: the key of a JSON text, or the control of a form.
pub(super) fn value_of(text: &str, field: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        return key_of(&json, field, 0);
    }
    text.split('<').skip(1).find_map(|part| {
        let tag = part.split('>').next().unwrap_or(part);
        (attribute(tag, "name").as_deref() == Some(field)).then(|| attribute(tag, "value")).flatten()
    })
}

fn key_of(json: &Value, field: &str, depth: usize) -> Option<String> {
    if depth > 8 {
        return None;
    }
    match json {
        Value::Object(fields) => match fields.get(field) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) if !other.is_object() && !other.is_array() => Some(other.to_string()),
            _ => fields.values().find_map(|inner| key_of(inner, field, depth + 1)),
        },
        Value::Array(items) => items.iter().take(200).find_map(|inner| key_of(inner, field, depth + 1)),
        _ => None,
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    tag.match_indices(name).find_map(|(at, _)| {
        let before = tag[..at].chars().next_back()?;
        let rest = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        if !before.is_whitespace() {
            return None;
        }
        let value = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
            _ => rest.split(|letter: char| letter.is_whitespace() || letter == '/').next()?,
        };
        Some(value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(kind: &str, least: Option<u32>, most: Option<u32>, longest: Option<u32>) -> Datum {
        let text = serde_json::json!({
            "data": "D", "port": 1, "tls": false, "target": "/", "method": "POST", "field": "f", "read": "/",
            "kind": kind, "least": least, "most": most, "longest": longest,
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn a_seed_gives_the_same_value_and_another_seed_another() {
        let text = datum("text", None, None, Some(32));
        let one = draw("a", "F", 0, &text, "").unwrap();
        assert_eq!(Some(&one), draw("a", "F", 0, &text, "").as_ref());
        assert_ne!(Some(&one), draw("b", "F", 0, &text, "").as_ref());
        assert_ne!(Some(&one), draw("a", "F", 1, &text, "").as_ref());
        assert!(one.unmistakable && one.value.len() == USUAL_LENGTH);
        assert!(!draw("a", "F", 0, &datum("text", None, None, Some(4)), "").unwrap().unmistakable);
        assert_eq!(draw("a", "F", 0, &datum("flag", None, None, None), ""), None);
    }

    #[test]
    fn a_number_stays_in_its_bounds_and_is_not_what_stands_there() {
        let number = datum("integer", Some(32), Some(60), None);
        for seed in ["a", "b", "c", "d"] {
            let first = draw(seed, "F", 0, &number, "").unwrap();
            let other = draw(seed, "F", 0, &number, &first.value).unwrap();
            assert_ne!(first.value, other.value);
            assert!((32..=60).contains(&other.value.parse::<u32>().unwrap()) && !other.unmistakable);
        }
        assert_eq!(draw("a", "F", 0, &datum("integer", Some(5), Some(5), None), "5"), None);
        assert_eq!(draw("a", "F", 0, &datum("integer", Some(5), Some(4), None), ""), None);
    }

    #[test]
    fn fields_are_read_from_forms_and_json() {
        let page = "<input type=hidden name=csrf value=1><input name=\"name\" value='Bath &amp; co'>";
        assert_eq!(value_of(page, "name").as_deref(), Some("Bath &amp; co"));
        assert_eq!(value_of(page, "csrf").as_deref(), Some("1"));
        assert_eq!(value_of(page, "other"), None);
        assert_eq!(value_of("{\"a\":[{\"name\":7}]}", "name").as_deref(), Some("7"));
        assert_eq!(value_of("<input name=", "name"), None);
    }
}

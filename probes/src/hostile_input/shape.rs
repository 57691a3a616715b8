//! The shape of an input: how its fields are written down, what a declared value is, and what lies inside the
//! declared limits.

use super::{Field, Input};

/// A value as JSON text and as the octets of a form field. One of the two may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) json: Option<Vec<u8>>,
    /// With escapes already in it.
    pub(super) form: Option<Vec<u8>>,
}

impl Written {
    /// A text: quoted in JSON, escaped in a form.
    pub(super) fn text(text: &str) -> Self {
        Self { json: Some(quoted(text)), form: Some(percent(text.as_bytes())) }
    }

    /// What stands bare in JSON: a number, `null`, a list.
    pub(super) fn bare(text: &str) -> Self {
        Self { json: Some(text.as_bytes().to_vec()), form: None }
    }

    /// A number: bare in JSON, as its digits in a form.
    pub(super) fn number(text: &str) -> Self {
        Self { json: Some(text.as_bytes().to_vec()), form: Some(percent(text.as_bytes())) }
    }

    /// Octets in a form alone, as they are.
    pub(super) fn raw_in_form(octets: &[u8]) -> Self {
        Self { json: None, form: Some(octets.to_vec()) }
    }

    /// The declared value of a field.
    pub(super) fn declared(field: &Field, value: &str) -> Self {
        match field.kind.as_str() {
            "integer" | "decimal" => Self::number(value),
            "flag" if matches!(value, "true" | "false") => Self::number(value),
            _ => Self::text(value),
        }
    }

    pub(super) fn of(&self, json: bool) -> Option<&[u8]> {
        if json { self.json.as_deref() } else { self.form.as_deref() }
    }
}

/// A JSON string.
pub(super) fn quoted(text: &str) -> Vec<u8> {
    serde_json::Value::from(text).to_string().into_bytes()
}

/// Escapes of a web address, also in forms.
pub(super) fn percent(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    for octet in octets {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
            out.push(*octet);
        } else {
            out.extend_from_slice(format!("%{octet:02X}").as_bytes());
        }
    }
    out
}

/// Writes fields down: as a JSON object, or as pairs joined by `&`.
pub(super) fn body_of(json: bool, fields: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    if json {
        out.push(b'{');
    }
    for (place, (name, value)) in fields.iter().enumerate() {
        if place > 0 {
            out.push(if json { b',' } else { b'&' });
        }
        if json {
            out.extend_from_slice(&quoted(name));
            out.push(b':');
        } else {
            out.extend_from_slice(&percent(name.as_bytes()));
            out.push(b'=');
        }
        out.extend_from_slice(value);
    }
    if json {
        out.push(b'}');
    }
    out
}

impl Field {
    /// Another value inside the limits, by which it shows whether something was taken; the declared one where there
    /// is no other.
    pub(super) fn witness(&self) -> String {
        match self.kind.as_str() {
            "integer" | "decimal" => {
                let Ok(value) = self.value.parse::<i64>() else { return self.value.clone() };
                let (least, most) = (self.least.unwrap_or(i64::MIN), self.most.unwrap_or(i64::MAX));
                let near = [value.saturating_add(1), value.saturating_sub(1)];
                let inside = near.into_iter().find(|near| *near != value && (least..=most).contains(near));
                inside.unwrap_or(value).to_string()
            }
            "choice" => {
                let other = self.choices.iter().find(|choice| **choice != self.value);
                other.unwrap_or(&self.value).clone()
            }
            "time" if self.value == "06:45" => "07:15".to_owned(),
            "time" => "06:45".to_owned(),
            "text" => {
                let longest = self.longest.map_or(9, |longest| longest.clamp(1, 9)) as usize;
                let other = "Testvalue"[..longest].to_owned();
                if other == self.value { "Another"[..longest.min(7)].to_owned() } else { other }
            }
            _ => self.value.clone(),
        }
    }

    /// Whether a value that the device shows is one that the declaration allows.
    pub(super) fn allows(&self, shown: &str) -> bool {
        match self.kind.as_str() {
            "integer" => shown.parse::<i64>().is_ok_and(|number| self.holds(number as f64)),
            "decimal" => shown.parse::<f64>().is_ok_and(|number| number.is_finite() && self.holds(number)),
            "choice" => self.choices.is_empty() || self.choices.iter().any(|choice| choice == shown),
            "time" => is_time(shown),
            "flag" => {
                matches!(
                    shown.to_ascii_lowercase().as_str(),
                    "true" | "false" | "on" | "off" | "yes" | "no" | "0" | "1"
                ) || shown == self.value
            }
            _ => self.longest.is_none_or(|longest| shown.chars().count() <= longest as usize),
        }
    }

    fn holds(&self, number: f64) -> bool {
        self.least.is_none_or(|least| number >= least as f64)
            && self.most.is_none_or(|most| number <= most as f64)
    }
}

/// Hours and minutes, seconds at will.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let below = |part: &str, bound: u8| {
        (1..=2).contains(&part.len()) && part.parse::<u8>().is_ok_and(|number| number < bound)
    };
    (2..=3).contains(&parts.len()) && below(parts[0], 24) && parts[1..].iter().all(|part| below(part, 60))
}

impl Input {
    pub(super) fn is_json(&self) -> bool {
        self.kind == "json" || (matches!(self.kind.as_str(), "mqtt" | "coap") && !self.fields.is_empty())
    }

    /// Asked over HTTP.
    pub(super) fn is_web(&self) -> bool {
        matches!(self.kind.as_str(), "form" | "json" | "query")
    }

    /// Fields with these values, each as declared.
    pub(super) fn written(&self, value: impl Fn(&Field) -> String) -> Vec<(String, Vec<u8>)> {
        let json = self.is_json();
        let fields = self.fields.iter().filter_map(|field| {
            Some((field.name.clone(), Written::declared(field, &value(field)).of(json)?.to_vec()))
        });
        fields.collect()
    }

    /// The whole input with the declared good values, or its example.
    pub(super) fn good(&self) -> Vec<u8> {
        match &self.example {
            Some(example) if self.fields.is_empty() => octets_of(example),
            _ => body_of(self.is_json(), &self.written(|field| field.value.clone())),
        }
    }
}

/// A text, or what follows `hex:` as octets.
pub(super) fn octets_of(example: &str) -> Vec<u8> {
    let Some(digits) = example.strip_prefix("hex:") else { return example.as_bytes().to_vec() };
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks_exact(2);
    pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, value: &str) -> Field {
        Field { name: "f".into(), kind: kind.into(), value: value.into(), ..Field::default() }
    }

    #[test]
    fn a_witness_is_another_value_inside_the_limits() {
        let number = |value: &str, least, most| Field { least, most, ..field("integer", value) }.witness();
        assert_eq!(number("40", Some(32), Some(60)), "41");
        assert_eq!(number("60", Some(32), Some(60)), "59");
        assert_eq!(number("5", Some(5), Some(5)), "5");
        let choice = Field { choices: vec!["eco".into(), "high".into()], ..field("choice", "eco") };
        assert_eq!(choice.witness(), "high");
        assert_eq!(Field { longest: Some(4), ..field("text", "Bath") }.witness(), "Test");
    }

    #[test]
    fn what_the_declaration_allows_is_told_from_what_it_does_not() {
        let celsius = Field { least: Some(32), most: Some(60), ..field("integer", "40") };
        assert!(celsius.allows("32") && celsius.allows("60"));
        for bad in ["31", "61", "", "abc", "40.5", "-40"] {
            assert!(!celsius.allows(bad), "{bad}");
        }
        assert!(field("time", "06:00").allows("23:59") && !field("time", "06:00").allows("24:00"));
        let name = Field { longest: Some(3), ..field("text", "abc") };
        assert!(name.allows("浴室湯") && !name.allows("abcd"));
    }

    #[test]
    fn an_input_is_written_as_its_kind_demands() {
        let fields = [("a".to_owned(), b"1".to_vec()), ("b c".to_owned(), b"2".to_vec())];
        assert_eq!(body_of(true, &fields), br#"{"a":1,"b c":2}"#);
        assert_eq!(body_of(false, &fields), b"a=1&b%20c=2");
        assert_eq!(octets_of("hex:00 ff"), [0, 255]);
        assert_eq!(octets_of("text"), b"text");
    }
}

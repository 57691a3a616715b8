//! What can be said of `submission.toml` without a run: tables of schemes that do not exist, keys that a scheme does
//! not know, values that a key cannot have. Findings do not stop a run and touch no verdict of the standard.

use ixit::{At, Declaration, Diagnostic, Value};

use super::{Field, Scheme, schemes};
use crate::findings::beside;

/// Codes of these findings, each with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("unknown-scheme", "submission.toml has a table for a scheme that does not exist"),
    ("unknown-scheme-key", "submission.toml states a key that the scheme does not ask for"),
    ("scheme-value-of-other-kind", "a value of submission.toml is of another kind than the scheme asks for"),
];

/// Findings on `submission.toml`, in the order of schemes and keys.
pub fn findings(declaration: &Declaration) -> Vec<Diagnostic> {
    against(declaration, schemes())
}

fn against(declaration: &Declaration, known: &[Scheme]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, stated) in &declaration.submission.schemes {
        let Some(scheme) = known.iter().find(|scheme| scheme.name == *name) else {
            let place = stated.values().next();
            let at = place.map_or_else(|| At::whole_file("submission.toml"), |value| value.at.clone());
            let names: Vec<&str> = known.iter().map(|scheme| scheme.name.as_str()).collect();
            findings.push(beside(
                "unknown-scheme",
                at,
                format!("There is no scheme named [{name}]"),
                format!("Schemes of this build: {}", names.join(", ")),
            ));
            continue;
        };
        for (key, value) in stated {
            let Some(field) = scheme.fields.iter().find(|field| field.key == *key) else {
                let keys: Vec<&str> = scheme.fields.iter().map(|field| field.key.as_str()).collect();
                let help = if keys.is_empty() {
                    format!("[{name}] takes no keys")
                } else {
                    format!("Keys of [{name}]: {}", keys.join(", "))
                };
                let message = format!("The scheme {name} does not ask for `{key}`");
                findings.push(beside("unknown-scheme-key", value.at.clone(), message, help));
                continue;
            };
            if let Some(expected) = other_kind(field, &value.value) {
                let message = format!("`{key}` of [{name}] is of another kind than the scheme asks for");
                let help = format!("Expected {expected}");
                findings.push(beside("scheme-value-of-other-kind", value.at.clone(), message, help));
            }
        }
    }
    findings
}

/// What is expected, where the value is something else. A placeholder is no value yet.
fn other_kind(field: &Field, value: &Value) -> Option<&'static str> {
    let text = value.as_text();
    // "none" says that there is no such thing.
    if text.is_some_and(|text| ixit::declaration::is_placeholder(text) || text.trim() == "none") {
        return None;
    }
    let fits = match field.kind.as_str() {
        "flag" => value.as_flag().is_some(),
        "date" => text.is_some_and(|text| text.trim().parse::<jiff::civil::Date>().is_ok()),
        "address" => text.is_some_and(|text| text.contains("://")),
        "texts" => matches!(value, Value::List(_) | Value::Text(_)),
        _ => matches!(value, Value::Text(_) | Value::Number(_)),
    };
    let expected = match field.kind.as_str() {
        "flag" => "true or false",
        "date" => "a date such as \"2026-01-31\"",
        "address" => "the address of a page, such as \"https://example.com/support\"",
        "texts" => "a list of texts",
        _ => "a text",
    };
    (!fits).then_some(expected)
}

#[cfg(test)]
mod tests {
    use ixit::SourceFile;

    use super::*;

    const SCHEME: &str = r#"format = "hantei.scheme/1"
name = "made"
kind = "verdict"
edition = "en303645-2.1.1"
version = "1"
date = "2026-01-01"
confidence = "high"
title = { en = "Made", ja = "試作" }
body = { en = "Nobody", ja = "なし" }
standing = { en = "Nothing", ja = "なし" }
source = [{ id = "s", title = "S", date = "2026-01-01", read = "primary", confidence = "high" }]
requirement = []
field = [
  { key = "seller", title = { en = "Seller", ja = "販売者" }, kind = "text" },
  { key = "since", title = { en = "Since", ja = "開始日" }, kind = "date" },
  { key = "agrees", title = { en = "Agrees", ja = "同意" }, kind = "flag" },
]
"#;

    fn codes(submission: &str) -> Vec<(String, u32)> {
        let files = [
            ("ics.toml", "edition = \"en303645-2.1.1\"\n"),
            ("ixit.toml", ""),
            ("submission.toml", submission),
        ];
        let files = files.map(|(name, text)| SourceFile::new(name, text.as_bytes().to_vec()));
        let reading = Declaration::from_sources(files.to_vec(), Vec::new());
        let declaration = reading.declaration.unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
        let known = [super::super::read(SCHEME).expect("a scheme")];
        let found = against(&declaration, &known);
        found.into_iter().map(|finding| (finding.code, finding.at.line)).collect()
    }

    #[test]
    fn a_table_of_a_scheme_that_exists_is_in_order() {
        let sound = "[made]\nseller = \"Shop\"\nsince = \"2026-01-31\"\nagrees = true\n";
        assert_eq!(codes(sound), []);
        assert_eq!(codes("[made]\nseller = \"...\"\nsince = \"none\"\n"), []);
        assert_eq!(codes(""), []);
    }

    #[test]
    fn names_and_keys_that_do_not_exist_are_told_with_their_line() {
        assert_eq!(codes("[mode]\nseller = \"Shop\"\n"), [("unknown-scheme".to_owned(), 2)]);
        assert_eq!(codes("[made]\nsaler = \"Shop\"\n"), [("unknown-scheme-key".to_owned(), 2)]);
    }

    #[test]
    fn values_of_another_kind_are_told() {
        let other = |line| ("scheme-value-of-other-kind".to_owned(), line);
        assert_eq!(codes("[made]\nagrees = \"yes\"\n"), [other(2)]);
        assert_eq!(codes("[made]\nsince = \"soon\"\n"), [other(2)]);
        assert_eq!(codes("[made]\nseller = true\n"), [other(2)]);
    }
}

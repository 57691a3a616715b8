//! Makes values harmless before they meet a page: control characters and direction overrides become
//! visible, and no value is longer than a page bears. Markup is escaped by the template engine.

use serde_json::Value;

/// Characters of one value that a page shows. What is cut is said, and stands in the assessment.
const SHOWN: usize = 4_000;

/// Cleans every text of a value, at any depth.
pub(crate) fn clean(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > SHOWN || text.chars().any(is_unseen) => *text = shown(text),
        Value::Array(values) => values.iter_mut().for_each(clean),
        Value::Object(values) => values.values_mut().for_each(clean),
        _ => {}
    }
}

/// A text whose invisible characters are visible, cut at [`SHOWN`] characters.
pub(crate) fn shown(text: &str) -> String {
    bounded(text, SHOWN)
}

/// The same, cut at a number of characters.
pub(crate) fn bounded(text: &str, most: usize) -> String {
    let mut clean: String =
        text.chars().take(most).map(|c| if is_unseen(c) { '\u{fffd}' } else { c }).collect();
    let left_out = text.chars().count().saturating_sub(most);
    if left_out > 0 {
        clean.push_str(&format!(" … (+{left_out})"));
    }
    clean
}

/// Control characters, and those that turn the direction of the text that follows.
fn is_unseen(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A text as a string of a style sheet: everything but letters and digits is written by its number,
/// so that no text can end the string, the rule or the element.
pub(crate) fn css_string(text: &str) -> String {
    let mut coded = String::from("\"");
    for character in text.chars() {
        if character.is_alphanumeric() {
            coded.push(character);
        } else {
            coded.push_str(&format!("\\{:x} ", u32::from(character)));
        }
    }
    coded.push('"');
    coded
}

/// A cell of a CSV file (RFC 4180) as text: no spreadsheet takes it for a formula.
pub(crate) fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("request 6"), "request 6");
    }

    #[test]
    fn no_text_ends_a_string_of_a_style_sheet() {
        assert_eq!(css_string("a\"}</style>"), r#""a\22 \7d \3c \2f style\3e ""#);
        assert_eq!(css_string("湯1"), "\"湯1\"");
    }

    #[test]
    fn unseen_characters_become_visible_and_long_values_are_cut() {
        let mut value = serde_json::json!({"a": ["x\u{0}y", "\u{202e}gpj.exe"], "b": "z".repeat(SHOWN + 5)});
        clean(&mut value);
        assert_eq!(value["a"][0], "x\u{fffd}y");
        assert_eq!(value["a"][1], "\u{fffd}gpj.exe");
        assert!(value["b"].as_str().is_some_and(|text| text.ends_with("z … (+5)")));
    }

    #[test]
    fn honest_text_stays_as_it_is() {
        let mut value = serde_json::json!("line one\nline two\tend 合格");
        clean(&mut value);
        assert_eq!(value, "line one\nline two\tend 合格");
    }
}

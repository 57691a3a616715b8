//! A summary in Markdown, for pull requests: verdict, numbers, what fails with expected and seen, what
//! waits for a person.
//!
//! What the device and the supplier's files say is text here: nothing in it becomes a heading, a link, a
//! mention, a picture or markup, whoever renders it.

use handlebars::Handlebars;
use serde_json::Value;

use crate::inert;
use crate::view::Page;
use crate::{ReportError, ReportInput};

const TEMPLATE: &str = include_str!("../templates/summary.hbs");

/// Characters of one value that the summary shows.
const SHOWN: usize = 600;

/// Stands where a renderer would see an address, a mention or a number of an issue. It is not seen.
const JOINER: char = '\u{2060}';

/// Writes the summary.
///
/// # Errors
/// [`ReportError::Template`] if template and values do not agree.
pub fn markdown(input: &ReportInput<'_>) -> Result<Vec<u8>, ReportError> {
    let failed = |error: &dyn std::fmt::Display| ReportError::Template(error.to_string());
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(escaped);
    engine.register_template_string("summary", TEMPLATE).map_err(|error| failed(&error))?;
    let mut values = serde_json::to_value(Page::new(input)).map_err(|error| failed(&error))?;
    one_line(&mut values);
    engine.render("summary", &values).map(String::into_bytes).map_err(|error| failed(&error))
}

/// Every text on one line, bounded, without invisible characters.
pub(crate) fn one_line(value: &mut Value) {
    match value {
        Value::String(text) => {
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            *text = inert::bounded(&flat, SHOWN);
        }
        Value::Array(values) => values.iter_mut().for_each(one_line),
        Value::Object(values) => values.values_mut().for_each(one_line),
        _ => {}
    }
}

/// A value as text: marks of Markdown and HTML are escaped, and what renderers look for in plain text
/// (addresses, mentions, issues, smileys) is broken by a character that is not seen.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let characters: Vec<char> = text.chars().collect();
    for (index, character) in characters.iter().enumerate() {
        let before = &characters[..index];
        let after = &characters[index + 1..];
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', *character]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A backslash does not keep it from opening a formula.
            '$' => out.push_str("<span>$</span>"),
            '@' | '#' | '!' => out.extend([*character, JOINER]),
            ':' if is_scheme(after) || is_smiley(after) => out.extend([':', JOINER]),
            '.' if ends_with(before, "www") => out.extend([JOINER, '.']),
            '-' if ends_with(before, "gh") && after.first().is_some_and(char::is_ascii_digit) => {
                out.extend(['-', JOINER]);
            }
            _ => out.push(*character),
        }
    }
    out
}

fn is_scheme(after: &[char]) -> bool {
    after.starts_with(&['/', '/'])
}

/// `:name:`, but not the octets of a hardware address.
fn is_smiley(after: &[char]) -> bool {
    let name = after.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-')).count();
    after.get(name) == Some(&':')
        && name > 0
        && !(name == 2 && after[..2].iter().all(char::is_ascii_hexdigit))
}

fn ends_with(before: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    before.len() >= word.len()
        && before[before.len() - word.len()..]
            .iter()
            .zip(&word)
            .all(|(one, other)| one.to_ascii_lowercase() == *other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_markdown_and_html_are_text() {
        assert_eq!(escaped("a|b `c` *d* _e_ [f](g) ~h~ \\"), r"a\|b \`c\` \*d\* \_e\_ \[f\](g) \~h\~ \\");
        assert_eq!(escaped("<img src=x>&lt;"), "&lt;img src=x&gt;&amp;lt;");
        assert_eq!(escaped("$x$"), "<span>$</span>x<span>$</span>");
    }

    #[test]
    fn what_renderers_look_for_in_plain_text_is_broken() {
        assert_eq!(escaped("http://a.example"), "http:\u{2060}//a.example");
        assert_eq!(escaped("WWW.a.example"), "WWW\u{2060}.a.example");
        assert_eq!(escaped("@team #12 GH-7 :tada:"), "@\u{2060}team #\u{2060}12 GH-\u{2060}7 :\u{2060}tada:");
    }

    #[test]
    fn honest_text_stays_readable() {
        for text in ["tcp/2323 answers: login", "02:00:5e:10:00:01", "5.1-1-2:a", "合格 PASS：湯沸器"] {
            assert_eq!(escaped(text), text);
        }
    }
}

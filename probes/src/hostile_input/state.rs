//! What the device shows of its state: the value of a field on a page or in a JSON text.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Field;

/// Shown values by field. A field that is not shown is not in it.
pub(super) type State = BTreeMap<String, String>;

/// Values of these fields in an answer.
pub(super) fn shown(body: &[u8], fields: &[Field]) -> State {
    let text = String::from_utf8_lossy(body);
    let json: Option<Value> = serde_json::from_str(&text).ok().filter(|value: &Value| value.is_object());
    let value = |field: &Field| match &json {
        Some(json) => in_json(json, &field.name, 0),
        None => in_page(&text, &field.name),
    };
    fields.iter().filter_map(|field| Some((field.name.clone(), value(field)?))).collect()
}

fn in_json(value: &Value, name: &str, depth: usize) -> Option<String> {
    if depth > 8 {
        return None;
    }
    match value {
        Value::Object(fields) => {
            let own = fields.get(name).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            own.or_else(|| fields.values().find_map(|inner| in_json(inner, name, depth + 1)))
        }
        Value::Array(items) => items.iter().take(100).find_map(|inner| in_json(inner, name, depth + 1)),
        _ => None,
    }
}

/// The value of the control of that name.
fn in_page(html: &str, name: &str) -> Option<String> {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let (tag, after) = tag_and_rest(rest);
        let attributes = Attributes(tag);
        if attributes.value("name").is_some_and(|found| found == name) {
            if tag_is(tag, "input") {
                let choosable = matches!(attributes.value("type").as_deref(), Some("radio" | "checkbox"));
                if !choosable || attributes.value("checked").is_some() {
                    return Some(attributes.value("value").unwrap_or_else(|| "on".to_owned()));
                }
            } else if tag_is(tag, "textarea") {
                return Some(unescaped(after.split('<').next().unwrap_or_default()));
            } else if tag_is(tag, "select") {
                let inside = after.split("</select").next().unwrap_or_default();
                return selected(inside);
            }
        }
        rest = after;
    }
    None
}

fn selected(options: &str) -> Option<String> {
    let mut first = None;
    for piece in options.split('<').skip(1) {
        let (tag, after) = tag_and_rest(piece);
        if tag_is(tag, "option") {
            let attributes = Attributes(tag);
            let value = attributes.value("value").unwrap_or_else(|| unescaped(after.trim()));
            if attributes.value("selected").is_some() {
                return Some(value);
            }
            first.get_or_insert(value);
        }
    }
    first
}

fn tag_is(tag: &str, name: &str) -> bool {
    tag.split([' ', '\n', '\t', '\r', '/']).next().is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// Up to the `>` that ends the tag: one in quotation marks does not.
fn tag_and_rest(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return (&text[..at], &text[at + 1..]),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (text, "")
}

struct Attributes<'a>(&'a str);

impl Attributes<'_> {
    /// The value of an attribute; empty where it stands alone.
    fn value(&self, wanted: &str) -> Option<String> {
        let mut rest = self.0.split_once(|letter: char| letter.is_ascii_whitespace())?.1.trim_start();
        while !rest.is_empty() {
            let end =
                rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '=').unwrap_or(rest.len());
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|letter| matches!(letter, '"' | '\''));
                let (found, remaining) = match quote {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => {
                        after.split_once(|letter: char| letter.is_ascii_whitespace()).unwrap_or((after, ""))
                    }
                };
                value = unescaped(found);
                rest = remaining.trim_start();
            } else if end == 0 {
                // A stray letter.
                rest = rest.get(1..).unwrap_or_default();
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
        }
        None
    }
}

fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(body: &str, name: &str) -> Option<String> {
        let field = Field { name: name.into(), ..Field::default() };
        shown(body.as_bytes(), &[field]).remove(name)
    }

    #[test]
    fn values_are_found_in_pages_and_json() {
        let page = "<form><input type=hidden name=csrf value=abc><label>T <input name=\"t\" value=\"4&quot;1\">\
                    <select name='mode'><option value=a>A<option value=b selected>B</select>\
                    <input type=radio name=r value=1><input type=radio name=r value=2 checked>\
                    <textarea name=note>Hello &amp; you</textarea></form>";
        assert_eq!(value(page, "t").as_deref(), Some("4\"1"));
        assert_eq!(value(page, "mode").as_deref(), Some("b"));
        assert_eq!(value(page, "r").as_deref(), Some("2"));
        assert_eq!(value(page, "note").as_deref(), Some("Hello & you"));
        assert_eq!(value(page, "csrf").as_deref(), Some("abc"));
        assert_eq!(value(page, "other"), None);
        assert_eq!(value(r#"{"a":{"t":41},"b":"x"}"#, "t").as_deref(), Some("41"));
        assert_eq!(value(r#"{"a":{"t":null}}"#, "t").as_deref(), Some("null"));
    }

    #[test]
    fn markup_of_a_device_that_is_broken_ends_the_search_and_nothing_else() {
        for broken in
            ["<", "<input name=\"t", "<input name=t value=\"", "<input = = t", "<<<<>>>", "<input name"]
        {
            value(broken, "t");
        }
        assert_eq!(value("<input name=t value=\"<b>\">", "t").as_deref(), Some("<b>"));
    }
}
